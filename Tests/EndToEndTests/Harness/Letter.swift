import Foundation
import Testing

/// A message as an independent reader, Python's `email`, understands it.
struct Letter: Sendable {
  let facts: JSON

  /// The header's value, decoded; nil when it is not there. Case does not matter.
  subscript(header: String) -> String? { all(header).first }

  func all(_ header: String) -> [String] {
    facts["headers"].list.filter { $0[0].text?.lowercased() == header.lowercased() }.compactMap { $0[1].text }
  }

  var headerNames: [String] { facts["headers"].list.compactMap { $0[0].text } }
  var text: String { facts["text"].text ?? "" }
  var html: String { facts["html"].text ?? "" }
  var recipients: [String] { facts["to"].texts }
  var types: [String] { facts["types"].texts }
  /// What the reader thinks is wrong with it.
  var defects: [String] { facts["defects"].texts }
  /// names and sizes
  var attachments: [JSON] { facts["attachments"].list }
}

extension Office {
  /// Reads messages back by `Tests/Support/read_mail.py`.
  func letters(_ files: [URL]) async throws -> [Letter] {
    if files.isEmpty { return [] }
    let program = try launch(
      "/usr/bin/env",
      ["python3", Places.support.appendingPathComponent("read_mail.py").path] + files.map(\.path))
    let outcome = await program.finish()
    try #require(outcome.status == 0, "\(outcome)")
    return outcome.lines.map { Letter(facts: $0) }
  }

  func letters(_ sink: Sink) async throws -> [Letter] { try await letters(sink.files) }
}
