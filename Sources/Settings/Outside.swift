import Units

/// What the system knows of a time zone.
package enum ZoneAnswer: Sendable {
  case zone(Zone)
  case unknown
  /// There is a file, but it cannot be used; says why and what to do.
  case unusable(String)
}

/// What reading a configuration needs to know of the world; the caller looks it up.
package struct Outside {
  /// A zone by a name that `Zone.isValidName` has passed.
  package var zone: (String) -> ZoneAnswer
  /// The names of all zones, for a hint when one is misspelt; may be empty.
  package var zoneNames: [String]
  /// Holiday calendars by code.
  package var calendars: [String: HolidayCalendar]
  /// Hex SHA-256 of the file.
  package var hash: String

  package init(
    zone: @escaping (String) -> ZoneAnswer, zoneNames: [String] = [],
    calendars: [String: HolidayCalendar] = [:], hash: String = ""
  ) {
    self.zone = zone
    self.zoneNames = zoneNames
    self.calendars = calendars
    self.hash = hash
  }
}
