import Foundation
import Testing

@testable import Units

/// Zone, the instant of a change, seconds east of UTC just before it and from it on. Computed with Python's zoneinfo.
private let changes: [(String, String, Int, Int)] = [
  ("Europe/Berlin", "2024-03-31T01:00:00Z", 3600, 7200),
  ("Europe/Berlin", "2024-10-27T01:00:00Z", 7200, 3600),
  ("America/New_York", "2024-03-10T07:00:00Z", -18000, -14400),
  ("America/New_York", "2024-11-03T06:00:00Z", -14400, -18000),
  ("Australia/Lord_Howe", "2024-04-06T15:00:00Z", 39600, 37800),
  ("Australia/Lord_Howe", "2024-10-05T15:30:00Z", 37800, 39600),
  ("Asia/Kathmandu", "1985-12-31T18:30:00Z", 19800, 20700),
  ("America/St_Johns", "1988-04-03T03:31:00Z", -12600, -5400),
  ("America/St_Johns", "1988-10-30T01:31:00Z", -5400, -12600),
  ("Africa/Casablanca", "2024-03-10T02:00:00Z", 3600, 0),
  ("Africa/Casablanca", "2024-04-14T02:00:00Z", 0, 3600),
  ("Europe/Dublin", "1971-10-31T02:00:00Z", 3600, 0),
  ("Europe/Dublin", "2025-03-30T01:00:00Z", 0, 3600),
  ("Europe/Dublin", "2025-10-26T01:00:00Z", 3600, 0),
  ("Pacific/Apia", "2011-04-02T14:00:00Z", -36000, -39600),
  ("Pacific/Apia", "2011-09-24T14:00:00Z", -39600, -36000),
  ("Pacific/Apia", "2011-12-30T10:00:00Z", -36000, 50400),
  ("Pacific/Apia", "2021-04-03T14:00:00Z", 50400, 46800),
  ("America/Nuuk", "2023-03-26T01:00:00Z", -10800, -7200),
  ("America/Nuuk", "2024-03-31T01:00:00Z", -7200, -3600),
  ("Asia/Gaza", "2024-04-20T00:00:00Z", 7200, 10800),
]

