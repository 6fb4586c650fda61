import Foundation
import Synchronization
import Testing

/// A small company in a temporary folder: configuration, ledger, state, mail server.
///
/// Nothing here knows how dunningd works inside: files in, command lines, files and text out.
final class Office: Sendable {
  let folder: URL
  private let programs = Mutex<[Program]>([])

  var configuration: URL { folder.appendingPathComponent("dunningd.toml") }
  var ledger: URL { folder.appendingPathComponent("ledger") }
  var state: URL { folder.appendingPathComponent("state") }
  var journalFolder: URL { state.appendingPathComponent("journal") }

  init() throws {
    folder = URL(fileURLWithPath: NSTemporaryDirectory()).appendingPathComponent("dunningd-e2e-\(UUID().uuidString)")
    for name in ["ledger", "state", "runs"] {
      try FileManager.default.createDirectory(
        at: folder.appendingPathComponent(name), withIntermediateDirectories: true)
    }
    // As `make install` puts them beside the configuration.
    for name in ["templates", "holidays"] {
      let supplied = Places.repository.appendingPathComponent("config/\(name)")
      if FileManager.default.fileExists(atPath: supplied.path) {
        try FileManager.default.copyItem(at: supplied, to: folder.appendingPathComponent(name))
      }
    }
  }

  /// Ends every program that was started here, and removes the folder.
  func close() async {
    for program in programs.withLock({ $0 }) { await program.end() }
    try? FileManager.default.removeItem(at: folder)
  }

  // MARK: Files

  func write(_ text: String, to path: String) throws { try write(Data(text.utf8), to: path) }

  func write(_ data: Data, to path: String) throws {
    let url = folder.appendingPathComponent(path)
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try data.write(to: url)
  }

  func read(_ path: String) throws -> String {
    try String(contentsOf: folder.appendingPathComponent(path), encoding: .utf8)
  }

  func remove(_ path: String) throws { try FileManager.default.removeItem(at: folder.appendingPathComponent(path)) }

  /// Writes the configuration.
  func configure(_ setup: Setup = Setup()) throws { try write(setup.text(state: state.path), to: "dunningd.toml") }

  /// Writes invoices.csv, and the other two where they are given.
  func books(_ invoices: String, customers: String? = Samples.customers, payments: String? = nil) throws {
    try write(invoices, to: "ledger/invoices.csv")
    for (name, text) in [("customers", customers), ("payments", payments)] {
      if let text {
        try write(text, to: "ledger/\(name).csv")
      } else {
        try? remove("ledger/\(name).csv")
      }
    }
  }

  // MARK: Programs

  /// Starts dunningd with the configuration of this office, and returns at once.
  func start(_ arguments: [String], environment: [String: String] = [:]) throws -> Program {
    let words = arguments.contains("--config") ? [] : ["--config", configuration.path]
    // The option follows the words of the command, so that sub-commands get it.
    return try launch(try Program.required(), arguments + words, environment: environment)
  }

  func launch(
    _ executable: String, _ arguments: [String], environment: [String: String] = [:], holdsInput: Bool = false
  ) throws -> Program {
    let program = try Program(
      executable, arguments, in: folder, environment: environment, holdsInput: holdsInput)
    programs.withLock { $0.append(program) }
    return program
  }

  /// Runs dunningd to its end.
  @discardableResult
  func run(_ arguments: String..., environment: [String: String] = [:], within seconds: Double = 60) async throws
    -> Outcome
  {
    try await start(arguments, environment: environment).finish(within: seconds)
  }

  /// Runs dunningd, and expects this exit status.
  @discardableResult
  func expect(
    _ status: Int32 = 0, _ arguments: String..., environment: [String: String] = [:], within seconds: Double = 60,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> Outcome {
    let outcome = try await start(arguments, environment: environment).finish(within: seconds)
    #expect(outcome.status == status, "\(outcome)", sourceLocation: sourceLocation)
    return outcome
  }

  /// Any other program to its end.
  func tool(_ executable: String, _ arguments: [String]) async throws -> Outcome {
    try await launch(executable, arguments).finish()
  }

  func sink(_ rules: String..., options: [String] = []) async throws -> Sink {
    try await sink(rules: rules, options: options)
  }

  func sink(rules: [String], options: [String] = []) async throws -> Sink {
    let box = folder.appendingPathComponent("sink-\(UUID().uuidString.prefix(8))")
    let words = ["--until-eof", "--dir", box.path] + rules.flatMap { ["--fail", $0] } + options
    let program = try launch(
      "/usr/bin/env", ["python3", Places.support.appendingPathComponent("smtp_sink.py").path] + words,
      holdsInput: true)
    #expect(await until { program.out.hasPrefix("ready ") && program.out.hasSuffix("\n") || !program.isRunning })
    let port = try #require(
      Int(program.out.dropFirst(6).trimmingCharacters(in: .whitespacesAndNewlines)), "no sink: \(program.err)")
    return Sink(port: port, folder: box, program: program)
  }

  /// ca.pem, server.pem and .key, wrong.pem and .key in `certificates`.
  func makeCertificates() async throws -> URL {
    let box = folder.appendingPathComponent("certificates")
    let outcome = try await tool(
      "/usr/bin/env",
      ["python3", Places.support.appendingPathComponent("smtp_sink.py").path, "--make-certificates", box.path])
    try #require(outcome.status == 0, "\(outcome)")
    return box
  }

  // MARK: Journal

  /// The lines of the journal, all files in the order of their names.
  var journalLines: [String] {
    journalFiles.flatMap { url in
      let text = (try? String(contentsOf: url, encoding: .utf8)) ?? ""
      return text.split(separator: "\n").map(String.init)
    }
  }

  var journalFiles: [URL] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: journalFolder.path)) ?? []
    return names.filter { $0.hasSuffix(".jsonl") }.sorted().map { journalFolder.appendingPathComponent($0) }
  }

  var journal: [JSON] { journalLines.compactMap { JSON(text: $0) } }

  func records(_ type: String) -> [JSON] { journal.filter { $0["type"].text == type } }
}
