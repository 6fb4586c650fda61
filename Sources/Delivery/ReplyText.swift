/// One complete reply of an SMTP server, all its lines (RFC 5321 section 4.2).
package struct ServerReply: Sendable, Equatable {
  package let code: Int
  /// Without codes and hyphens, one text a line.
  package let texts: [String]
  /// `5.1.1`, where the first line has one (RFC 2034).
  package let enhanced: String?

  /// From its lines, without line ends; nil when the last one does not begin with a three-digit code.
  package init?(lines: [String]) {
    guard let last = lines.last, let code = ServerReply.code(of: last) else { return nil }
    var texts: [String] = []
    var enhanced: String?
    for line in lines {
      var text = line.utf8[...]
      if ServerReply.code(of: line) != nil { text = text.dropFirst(4) }
      let end = text.firstIndex(of: UInt8(ascii: " ")) ?? text.endIndex
      if ServerReply.isEnhanced(text[..<end]) {
        if enhanced == nil { enhanced = String(text[..<end]) }
        text = text[end...].dropFirst()
      }
      texts.append(String(Substring(text)))
    }
    self.code = code
    self.texts = texts
    self.enhanced = enhanced
  }

  /// `550 5.1.1 No such user here`: the lines become one, codes are said once.
  package var line: String {
    let words = texts.map { ReplyText.clean($0) }.filter { !$0.isEmpty }
    return ReplyText.clean(([String(code)] + (enhanced.map { [$0] } ?? []) + words).joined(separator: " "))
  }

  /// The three digits that a reply line begins with, if a blank, a hyphen or nothing follows them.
  package static func code(of line: String) -> Int? {
    var code = 0
    var count = 0
    for byte in line.utf8 {
      guard count < 3 else { return byte == UInt8(ascii: " ") || byte == UInt8(ascii: "-") ? code : nil }
      guard (0x30...0x39).contains(byte) else { return nil }
      code = code * 10 + Int(byte - 0x30)
      count += 1
    }
    return count == 3 ? code : nil
  }

  /// True for the line that ends a reply: no hyphen after its code.
  package static func isLast(_ line: String) -> Bool {
    code(of: line) != nil && line.utf8.dropFirst(3).first != UInt8(ascii: "-")
  }

  /// `2.1.5`: a class, and two numbers of one to three digits.
  private static func isEnhanced(_ word: Substring.UTF8View) -> Bool {
    guard let first = word.first, "245".utf8.contains(first) else { return false }
    var dots = 0
    var digits = 1
    for byte in word.dropFirst() {
      switch byte {
      case UInt8(ascii: ".") where digits > 0 && dots < 2:
        dots += 1
        digits = 0
      case 0x30...0x39 where dots > 0 && digits < 3: digits += 1
      default: return false
      }
    }
    return dots == 2 && digits > 0
  }
}

/// Foreign words made fit for a record and a terminal.
package enum ReplyText {
  /// The most characters that are kept of one text.
  package static let charactersMax = 500

  /// Control, formatting (bidirectional, zero-width) and line-separating characters become blanks, runs of blanks one
  /// blank; no blanks at the ends; at most 500 characters, an ellipsis for the rest.
  package static func clean(_ text: String) -> String {
    if isClean(text) { return text }
    var scalars = String.UnicodeScalarView()
    var blankIsDue = false
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator,
        .spaceSeparator:
        blankIsDue = !scalars.isEmpty
      default:
        if blankIsDue { scalars.append(" ") }
        blankIsDue = false
        scalars.append(scalar)
      }
    }
    // Scalars are counted, not graphemes: a thousand accents on one letter are one character to Swift alone.
    guard scalars.count > charactersMax else { return String(scalars) }
    return String(String.UnicodeScalarView(scalars.prefix(charactersMax - 1))) + "…"
  }

  /// A short text of visible ASCII with single blanks between, as most replies are.
  private static func isClean(_ text: String) -> Bool {
    guard text.utf8.count <= charactersMax else { return false }
    var previous = UInt8(ascii: " ")
    for byte in text.utf8 {
      guard byte >= 0x20, byte < 0x7F, byte != 0x20 || previous != 0x20 else { return false }
      previous = byte
    }
    return previous != 0x20 || text.isEmpty
  }
}
