import Foundation
import Testing

/// `Tests/Support/smtp_sink.py` on a port that the kernel chose: keeps what it accepts, fails where it is told to.
struct Sink: Sendable {
  let port: Int
  let folder: URL
  let program: Program

  var url: String { "smtp://localhost:\(port)" }

  /// The messages that it took, as bytes, oldest first.
  var messages: [Data] { files.compactMap { try? Data(contentsOf: $0) } }

  var files: [URL] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".eml") }.sorted().map { folder.appendingPathComponent($0) }
  }

  /// A line for each message that it took: sender, recipients, tls, user.
  var index: [JSON] { lines("index.jsonl") }
  var events: [JSON] { lines("events.jsonl") }

  /// The recipients of all messages that it took, in their order, without brackets.
  var recipients: [String] {
    index.flatMap { $0["recipients"].texts.map { $0.trimmingCharacters(in: CharacterSet(charactersIn: "<> ")) } }
  }

  /// The SMTP commands that it saw.
  var commands: [String] { events.compactMap { $0["line"].text } }

  /// Waits until it has seen a command that starts so.
  func waitFor(command: String) async -> Bool { await until { commands.contains { $0.hasPrefix(command) } } }

  /// Waits until so many messages are in its folder.
  func waitFor(messages count: Int) async -> Bool { await until { index.count >= count } }

  private func lines(_ name: String) -> [JSON] {
    let text = (try? String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)) ?? ""
    return text.split(separator: "\n").compactMap { JSON(text: String($0)) }
  }
}
