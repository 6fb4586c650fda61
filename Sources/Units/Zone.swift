/// A time zone: the rules by which instants become civil days and clock times, and back.
///
/// Built from the bytes of a TZif file (RFC 8536, version 2 or later), which the edge reads from /usr/share/zoneinfo.
/// Cheap to copy: the transitions stand in one shared, immutable table. Two zones are equal when their names are.
package struct Zone: Hashable, Sendable, CustomStringConvertible {
  /// IANA name, such as `Europe/Berlin`.
  package let name: String
  private let table: ZoneTable

  /// Reads a zone file; `bytes` is the whole of it.
  ///
  /// Throws when the bytes are no intact TZif file of version 2 or later, or count leap seconds.
  package init(name: String, tzif bytes: [UInt8]) throws(ZoneError) {
    self.name = name
    do {
      table = try ZoneFile.table(from: bytes)
    } catch {
      throw ZoneError(zone: name, fault: error)
    }
  }

  private init(name: String, table: ZoneTable) {
    self.name = name
    self.table = table
  }

  /// Coordinated universal time: offset 0, always.
  package static let utc = Zone(name: "UTC", table: ZoneTable(offset: 0))

  /// Whether `name` may be put behind `/usr/share/zoneinfo/`: parts of letters, digits, `_`, `+`, `-`, joined by
  /// single slashes. So no absolute path, no `..`, no blank; whether such a zone exists is for the edge to find.
  package static func isValidName(_ name: String) -> Bool {
    guard (1...64).contains(name.utf8.count) else { return false }
    return name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy { part in
      guard let first = part.first, first != UInt8(ascii: "-") else { return false }
      return part.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "+"), UInt8(ascii: "-"):
          true
        default: false
        }
      }
    }
  }

  /// Seconds that clocks here are ahead of UTC at `instant`: 3600 in Berlin in winter, negative in America.
  package func offset(at instant: Instant) -> Int { table.offset(at: instant.seconds) }

  /// What calendar and clock show here at `instant`.
  package func civil(_ instant: Instant) -> CivilTime {
    let local = instant.seconds + offset(at: instant)
    let day = Instant.floored(local, ZoneTable.secondsPerDay)
    return CivilTime(day: Day(number: day), secondsOfDay: local - day * ZoneTable.secondsPerDay)
  }

  /// The civil day here at `instant`.
  package func day(_ instant: Instant) -> Day { civil(instant).day }

  /// The instant at which calendar and clock here show `day` and `time`; `24:00` is the start of the next day.
  ///
  /// A time that the clocks skip gives the first instant after the gap, one that they show twice the first occurrence.
  package func instant(day: Day, time: ClockTime) -> Instant {
    Instant(seconds: table.instant(local: day.number * ZoneTable.secondsPerDay + time.minutes * 60))
  }

  package static func == (a: Zone, b: Zone) -> Bool { a.name == b.name }
  package func hash(into hasher: inout Hasher) { hasher.combine(name) }
  package var description: String { name }
}

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

/// Why a zone file was refused.
package struct ZoneError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The name that was asked for.
  package let zone: String
  package let fault: Fault

  package enum Fault: Error, Hashable, Sendable {
    /// Does not begin with `TZif`.
    case notTZif
    /// Version 1, which has 32-bit times and no rule for the future.
    case versionTooOld
    /// Ends early; `at` is the byte at which more was expected.
    case truncated(at: Int)
    /// The file counts leap seconds (those below `right/` do), which no civil time here does.
    case leapSeconds
    /// No local time type, a type that is not there, or an offset beyond 26 hours.
    case badTimeType
    /// Transition times that do not ascend, or lie outside all calendars.
    case badTransitions
    /// The rule for the future at the end of the file is no POSIX TZ string.
    case badFooter(String)
  }

  package var description: String {
    let found =
      switch fault {
      case .notTZif: "it does not begin with TZif"
      case .versionTooOld: "it is of version 1"
      case .truncated(let at): "it ends at byte \(at), where more was expected"
      case .leapSeconds: "it counts leap seconds"
      case .badTimeType: "a local time type in it is missing or impossible"
      case .badTransitions: "its transition times do not ascend or are impossible"
      case .badFooter(let text): "its rule for the future, \"\(text)\", is no POSIX TZ string"
      }
    return "time zone \(zone): its zone file is not usable: \(found); expected an intact TZif file of version 2 or "
      + "later without leap seconds: check the name, or reinstall the package tzdata"
  }
}
