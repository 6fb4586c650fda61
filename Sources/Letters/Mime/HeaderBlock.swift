import Decisions
import Units

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

/// A message as it grows: its headers (RFC 5322 section 2.2), lines of at most 78 ASCII characters, ending in CRLF; and
/// between them, where it has several parts, their bodies.
struct HeaderBlock {
  private(set) var bytes: [UInt8] = []
  /// Characters so far of the line that is being written.
  private var column = 0
  private var isFirst = true

  /// RFC 2047 section 2 allows 76 in a line with an encoded word; all lines keep to it.
  private static let widthMax = 76

  init(capacity: Int = 1024) { bytes.reserveCapacity(capacity) }

  var text: String { String(decoding: bytes, as: UTF8.self) }

  /// A header of free text, such as Subject.
  mutating func unstructured(_ name: String, _ value: String) throws(HeaderFault) {
    try HeaderBlock.refuseControls(name, value)
    let tokens = HeaderBlock.isPlain(value) ? value.utf8.split(separator: UInt8(ascii: " ")) : nil
    if let tokens, tokens.allSatisfy({ $0.count < 70 }) {
      write(name) { header in for token in tokens { header.put(token) } }
    } else {
      let words = EncodedWord.words(value, firstMax: HeaderBlock.widthMax - name.utf8.count - 2)
      write(name) { header in for word in words { header.put(word.utf8) } }
    }
  }

  /// A header of tokens that may be folded between; each must be ASCII without blanks where it must not be folded.
  mutating func tokens(_ name: String, _ values: [String]) throws(HeaderFault) {
    for value in values { try HeaderBlock.refuseControls(name, value) }
    write(name) { header in for value in values { header.put(value.utf8) } }
  }

  /// A header of mailboxes, such as To.
  mutating func mailboxes(_ name: String, _ mailboxes: [MailAddress]) throws(HeaderFault) {
    for mailbox in mailboxes { try HeaderBlock.refuseControls(name, mailbox.name) }
    write(name) { header in
      for (index, mailbox) in mailboxes.enumerated() {
        let comma = index == mailboxes.count - 1 ? "" : ","
        if mailbox.name.isEmpty {
          header.put((mailbox.address + comma).utf8)
        } else if let atoms = HeaderBlock.atoms(of: mailbox.name) {
          for atom in atoms { header.put(atom) }
          header.put("<\(mailbox.address)>\(comma)".utf8)
        } else {
          let firstMax = index == 0 ? HeaderBlock.widthMax - name.utf8.count - 2 : EncodedWord.lengthMax
          for word in HeaderBlock.phrase(mailbox.name, firstMax: firstMax) { header.put(word.utf8) }
          header.put("<\(mailbox.address)>\(comma)".utf8)
        }
      }
    }
  }

  /// The blank line behind the headers.
  mutating func end() { bytes += "\r\n".utf8 }

  /// Lines that are no headers, as they are.
  mutating func body(_ lines: some Collection<UInt8>) { bytes.append(contentsOf: lines) }

  /// The words of a display name of which each can stand as it is (RFC 5322 section 3.2.5); nil where one cannot.
  private static func atoms(of name: String) -> [Substring.UTF8View]? {
    guard name.utf8.count <= 60, name.utf8.allSatisfy({ $0 == 0x20 || MailAddress.isAtomText($0) }), isPlain(name)
    else {
      return nil
    }
    return name.utf8.split(separator: 0x20)
  }

  /// A display name as a quoted string, or as encoded words (RFC 5322 section 3.2.5, RFC 2047 section 5).
  private static func phrase(_ name: String, firstMax: Int) -> [String] {
    let tokens = name.utf8.split(separator: UInt8(ascii: " ")).map { String(Substring($0)) }
    let single = tokens.joined(separator: " ")
    guard isPlain(single), single.utf8.count <= 60 else {
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

  /// ASCII in which no reader sees an encoded word.
  private static func isPlain(_ text: String) -> Bool {
    var previous: UInt8 = 0
    for byte in text.utf8 {
      if byte >= 0x7F || (previous == UInt8(ascii: "=") && byte == UInt8(ascii: "?")) { return false }
      previous = byte
    }
    return true
  }

  private mutating func write(_ name: String, _ tokens: (inout HeaderBlock) -> Void) {
    bytes += name.utf8
    bytes.append(UInt8(ascii: ":"))
    column = name.utf8.count + 1
    isFirst = true
    tokens(&self)
    bytes += "\r\n".utf8
  }

  private mutating func put(_ token: some Collection<UInt8>) {
    // The first token stays beside the name: a line of nothing but the name trips some readers.
    if !isFirst, column + 1 + token.count > HeaderBlock.widthMax {
      bytes += "\r\n".utf8
      column = 0
    }
    bytes.append(UInt8(ascii: " "))
    bytes.append(contentsOf: token)
    column += 1 + token.count
    isFirst = false
  }

  private static func refuseControls(_ name: String, _ value: String) throws(HeaderFault) {
    if value.isPrintable { return }
    for scalar in value.unicodeScalars where MailAddress.isControl(scalar) {
      throw HeaderFault(header: name, scalar: scalar)
    }
  }
}
