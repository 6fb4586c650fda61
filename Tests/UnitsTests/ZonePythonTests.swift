import Foundation
import Testing

@testable import Units

/// Every zone of the system, compared with Python's zoneinfo reading the same files.
@Suite("Zones against Python") struct ZonePythonTests {
  /// Prints lines `zone offsetOf SECONDS OFFSET` and `zone instantOf LOCALSECONDS SECONDS`.
  private static let program = """
    import random, zoneinfo
    from datetime import datetime, timedelta, timezone
    zoneinfo.reset_tzpath(to=["/usr/share/zoneinfo"])
    random.seed(20260301)
    epoch = datetime(1970, 1, 1)
    def offset(zone, seconds):
      moment = (epoch + timedelta(seconds=seconds)).replace(tzinfo=timezone.utc).astimezone(zone)
      return int(moment.utcoffset().total_seconds())
    def change(zone, low, high):
      before = offset(zone, low)
      while high - low > 1:
        middle = (low + high) // 2
        if offset(zone, middle) == before: low = middle
        else: high = middle
      return high
    for name in sorted(zoneinfo.available_timezones()):
      zone = zoneinfo.ZoneInfo(name)
      for years in [(-120, 0), (0, 70), (56, 70), (66, 90), (90, 700)] * 3:
        seconds = int(random.uniform(*years) * 31556952)
        here = offset(zone, seconds)
        print(name, "offsetOf", seconds, here)
        # Local times near a change, where there is one within half a year: gaps and folds.
        later = seconds + 15778476
        if offset(zone, later) == here: continue
        at = change(zone, seconds, later)
        print(name, "offsetOf", at, offset(zone, at))
        for minutes in (-90, -30, -1, 0, 1, 30, 90):
          local = ((at + here) // 60 + minutes) * 60
          naive = epoch + timedelta(seconds=local)
          first = naive.replace(tzinfo=zone).utcoffset().total_seconds()
          second = naive.replace(tzinfo=zone, fold=1).utcoffset().total_seconds()
          # In a gap, the offset before it is the smaller one, and Python's answer would shift the time.
          instant = local - int(first)
          if second > first: instant = change(zone, local - int(second) - 1, local - int(first) + 1)
          print(name, "instantOf", local, instant)
    """

  private static var python: String? {
    guard ZoneFiles.present else { return nil }
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return folders.map { $0 + "/python3" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  @Test("thousands of instants in all zones agree", .enabled(if: python != nil, "no python3 or no zone files here"))
  func comparison() throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(Self.python))
    process.arguments = ["-c", Self.program]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)

    var zones: [String: Zone] = [:]
    var counts: [String: Int] = [:]
    var wrong: [String] = []
    for line in text.split(separator: "\n") {
      let fields = line.split(separator: " ")
      try #require(fields.count == 4)
      let name = String(fields[0])
      let zone = try zones[name] ?? ZoneFiles.zone(name)
      zones[name] = zone
      let given = try #require(Int(fields[2]))
      let expected = try #require(Int(fields[3]))
      let answer: Int
      if fields[1] == "offsetOf" {
        answer = zone.offset(at: Instant(seconds: given))
      } else {
        let day = Instant.floored(given, 86_400)
        answer = zone.instant(day: Day(number: day), time: ClockTime(minutesOfDay: (given - day * 86_400) / 60)).seconds
      }
      counts[String(fields[1]), default: 0] += 1
      if answer != expected { wrong.append("\(line), not \(answer)") }
    }
    #expect(wrong.isEmpty, "\(wrong.count) differ: \(wrong.prefix(20))")
    #expect(zones.count > 300)
    #expect(counts["offsetOf", default: 0] > 5000)
    #expect(counts["instantOf", default: 0] > 5000)
  }
}
