import Foundation
import Settings
import Testing
import Units

/// Where the product's own calendars stand.
private let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().appendingPathComponent("config/holidays")

private func supplied(_ code: String) throws -> HolidayCalendar {
  let bytes = [UInt8](try Data(contentsOf: folder.appendingPathComponent(code + ".toml")))
  return try HolidayFile.read(bytes, file: "\(code).toml")
}

private struct KnownYear: CustomTestStringConvertible, Sendable {
  let code: String
  let year: Int
  /// `MM-DD`, all of the year, those on weekends too.
  let days: String
  var testDescription: String { "\(code) \(year)" }
}

/// Written down from the laws and the official lists (gov.uk, opm.gov, citizensinformation.ie, BOE and so on), with
/// Easter on 2024-03-31, 2025-04-20, 2026-04-05 and 2027-03-28.
private let known: [KnownYear] = [
  KnownYear(code: "DE", year: 2024, days: "01-01 03-29 04-01 05-01 05-09 05-20 10-03 12-25 12-26"),
  KnownYear(code: "DE", year: 2025, days: "01-01 04-18 04-21 05-01 05-29 06-09 10-03 12-25 12-26"),
  KnownYear(code: "DE", year: 2026, days: "01-01 04-03 04-06 05-01 05-14 05-25 10-03 12-25 12-26"),
  KnownYear(code: "DE", year: 2027, days: "01-01 03-26 03-29 05-01 05-06 05-17 10-03 12-25 12-26"),
  KnownYear(code: "DE", year: 2017, days: "01-01 04-14 04-17 05-01 05-25 06-05 10-03 10-31 12-25 12-26"),
  KnownYear(code: "DE-BY", year: 2025, days: "01-06 06-19 08-15 11-01"),
  KnownYear(code: "DE-NW", year: 2026, days: "06-04 11-01"),
  KnownYear(
    code: "AT", year: 2024, days: "01-01 01-06 04-01 05-01 05-09 05-20 05-30 08-15 10-26 11-01 12-08 12-25 12-26"),
  KnownYear(
    code: "AT", year: 2025, days: "01-01 01-06 04-21 05-01 05-29 06-09 06-19 08-15 10-26 11-01 12-08 12-25 12-26"),
  KnownYear(
    code: "AT", year: 2026, days: "01-01 01-06 04-06 05-01 05-14 05-25 06-04 08-15 10-26 11-01 12-08 12-25 12-26"),
  KnownYear(
    code: "AT", year: 2027, days: "01-01 01-06 03-29 05-01 05-06 05-17 05-27 08-15 10-26 11-01 12-08 12-25 12-26"),
  KnownYear(code: "CH", year: 2024, days: "01-01 03-29 04-01 05-09 05-20 08-01 12-25 12-26"),
  KnownYear(code: "CH", year: 2025, days: "01-01 04-18 04-21 05-29 06-09 08-01 12-25 12-26"),
  KnownYear(code: "CH", year: 2026, days: "01-01 04-03 04-06 05-14 05-25 08-01 12-25 12-26"),
  KnownYear(code: "CH", year: 2027, days: "01-01 03-26 03-29 05-06 05-17 08-01 12-25 12-26"),
  KnownYear(code: "FR", year: 2024, days: "01-01 04-01 05-01 05-08 05-09 05-20 07-14 08-15 11-01 11-11 12-25"),
  KnownYear(code: "FR", year: 2025, days: "01-01 04-21 05-01 05-08 05-29 06-09 07-14 08-15 11-01 11-11 12-25"),
  KnownYear(code: "FR", year: 2026, days: "01-01 04-06 05-01 05-08 05-14 05-25 07-14 08-15 11-01 11-11 12-25"),
  KnownYear(code: "FR", year: 2027, days: "01-01 03-29 05-01 05-06 05-08 05-17 07-14 08-15 11-01 11-11 12-25"),
  KnownYear(code: "GB", year: 2020, days: "01-01 04-10 04-13 05-08 05-25 08-31 12-25 12-26 12-28"),
  KnownYear(code: "GB", year: 2022, days: "01-01 01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-25 12-26 12-27"),
  KnownYear(code: "GB", year: 2023, days: "01-01 01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26"),
  KnownYear(code: "GB", year: 2024, days: "01-01 03-29 04-01 05-06 05-27 08-26 12-25 12-26"),
  KnownYear(code: "GB", year: 2025, days: "01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26"),
  KnownYear(code: "GB", year: 2026, days: "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-26 12-28"),
  KnownYear(code: "GB", year: 2027, days: "01-01 03-26 03-29 05-03 05-31 08-30 12-25 12-26 12-27 12-28"),
  KnownYear(code: "IE", year: 2022, days: "01-01 01-03 03-17 03-18 04-18 05-02 06-06 08-01 10-31 12-25 12-26 12-27"),
  KnownYear(code: "IE", year: 2023, days: "01-01 01-02 02-06 03-17 04-10 05-01 06-05 08-07 10-30 12-25 12-26"),
  KnownYear(code: "IE", year: 2024, days: "01-01 02-05 03-17 03-18 04-01 05-06 06-03 08-05 10-28 12-25 12-26"),
  KnownYear(code: "IE", year: 2025, days: "01-01 02-03 03-17 04-21 05-05 06-02 08-04 10-27 12-25 12-26"),
  KnownYear(code: "IE", year: 2026, days: "01-01 02-02 03-17 04-06 05-04 06-01 08-03 10-26 12-25 12-26 12-28"),
  KnownYear(code: "IE", year: 2027, days: "01-01 02-01 03-17 03-29 05-03 06-07 08-02 10-25 12-25 12-26 12-27 12-28"),
  // 1 February 2030 is a Friday: St Brigid's Day itself; 17 March a Sunday.
  KnownYear(code: "IE", year: 2030, days: "01-01 02-01 03-17 03-18 04-22 05-06 06-03 08-05 10-28 12-25 12-26"),
  KnownYear(code: "NL", year: 2024, days: "01-01 03-29 04-01 04-27 05-05 05-09 05-20 12-25 12-26"),
  // 27 April 2025 is a Sunday.
  KnownYear(code: "NL", year: 2025, days: "01-01 04-18 04-21 04-26 05-05 05-29 06-09 12-25 12-26"),
  KnownYear(code: "NL", year: 2026, days: "01-01 04-03 04-06 04-27 05-05 05-14 05-25 12-25 12-26"),
  KnownYear(code: "NL", year: 2027, days: "01-01 03-26 03-29 04-27 05-05 05-06 05-17 12-25 12-26"),
  KnownYear(code: "BE", year: 2024, days: "01-01 04-01 05-01 05-09 05-20 07-21 08-15 11-01 11-11 12-25"),
  KnownYear(code: "BE", year: 2025, days: "01-01 04-21 05-01 05-29 06-09 07-21 08-15 11-01 11-11 12-25"),
  KnownYear(code: "BE", year: 2026, days: "01-01 04-06 05-01 05-14 05-25 07-21 08-15 11-01 11-11 12-25"),
  KnownYear(code: "BE", year: 2027, days: "01-01 03-29 05-01 05-06 05-17 07-21 08-15 11-01 11-11 12-25"),
  KnownYear(code: "ES", year: 2024, days: "01-01 01-06 03-29 05-01 08-15 10-12 11-01 12-06 12-08 12-25"),
  KnownYear(code: "ES", year: 2025, days: "01-01 01-06 04-18 05-01 08-15 10-12 11-01 12-06 12-08 12-25"),
  KnownYear(code: "ES", year: 2026, days: "01-01 01-06 04-03 05-01 08-15 10-12 11-01 12-06 12-08 12-25"),
  KnownYear(code: "ES", year: 2027, days: "01-01 01-06 03-26 05-01 08-15 10-12 11-01 12-06 12-08 12-25"),
  KnownYear(code: "IT", year: 2024, days: "01-01 01-06 03-31 04-01 04-25 05-01 06-02 08-15 11-01 12-08 12-25 12-26"),
  KnownYear(code: "IT", year: 2025, days: "01-01 01-06 04-20 04-21 04-25 05-01 06-02 08-15 11-01 12-08 12-25 12-26"),
  KnownYear(
    code: "IT", year: 2026, days: "01-01 01-06 04-05 04-06 04-25 05-01 06-02 08-15 10-04 11-01 12-08 12-25 12-26"),
  KnownYear(
    code: "IT", year: 2027, days: "01-01 01-06 03-28 03-29 04-25 05-01 06-02 08-15 10-04 11-01 12-08 12-25 12-26"),
  KnownYear(
    code: "PL", year: 2024, days: "01-01 01-06 03-31 04-01 05-01 05-03 05-19 05-30 08-15 11-01 11-11 12-25 12-26"),
  KnownYear(
    code: "PL", year: 2025, days: "01-01 01-06 04-20 04-21 05-01 05-03 06-08 06-19 08-15 11-01 11-11 12-24 12-25 12-26"),
  KnownYear(
    code: "PL", year: 2026, days: "01-01 01-06 04-05 04-06 05-01 05-03 05-24 06-04 08-15 11-01 11-11 12-24 12-25 12-26"),
  KnownYear(
    code: "PL", year: 2027, days: "01-01 01-06 03-28 03-29 05-01 05-03 05-16 05-27 08-15 11-01 11-11 12-24 12-25 12-26"),
  KnownYear(code: "US", year: 2020, days: "01-01 01-20 02-17 05-25 07-03 07-04 09-07 10-12 11-11 11-26 12-25"),
  // New Year 2022 is observed on 31 December 2021.
  KnownYear(
    code: "US", year: 2021,
    days: "01-01 01-18 02-15 05-31 06-18 06-19 07-04 07-05 09-06 10-11 11-11 11-25 12-24 12-25 12-31"),
  KnownYear(code: "US", year: 2024, days: "01-01 01-15 02-19 05-27 06-19 07-04 09-02 10-14 11-11 11-28 12-25"),
  KnownYear(code: "US", year: 2025, days: "01-01 01-20 02-17 05-26 06-19 07-04 09-01 10-13 11-11 11-27 12-25"),
  KnownYear(code: "US", year: 2026, days: "01-01 01-19 02-16 05-25 06-19 07-03 07-04 09-07 10-12 11-11 11-26 12-25"),
  KnownYear(
    code: "US", year: 2027,
    days: "01-01 01-18 02-15 05-31 06-18 06-19 07-04 07-05 09-06 10-11 11-11 11-25 12-24 12-25 12-31"),
  KnownYear(code: "TARGET", year: 2026, days: "01-01 04-03 04-06 05-01 12-25 12-26"),
]

