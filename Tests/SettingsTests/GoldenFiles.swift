import Decisions
import Foundation
import Settings
import Testing
import Units

/// The files beside these tests, and what is expected of each.
enum GoldenFiles {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

  /// The names of the `.toml` files in a folder, without suffix, sorted.
  static func names(in name: String) -> [String] {
    let path = folder.appendingPathComponent(name).path
    let files = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return files.filter { $0.hasSuffix(".toml") }.map { String($0.dropLast(5)) }.sorted()
  }

  static func bytes(_ path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: folder.appendingPathComponent(path)))
  }

  /// Compares with the file at `path`. `UPDATE_GOLDEN=1` rewrites it; one that is missing is written and fails once.
  static func compare(_ text: String, with path: String, _ location: SourceLocation = #_sourceLocation) throws {
    let url = folder.appendingPathComponent(path)
    let isUpdate = ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1"
    guard !isUpdate, FileManager.default.fileExists(atPath: url.path) else {
      try Data((text + "\n").utf8).write(to: url)
      if !isUpdate { Issue.record("\(path) was missing and is written now: read it", sourceLocation: location) }
      return
    }
    let expected = String(decoding: try Data(contentsOf: url), as: UTF8.self)
    #expect(text + "\n" == expected, sourceLocation: location)
  }
}

extension Outside {
  /// A world with three zones and three calendars.
  static var sample: Outside {
    let zones = ["America/New_York", "Europe/Berlin", "Europe/London"]
    return Outside(
      zone: { zones.contains($0) ? .zone(.utc) : .unknown }, zoneNames: zones,
      calendars: ["DE": .sample, "GB": .sample, "US": .sample], hash: "00")
  }
}

extension HolidayCalendar {
  static var sample: HolidayCalendar { HolidayCalendar(code: "DE", country: "DE", title: "A calendar", rules: []) }
}

extension Configuration {
  /// Reads lines behind a company, a mail server and a schedule that are right.
  static func sample(_ lines: String, schedule: Bool = true) throws(Problems) -> Configuration {
    try read(
      Array(
        """
        [company]
        name = "Example GmbH"
        time_zone = "Europe/Berlin"
        country = "DE"
        currency = "EUR"
        [mail]
        url = "smtp://localhost:2525"
        from = "ar@example.com"
        \(schedule ? "[[schedule]]\nname = \"standard\"\nsteps = []" : "")
        \(lines)
        """.utf8), file: "/etc/dunningd/dunningd.toml", outside: .sample)
  }
}
