/// Why a zone file was refused.
package struct ZoneError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The name that was asked for.
  package let zone: String
  package let fault: Fault

  package init(zone: String, fault: Fault) {
    self.zone = zone
    self.fault = fault
  }

  package enum Fault: Error, Hashable, Sendable {
    /// The system does not let us read it, in its words.
    case unreadable(String)
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
      case .unreadable(let words): words
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