@Suite("Holiday files") struct HolidayFileTests {
  @Test("the supplied calendars have the holidays that law and official lists give", arguments: known)
  fileprivate func knownYears(row: KnownYear) throws {
    let found = try supplied(row.code).holidays(in: row.year).map { String($0.day.description.dropFirst(5)) }
    #expect(found.joined(separator: " ") == row.days)
  }

  @Test("each supplied file reads, is called what its name says, and names its source")
  func files() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".toml") }
      .sorted()
    let codes = names.map { String($0.dropLast(5)) }
    let wanted = ["AT", "BE", "CH", "DE", "ES", "FR", "GB", "IE", "IT", "NL", "PL", "US"]
    #expect(Set(wanted).isSubset(of: codes))
    for code in codes {
      let calendar = try supplied(code)
      #expect(calendar.code == code)
      #expect(calendar.country == (code == "TARGET" ? nil : String(code.prefix(2))))
      #expect(!calendar.title.isEmpty && !calendar.source.isEmpty)
    }
  }

  @Test("St Brigid's Day is the first Monday in February, or Friday the 1st")
  func brigid() throws {
    let ireland = try supplied("IE")
    for year in 2023...2060 {
      let days = try (1...7).map { try #require(Day(year: year, month: 2, day: $0)) }
      let wanted = days[0].weekday == .friday ? days[0] : days.first { $0.weekday == .monday }
      #expect(days.filter { ireland.isHoliday($0) != nil } == [wanted].compactMap { $0 }, "\(year)")
    }
  }

  @Test("names are shown with their substitutes")
  func names() throws {
    let day = try #require(Day(iso: "2027-12-28"))
    #expect(try supplied("GB").isHoliday(day) == "Boxing Day (observed)")
    #expect(try supplied("PL").isHoliday(try #require(Day(iso: "2025-12-24"))) == "Wigilia Bożego Narodzenia")
    #expect(try supplied("PL").isHoliday(try #require(Day(iso: "2024-12-24"))) == nil)
  }

  /// The head of a right file; mistakes begin on line 4.
  private let head = "country = \"XX\"\ntitle = \"t\"\nsource = \"s\"\n"

  private func problems(_ text: String) -> [String] {
    do throws(Problems) {
      _ = try HolidayFile.read(Array(text.utf8), file: "XX.toml")
      return []
    } catch {
      return error.all.map(\.description)
    }
  }

  @Test("every key has its meaning")
  func keys() throws {
    let text =
      head + """
        [[holiday]]
        name = "Repentance"
        before = "11-23"
        weekday = "wed"
        from = 2000
        to = 2001
        [[holiday]]
        name = "Midsummer"
        after = "06-20"
        weekday = "sat"
        except = [2001]
        observed = "monday"
        source = "law"
        [[holiday]]
        name = "Leap"
        date = "02-29"
        moved = { tue = -1, sun = 1 }
        [[holiday]]
        name = "Jubilee"
        on = [2001-05-05, 2002-05-05]
        """
    let calendar = try HolidayFile.read(Array(text.utf8), file: "XX.toml")
    let expected = [
      HolidayRule(name: "Repentance", date: .before(.wednesday, month: 11, day: 23), years: 2000...2001),
      HolidayRule(
        name: "Midsummer", date: .onOrAfter(.saturday, month: 6, day: 20), except: [2001], observed: .monday),
      HolidayRule(name: "Leap", date: .fixed(month: 2, day: 29), moves: [.tuesday: -1, .sunday: 1]),
      HolidayRule(name: "Jubilee", date: .once(try #require(Day(iso: "2001-05-05")))),
      HolidayRule(name: "Jubilee", date: .once(try #require(Day(iso: "2002-05-05")))),
    ]
    #expect(calendar.rules == expected)
    #expect(calendar.title == "t" && calendar.source == "s" && calendar.country == "XX" && calendar.code == "XX")
  }

  @Test(
    "a mistake is told with its place, what was found and what was expected",
    arguments: [
      ("name = \"x\"\ndate = \"02-30\"", "6:8", "found \"02-30\", expected a month and day that exist"),
      ("name = \"x\"\ndate = \"2-03\"", "6:8", "found \"2-03\", expected a month and day that exist"),
      ("name = \"x\"\ndate = 5", "6:8", "date: found a whole number, expected a text"),
      ("name = \"x\"", "4:1", "found none, expected one of date, easter, nth, after, before, on"),
      ("name = \"x\"\neaster = 1\ndate = \"01-01\"", "4:1", "found date and easter, expected one of"),
      ("date = \"01-01\"", "4:1", "name is missing"),
      ("name = \"x\"\nnth = 6\nweekday = \"mon\"\nmonth = 5", "6:7", "found 6, expected 1 to 5, or -1 for the last"),
      ("name = \"x\"\nnth = 0\nweekday = \"mon\"\nmonth = 5", "6:7", "found 0, expected 1 to 5, or -1"),
      ("name = \"x\"\nnth = 1\nweekday = \"Monday\"\nmonth = 5", "7:11", "found \"Monday\", expected mon, tue"),
      ("name = \"x\"\nnth = 1\nweekday = \"mon\"\nmonth = 13", "8:9", "found 13, expected a month, 1 to 12"),
      ("name = \"x\"\nnth = 1\nweekday = \"mon\"", "4:1", "nth needs month besides"),
      ("name = \"x\"\neaster = 1\nmonth = 3", "7:1", "month does not go with easter"),
      ("name = \"x\"\neaster = 1\nfrom = 2020\nto = 2019", "8:6", "to = 2019 comes before from = 2020"),
      ("name = \"x\"\neaster = 1\nobserved = \"de\"", "7:12", "found \"de\", expected \"us\", \"gb\" or \"monday\""),
      ("name = \"x\"\neaster = 1\nmoved = { son = 1 }", "7:11", "found \"son\", expected a weekday"),
      ("name = \"x\"\neaster = 1\nmoved = 3", "7:9", "found a whole number, expected a table such as"),
      ("name = \"x\"\non = \"2022-09-19\"", "6:6", "found a text, expected a date such as 2022-09-19"),
      ("name = \"x\"\neastr = 1\neaster = 1", "6:1", "unknown key \"eastr\" in [[holiday]]"),
      ("name = \"x\"\neaster = 1.5", "6:10", "found a decimal number, expected days after Easter Sunday"),
      ("name = ", "5:8", ""),
    ])
  func mistakes(rule: String, place: String, message: String) {
    let found = problems(head + "[[holiday]]\n" + rule)
    #expect(found.count == 1)
    #expect(found.first?.hasPrefix("XX.toml:\(place): error: \(message)") == true, "\(found)")
  }

  @Test("mistakes outside of the rules are told too, and all at once")
  func all() {
    let text = "country = \"xx\"\ntitle = 3\nholidays = 1\n[[holiday]]\nname = \"\"\neaster = \"x\"\n"
    let found = problems(text)
    #expect(
      found.map { $0.split(separator: " ")[0] } == [
        "XX.toml:1:1:", "XX.toml:1:11:", "XX.toml:2:9:", "XX.toml:3:1:", "XX.toml:5:8:", "XX.toml:6:10:",
      ])
    #expect(problems("title = \"t\"\nsource = \"s\"\n").count == 2)
    #expect(problems(head).count == 1)
    #expect(problems(head + "[holiday]\nname = \"x\"\n").first?.contains("two brackets") == true)
    #expect(problems("\u{0}").count == 1)
  }
}
