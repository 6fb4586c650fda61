import Foundation
import Testing

/// Recorded results: `UPDATE_GOLDEN=1` rewrites them, a missing one is written and fails the test once.
enum GoldenFiles {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")

  static func expect(_ name: String, _ bytes: [UInt8]) throws {
    let file = folder.appending(path: name)
    let recorded = try? Data(contentsOf: file)
    let isUpdate = ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1"
    if recorded == nil || isUpdate {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try Data(bytes).write(to: file)
      if !isUpdate { Issue.record("Golden/\(name) was not there: it is written now; read it and run again") }
      return
    }
    guard let recorded, Array(recorded) != bytes else { return }
    let was = String(decoding: recorded, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    let found = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    let line = zip(was, found).prefix { $0 == $1 }.count
    Issue.record(
      """
      Golden/\(name):\(line + 1) differs
        recorded: \(line < was.count ? was[line] : "(end)")
        found:    \(line < found.count ? found[line] : "(end)")
        UPDATE_GOLDEN=1 rewrites it
      """)
  }
}
