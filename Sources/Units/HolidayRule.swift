/// One line of a law on holidays: on which day of each year it falls.
///
/// A rule that cannot fall in a year (29 February, a fifth Monday) has no day in it.
package struct HolidayRule: Hashable, Sendable {
  package let name: String
  package let date: Date
  /// Years in which it is law.
  package let years: ClosedRange<Int>
  /// Years within those in which it was suspended, mostly because it was moved.
  package let except: [Int]
  /// Where the date falls on one of these weekdays, the holiday is kept so many days later (negative: earlier) instead.
  package let moves: [Weekday: Int]
  package let observed: Observed

  /// The day of a year, before `moves`.
  package enum Date: Hashable, Sendable {
    case fixed(month: Int, day: Int)
    /// Days after Easter Sunday of the western churches; Good Friday is -2.
    case easter(Int)
    /// The `n`th weekday of a month, 1...5, or -1 for the last.
    case nth(Int, Weekday, month: Int)
    /// The first such weekday on or after a date.
    case onOrAfter(Weekday, month: Int, day: Int)
    /// The last such weekday before a date, which it is not itself.
    case before(Weekday, month: Int, day: Int)
    /// Once, on this very day.
    case once(Day)
  }

  /// Which other day is free too when the holiday falls on a weekend.
  package enum Observed: String, Hashable, Sendable, CaseIterable {
    case never
    /// Saturday gives the Friday before, Sunday the Monday after (5 U.S.C. 6103(b), Executive Order 11582).
    case us
    /// Saturday and Sunday give the next weekday that is no holiday or substitute already (United Kingdom).
    case gb
    /// Sunday gives the Monday after; Saturday gives nothing.
    case monday
  }

  package init(
    name: String, date: Date, years: ClosedRange<Int> = 1...9999, except: [Int] = [], moves: [Weekday: Int] = [:],
    observed: Observed = .never
  ) {
    self.name = name
    self.date = date
    self.years = years
    self.except = except
    self.moves = moves
    self.observed = observed
  }

  /// The day on which the holiday itself falls in `year`, substitutes aside; nil when it does not.
  package func day(in year: Int) -> Day? {
    guard years.contains(year), !except.contains(year), let day = date.day(in: year) else { return nil }
    return day + moves[day.weekday, default: 0]
  }
}

extension HolidayRule.Date {
  func day(in year: Int) -> Day? {
    switch self {
    case .fixed(let month, let day):
      return Day(year: year, month: month, day: day)
    case .easter(let offset):
      return Easter.sunday(of: year) + offset
    case .nth(let n, let weekday, let month):
      guard let first = Day(year: year, month: month, day: 1) else { return nil }
      let length = Day.daysIn(month: month, of: year)
      if n == -1 { return (first + (length - 1)).last(weekday) }
      let day = first.first(weekday) + (n - 1) * 7
      return n >= 1 && day - first < length ? day : nil
    case .onOrAfter(let weekday, let month, let day):
      return Day(year: year, month: month, day: day)?.first(weekday)
    case .before(let weekday, let month, let day):
      return Day(year: year, month: month, day: day).map { ($0 - 1).last(weekday) }
    case .once(let day):
      return day.components.year == year ? day : nil
    }
  }
}

extension Day {
  /// The first such weekday on or after this day.
  func first(_ weekday: Weekday) -> Day { self + (weekday.rawValue - self.weekday.rawValue + 7) % 7 }

  /// The last such weekday on or before this day.
  func last(_ weekday: Weekday) -> Day { self - (self.weekday.rawValue - weekday.rawValue + 7) % 7 }
}
