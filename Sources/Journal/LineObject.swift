import Units

/// A JSON object as it stands in a line: where its members are, nothing copied and nothing decoded.
///
/// Only valid while the line's bytes are; `LineReader` makes it.
struct LineObject {
  struct Member {
    /// Between the quotes.
    var name: Range<Int>
    /// With its quotes or braces.
    var value: Range<Int>
  }

  let line: UnsafeRawBufferPointer
  fileprivate(set) var members: [Member] = []

  /// The whole line as one object.
  ///
  /// - Throws: `LineFault.json` where it is none, in the words of `JSONReader`.
  static func whole(_ line: UnsafeRawBufferPointer) throws(LineFault) -> LineObject {
    var reader = LineReader(line)
    if reader.isUnicode, let object = reader.object(), reader.isAtEnd { return object }
    // What the quick reader refuses, the thorough one explains; should it see nothing wrong, it is no record of ours.
    do { _ = try JSONReader.value(Array(line)[...]) } catch { throw .json(error) }
    throw .layout("found no object")
  }

  /// The object that is the value at `range`; nil when it is none.
  func object(_ range: Range<Int>) -> LineObject? {
    var reader = LineReader(line, at: range.lowerBound)
    return reader.object()
  }

  /// The values in the array at `range`; nil when it is none.
  func array(_ range: Range<Int>) -> [Range<Int>]? {
    var reader = LineReader(line, at: range.lowerBound)
    return reader.array()
  }

  /// The text at `range`, its escapes resolved; nil when it is none.
  func string(_ range: Range<Int>) -> String? {
    guard line[range.lowerBound] == UInt8(ascii: "\"") else { return nil }
    let inner = UnsafeRawBufferPointer(rebasing: line[(range.lowerBound + 1)..<(range.upperBound - 1)])
    if !inner.contains(UInt8(ascii: "\\")) { return String(decoding: inner, as: UTF8.self) }
    guard let value = try? JSONReader.value(Array(line[range])[...]) else { return nil }
    return value.string
  }

  /// The whole number at `range`; nil when it is none, or too large.
  func int(_ range: Range<Int>) -> Int? {
    var at = range.lowerBound
    let isNegative = line[at] == UInt8(ascii: "-")
    if isNegative { at += 1 }
    guard range.upperBound - at <= 18, !(isNegative && line[at] == UInt8(ascii: "0")) else { return nil }
    var value = 0
    while at < range.upperBound {
      let digit = Int(line[at]) - Int(UInt8(ascii: "0"))
      guard (0..<10).contains(digit) else { return nil }
      value = value * 10 + digit
      at += 1
    }
    return isNegative ? -value : value
  }

  func bool(_ range: Range<Int>) -> Bool? {
    if line.holds("true", at: range.lowerBound), range.count == 4 { return true }
    if line.holds("false", at: range.lowerBound), range.count == 5 { return false }
    return nil
  }

  /// As it was written.
  func text(_ range: Range<Int>) -> String { String(decoding: line[range], as: UTF8.self) }
}

/// Walks over the JSON of a line (RFC 8259) and notes where things stand. It takes what `JSONReader` takes.
struct LineReader {
  private let line: UnsafeRawBufferPointer
  private var at: Int
  private var depth = 0

  init(_ line: UnsafeRawBufferPointer, at start: Int = 0) {
    self.line = line
    at = start
  }

  /// All of the line is UTF-8.
  var isUnicode: Bool {
    var index = 0
    var high: UInt64 = 0
    while index + 8 <= line.count {
      high |= line.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      index += 8
    }
    while index < line.count {
      high |= UInt64(line[index])
      index += 1
    }
    return high & 0x8080_8080_8080_8080 == 0 || String(validating: line, as: UTF8.self) != nil
  }

  var isAtEnd: Bool {
    mutating get {
      skipBlanks()
      return at == line.count
    }
  }

