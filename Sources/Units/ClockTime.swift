/// A time on a clock face, in minutes since midnight: 0...1440, where 1440 is the end of the day (`24:00`).
package struct ClockTime: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let minutes: Int

  package init?(hour: Int, minute: Int) {
    guard (0...24).contains(hour), (0...59).contains(minute), hour < 24 || minute == 0 else { return nil }
    minutes = hour * 60 + minute
  }

  /// Minutes that are known to lie in a day.
  init(minutesOfDay minutes: Int) {
    precondition((0...1440).contains(minutes), "\(minutes) is no minute of a day")
    self.minutes = minutes
  }

  /// The start of the day, `00:00`.
  package static let midnight = ClockTime(minutesOfDay: 0)

  /// Reads `09:00` or `24:00`: two digits, a colon, two digits.
  package init?(text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count == 5, bytes[2] == UInt8(ascii: ":"), let hour = Digits.number(bytes[..<2]),
      let minute = Digits.number(bytes[3...])
    else { return nil }
    self.init(hour: hour, minute: minute)
  }

  package static func < (a: ClockTime, b: ClockTime) -> Bool { a.minutes < b.minutes }
  package var description: String { Day.padded(minutes / 60, 2) + ":" + Day.padded(minutes % 60, 2) }
}