/// The same for rules of the future, in zone files that have nothing else; the file's own offset is the rule's
/// standard time. Computed with Python's zoneinfo from the same bytes, but for those at the end: Python counts the days
/// of `59` from 1 where POSIX says 0 (those rows are glibc's, as is `J59`), and looks at one year only where the time of a rule
/// reaches into the next one (the last row, seven days after 31 December, is reckoned by hand).
private let ruleChanges: [(String, String, Int, Int)] = [
  ("CET-1CEST,M3.5.0,M10.5.0/3", "2038-03-28T01:00:00Z", 3600, 7200),
  ("CET-1CEST,M3.5.0,M10.5.0/3", "2038-10-31T01:00:00Z", 7200, 3600),
  ("CET-1CEST,M3.5.0,M10.5.0/3", "2100-03-28T01:00:00Z", 3600, 7200),
  ("CET-1CEST,M3.5.0,M10.5.0/3", "2100-10-31T01:00:00Z", 7200, 3600),
  ("CET-1CEST,M3.5.0,M10.5.0/3", "2400-03-26T01:00:00Z", 3600, 7200),
  ("CET-1CEST,M3.5.0,M10.5.0/3", "2400-10-29T01:00:00Z", 7200, 3600),
  ("IST-1GMT0,M10.5.0,M3.5.0/1", "2040-03-25T01:00:00Z", 0, 3600),
  ("IST-1GMT0,M10.5.0,M3.5.0/1", "2040-10-28T01:00:00Z", 3600, 0),
  ("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2040-03-31T15:00:00Z", 39600, 37800),
  ("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2040-10-06T15:30:00Z", 37800, 39600),
  ("NST3:30NDT,M3.2.0,M11.1.0", "2050-03-13T05:30:00Z", -12600, -9000),
  ("NST3:30NDT,M3.2.0,M11.1.0", "2050-11-06T04:30:00Z", -9000, -12600),
  ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2045-03-26T01:00:00Z", -7200, -3600),
  ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2045-10-29T01:00:00Z", -3600, -7200),
  ("IST-2IDT,M3.4.4/26,M10.5.0", "2043-03-27T00:00:00Z", 7200, 10800),
  ("IST-2IDT,M3.4.4/26,M10.5.0", "2043-10-24T23:00:00Z", 10800, 7200),
  ("EET-2EEST,M3.4.4/50,M10.4.4/50", "2054-03-28T00:00:00Z", 7200, 10800),
  ("EET-2EEST,M3.4.4/50,M10.4.4/50", "2054-10-23T23:00:00Z", 10800, 7200),
  ("AAA3BBB,J60/0,J300", "2040-03-01T03:00:00Z", -10800, -7200),
  ("AAA3BBB,J60/0,J300", "2040-10-27T04:00:00Z", -7200, -10800),
  ("AAA3BBB,J60/0,J300", "2041-03-01T03:00:00Z", -10800, -7200),
  ("AAA3BBB,J60/0,J300", "2041-10-27T04:00:00Z", -7200, -10800),
  ("XXX-5:30:30YYY-6,M1.1.1/24:30:15,M12.5.5/-12", "2050-01-03T18:59:45Z", 19830, 21600),
  ("XXX-5:30:30YYY-6,M1.1.1/24:30:15,M12.5.5/-12", "2050-12-29T06:00:00Z", 21600, 19830),
  ("AAA3BBB,59/0,299", "2040-02-29T03:00:00Z", -10800, -7200),
  ("AAA3BBB,59/0,299", "2040-10-26T04:00:00Z", -7200, -10800),
  ("AAA3BBB,59/0,299", "2041-03-01T03:00:00Z", -10800, -7200),
  ("AAA3BBB,59/0,299", "2041-10-27T04:00:00Z", -7200, -10800),
  ("AAA3BBB,J59/0,J300", "2040-02-28T03:00:00Z", -10800, -7200),
  ("EST5EDT,M12.5.0/167,M6.1.0", "2052-01-07T04:00:00Z", -18000, -14400),
]

/// Zone, day and time on the clock, the instant.
private let meetings: [(String, String, String, String)] = [
  // Plain times in winter and summer.
  ("Europe/Berlin", "2024-01-15", "09:00", "2024-01-15T08:00:00.000Z"),
  ("Europe/Berlin", "2024-07-15", "09:00", "2024-07-15T07:00:00.000Z"),
  // Gap 02:00-03:00: its first, a middle and its last minute, then 03:00 itself.
  ("Europe/Berlin", "2024-03-31", "01:59", "2024-03-31T00:59:00.000Z"),
  ("Europe/Berlin", "2024-03-31", "02:00", "2024-03-31T01:00:00.000Z"),
  ("Europe/Berlin", "2024-03-31", "02:30", "2024-03-31T01:00:00.000Z"),
  ("Europe/Berlin", "2024-03-31", "02:59", "2024-03-31T01:00:00.000Z"),
  ("Europe/Berlin", "2024-03-31", "03:00", "2024-03-31T01:00:00.000Z"),
  // Fold 02:00-03:00: the first occurrence.
  ("Europe/Berlin", "2024-10-27", "01:59", "2024-10-26T23:59:00.000Z"),
  ("Europe/Berlin", "2024-10-27", "02:00", "2024-10-27T00:00:00.000Z"),
  ("Europe/Berlin", "2024-10-27", "02:59", "2024-10-27T00:59:00.000Z"),
  ("Europe/Berlin", "2024-10-27", "03:00", "2024-10-27T02:00:00.000Z"),
  // 24:00 is the start of the next day.
  ("Europe/Berlin", "2024-03-30", "24:00", "2024-03-30T23:00:00.000Z"),
  ("Europe/Berlin", "2024-03-31", "24:00", "2024-03-31T22:00:00.000Z"),
  // Half an hour only.
  ("Australia/Lord_Howe", "2024-10-06", "02:15", "2024-10-05T15:30:00.000Z"),
  ("Australia/Lord_Howe", "2024-04-07", "01:45", "2024-04-06T14:45:00.000Z"),
  // A gap at midnight: the day begins at 01:00.
  ("America/Sao_Paulo", "2018-11-04", "00:00", "2018-11-04T03:00:00.000Z"),
  // A fold over midnight: 23:30 on the day before, first occurrence.
  ("America/Sao_Paulo", "2018-02-17", "23:30", "2018-02-18T01:30:00.000Z"),
  // 30 December 2011 did not happen in Samoa.
  ("Pacific/Apia", "2011-12-29", "24:00", "2011-12-30T10:00:00.000Z"),
  ("Pacific/Apia", "2011-12-30", "00:00", "2011-12-30T10:00:00.000Z"),
  ("Pacific/Apia", "2011-12-30", "12:00", "2011-12-30T10:00:00.000Z"),
  ("Pacific/Apia", "2011-12-31", "00:00", "2011-12-30T10:00:00.000Z"),
  ("Pacific/Apia", "2011-12-29", "23:59", "2011-12-30T09:59:00.000Z"),
]

