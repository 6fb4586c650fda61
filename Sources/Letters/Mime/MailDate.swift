import Units

/// The header Date (RFC 5322 section 3.3): `Mon, 02 Mar 2026 10:15:00 +0100`.
enum MailDate {
  /// - Parameter offsetSeconds: how far the sender's clocks are ahead of UTC; rounded down to the minute.
  static func text(_ instant: Instant, offsetSeconds: Int) -> String {
    let minutes = (offsetSeconds - (offsetSeconds % 60 + 60) % 60) / 60
    let local = Zone.utc.civil(Instant(seconds: instant.seconds + minutes * 60))
    let (second, parts) = (local.secondsOfDay, local.day.components)
    let weekdays: [Weekday: String] = [
      .monday: "Mon", .tuesday: "Tue", .wednesday: "Wed", .thursday: "Thu", .friday: "Fri", .saturday: "Sat",
      .sunday: "Sun",
    ]
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    let clock = [second / 3600, second / 60 % 60, second % 60].map(twoDigits).joined(separator: ":")
    let ahead = (minutes < 0 ? "-" : "+") + twoDigits(abs(minutes) / 60) + twoDigits(abs(minutes) % 60)
    let weekday = weekdays[local.day.weekday] ?? "Mon"
    return "\(weekday), \(twoDigits(parts.day)) \(months[parts.month - 1]) \(parts.year) \(clock) \(ahead)"
  }

  private static func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : String(value) }
}
