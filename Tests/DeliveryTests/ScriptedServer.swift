import Foundation
import Testing

/// A server of `Tests/Support` on a port of its own; ends with the value.
final class ScriptedServer {
  let port: Int
  /// What it keeps.
  let folder: URL
  private let process = Process()
  private let input = Pipe()

  init(_ script: String, _ options: [String]) throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("\(script)-\(UUID().uuidString)")
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Support/\(script).py")
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", file.path, "--until-eof", "--dir", folder.path] + options
    process.standardInput = input
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
    let words = line.split(whereSeparator: \.isWhitespace)
    port = try #require(words.count == 2 && words[0] == "ready" ? Int(words[1]) : nil)
  }

  deinit {
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
    try? FileManager.default.removeItem(at: folder)
  }

  /// The lines of one of its files.
  func lines(_ name: String) -> [Substring] {
    let text = (try? String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)) ?? ""
    return text.split(separator: "\n")
  }

  /// The same, each an object of JSON.
  func objects(_ name: String) -> [[String: Any]] {
    lines(name).compactMap { (try? JSONSerialization.jsonObject(with: Data($0.utf8))) as? [String: Any] }
  }
}
