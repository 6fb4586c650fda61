/// A civil day of the proleptic Gregorian calendar: never an instant, never in a zone.
package struct Day: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// Days since 1970-01-01.
  package let number: Int

  package init(number: Int) { self.number = number }

  /// Nil unless the year is 1...9999 and the month and day exist in it (no 30 February).
  package init?(year: Int, month: Int, day: Int) {
    guard (1...9999).contains(year), (1...12).contains(month), day >= 1,
      day <= Day.daysIn(month: month, of: year)
    else { return nil }
    self.number = Day.number(year: year, month: month, day: day)
  }

  /// Counts from a March-based year so that the leap day comes last; eras of 400 years are all alike.
  private static func number(year: Int, month: Int, day: Int) -> Int {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// 1 January of any year, also beyond those that are read from outside.
  static func first(of year: Int) -> Day { first(of: 1, year) }

  /// The first day of a month; `month` is 1...12.
  static func first(of month: Int, _ year: Int) -> Day { Day(number: number(year: year, month: month, day: 1)) }

  /// Reads `2026-03-01` and nothing else.
  package init?(iso text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-") else { return nil }
    guard let year = Digits.number(bytes[..<4]), let month = Digits.number(bytes[5..<7]),
      let day = Digits.number(bytes[8...])
    else { return nil }
    self.init(year: year, month: month, day: day)
  }

  package static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

  package static func daysIn(month: Int, of year: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// A day as calendars write it.
  package struct Components: Equatable, Sendable {
    package let year: Int
    package let month: Int
    package let day: Int
  }

  /// Year, month (1...12) and day of the month (1...31).
  package var components: Components {
    let shifted = number + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return Components(year: year, month: month, day: dayOfYear - (153 * marchMonth + 2) / 5 + 1)
  }

  package var weekday: Weekday {
    // 1970-01-01 was a Thursday.
    switch ((number + 3) % 7 + 7) % 7 {
    case 0: .monday
    case 1: .tuesday
    case 2: .wednesday
    case 3: .thursday
    case 4: .friday
    case 5: .saturday
    default: .sunday
    }
  }

  package static func + (day: Day, days: Int) -> Day { Day(number: day.number + days) }
  package static func - (day: Day, days: Int) -> Day { Day(number: day.number - days) }

  /// The same day of the month so many months later; in a shorter month its last day.
  package func adding(months: Int) -> Day {
    let (year, month, day) = (components.year, components.month, components.day)
    let count = year * 12 + month - 1 + months
    let (newYear, newMonth) = (count / 12, count % 12 + 1)
    let last = Day.daysIn(month: newMonth, of: newYear)
    return Day.first(of: newMonth, newYear) + (min(day, last) - 1)
  }

  /// Civil days from `b` to `a`.
  package static func - (a: Day, b: Day) -> Int { a.number - b.number }
  package static func < (a: Day, b: Day) -> Bool { a.number < b.number }

  /// `2026-03-01`
  package var description: String {
    let parts = components
    return Day.padded(parts.year, 4) + "-" + Day.padded(parts.month, 2) + "-" + Day.padded(parts.day, 2)
  }

  static func padded(_ value: Int, _ width: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: Swift.max(0, width - text.count)) + text
  }
}
