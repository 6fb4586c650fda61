/// What a cell of text may hold.
enum Text {
  /// Names the first control character of well-formed UTF-8; nil when there is none.
  ///
  /// Besides C0 and C1 these are the separators of lines and paragraphs and the marks that turn the direction of
  /// writing over, since each of them can make a name look like another one, or like a new header of a message.
  static func controlFault(in buffer: UnsafeBufferPointer<UInt8>) -> String? {
    let bytes = UnsafeRawBufferPointer(buffer)
    var at = 0
    while at < buffer.count {
      if at + 8 <= buffer.count, ByteWord.isPrintable(bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)) {
        at += 8
        continue
      }
      let byte = buffer[at]
      if byte >= 0x20, byte < 0x7F {
        at += 1
        continue
      }
      if byte < 0x80 { return "holds \(name(UInt32(byte)))" }
      if byte == 0xC2, at + 1 < buffer.count, buffer[at + 1] < 0xA0 { return "holds \(name(UInt32(buffer[at + 1])))" }
      if byte == 0xE2, at + 2 < buffer.count {
        let last = buffer[at + 2]
        let scalar = 0x2000 | UInt32(buffer[at + 1] & 0x3F) << 6 | UInt32(last & 0x3F)
        if (0x2028...0x202E).contains(scalar) || (0x2066...0x2069).contains(scalar) { return "holds \(name(scalar))" }
      }
      at += 1
    }
    return nil
  }

  private static func name(_ scalar: UInt32) -> String {
    switch scalar {
    case 0x09: return "a tab"
    case 0x0A: return "a line break (LF)"
    case 0x0D: return "a line break (CR)"
    default:
      let hex = String(scalar, radix: 16, uppercase: true)
      return "the control character U+" + String(repeating: "0", count: max(0, 4 - hex.count)) + hex
    }
  }

  /// The cell for a person: in quotes, control characters and bad bytes replaced, cut to 60 characters.
  static func shown(_ cell: some Collection<UInt8>) -> String {
    let text = replaced(Array(cell.prefix(400)), by: "\u{FFFD}")
    return text.count > 60 ? "\"\(text.prefix(60))…\"" : "\"\(text)\""
  }

  /// The cell on one line: control characters are blanks.
  static func clean(_ cell: Cell) -> String { trimmed(replaced(Array(cell), by: " ")) }

  private static func replaced(_ cell: [UInt8], by other: Unicode.Scalar) -> String {
    var scalars = String.UnicodeScalarView()
    for scalar in String(decoding: cell, as: UTF8.self).unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: scalars.append(other)
      default: scalars.append(scalar)
      }
    }
    return String(scalars)
  }
}

extension Text {
  /// Without outer blanks and tabs.
  static func trimmed(_ text: some StringProtocol) -> String {
    let isBlank = { (byte: UInt8) in byte == Byte.blank || byte == Byte.tab }
    let bytes = Array(text.utf8.drop(while: isBlank))
    let end = bytes.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? 0
    return String(decoding: bytes[..<end], as: UTF8.self)
  }
}
