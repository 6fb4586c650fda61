import Foundation
import Testing

/// The arrows between the rooms, as docs/architecture.md draws them. A room that imports another one has an arrow here
/// and in Package.swift; every other import is a mistake.
private let arrows: [String: Set<String>] = [
  "Units": ["Synchronization"],
  "Ledger": ["Units"],
  "Intake": ["Ledger", "Units"],
  "Receivables": ["Ledger", "Units"],
  "Decisions": ["Receivables", "Ledger", "Units"],
  "Letters": ["Decisions", "Receivables", "Ledger", "Units", "Crypto", "Mustache", "Foundation", "Synchronization"],
  "Defaults": [],
  // Swift's own composed form of a name, which it does not show to everybody.
  "Journal": ["Decisions", "Ledger", "Units", "Crypto", "Swift"],
  "Incoming": ["Decisions", "Ledger", "Units"],
  "TOML": [],
  "Settings": ["TOML", "Decisions", "Ledger", "Units"],
  "Storage": ["Glibc", "Synchronization"],
  "Delivery": ["CCurl", "Glibc", "Synchronization"],
  "Sink": ["Glibc", "Synchronization"],
  "Supervision": ["Glibc", "Synchronization"],
  "Daemon": [
    "Crypto", "Decisions", "Defaults", "Delivery", "Glibc", "Intake", "Journal", "Ledger", "Letters", "Logging",
    "Settings", "Storage", "Supervision", "Synchronization", "Units",
  ],
  "Simulation": [
    "Daemon", "Decisions", "Delivery", "Glibc", "Journal", "Ledger", "Storage", "Synchronization", "Units",
  ],
  "SimulateTool": ["Dispatch", "Glibc", "Simulation", "Synchronization", "Units"],
  "Commands": [
    "ArgumentParser", "Crypto", "Daemon", "Decisions", "Defaults", "Delivery", "Glibc", "Incoming", "Intake", "Journal",
    "Ledger", "Letters", "Logging", "Receivables", "Settings", "Sink", "Storage", "Supervision", "Synchronization",
    "TOML", "Units",
  ],
]

@Suite("The house rules")
struct ArrowTests {
  @Test("no room imports what the architecture gives it no arrow to", arguments: arrows.keys.sorted())
  func arrowsAreKept(room: String) throws {
    let allowed = try #require(arrows[room])
    for file in try House.swiftFiles(under: "Sources/\(room)") {
      for module in try House.imports(of: file) where !allowed.contains(module) {
        Issue.record("\(file.path) imports \(module)")
      }
    }
  }

  @Test("a source file is read in one sitting: no more than 400 lines")
  func filesAreShort() throws {
    for file in try House.swiftFiles(under: "Sources") {
      let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
      #expect(lines.count <= 400, "\(file.path) has \(lines.count) lines")
    }
  }

  @Test("the core has no clock, no randomness, no file and no network, though Foundation would lend it all of them")
  func coreIsPure() throws {
    let banned = [
      "Date()", "Date.now", "ContinuousClock", "SuspendingClock", ".random(", "SystemRandomNumberGenerator", "UUID()",
      "getenv", "ProcessInfo", "FileManager", "FileHandle", "Data(contentsOf", "String(contentsOf", "URLSession",
    ]
    for room in [
      "Units", "Ledger", "Intake", "Receivables", "Decisions", "Letters", "Journal", "Incoming", "TOML", "Settings",
    ] {
      for file in try House.swiftFiles(under: "Sources/\(room)") {
        let text = try String(contentsOf: file, encoding: .utf8)
        for word in banned where text.contains(word) { Issue.record("\(file.path) says \(word)") }
      }
    }
  }

  @Test("nothing is left to do later")
  func noLeftovers() throws {
    for file in try House.swiftFiles(under: "Sources") {
      let text = try String(contentsOf: file, encoding: .utf8)
      for word in ["TODO", "FIXME", "try!"] where text.contains(word) {
        Issue.record("\(file.path) says \(word)")
      }
    }
  }
}

enum House {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static func swiftFiles(under folder: String) throws -> [URL] {
    let base = root.appending(path: folder)
    let all = FileManager.default.enumerator(at: base, includingPropertiesForKeys: nil)
    let files = (all?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "swift" }
    try #require(!files.isEmpty, "no source in \(folder)")
    return files.sorted { $0.path < $1.path }
  }

  static func imports(of file: URL) throws -> [String] {
    try String(contentsOf: file, encoding: .utf8).split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ")
      guard let index = words.firstIndex(of: "import"), index <= 2, words.count > index + 1,
        !line.hasPrefix("//")
      else { return nil }
      return String(words.last ?? "")
    }
  }
}
