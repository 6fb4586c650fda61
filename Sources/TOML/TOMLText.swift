/// The four kinds of quoted text. Line ends inside multi-line text become LF, whatever the file has.
extension TOMLScanner {
  /// Reads the quoted text that starts at the cursor (at `"` or `'`).
  mutating func takeText() throws(TOMLError) -> String {
    let isTriple = peek(1) == peek && peek(2) == peek
    if peek == TOMLByte.quote {
      return isTriple ? try takeMultilineText() : try takeLineText()
    }
    return isTriple ? try takeMultilineLiteral() : try takeLineLiteral()
  }

  /// `"…"` on one line, with escapes. Also a quoted key.
  mutating func takeLineText() throws(TOMLError) -> String {
    advance()
    var text: [UInt8] = []
    while let byte = peek {
      switch byte {
      case TOMLByte.quote:
        advance()
        return String(decoding: text, as: UTF8.self)
      case TOMLByte.backslash:
        try takeEscape(into: &text)
      default:
        try takePlain(byte, into: &text, closing: "\"")
      }
    }
    throw TOMLError(here, "found \(found), expected a closing quote \"")
  }

  /// `'…'` on one line, without escapes. Also a quoted key.
  mutating func takeLineLiteral() throws(TOMLError) -> String {
    advance()
    var text: [UInt8] = []
    while let byte = peek {
      if byte == TOMLByte.apostrophe {
        advance()
        return String(decoding: text, as: UTF8.self)
      }
      try takePlain(byte, into: &text, closing: "'")
    }
    throw TOMLError(here, "found \(found), expected a closing quote '")
  }

  private mutating func takeMultilineText() throws(TOMLError) -> String {
    let start = here
    advance(3)
    _ = try takeLineEnd()
    var text: [UInt8] = []
    while let byte = peek {
      if byte == TOMLByte.quote {
        if takeClosing(byte, into: &text) { return String(decoding: text, as: UTF8.self) }
      } else if byte == TOMLByte.backslash {
        if try !takeLineJoint() { try takeEscape(into: &text) }
      } else if try takeLineEnd() {
        text.append(TOMLByte.lineFeed)
      } else {
        try takePlain(byte, into: &text, closing: "\"\"\"")
      }
    }
    throw TOMLError(here, "found \(found), expected \"\"\" to close the text that starts at \(start)")
  }

  private mutating func takeMultilineLiteral() throws(TOMLError) -> String {
    let start = here
    advance(3)
    _ = try takeLineEnd()
    var text: [UInt8] = []
    while let byte = peek {
      if byte == TOMLByte.apostrophe {
        if takeClosing(byte, into: &text) { return String(decoding: text, as: UTF8.self) }
      } else if try takeLineEnd() {
        text.append(TOMLByte.lineFeed)
      } else {
        try takePlain(byte, into: &text, closing: "'''")
      }
    }
    throw TOMLError(here, "found \(found), expected ''' to close the text that starts at \(start)")
  }

  /// A run of quotes in multi-line text: three close it, and up to two before them belong to the text.
  private mutating func takeClosing(_ quote: UInt8, into text: inout [UInt8]) -> Bool {
    var count = 0
    while count < 5, take(quote) { count += 1 }
    let closes = count >= 3
    text.append(contentsOf: Array(repeating: quote, count: closes ? count - 3 : count))
    return closes
  }

  /// A backslash at the end of a line swallows all blanks and lines up to the next other character.
  private mutating func takeLineJoint() throws(TOMLError) -> Bool {
    var ahead = 1
    while let byte = peek(ahead), byte == TOMLByte.space || byte == TOMLByte.tab { ahead += 1 }
    guard peek(ahead) == TOMLByte.lineFeed || peek(ahead) == TOMLByte.carriageReturn else { return false }
    advance(ahead)
    repeat { skipBlanks() } while try takeLineEnd()
    return true
  }

  private mutating func takePlain(_ byte: UInt8, into text: inout [UInt8], closing: String) throws(TOMLError) {
    guard !TOMLByte.isForbiddenControl(byte) else {
      throw TOMLError(
        here,
        isAtLineEnd
          ? "found \(found), expected a closing quote \(closing)"
          : "found \(found) in a text, expected it as an escape such as \\n or \\u0000")
    }
    text.append(byte)
    advance()
  }

  private mutating func takeEscape(into text: inout [UInt8]) throws(TOMLError) {
    let start = here
    advance()
    switch peek {
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "t"): text.append(TOMLByte.tab)
    case UInt8(ascii: "n"): text.append(TOMLByte.lineFeed)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "r"): text.append(TOMLByte.carriageReturn)
    case TOMLByte.quote: text.append(TOMLByte.quote)
    case TOMLByte.backslash: text.append(TOMLByte.backslash)
    case UInt8(ascii: "u"): return try takeScalar(digits: 4, from: start, into: &text)
    case UInt8(ascii: "U"): return try takeScalar(digits: 8, from: start, into: &text)
    default:
      throw TOMLError(
        start,
        "found a backslash before \(found), expected one of \\b \\t \\n \\f \\r \\\" \\\\ \\uHHHH \\UHHHHHHHH; "
          + "text in single quotes takes a backslash as it is")
    }
    advance()
  }

  private mutating func takeScalar(
    digits: Int, from start: TOMLPosition, into text: inout [UInt8]
  ) throws(TOMLError) {
    advance()
    var value: UInt32 = 0
    for _ in 0..<digits {
      guard let byte = peek, let digit = TOMLNumber.digit(byte) else {
        throw TOMLError(here, "found \(found), expected \(digits) hexadecimal digits")
      }
      value = value << 4 | UInt32(digit)
      advance()
    }
    guard let scalar = Unicode.Scalar(value) else {
      let code = hexadecimal(value, width: 4)
      throw TOMLError(start, "found U+\(code), expected a Unicode character (up to 10FFFF, no surrogate)")
    }
    text.append(contentsOf: Array(String(Character(scalar)).utf8))
  }
}