@Suite("Zones") struct ZoneTests {
  @Test("offsets change when Python says so", .enabled(if: ZoneFiles.present, "no zone files here"), arguments: changes)
  func offsets(name: String, at: String, before: Int, after: Int) throws {
    let zone = try ZoneFiles.zone(name)
    let instant = try #require(Instant(rfc3339: at))
    #expect(zone.offset(at: instant - Span(milliseconds: 1)) == before)
    #expect(zone.offset(at: instant) == after)
  }

  @Test(
    "rules of the future hold in their years, and again 400 and 4000 years later and before", arguments: ruleChanges)
  func rules(footer: String, at: String, before: Int, after: Int) throws {
    let rule = try #require(ZoneRule(posix: Array(footer.utf8)))
    let zone = try ZoneFiles.made(first: rule.offset, footer: footer)
    let instant = try #require(Instant(rfc3339: at))
    for cycles in [0, 1, 10, -1, -2] {
      let moved = instant + .days(146_097 * cycles)
      #expect(zone.offset(at: moved - .seconds(1)) == before)
      #expect(zone.offset(at: moved) == after)
      // The clock of the change itself comes again in whole minutes: the first time it is shown.
      let civil = zone.civil(moved)
      guard civil.secondsOfDay % 60 == 0 else { continue }
      let shownBefore = moved - .seconds(max(0, before - after))
      #expect(zone.instant(day: civil.day, time: civil.clock) == shownBefore)
    }
  }

  @Test("a rule counts after the last transition, not before")
  func ruleAfterTransitions() throws {
    // One hour more for good from 2030 on, then the rule, which has its summer from 1 July to 1 October.
    let change = try #require(Instant(rfc3339: "2030-01-01T00:00:00Z"))
    let bytes = ZoneFiles.made(
      first: 0, changes: [(0, 5400), (change.seconds, 3600)], footer: "<+01>-1<+02>,J182/0,J274/0")
    let zone = try Zone(name: "Test/Made", tzif: bytes)
    let rows = [
      ("1969-12-31T23:59:59Z", 0), ("1970-01-01T00:00:00Z", 5400), ("2028-08-01T00:00:00Z", 5400),
      ("2029-01-01T00:00:00Z", 5400), ("2029-08-01T00:00:00Z", 5400), ("2029-12-01T00:00:00Z", 5400),
      ("2030-01-01T00:00:00Z", 3600), ("2030-08-01T00:00:00Z", 7200), ("2030-12-01T00:00:00Z", 3600),
      ("2031-08-01T00:00:00Z", 7200), ("2431-08-01T00:00:00Z", 7200), ("9999-12-01T00:00:00Z", 3600),
    ]
    for (text, offset) in rows {
      #expect(zone.offset(at: try #require(Instant(rfc3339: text))) == offset, "\(text)")
    }
  }

