/// Bytes of a text in the characters that it says it is in.
///
/// UTF-8, ASCII, ISO-8859-1 and -15, Windows-1252. Any other is taken for UTF-8 where it is valid UTF-8, else for
/// Windows-1252: letters beyond ASCII may be wrong then, digits, addresses and English replies of servers are not.
enum Charset {
  static func decoded(_ bytes: [UInt8], _ label: String?) -> String {
    switch label?.lowercased().filter({ $0 != " " }) {
    case "iso-8859-15", "latin-9", "latin9": table(bytes, latin9)
    case "iso-8859-1", "latin1", "windows-1252", "cp1252": table(bytes, windows)
    default: unlabelled(bytes)
    }
  }

  static func unlabelled(_ bytes: [UInt8]) -> String {
    if bytes.contains(0x1B) { return unlabelled(withoutEscapes(bytes)) }
    return String(validating: bytes, as: UTF8.self) ?? table(bytes, windows)
  }

  private static func table(_ bytes: [UInt8], _ scalar: (UInt8) -> Unicode.Scalar) -> String {
    var text = String.UnicodeScalarView()
    for byte in bytes { text.append(byte < 0x80 ? Unicode.Scalar(byte) : scalar(byte)) }
    return String(text)
  }

  /// 0x80...0x9F; what is not assigned is the control that it is in ISO-8859-1, and cut later.
  private static let upper: [Unicode.Scalar] = Array(
    "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8D}Ž\u{8F}\u{90}‘’“”•–—˜™š›œ\u{9D}žŸ".unicodeScalars)

  private static func windows(_ byte: UInt8) -> Unicode.Scalar {
    byte < 0xA0 ? upper[Int(byte) - 0x80] : Unicode.Scalar(byte)
  }

  private static func latin9(_ byte: UInt8) -> Unicode.Scalar {
    switch byte {
    case 0xA4: "€"
    case 0xA6: "Š"
    case 0xA8: "š"
    case 0xB4: "Ž"
    case 0xB8: "ž"
    case 0xBC: "Œ"
    case 0xBD: "œ"
    case 0xBE: "Ÿ"
    default: Unicode.Scalar(byte)
    }
  }

  /// Japanese between its escapes (RFC 1468) becomes an ellipsis; what is ASCII stays, and no escape does.
  private static func withoutEscapes(_ bytes: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    var isDouble = false
    var at = 0
    while at < bytes.count {
      if bytes[at] == 0x1B {
        let wasDouble = isDouble
        isDouble = at + 2 < bytes.count && bytes[at + 1] == UInt8(ascii: "$")
        if isDouble, !wasDouble { output += Array("…".utf8) }
        at += isDouble || wasDouble ? 3 : 1
        continue
      }
      if !isDouble || bytes[at].isLineEnd {
        isDouble = isDouble && !bytes[at].isLineEnd
        output.append(bytes[at])
      }
      at += 1
    }
    return output
  }
}

extension String {
  /// Without controls and marks that turn the reading direction or cannot be seen. Line ends are one line feed, or a
  /// blank; so are tabs.
  func cleaned(keepsLines: Bool) -> String {
    var output = String.UnicodeScalarView()
    var lastWasReturn = false
    for scalar in unicodeScalars {
      switch scalar.value {
      case 0x0A:
        if !lastWasReturn { output.append(keepsLines ? "\n" : " ") }
      case 0x0D: output.append(keepsLines ? "\n" : " ")
      case 0x09, 0xA0: output.append(" ")
      case 0x2028, 0x2029: output.append(keepsLines ? "\n" : " ")
      case 0..<0x20, 0x7F...0x9F, 0xAD, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x206F, 0xFEFF, 0xFFF9...0xFFFB:
        break
      case 0xE000...0xF8FF, 0xE0000...0x10FFFF: break
      default: output.append(scalar)
      }
      lastWasReturn = scalar.value == 0x0D
    }
    return String(output)
  }

  /// With one blank for each stretch of white space, and none at the ends.
  var collapsed: String {
    split { $0.isWhitespace }.joined(separator: " ")
  }

  /// No more than so many characters; an ellipsis says that there was more.
  func shortened(to count: Int) -> String {
    // By scalars: a single character may be as long as a text.
    guard unicodeScalars.count > count else { return self }
    return String(String.UnicodeScalarView(unicodeScalars.prefix(count - 1))) + "…"
  }
}
