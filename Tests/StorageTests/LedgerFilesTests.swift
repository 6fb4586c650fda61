import Foundation
import Testing

@testable import Storage

@Suite("Files that others write")
struct LedgerFilesTests {
  private let folder: String

  init() throws {
    folder = NSTemporaryDirectory() + "dunningd-files-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  private func write(_ name: String, _ text: String) throws {
    try PosixDisk().replace(folder + "/" + name, with: Array(text.utf8))
  }

  @Test("a snapshot holds every file that is there, and knows when one of them changes, goes or comes")
  func snapshot() throws {
    let paths = ["a", "b", "c"].map { folder + "/" + $0 }
    try write("a", "1")
    try write("b", "2")
    let snapshot = try SnapshotFiles(paths)
    #expect(snapshot.files.mapValues(\.bytes) == [paths[0]: Array("1".utf8), paths[1]: Array("2".utf8)])
    #expect(SnapshotFiles.token(of: paths) == snapshot.token)
    try write("b", "2")
    #expect(SnapshotFiles.token(of: paths) != snapshot.token, "replaced by the same bytes is another file")
    let second = SnapshotFiles.token(of: paths)
    try write("c", "3")
    #expect(SnapshotFiles.token(of: paths) != second)
    try PosixDisk().remove(paths[0])
    #expect(try SnapshotFiles(paths).files.count == 2)
  }

  @Test("a zone's file is found, a name without one is nil")
  func zones() throws {
    #expect(try ZoneFiles.bytes(of: "Europe/Berlin")?.starts(with: "TZif".utf8) == true)
    #expect(try ZoneFiles.bytes(of: "Europe/Atlantis") == nil)
    #expect(try ZoneFiles.bytes(of: "Europe") == nil)
  }

  @Test("a secret loses one line break at its end, and nothing else")
  func secrets() throws {
    for (text, secret) in [("pass", "pass"), ("pass\n", "pass"), ("pass\r\n", "pass"), (" pass ", " pass ")] {
      try write("s", text)
      #expect(try SecretSource.file(folder + "/s").read() == Array(secret.utf8))
    }
  }

  @Test("an empty secret, one of several lines and one that everybody can read are refused")
  func badSecrets() throws {
    let path = folder + "/s"
    try write("s", "\n")
    #expect(throws: SecretSource.Fault.empty(path)) { try SecretSource.file(path).read() }
    try write("s", "a\nb\n")
    #expect(throws: SecretSource.Fault.severalLines(path)) { try SecretSource.file(path).read() }
    try write("s", "a")
    chmod(path, 0o644)
    #expect(throws: SecretSource.Fault.tooOpen(path: path)) { try SecretSource.file(path).read() }
    #expect(throws: SecretSource.Fault.self) { try SecretSource.file(folder + "/none").read() }
    #expect(throws: SecretSource.Fault.notSet(variable: "DUNNINGD_NO_SUCH")) {
      try SecretSource.environment("DUNNINGD_NO_SUCH").read()
    }
  }
}
