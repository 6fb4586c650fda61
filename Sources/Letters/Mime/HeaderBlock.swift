import Decisions

/// A header value that must not be written: a line break in it would let its author write headers of his own.
package struct HeaderFault: Error, Hashable, Sendable, CustomStringConvertible {
  /// The header's name, such as `To`.
  package let header: String
  package let scalar: Unicode.Scalar

  package var description: String {
    "header \(header): its value contains the control character \(MailAddress.Fault.code(of: scalar)), which no header "
      + "may contain: correct the field in the ledger or the configuration that it comes from"
  }
}

/// The headers of a message (RFC 5322 section 2.2): lines of at most 78 ASCII characters, ending in CRLF.
struct HeaderBlock {
  private(set) var text = ""

  /// RFC 2047 section 2 allows 76 in a line with an encoded word; all lines keep to it.
  private static let widthMax = 76

  /// A header of free text, such as Subject.
  mutating func unstructured(_ name: String, _ value: String) throws(HeaderFault) {
    try HeaderBlock.refuseControls(name, value)
    let tokens = value.split(separator: " ").map(String.init)
    let isPlain =
      value.utf8.allSatisfy { $0 < 0x7F } && !value.contains("=?") && tokens.allSatisfy { $0.utf8.count < 70 }
    if isPlain {
      append(name, tokens)
    } else {
      append(name, EncodedWord.words(value, firstMax: HeaderBlock.widthMax - name.utf8.count - 2))
    }
  }

  /// A header of tokens that may be folded between; each must be ASCII without blanks where it must not be folded.
  mutating func tokens(_ name: String, _ values: [String]) throws(HeaderFault) {
    for value in values { try HeaderBlock.refuseControls(name, value) }
    append(name, values)
  }

  /// A header of mailboxes, such as To.
  mutating func mailboxes(_ name: String, _ mailboxes: [MailAddress]) throws(HeaderFault) {
    var tokens: [String] = []
    for (index, mailbox) in mailboxes.enumerated() {
      try HeaderBlock.refuseControls(name, mailbox.name)
      let comma = index == mailboxes.count - 1 ? "" : ","
      if mailbox.name.isEmpty {
        tokens.append(mailbox.address + comma)
      } else {
        let firstMax = index == 0 ? HeaderBlock.widthMax - name.utf8.count - 2 : EncodedWord.lengthMax
        tokens += HeaderBlock.phrase(mailbox.name, firstMax: firstMax) + ["<\(mailbox.address)>\(comma)"]
      }
    }
    append(name, tokens)
  }

  /// A display name as atoms, as a quoted string, or as encoded words (RFC 5322 section 3.2.5, RFC 2047 section 5).
  private static func phrase(_ name: String, firstMax: Int) -> [String] {
    let tokens = name.split(separator: " ").map(String.init)
    let single = tokens.joined(separator: " ")
    guard single.utf8.allSatisfy({ $0 < 0x7F }), single.utf8.count <= 60, !single.contains("=?") else {
      return EncodedWord.words(single, firstMax: firstMax)
    }
    if tokens.allSatisfy({ $0.utf8.allSatisfy(MailAddress.isAtomText) }) { return tokens }
    var quoted = ""
    for character in single {
      if character == "\"" || character == "\\" { quoted.append("\\") }
      quoted.append(character)
    }
    return ["\"\(quoted)\""]
  }

  private mutating func append(_ name: String, _ tokens: [String]) {
    var line = name + ":"
    for (index, token) in tokens.enumerated() {
      // The first token stays beside the name: a line of nothing but the name trips some readers.
      if index > 0, line.utf8.count + 1 + token.utf8.count > HeaderBlock.widthMax {
        text += line + "\r\n"
        line = ""
      }
      line += " " + token
    }
    text += line + "\r\n"
  }

  private static func refuseControls(_ name: String, _ value: String) throws(HeaderFault) {
    for scalar in value.unicodeScalars where MailAddress.isControl(scalar) {
      throw HeaderFault(header: name, scalar: scalar)
    }
  }
}
