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
      var text = Substring(line).dropFirst(ServerReply.code(of: line) == nil ? 0 : 4)
      let word = text.prefix { $0 != " " }
      if ServerReply.isEnhanced(word) {
        if enhanced == nil { enhanced = String(word) }
        text = text.dropFirst(word.count + 1)
      }
      texts.append(String(text))
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
    let bytes = Array(line.utf8.prefix(4))
    guard bytes.count >= 3, bytes[..<3].allSatisfy({ (0x30...0x39).contains($0) }),
      bytes.count == 3 || bytes[3] == UInt8(ascii: " ") || bytes[3] == UInt8(ascii: "-")
    else { return nil }
    return bytes[..<3].reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }

  /// True for the line that ends a reply: no hyphen after its code.
  package static func isLast(_ line: String) -> Bool {
    code(of: line) != nil && line.utf8.dropFirst(3).first != UInt8(ascii: "-")
  }

  private static func isEnhanced(_ word: Substring) -> Bool {
    let parts = word.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 3 && ["2", "4", "5"].contains(parts[0])
      && parts.dropFirst().allSatisfy {
        (1...3).contains($0.utf8.count) && $0.utf8.allSatisfy { (0x30...0x39).contains($0) }
      }
  }
}

/// Foreign words made fit for a record and a terminal.
package enum ReplyText {
  /// The most characters that are kept of one text.
  package static let charactersMax = 500

  /// Control, formatting (bidirectional, zero-width) and line-separating characters become blanks, runs of blanks one
  /// blank; no blanks at the ends; at most 500 characters, an ellipsis for the rest.
  package static func clean(_ text: String) -> String {
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
}
