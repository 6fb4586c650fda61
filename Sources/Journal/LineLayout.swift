import Units

/// Where the parts of a journal line stand, found without reading its JSON.
///
///     {"seq":7,"time":"2026-03-02T09:00:00.000Z","type":"contact.intended",<data>,
///      "group":7,"prev":"<64>","personal_digest":"<64>","check":"<32>","personal":{...}}
///
/// The first three members and the last four have fixed shapes. Inside a string every quote is escaped, so `,"check":"`
/// can only be the member's name.
struct LineLayout {
  let seq: Int
  /// Index ranges into the line.
  let time: Range<Int>
  let type: Range<Int>
  /// 64 hexadecimal digits.
  let prev: Range<Int>
  /// 64 hexadecimal digits; nil for a record without personal part.
  let personalDigest: Range<Int>?
  /// 32 hexadecimal digits.
  let check: Range<Int>
  /// The object with its braces; nil when there is none, or when it was erased.
  let personal: Range<Int>?

  /// Bytes before the member `check`, which are what it covers.
  var checked: Int { check.lowerBound - LineLayout.checkName.utf8CodeUnitCount }
  /// Bytes up to the end of the member `check`: with a closing brace, what the next line's `prev` covers.
  var kept: Int { check.upperBound + 1 }
  /// Its personal part was there once.
  var isErased: Bool { personalDigest != nil && personal == nil }

  private static let seqName: StaticString = #"{"seq":"#
  private static let timeName: StaticString = #","time":""#
  private static let typeName: StaticString = #"","type":""#
  private static let prevName: StaticString = #","prev":""#
  private static let digestName: StaticString = #","personal_digest":""#
  private static let checkName: StaticString = #","check":""#
  static let personalName: StaticString = #","personal":"#

  private static let quote = UInt8(ascii: "\"")
  private static let brace = UInt8(ascii: "}")

  /// - Throws: `LineFault.layout` with what was found and what was expected.
  init(_ line: UnsafeRawBufferPointer) throws(LineFault) {
    func has(_ part: StaticString, at index: Int) -> Bool { line.holds(part, at: index) }
    func isHex(_ range: Range<Int>) -> Bool {
      guard range.lowerBound >= 0, range.upperBound < line.count, line[range.upperBound] == LineLayout.quote else {
        return false
      }
      for index in range where !Digest.isHex(line[index]) { return false }
      return true
    }

    guard has(LineLayout.seqName, at: 0) else { throw .layout(#"found no {"seq": at its start"#) }
    var at = LineLayout.seqName.utf8CodeUnitCount
    var seq = 0
    let firstDigit = at
    while at < line.count, at - firstDigit < 18, line[at] >= UInt8(ascii: "0"), line[at] <= UInt8(ascii: "9") {
      seq = seq * 10 + Int(line[at] - UInt8(ascii: "0"))
      at += 1
    }
    guard seq > 0, line[firstDigit] != UInt8(ascii: "0"), has(LineLayout.timeName, at: at) else {
      throw .layout("found no number followed by a time after \"seq\"")
    }
    self.seq = seq
    at += LineLayout.timeName.utf8CodeUnitCount
    time = at..<(at + 24)
    guard has(LineLayout.typeName, at: at + 24) else { throw .layout("found no time of 24 characters before \"type\"") }
    at += 24 + LineLayout.typeName.utf8CodeUnitCount
    let typeStart = at
    while at < line.count, line[at] != LineLayout.quote { at += 1 }
    type = typeStart..<at

    guard let name = LineLayout.firstCheck(in: line, from: at), isHex((name + 10)..<(name + 42)) else {
      throw .layout("found no \"check\" of 32 hexadecimal digits")
    }
    check = (name + 10)..<(name + 42)
    var end = name
    let digest = (end - 65)..<(end - 1)
    if has(LineLayout.digestName, at: digest.lowerBound - LineLayout.digestName.utf8CodeUnitCount), isHex(digest) {
      personalDigest = digest
      end = digest.lowerBound - LineLayout.digestName.utf8CodeUnitCount
    } else {
      personalDigest = nil
    }
    prev = (end - 65)..<(end - 1)
    guard has(LineLayout.prevName, at: prev.lowerBound - LineLayout.prevName.utf8CodeUnitCount), isHex(prev) else {
      throw .layout("found no \"prev\" of 64 hexadecimal digits before \"check\"")
    }

    let rest = name + 43
    guard line[line.count - 1] == LineLayout.brace else { throw .layout("found no } at its end") }
    if rest == line.count - 1 {
      personal = nil
    } else {
      let start = rest + LineLayout.personalName.utf8CodeUnitCount
      guard personalDigest != nil, has(LineLayout.personalName, at: rest), start < line.count - 2,
        line[start] == UInt8(ascii: "{"), line[line.count - 2] == LineLayout.brace
      else { throw .layout("found something else than \"personal\" with its \"personal_digest\" after \"check\"") }
      personal = start..<(line.count - 1)
    }
  }

  private static func firstCheck(in line: UnsafeRawBufferPointer, from start: Int) -> Int? {
    // The first eight of its ten bytes are compared at once, wherever they begin.
    let wanted = UnsafeRawPointer(checkName.utf8Start).loadUnaligned(as: UInt64.self)
    var at = start
    while at + checkName.utf8CodeUnitCount <= line.count {
      if line.loadUnaligned(fromByteOffset: at, as: UInt64.self) == wanted, line.holds(checkName, at: at) { return at }
      at += 1
    }
    return nil
  }
}

extension UnsafeRawBufferPointer {
  /// Whether these very bytes stand at `index`, which may be anywhere.
  func holds(_ part: StaticString, at index: Int) -> Bool {
    let length = part.utf8CodeUnitCount
    guard index >= 0, count - index >= length else { return false }
    for offset in 0..<length where self[index + offset] != part.utf8Start[offset] { return false }
    return true
  }
}