  @Test("without a rule the last offset stays; without transitions the rule's own offset holds")
  func noRule() throws {
    let zone = try Zone(name: "Test/Made", tzif: ZoneFiles.made(first: 60, changes: [(1000, 120)]))
    #expect(zone.offset(at: Instant(seconds: 999)) == 60)
    #expect(zone.offset(at: Instant(seconds: 1000)) == 120)
    #expect(zone.offset(at: Instant(seconds: 1 << 40)) == 120)
    let fixed = try ZoneFiles.made(first: 60, footer: "<-05>5")
    #expect(fixed.offset(at: Instant(seconds: -(1 << 40))) == -18000)
  }

  @Test(
    "a gap means the first instant after it, a fold the first occurrence",
    .enabled(if: ZoneFiles.present, "no zone files here"), arguments: meetings)
  func instants(name: String, day: String, time: String, expected: String) throws {
    let zone = try ZoneFiles.zone(name)
    let day = try #require(Day(iso: day))
    let time = try #require(ClockTime(text: time))
    #expect(zone.instant(day: day, time: time).description == expected)
  }

  @Test("the day that Samoa skipped never shows on a calendar", .enabled(if: ZoneFiles.present, "no zone files here"))
  func apia() throws {
    let zone = try ZoneFiles.zone("Pacific/Apia")
    let last = try #require(Instant(rfc3339: "2011-12-30T09:59:59.999Z"))
    #expect(zone.civil(last).description == "2011-12-29 23:59:59")
    #expect(zone.civil(last + Span(milliseconds: 1)).description == "2011-12-31 00:00:00")
  }

  @Test("UTC shows what an instant says")
  func utc() throws {
    let instant = try #require(Instant(rfc3339: "2026-03-01T09:05:59.999Z"))
    let civil = Zone.utc.civil(instant)
    #expect(civil.day.description == "2026-03-01")
    #expect(civil.clock.description == "09:05")
    #expect(civil.secondsOfDay == 9 * 3600 + 5 * 60 + 59)
    #expect(Zone.utc.instant(day: civil.day, time: civil.clock).description == "2026-03-01T09:05:00.000Z")
    #expect(Zone.utc.civil(Instant(milliseconds: -1)).description == "1969-12-31 23:59:59")
    #expect(Zone.utc.name == "UTC")
  }

  @Test("zones are equal when their names are")
  func equality() throws {
    let a = try Zone(name: "A/B", tzif: ZoneFiles.made(first: 60))
    #expect(try a == Zone(name: "A/B", tzif: ZoneFiles.made(first: 120)))
    #expect(try a != Zone(name: "A/C", tzif: ZoneFiles.made(first: 60)))
    #expect(try Set([a, Zone(name: "A/B", tzif: ZoneFiles.made(first: 120))]).count == 1)
  }

  @Test(
    "a name is a path below the zone folder, or no name",
    arguments: [
      ("Europe/Berlin", true), ("America/Argentina/Buenos_Aires", true), ("Etc/GMT+5", true), ("Etc/GMT-14", true),
      ("UTC", true), ("America/Port-au-Prince", true), ("EST5EDT", true), ("", false), ("/Europe/Berlin", false),
      ("Europe/Berlin/", false), ("Europe//Berlin", false), ("..", false), ("../passwd", false),
      ("Europe/../../passwd", false), (".", false), ("Europe/./Berlin", false), ("zone.tab", false),
      ("Europe/Ber lin", false), ("Europe/Berlin\n", false), ("Europe/Berlin\0", false), ("Europe\\Berlin", false),
      ("-x", false), ("Europe/-x", false), ("Zürich", false), (String(repeating: "a", count: 65), false),
    ])
  func names(name: String, valid: Bool) {
    #expect(Zone.isValidName(name) == valid)
  }
}
