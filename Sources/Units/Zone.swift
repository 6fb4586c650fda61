/// A time zone: the rules by which instants become civil days and clock times.
///
/// Built from the bytes of a TZif file (RFC 8536, version 2 or later), which the edge reads from /usr/share/zoneinfo.
package struct Zone: Hashable, Sendable {
  /// IANA name, such as `Europe/Berlin`.
  package let name: String
}
