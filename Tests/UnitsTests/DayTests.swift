import Testing

@testable import Units

@Suite("Days") struct DayTests {
  @Test("every day of 800 years comes back from its number, its date and its text, in order")
  func roundTrips() throws {
    // Counted up month by month: not the arithmetic that is tested.
    let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    var number = try #require(Day(year: 1600, month: 1, day: 1)).number
    // 1600-01-01 was a Saturday; its day number is known (Julian Day 2305447.5, that of 1970-01-01 is 2440587.5).
    #expect(number == 2_305_447 - 2_440_587)
    var weekday = 6
    for year in 1600..<2400 {
      let isLeap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0)
      for month in 1...12 {
        for day in 1...(lengths[month - 1] + (month == 2 && isLeap ? 1 : 0)) {
          let made = Day(year: year, month: month, day: day)
          let parts = Day(number: number).components
          let matches =
            made?.number == number && parts == Day.Components(year: year, month: month, day: day)
            && made?.weekday.rawValue == weekday
          if !matches { Issue.record("\(year)-\(month)-\(day) is \(String(describing: made)), number \(number)") }
          if number % 13 == 0 { #expect(made.flatMap { Day(iso: $0.description) }?.number == number) }
          number += 1
          weekday = weekday % 7 + 1
        }
      }
    }
  }

  @Test("the ends of the calendar and days before 1970 keep to it")
  func ends() {
    #expect(Day(year: 1, month: 1, day: 1)?.number == -719_162)
    #expect(Day(year: 9999, month: 12, day: 31)?.number == 2_932_896)
    #expect(Day(number: -1).description == "1969-12-31")
    #expect(Day(number: -719_162).description == "0001-01-01")
    #expect(Day(number: -719_162).weekday == .monday)
  }

  @Test(
    "only days that exist, written in full, are read",
    arguments: [
      ("2026-03-01", true), ("2024-02-29", true), ("2000-02-29", true), ("0001-01-01", true), ("9999-12-31", true),
      ("2023-02-29", false), ("1900-02-29", false), ("2026-02-30", false), ("2026-04-31", false),
      ("2026-13-01", false), ("2026-00-10", false), ("2026-01-00", false), ("2026-01-32", false),
      ("0000-01-01", false), ("2026-3-1", false), ("26-03-01", false), ("2026/03/01", false), ("20260301", false),
      (" 2026-03-01", false), ("2026-03-01 ", false), ("+026-03-01", false), ("2026-+3-01", false),
      ("-026-03-01", false), ("2026-03-0１", false), ("", false), ("2026-03-01T00:00", false),
    ])
  func texts(text: String, exists: Bool) {
    #expect(Day(iso: text)?.description == (exists ? text : nil))
  }

  @Test("adding days and taking them away counts civil days over leap days and year ends")
  func arithmetic() throws {
    let day = try #require(Day(iso: "2024-02-28"))
    #expect((day + 1).description == "2024-02-29")
    #expect((day + 2).description == "2024-03-01")
    #expect((day - 59).description == "2023-12-31")
    #expect(try #require(Day(iso: "2025-03-01")) - day == 367)
    #expect(day < day + 1)
  }

  @Test("a weekday reads back from its short name, and from nothing else")
  func weekdays() {
    for weekday in Weekday.allCases { #expect(Weekday(short: weekday.short) == weekday) }
    #expect(Weekday(short: "Mon") == nil)
    #expect(Weekday(short: "monday") == nil)
    #expect(Weekday.allCases.map(\.short) == ["mon", "tue", "wed", "thu", "fri", "sat", "sun"])
  }

  @Test("a place says as much as is known")
  func places() {
    #expect(Place(file: "a.csv").description == "a.csv")
    #expect(Place(file: "a.csv", line: 12).description == "a.csv:12")
    #expect(Place(file: "a.toml", line: 14, column: 9).description == "a.toml:14:9")
    #expect(Place(file: "a.csv", line: 9) < Place(file: "a.csv", line: 10))
    #expect(Place(file: "a.csv", line: 10) < Place(file: "b.csv", line: 9))
  }
}
