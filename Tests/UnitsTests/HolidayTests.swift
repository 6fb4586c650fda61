import Testing

@testable import Units

@Suite("Holidays") struct HolidayTests {
  private func calendar(_ rules: [HolidayRule]) -> HolidayCalendar {
    HolidayCalendar(code: "XX", country: "XX", title: "Test", rules: rules)
  }

  private func day(_ iso: String) throws -> Day { try #require(Day(iso: iso)) }

  /// Easter Sundays as the US Census Bureau and church tables list them; the earliest and latest that there are, and
  /// both exceptions of Gauss's rule (1954 and 1981).
  @Test(
    "Easter falls where church tables say",
    arguments: [
      "1818-03-22", "1886-04-25", "1943-04-25", "1954-04-18", "1981-04-19", "1990-04-15", "2000-04-23", "2008-03-23",
      "2011-04-24", "2019-04-21", "2024-03-31", "2025-04-20", "2026-04-05", "2027-03-28", "2038-04-25", "2049-04-18",
      "2076-04-19", "2100-03-28", "2285-03-22",
    ])
  func easter(iso: String) throws {
    let sunday = try day(iso)
    #expect(Easter.sunday(of: sunday.components.year) == sunday)
  }

  @Test("Easter agrees for 8000 years with tables of golden numbers and epacts, which reckon otherwise")
  func easterByEpacts() {
    for year in 1583...9582 {
      // As the calendar reform wrote it down (Clavius): solar and lunar correction, the epact's full moon, next Sunday.
      let golden = year % 19 + 1
      let century = year / 100 + 1
      let solar = 3 * century / 4 - 12
      let lunar = (8 * century + 5) / 25 - 5
      let sundayNumber = 5 * year / 4 - solar - 10
      var epact = ((11 * golden + 20 + lunar - solar) % 30 + 30) % 30
      if epact == 24 || (epact == 25 && golden > 11) { epact += 1 }
      var moon = 44 - epact
      if moon < 21 { moon += 30 }
      let sunday = moon + 7 - (sundayNumber + moon) % 7
      #expect(Easter.sunday(of: year) == Day.first(of: 3, year) + (sunday - 1), "\(year)")
    }
  }

  @Test("the nth weekday of a month, or the last, or none")
  func nth() throws {
    func found(_ n: Int, _ weekday: Weekday, _ month: Int, _ year: Int) -> String? {
      HolidayRule(name: "x", date: .nth(n, weekday, month: month)).day(in: year)?.description
    }
    #expect(found(1, .monday, 5, 2023) == "2023-05-01")
    #expect(found(1, .monday, 9, 2026) == "2026-09-07")
    #expect(found(4, .thursday, 11, 2026) == "2026-11-26")
    #expect(found(-1, .monday, 5, 2026) == "2026-05-25")
    #expect(found(-1, .monday, 8, 2026) == "2026-08-31")
    #expect(found(5, .monday, 8, 2026) == "2026-08-31")
    #expect(found(5, .monday, 9, 2026) == nil)
    #expect(found(0, .monday, 9, 2026) == nil)
    #expect(found(5, .thursday, 2, 2024) == "2024-02-29")
    #expect(found(1, .monday, 13, 2026) == nil)
  }

  @Test("a weekday on or after, or before, a date")
  func beside() throws {
    // Victoria Day in Canada is the Monday before 25 May; Buß- und Bettag the Wednesday before 23 November.
    let victoria = HolidayRule(name: "x", date: .before(.monday, month: 5, day: 25))
    #expect(victoria.day(in: 2026)?.description == "2026-05-18")
    #expect(victoria.day(in: 2027)?.description == "2027-05-24")
    let repentance = HolidayRule(name: "x", date: .before(.wednesday, month: 11, day: 23))
    #expect(repentance.day(in: 2022)?.description == "2022-11-16")
    #expect(repentance.day(in: 2026)?.description == "2026-11-18")
    // Midsummer Day in Sweden: the Saturday on or after 20 June.
    let midsummer = HolidayRule(name: "x", date: .onOrAfter(.saturday, month: 6, day: 20))
    #expect(midsummer.day(in: 2026)?.description == "2026-06-20")
    #expect(midsummer.day(in: 2027)?.description == "2027-06-26")
  }

  @Test("a rule holds in its years only, and 29 February in leap years only")
  func years() throws {
    let rule = HolidayRule(name: "x", date: .fixed(month: 6, day: 19), years: 2021...2023, except: [2022])
    #expect((2020...2024).map { rule.day(in: $0) != nil } == [false, true, false, true, false])
    let leap = HolidayRule(name: "x", date: .fixed(month: 2, day: 29))
    #expect((2023...2025).map { leap.day(in: $0) != nil } == [false, true, false])
    let once = HolidayRule(name: "x", date: .once(try day("2022-09-19")))
    #expect((2021...2023).map { once.day(in: $0) != nil } == [false, true, false])
  }

  @Test("a holiday that is moved is not kept on its date")
  func moved() throws {
    // The King's birthday in the Netherlands: 27 April 2025 was a Sunday.
    let holidays = calendar([HolidayRule(name: "King", date: .fixed(month: 4, day: 27), moves: [.sunday: -1])])
    #expect(holidays.isHoliday(try day("2025-04-26")) == "King")
    #expect(holidays.isHoliday(try day("2025-04-27")) == nil)
    #expect(holidays.isHoliday(try day("2026-04-27")) == "King")
  }

  @Test("US holidays on Saturday free the Friday before, also in the year before; those on Sunday the Monday")
  func observedUS() throws {
    let holidays = calendar([HolidayRule(name: "New Year", date: .fixed(month: 1, day: 1), observed: .us)])
    #expect(holidays.isHoliday(try day("2022-01-01")) == "New Year")
    #expect(holidays.isHoliday(try day("2021-12-31")) == "New Year (observed)")
    #expect(holidays.isHoliday(try day("2022-01-03")) == nil)
    #expect(holidays.isHoliday(try day("2023-01-02")) == "New Year (observed)")
    #expect(holidays.holidays(in: 2021).map(\.day.description) == ["2021-01-01", "2021-12-31"])
    #expect(holidays.holidays(in: 2022).map(\.day.description) == ["2022-01-01"])
  }

  @Test(
    "Christmas Day and Boxing Day give way to each other in Great Britain (gov.uk/bank-holidays, years as said)",
    arguments: [
      // Saturday and Sunday
      (2021, ["2021-12-25 C", "2021-12-26 B", "2021-12-27 C (observed)", "2021-12-28 B (observed)"]),
      // Sunday and Monday
      (2022, ["2022-12-25 C", "2022-12-26 B", "2022-12-27 C (observed)"]),
      // Friday and Saturday
      (2020, ["2020-12-25 C", "2020-12-26 B", "2020-12-28 B (observed)"]),
      (2026, ["2026-12-25 C", "2026-12-26 B", "2026-12-28 B (observed)"]),
      (2024, ["2024-12-25 C", "2024-12-26 B"]),
    ])
  func observedGB(year: Int, expected: [String]) {
    let holidays = calendar([
      HolidayRule(name: "B", date: .fixed(month: 12, day: 26), observed: .gb),
      HolidayRule(name: "C", date: .fixed(month: 12, day: 25), observed: .gb),
    ])
    #expect(holidays.holidays(in: year).map { "\($0.day) \($0.name)" } == expected)
  }

  @Test("\"monday\" moves Sundays only")
  func observedMonday() throws {
    let holidays = calendar([HolidayRule(name: "x", date: .fixed(month: 12, day: 6), observed: .monday)])
    #expect(holidays.isHoliday(try day("2026-12-07")) == "x (observed)")
    #expect(holidays.isHoliday(try day("2025-12-08")) == nil)
  }

  @Test("of two on one day the first rule's name is shown, and years outside of the table are worked out alike")
  func tableAndRules() throws {
    let holidays = calendar([
      HolidayRule(name: "Labour Day", date: .fixed(month: 5, day: 1)),
      HolidayRule(name: "Ascension", date: .easter(39)),
      HolidayRule(name: "New Year", date: .fixed(month: 1, day: 1), observed: .us),
    ])
    #expect(holidays.isHoliday(try day("2008-05-01")) == "Labour Day")
    for year in [1950, 1989, 1990, 2026, 2100, 2101, 2300] {
      let expected = Dictionary(uniqueKeysWithValues: holidays.holidays(in: year).map { ($0.day, $0.name) })
      for offset in 0..<365 {
        let day = Day.first(of: year) + offset
        #expect(holidays.isHoliday(day) == expected[day])
      }
    }
    #expect(calendar([]).isHoliday(try day("2026-01-01")) == nil)
    #expect(holidays.isHoliday(Day(number: 1 << 40)) == nil)
  }
}
