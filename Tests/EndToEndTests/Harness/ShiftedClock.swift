import Foundation
import Testing

/// A clock of its own for one process: the machine's, and so much before or behind it.
struct ShiftedClock {
  /// A library to be preloaded.
  let library: String
  private let file: URL

  init(_ office: Office) async throws {
    library = office.folder.appendingPathComponent("clock_shift.so").path
    file = office.folder.appendingPathComponent("clock")
    let source = Places.support.appendingPathComponent("clock_shift.c").path
    let compiled = try await office.tool("/usr/bin/env", ["clang", "-shared", "-fPIC", "-o", library, source])
    try #require(compiled.status == 0, "\(compiled)")
    try set(seconds: 0)
  }

  var environment: [String: String] { ["LD_PRELOAD": library, "CLOCK_SHIFT": file.path] }

  func set(seconds: Int) throws { try "\(seconds * 1000)".write(to: file, atomically: true, encoding: .utf8) }
}
