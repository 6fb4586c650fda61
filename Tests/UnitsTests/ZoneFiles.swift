import Foundation

@testable import Units

/// Zone files for tests: the system's, and small ones made on the spot.
enum ZoneFiles {
  static let folder = "/usr/share/zoneinfo"
  static var present: Bool { FileManager.default.fileExists(atPath: folder + "/Europe/Berlin") }

  static func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name)))
  }

  static func zone(_ name: String) throws -> Zone { try Zone(name: name, tzif: try bytes(name)) }

  /// A version 2 file with an empty 32-bit block.
  static func made(
    first: Int, changes: [(at: Int, offset: Int)] = [], footer: String = "", version: Character = "2", leaps: Int = 0
  ) -> [UInt8] {
    func number(_ value: Int, _ width: Int) -> [UInt8] {
      (0..<width).reversed().map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }
    func head(times: Int, types: Int, leaps: Int) -> [UInt8] {
      Array("TZif".utf8) + [version.asciiValue ?? 0] + [UInt8](repeating: 0, count: 15)
        + [0, 0, leaps, times, types, 4].flatMap { number($0, 4) }
    }
    let offsets = [first] + changes.map(\.offset)
    var bytes = head(times: 0, types: 1, leaps: 0) + number(first, 4) + [0, 0] + Array("LMT\0".utf8)
    bytes += head(times: changes.count, types: offsets.count, leaps: leaps)
    bytes += changes.flatMap { number($0.at, 8) } + changes.indices.map { UInt8($0 + 1) }
    bytes += offsets.flatMap { number($0, 4) + [0, 0] } + Array("LMT\0".utf8)
    bytes += [UInt8](repeating: 0, count: leaps * 12)
    return bytes + [10] + Array(footer.utf8) + [10]
  }

  static func made(first: Int, footer: String) throws -> Zone {
    try Zone(name: "Test/Made", tzif: made(first: first, footer: footer))
  }
}
