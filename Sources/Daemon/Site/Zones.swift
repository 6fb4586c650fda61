import Storage
import Synchronization
import Units

/// The zones of this system, each file read once.
package final class Zones: Sendable {
  private let known = Mutex<[String: Zone?]>([:])

  package init() {}

  /// Nil when there is no such zone. Throws when its file is damaged or cannot be read.
  package func lookUp(_ name: String) throws(ZoneError) -> Zone? {
    if let zone = known.withLock({ $0[name] }) { return zone }
    guard Zone.isValidName(name) else { return nil }
    let bytes: [UInt8]?
    // What cannot be read now may be readable the next time.
    do { bytes = try ZoneFiles.bytes(of: name) } catch {
      throw ZoneError(zone: name, fault: .unreadable(error.description))
    }
    let zone = try bytes.map { bytes throws(ZoneError) in try Zone(name: name, tzif: bytes) }
    known.withLock { $0[name] = zone }
    return zone
  }

  /// Nil when there is no such zone, or none that can be read.
  package func zone(_ name: String) -> Zone? { (try? lookUp(name)) ?? nil }
}
