import Testing

@testable import Units

@Suite("Open days and banking days") struct OpenDaysTests {
  private let workweek: Set<Weekday> = [.monday, .tuesday, .wednesday, .thursday, .friday]
  /// Good Friday, Easter Monday, Christmas.
  private let holidays = HolidayCalendar(
    code: "XX", country: nil, title: "Test",
    rules: [
      HolidayRule(name: "Good Friday", date: .easter(-2)), HolidayRule(name: "Easter Monday", date: .easter(1)),
      HolidayRule(name: "Christmas", date: .fixed(month: 12, day: 25)),
      HolidayRule(name: "Boxing Day", date: .fixed(month: 12, day: 26)),
    ])
  private let always = HolidayCalendar(
    code: "YY", country: nil, title: "Never open",
    rules: (1...12).flatMap { month in
      (1...31).map { HolidayRule(name: "Closed", date: .fixed(month: month, day: $0)) }
    })

  private func day(_ iso: String) throws -> Day { try #require(Day(iso: iso)) }

  @Test("many days together are what each of them is, also beyond the years that are tabled")
  func together() throws {
    for start in ["1989-12-20", "2026-03-20", "2100-12-20"] {
      for calendars in [[], [holidays], [holidays, always]] {
        let open = OpenDays(weekdays: workweek, calendars: calendars)
        let first = try day(start)
        #expect(open.areOpen(from: first, count: 30) == (0..<30).map { open.isOpen(first + $0) })
      }
    }
  }

  @Test(
    "the next and last open day step over weekends and holidays, and stay on an open day",
    arguments: [
      ("2026-04-01", "2026-04-01", "2026-04-01"),
      // Good Friday to Easter Monday
      ("2026-04-03", "2026-04-07", "2026-04-02"), ("2026-04-04", "2026-04-07", "2026-04-02"),
      ("2026-04-06", "2026-04-07", "2026-04-02"), ("2026-04-07", "2026-04-07", "2026-04-07"),
      // Christmas on a Friday
      ("2026-12-25", "2026-12-28", "2026-12-24"), ("2026-12-27", "2026-12-28", "2026-12-24"),
    ])
  func search(from: String, next: String, last: String) throws {
    let open = OpenDays(weekdays: workweek, calendars: [holidays])
    #expect(open.next(onOrAfter: try day(from))?.description == next)
    #expect(open.last(onOrBefore: try day(from))?.description == last)
    let banking = BankingCalendar(holidays: [holidays])
    #expect(banking.next(onOrAfter: try day(from))?.description == next)
    #expect(banking.previous(onOrBefore: try day(from))?.description == last)
    #expect(open.isOpen(try day(from)) == (from == next))
    #expect(banking.isBankingDay(try day(from)) == (from == next))
  }

  @Test("other weekdays and several calendars")
  func weekdays() throws {
    let fair = HolidayCalendar(
      code: "ZZ", country: nil, title: "Fair",
      rules: [HolidayRule(name: "Fair", date: .once(try day("2026-03-05")))])
    let open = OpenDays(weekdays: [.thursday, .sunday], calendars: [holidays, fair])
    #expect(open.next(onOrAfter: try day("2026-03-02"))?.description == "2026-03-08")
    #expect(open.next(onOrAfter: try day("2026-03-09"))?.description == "2026-03-12")
    #expect(open.holiday(on: try day("2026-03-05")) == "Fair")
    #expect(open.holiday(on: try day("2026-04-03")) == "Good Friday")
    #expect(open.holiday(on: try day("2026-03-07")) == nil)
  }

  @Test("where nothing is ever open the search ends")
  func never() throws {
    let start = try day("2026-03-02")
    for open in [OpenDays(weekdays: [], calendars: []), OpenDays(weekdays: workweek, calendars: [always])] {
      #expect(open.next(onOrAfter: start) == nil)
      #expect(open.last(onOrBefore: start) == nil)
    }
    let banking = BankingCalendar(holidays: [always])
    #expect(banking.next(onOrAfter: start) == nil)
    #expect(banking.previous(onOrBefore: start) == nil)
    #expect(banking.adding(5, to: start) == nil)
    #expect(banking.adding(0, to: start) == nil)
    #expect(banking.adding(-1, to: start) == nil)
  }

  @Test(
    "banking days are counted after the day, or before it",
    arguments: [
      ("2026-04-01", 1, "2026-04-02"), ("2026-04-01", 2, "2026-04-07"), ("2026-04-02", 1, "2026-04-07"),
      ("2026-04-03", 1, "2026-04-07"), ("2026-04-04", 2, "2026-04-08"), ("2026-04-01", 5, "2026-04-10"),
      ("2026-04-07", -1, "2026-04-02"), ("2026-04-06", -1, "2026-04-02"), ("2026-04-08", -2, "2026-04-02"),
      ("2026-04-01", 0, "2026-04-01"), ("2026-04-04", 0, "2026-04-07"), ("2026-12-24", 1, "2026-12-28"),
    ])
  func adding(from: String, count: Int, expected: String) throws {
    #expect(BankingCalendar(holidays: [holidays]).adding(count, to: try day(from))?.description == expected)
  }
}