  private var peek: UInt8 { at < line.count ? line[at] : 0 }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard peek == byte else { return false }
    at += 1
    return true
  }

  private mutating func skipBlanks() {
    while at < line.count, line[at] <= 0x20, LineReader.isBlank(line[at]) { at += 1 }
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }

  /// The object that begins here; nil when none does.
  mutating func object() -> LineObject? {
    skipBlanks()
    guard take(UInt8(ascii: "{")), depth < JSONReader.depthMax else { return nil }
    depth += 1
    defer { depth -= 1 }
    var object = LineObject(line: line)
    skipBlanks()
    if take(UInt8(ascii: "}")) { return object }
    object.members.reserveCapacity(24)
    while true {
      skipBlanks()
      let nameStart = at + 1
      guard skipString() else { return nil }
      let name = nameStart..<(at - 1)
      if isTaken(name, by: object.members) { return nil }
      skipBlanks()
      guard take(UInt8(ascii: ":")) else { return nil }
      skipBlanks()
      let start = at
      guard skipValue() else { return nil }
      object.members.append(LineObject.Member(name: name, value: start..<at))
      skipBlanks()
      if take(UInt8(ascii: "}")) { return object }
      guard take(UInt8(ascii: ",")) else { return nil }
    }
  }

  /// The values of the array that begins here; nil when none does.
  mutating func array() -> [Range<Int>]? {
    skipBlanks()
    guard take(UInt8(ascii: "[")), depth < JSONReader.depthMax else { return nil }
    depth += 1
    defer { depth -= 1 }
    var values: [Range<Int>] = []
    skipBlanks()
    if take(UInt8(ascii: "]")) { return values }
    while true {
      skipBlanks()
      let start = at
      guard skipValue() else { return nil }
      values.append(start..<at)
      skipBlanks()
      if take(UInt8(ascii: "]")) { return values }
      guard take(UInt8(ascii: ",")) else { return nil }
    }
  }

  private mutating func skipValue() -> Bool {
    switch peek {
    case UInt8(ascii: "\""): return skipString()
    case UInt8(ascii: "{"): return skipObject()
    case UInt8(ascii: "["): return skipArray()
    case UInt8(ascii: "t"): return skipWord("true")
    case UInt8(ascii: "f"): return skipWord("false")
    case UInt8(ascii: "n"): return skipWord("null")
    default: return skipNumber()
    }
  }

  private mutating func skipWord(_ word: StaticString) -> Bool {
    guard line.holds(word, at: at) else { return false }
    at += word.utf8CodeUnitCount
    return true
  }

  /// Two members of one name are no JSON of ours. Escaped names are compared as written, and none of ours is.
  private func isTaken(_ name: Range<Int>, by members: [LineObject.Member]) -> Bool {
    for member in members where member.name.count == name.count {
      var offset = 0
      while offset < name.count, line[member.name.lowerBound + offset] == line[name.lowerBound + offset] { offset += 1 }
      if offset == name.count { return true }
    }
    return false
  }

  /// Goes over an object without noting where its members are; that two of its members differ is seen by who reads it.
  private mutating func skipObject() -> Bool {
    guard depth < JSONReader.depthMax else { return false }
    at += 1
    depth += 1
    defer { depth -= 1 }
    skipBlanks()
    if take(UInt8(ascii: "}")) { return true }
    while true {
      skipBlanks()
      guard skipString() else { return false }
      skipBlanks()
      guard take(UInt8(ascii: ":")) else { return false }
      skipBlanks()
      guard skipValue() else { return false }
      skipBlanks()
      if take(UInt8(ascii: "}")) { return true }
      guard take(UInt8(ascii: ",")) else { return false }
    }
  }

  private mutating func skipArray() -> Bool {
    guard depth < JSONReader.depthMax else { return false }
    at += 1
    depth += 1
    defer { depth -= 1 }
    skipBlanks()
    if take(UInt8(ascii: "]")) { return true }
    while true {
      skipBlanks()
      guard skipValue() else { return false }
      skipBlanks()
      if take(UInt8(ascii: "]")) { return true }
      guard take(UInt8(ascii: ",")) else { return false }
    }
  }

  private mutating func skipString() -> Bool {
    guard take(UInt8(ascii: "\"")) else { return false }
    var index = at
    while index < line.count {
      let byte = line[index]
      index += 1
      if byte == UInt8(ascii: "\"") {
        at = index
        return true
      }
      if byte < 0x20 { return false }
      if byte == UInt8(ascii: "\\") {
        at = index
        guard skipEscape() else { return false }
        index = at
      }
    }
    return false
  }

  private mutating func skipEscape() -> Bool {
    let byte = peek
    at += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      return true
    case UInt8(ascii: "u"):
      guard let first = hexadecimal() else { return false }
      guard (0xD800..<0xE000).contains(first) else { return true }
      guard first < 0xDC00, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")), let second = hexadecimal() else {
        return false
      }
      return (0xDC00..<0xE000).contains(second)
    default: return false
    }
  }

  private mutating func hexadecimal() -> Int? {
    guard line.count - at >= 4 else { return nil }
    var value = 0
    for _ in 0..<4 {
      guard line[at] < 0x80, let digit = Character(Unicode.Scalar(line[at])).hexDigitValue else { return nil }
      value = value << 4 | digit
      at += 1
    }
    return value
  }

  private mutating func skipNumber() -> Bool {
    _ = take(UInt8(ascii: "-"))
    let isZero = peek == UInt8(ascii: "0")
    let whole = digits()
    guard whole > 0, !(isZero && whole > 1) else { return false }
    if take(UInt8(ascii: ".")), digits() == 0 { return false }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      if digits() == 0 { return false }
    }
    return true
  }

  private mutating func digits() -> Int {
    let start = at
    while at < line.count, line[at] &- UInt8(ascii: "0") < 10 { at += 1 }
    return at - start
  }
}
