/// The days on which something is open: certain weekdays, less the holidays of certain calendars.
package struct OpenDays: Hashable, Sendable {
  package let weekdays: Set<Weekday>
  package let calendars: [HolidayCalendar]
  /// Bit `n` for the weekday of raw value `n`; a set would be asked too often.
  private let mask: UInt8

  /// How far `next` and `last` look: more than a year, so that anything that is ever open is found.
  package static let searchDaysMax = 400

  package init(weekdays: Set<Weekday>, calendars: [HolidayCalendar]) {
    self.weekdays = weekdays
    self.calendars = calendars
    mask = weekdays.reduce(0) { $0 | 1 << UInt8($1.rawValue) }
  }

  package func isOpen(_ day: Day) -> Bool {
    mask & 1 << UInt8(day.weekday.rawValue) != 0 && holiday(on: day) == nil
  }

  /// `isOpen` of so many days together.
  package func areOpen(from first: Day, count: Int) -> [Bool] {
    var open = (0..<count).map { mask & 1 << UInt8((first + $0).weekday.rawValue) != 0 }
    for calendar in calendars {
      for (index, isHoliday) in calendar.areHolidays(from: first, count: count).enumerated() where isHoliday {
        open[index] = false
      }
    }
    return open
  }

  /// The name of the holiday on `day` in the first calendar that has one, whatever the weekday; nil when none has.
  package func holiday(on day: Day) -> String? {
    for calendar in calendars {
      if let name = calendar.isHoliday(day) { return name }
    }
    return nil
  }

  /// `day` itself if it is open, else the first open day after it; nil when none of the next 400 days is open.
  package func next(onOrAfter day: Day) -> Day? {
    (0...OpenDays.searchDaysMax).lazy.map { day + $0 }.first(where: isOpen)
  }

  /// `day` itself if it is open, else the last open day before it; nil when none of the last 400 days was open.
  package func last(onOrBefore day: Day) -> Day? {
    (0...OpenDays.searchDaysMax).lazy.map { day - $0 }.first(where: isOpen)
  }
}
