import Ledger
import Units

/// Where somebody lives: a time zone twice over.
///
/// Once as the product reads it, from the bytes of a zone file, and once worked out here from the law that it states,
/// so that whoever watches the clock does not look at the watched one's.
enum Home: Int, CaseIterable, Sendable {
  case utc, berlin, newYork, auckland, tokyo, saoPaulo

  private struct Law {
    let name: String
    let country: String
    /// Hours east of UTC in winter.
    let hours: Int
    /// As a zone file's footer states it (POSIX.1-2017, environment variable TZ).
    let footer: String
  }

  private var law: Law {
    switch self {
    case .utc: Law(name: "Etc/UTC", country: "GB", hours: 0, footer: "UTC0")
    case .berlin: Law(name: "Europe/Berlin", country: "DE", hours: 1, footer: "CET-1CEST,M3.5.0,M10.5.0/3")
    case .newYork: Law(name: "America/New_York", country: "US", hours: -5, footer: "EST5EDT,M3.2.0,M11.1.0")
    case .auckland: Law(name: "Pacific/Auckland", country: "NZ", hours: 12, footer: "NZST-12NZDT,M9.5.0,M4.1.0/3")
    case .tokyo: Law(name: "Asia/Tokyo", country: "JP", hours: 9, footer: "JST-9")
    case .saoPaulo: Law(name: "America/Sao_Paulo", country: "BR", hours: -3, footer: "<-03>3")
    }
  }

  var country: String { law.country }

  private static let zones = allCases.map(\.made)

  /// The product's.
  var zone: Zone { Home.zones[rawValue] }

  /// From a zone file that holds nothing but the footer (RFC 8536).
  private var made: Zone {
    func header(types: UInt8) -> [UInt8] {
      // Counts: two kinds of indicators, leap seconds, transitions, types, letters.
      Array("TZif2".utf8) + Array(repeating: 0, count: 15)
        + [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, types, 0, 0, 0, types]
    }
    let seconds = UInt32(bitPattern: Int32(law.hours * 3600))
    let offset = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: seconds >> $0) }
    let block = header(types: 1) + offset + [0, 0, 0]
    let bytes = header(types: 1) + offset + [0, 0, 0] + block + Array("\n\(law.footer)\n".utf8)
    guard let zone = try? Zone(name: law.name, tzif: bytes) else { preconditionFailure("a zone file that is none") }
    return zone
  }

  // MARK: - The same by our own account

  /// Seconds that its clocks are ahead of UTC.
  func offset(at instant: Instant) -> Int {
    let standard = law.hours * 3600
    let year = Day(number: Home.floored(instant.seconds + standard, 86_400)).components.year
    func at(_ day: Day, _ secondsOfDay: Int, offset: Int) -> Int { day.number * 86_400 + secondsOfDay - offset }
    switch self {
    case .utc, .tokyo, .saoPaulo: return standard
    case .berlin:
      // Last Sunday of March 01:00 UTC to last Sunday of October 01:00 UTC.
      let begins = at(Home.sunday(last: 3, year), 3600, offset: 0)
      let ends = at(Home.sunday(last: 10, year), 3600, offset: 0)
      return (begins..<ends).contains(instant.seconds) ? standard + 3600 : standard
    case .newYork:
      // Second Sunday of March 02:00 to first Sunday of November 02:00 summer time.
      let begins = at(Home.sunday(2, of: 3, year), 7200, offset: standard)
      let ends = at(Home.sunday(1, of: 11, year), 7200, offset: standard + 3600)
      return (begins..<ends).contains(instant.seconds) ? standard + 3600 : standard
    case .auckland:
      // Last Sunday of September 02:00 to first Sunday of April 03:00 summer time.
      let begins = at(Home.sunday(last: 9, year), 7200, offset: standard)
      let ends = at(Home.sunday(1, of: 4, year), 3 * 3600, offset: standard + 3600)
      return instant.seconds >= begins || instant.seconds < ends ? standard + 3600 : standard
    }
  }

  /// What calendar and clock show there.
  func local(_ instant: Instant) -> (day: Day, secondsOfDay: Int) {
    let seconds = instant.seconds + offset(at: instant)
    let day = Home.floored(seconds, 86_400)
    return (Day(number: day), seconds - day * 86_400)
  }

  func day(_ instant: Instant) -> Day { local(instant).day }

  private static func floored(_ number: Int, _ divisor: Int) -> Int {
    number >= 0 ? number / divisor : -((-number + divisor - 1) / divisor)
  }

  private static func sunday(_ count: Int, of month: Int, _ year: Int) -> Day {
    sundays(of: month, year)[count - 1]
  }

  private static func sunday(last month: Int, _ year: Int) -> Day {
    let all = sundays(of: month, year)
    return all[all.count - 1]
  }

  private static func sundays(of month: Int, _ year: Int) -> [Day] {
    (1...Day.daysIn(month: month, of: year)).compactMap { Day(year: year, month: month, day: $0) }
      // 1 January 1970 was a Thursday.
      .filter { ($0.number % 7 + 7 + 4) % 7 == 0 }
  }
}
