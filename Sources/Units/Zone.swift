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
