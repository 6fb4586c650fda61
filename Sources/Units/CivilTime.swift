/// What calendar and clock show somewhere at one instant.
package struct CivilTime: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let day: Day
  /// Since midnight on the clock face, 0..<86400: not the time that has passed since midnight when clocks changed.
  package let secondsOfDay: Int

  package init(day: Day, secondsOfDay: Int) {
    precondition((0..<86_400).contains(secondsOfDay), "\(secondsOfDay) is no second of a day")
    self.day = day
    self.secondsOfDay = secondsOfDay
  }

  /// The clock to the minute, rounded down.
  package var clock: ClockTime { ClockTime(minutesOfDay: secondsOfDay / 60) }

  package static func < (a: CivilTime, b: CivilTime) -> Bool {
    (a.day, a.secondsOfDay) < (b.day, b.secondsOfDay)
  }

  /// `2026-03-01 09:00:00`
  package var description: String { "\(day) \(clock):\(Day.padded(secondsOfDay % 60, 2))" }
}
