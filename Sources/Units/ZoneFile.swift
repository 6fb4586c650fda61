/// The reader of TZif files (RFC 8536 section 3): skips the 32-bit block, reads the 64-bit block and the footer.
///
/// Every count and index of the file is checked against its bytes before use, so that no file can stop the program.
enum ZoneFile {
  static func table(from bytes: [UInt8]) throws(ZoneError.Fault) -> ZoneTable {
    var reader = ZoneFileReader(bytes: bytes)
    let first = try reader.header()
    guard first.version >= UInt8(ascii: "2") else { throw .versionTooOld }
    try reader.skip(first.size(timeWidth: 4))
    let header = try reader.header()
    guard header.version >= UInt8(ascii: "2") else { throw .versionTooOld }
    guard header.leaps == 0 else { throw .leapSeconds }
    guard header.types > 0 else { throw .badTimeType }
    let end = reader.position + header.size(timeWidth: 8)
    guard end <= bytes.count else { throw .truncated(at: bytes.count) }

    var times: [Int] = []
    for _ in 0..<header.times { times.append(Int(Int64(bitPattern: try reader.number(8)))) }
    guard zip(times, times.dropFirst()).allSatisfy(<) else { throw .badTransitions }
    // RFC 8536 asks for nothing before -2^59 (the Big Bang); a time after the year 9999 is none of our calendar.
    if let first = times.first, let last = times.last {
      guard first >= -(1 << 59), last < 253_402_300_800 else { throw .badTransitions }
    }
    var types: [Int] = []
    for _ in 0..<header.times { types.append(Int(try reader.number(1))) }
    var offsets: [Int] = []
    for _ in 0..<header.types {
      let offset = Int(Int32(truncatingIfNeeded: try reader.number(4)))
      guard abs(offset) < ZoneTable.offsetMax else { throw .badTimeType }
      offsets.append(offset)
      try reader.skip(2)
    }
    var changes: [ZoneChange] = []
    for (time, type) in zip(times, types) {
      guard type < offsets.count else { throw .badTimeType }
      changes.append(ZoneChange(at: time, offset: offsets[type]))
    }

    try reader.skip(end - reader.position)
    let footer = try reader.footer()
    var rule: ZoneRule?
    if !footer.isEmpty {
      rule = ZoneRule(posix: footer)
      if rule == nil { throw .badFooter(ZoneFile.printable(footer)) }
    }
    // Section 3.2: before the first transition the first type holds.
    return ZoneTable(initial: offsets[0], changes: changes, rule: rule)
  }

  /// Damaged bytes must not reach a terminal.
  private static func printable(_ bytes: [UInt8]) -> String {
    var text = ""
    for byte in bytes.prefix(60) { text.append((0x20..<0x7f).contains(byte) ? Character(UnicodeScalar(byte)) : "?") }
    return text
  }
}

/// The counts at the head of each of the two blocks (RFC 8536 section 3.1).
private struct ZoneFileHeader {
  let version: UInt8
  let universals: Int
  let standards: Int
  let leaps: Int
  let times: Int
  let types: Int
  let letters: Int

  /// Bytes of the data block that follows.
  func size(timeWidth: Int) -> Int {
    times * (timeWidth + 1) + types * 6 + letters + leaps * (timeWidth + 4) + standards + universals
  }
}

private struct ZoneFileReader {
  let bytes: [UInt8]
  private(set) var position = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  mutating func skip(_ count: Int) throws(ZoneError.Fault) {
    guard count <= bytes.count - position else { throw .truncated(at: bytes.count) }
    position += count
  }

  /// A big-endian number of `width` bytes.
  mutating func number(_ width: Int) throws(ZoneError.Fault) -> UInt64 {
    let start = position
    try skip(width)
    return bytes[start..<position].reduce(0) { $0 << 8 | UInt64($1) }
  }

  mutating func header() throws(ZoneError.Fault) -> ZoneFileHeader {
    guard bytes[position...].starts(with: "TZif".utf8) else { throw .notTZif }
    try skip(4)
    let version = UInt8(truncatingIfNeeded: try number(1))
    try skip(15)
    return ZoneFileHeader(
      version: version, universals: Int(try number(4)), standards: Int(try number(4)), leaps: Int(try number(4)),
      times: Int(try number(4)), types: Int(try number(4)), letters: Int(try number(4)))
  }

  /// The line between the two line feeds at the end.
  mutating func footer() throws(ZoneError.Fault) -> [UInt8] {
    let newline = UInt8(ascii: "\n")
    guard position < bytes.count else { throw .truncated(at: bytes.count) }
    let rest = bytes[(position + 1)...]
    guard bytes[position] == newline, let end = rest.firstIndex(of: newline) else {
      throw .truncated(at: bytes.count)
    }
    return Array(rest[..<end])
  }
}
