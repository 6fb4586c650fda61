/// A cursor over the bytes of a document that always knows its line and column.
struct TOMLScanner {
  private let bytes: [UInt8]
  private(set) var offset = 0
  private var line = 1
  private var column = 1

  /// Refuses bytes that are not UTF-8; skips one byte order mark at the start.
  init(_ bytes: [UInt8]) throws(TOMLError) {
    self.bytes = bytes
    if let fault = TOMLEncoding.firstFault(in: bytes) {
      if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
        throw TOMLError(here, "found UTF-16, expected UTF-8: save the file with the encoding UTF-8")
      }
      while offset < fault { step() }
      let byte = hexadecimal(UInt32(bytes[fault]), width: 2)
      throw TOMLError(here, "found byte 0x\(byte), expected UTF-8: save the file with the encoding UTF-8")
    }
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }
  }

  var here: TOMLPosition { TOMLPosition(line: line, column: column) }
  var isAtEnd: Bool { offset == bytes.count }

  /// The byte under the cursor, nil at the end.
  var peek: UInt8? { offset < bytes.count ? bytes[offset] : nil }
  func peek(_ ahead: Int) -> UInt8? { offset + ahead < bytes.count ? bytes[offset + ahead] : nil }

  /// Moves over `count` bytes; there must be as many.
  mutating func advance(_ count: Int = 1) {
    for _ in 0..<count { step() }
  }

  private mutating func step() {
    let byte = bytes[offset]
    offset += 1
    if byte == TOMLByte.lineFeed {
      line += 1
      column = 1
    } else if offset == bytes.count || bytes[offset] & 0xC0 != 0x80 {
      // The column moves when a scalar is complete, so that no position points into one.
      column += 1
    }
  }

  /// Takes `byte` if it is next.
  mutating func take(_ byte: UInt8) -> Bool {
    guard peek == byte else { return false }
    advance()
    return true
  }

  mutating func skipBlanks() {
    while let byte = peek, byte == TOMLByte.space || byte == TOMLByte.tab { advance() }
  }

  /// Takes a line end (LF or CR LF) if one is next.
  mutating func takeLineEnd() throws(TOMLError) -> Bool {
    if take(TOMLByte.lineFeed) { return true }
    guard peek == TOMLByte.carriageReturn else { return false }
    guard peek(1) == TOMLByte.lineFeed else {
      throw TOMLError(here, "found a carriage return without line feed, expected lines to end in LF or CR LF")
    }
    advance(2)
    return true
  }

  /// Takes a comment up to its line end, if one is next.
  mutating func skipComment() throws(TOMLError) {
    guard peek == TOMLByte.hash else { return }
    while let byte = peek, byte != TOMLByte.lineFeed {
      if byte == TOMLByte.carriageReturn, peek(1) == TOMLByte.lineFeed { return }
      guard !TOMLByte.isForbiddenControl(byte) else {
        throw TOMLError(here, "found \(found) in a comment, expected none but tabs")
      }
      advance()
    }
  }

  /// Blanks, line ends and comments, as between the elements of an array.
  mutating func skipBlanksAndLines() throws(TOMLError) {
    repeat {
      skipBlanks()
      try skipComment()
    } while try takeLineEnd()
  }

  /// What must follow a header or a key with its value: nothing more on the line.
  mutating func finishLine(after what: String) throws(TOMLError) {
    skipBlanks()
    try skipComment()
    if isAtEnd { return }
    guard try takeLineEnd() else { throw TOMLError(here, "found \(found), expected the end of the line after \(what)") }
  }

  /// The bytes from `start` to the cursor; they are UTF-8.
  func taken(from start: Int) -> ArraySlice<UInt8> { bytes[start..<offset] }

  var isAtLineEnd: Bool {
    peek == TOMLByte.lineFeed || peek == TOMLByte.carriageReturn && peek(1) == TOMLByte.lineFeed
  }

  /// What stands at the cursor, in the words of an error message.
  var found: String {
    guard let byte = peek else { return "the end of the file" }
    if isAtLineEnd { return "the end of the line" }
    guard !TOMLByte.isForbiddenControl(byte) else {
      return "the control character U+\(hexadecimal(UInt32(byte), width: 4))"
    }
    if byte == TOMLByte.tab { return "a tab" }
    if byte == TOMLByte.space { return "a blank" }
    var end = offset + 1
    while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
    return quoted(String(decoding: bytes[offset..<end], as: UTF8.self))
  }
}

/// `value` in capitals, filled with zeros to `width` digits.
func hexadecimal(_ value: UInt32, width: Int) -> String {
  let digits = String(value, radix: 16, uppercase: true)
  return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}

/// Text from a file as an error message shows it: in quotes, control characters escaped, cut after 40 scalars.
package func quoted(_ text: String) -> String {
  var shown = ""
  for (count, scalar) in text.unicodeScalars.enumerated() {
    if count == 40 {
      shown += "…"
      break
    }
    if scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) {
      shown += "\\u" + hexadecimal(scalar.value, width: 4)
    } else {
      shown.unicodeScalars.append(scalar)
    }
  }
  return "\"" + shown + "\""
}
