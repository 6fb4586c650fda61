import Units

/// The header Date (RFC 5322 section 3.3): `Mon, 02 Mar 2026 10:15:00 +0100`.
enum MailDate {
  /// - Parameter offsetSeconds: how far the sender's clocks are ahead of UTC; rounded down to the minute.
  static func text(_ instant: Instant, offsetSeconds: Int) -> String {
    let minutes = (offsetSeconds - (offsetSeconds % 60 + 60) % 60) / 60
    let local = Zone.utc.civil(Instant(seconds: instant.seconds + minutes * 60))
    let (second, parts) = (local.secondsOfDay, local.day.components)
    let time = "\(twoDigits(second / 3600)):\(twoDigits(second / 60 % 60)):\(twoDigits(second % 60))"
    let ahead = (minutes < 0 ? "-" : "+") + twoDigits(abs(minutes) / 60) + twoDigits(abs(minutes) % 60)
    let day = "\(name(of: local.day.weekday)), \(twoDigits(parts.day)) \(months[parts.month - 1]) \(parts.year)"
    return "\(day) \(time) \(ahead)"
  }

  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  private static func name(of weekday: Weekday) -> String {
    switch weekday {
    case .monday: "Mon"
    case .tuesday: "Tue"
    case .wednesday: "Wed"
    case .thursday: "Thu"
    case .friday: "Fri"
    case .saturday: "Sat"
    case .sunday: "Sun"
    }
  }

  private static func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : String(value) }
}
