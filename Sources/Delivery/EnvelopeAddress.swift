/// An address that may stand in `MAIL FROM:<…>` and `RCPT TO:<…>`.
///
/// Its text goes into a command line as it is, so nothing may reach that which was not read
/// here first. A strict part of RFC 5321 section 4.1.2: `dot-string@domain`, no quoted local part, no address literal.
package struct EnvelopeAddress: Sendable, Equatable {
  /// ASCII throughout: a domain in another script is written as A-labels (RFC 5891).
  package let text: String
  /// The part after the `@`, lower case.
  package let domain: String

  /// Why a text is no address.
  package struct Fault: Error, Equatable {
    package let reason: String
  }

  /// Throws a `Fault` with the reason in words that can follow "the address is refused:".
  package init(_ text: String) throws(Fault) {
    if let domain = EnvelopeAddress.usualDomain(text) {
      self.text = text
      self.domain = domain
      return
    }
    if text.isEmpty { throw Fault(reason: "it is empty") }
    let isPlain = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    for scalar in isPlain ? "".unicodeScalars : text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate:
        throw Fault(reason: "it has a control character in it")
      case .spaceSeparator: throw Fault(reason: "it has a blank in it")
      default: break
      }
    }
    let parts = EnvelopeAddress.split(text[...], at: "@")
    guard parts.count == 2 else { throw Fault(reason: "it does not have exactly one @") }
    try EnvelopeAddress.checkLocalPart(parts[0])
    let domain = try EnvelopeAddress.asciiDomain(parts[1])
    let whole = "\(parts[0])@\(domain)"
    // RFC 5321 section 4.5.3.1.3: a path is 256 octets with its angle brackets.
    guard whole.utf8.count <= 254 else { throw Fault(reason: "it is longer than 254 characters") }
    self.text = whole
    self.domain = domain
  }

  /// The domain of an address that is good as it stands and in small letters, as most are; nil for one to be looked at part
  /// by part.
  private static func usualDomain(_ text: String) -> String? {
    var at: Int?
    var count = 0
    var partCount = 0
    var mayEndPart = false
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), 0x30...0x39: mayEndPart = true
      case UInt8(ascii: "-") where mayEndPart: mayEndPart = false
      case UInt8(ascii: "."), UInt8(ascii: "@"):
        guard mayEndPart, partCount <= 63 else { return nil }
        if byte == UInt8(ascii: "@") {
          guard at == nil, count <= 64 else { return nil }
          at = count
        }
        mayEndPart = false
        partCount = -1
      default: return nil
      }
      count += 1
      partCount += 1
    }
    guard let at, mayEndPart, partCount <= 63, count <= 254 else { return nil }
    return String(decoding: text.utf8.dropFirst(at + 1), as: UTF8.self)
  }

  /// Without looking for characters of more than one scalar where there can be none.
  private static func split(_ text: Substring, at mark: Unicode.Scalar) -> [Substring] {
    guard text.utf8.allSatisfy({ $0 < 0x80 }) else {
      return text.split(separator: Character(mark), omittingEmptySubsequences: false)
    }
    return text.utf8.split(separator: UInt8(ascii: mark), omittingEmptySubsequences: false).map(Substring.init)
  }

  private static func checkLocalPart(_ text: Substring) throws(Fault) {
    guard !text.isEmpty else { throw Fault(reason: "nothing stands before its @") }
    guard text.utf8.count <= 64 else { throw Fault(reason: "more than 64 characters stand before its @") }
    for byte in text.utf8 {
      if byte >= 0x80 { throw Fault(reason: "it has a character outside ASCII before its @ (needs SMTPUTF8)") }
      let isAtom =
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 0x30...0x39: true
        default: "!#$%&'*+-/=?^_`{|}~.".utf8.contains(byte)
        }
      if !isAtom { throw Fault(reason: "\"\(Character(Unicode.Scalar(byte)))\" is not allowed before its @") }
    }
    let dot = UInt8(ascii: ".")
    let isTwice = zip(text.utf8, text.utf8.dropFirst()).contains { $0 == dot && $1 == dot }
    if text.utf8.first == dot || text.utf8.last == dot || isTwice {
      throw Fault(reason: "a dot stands first, last or twice before its @")
    }
  }

  private static func asciiDomain(_ text: Substring) throws(Fault) -> String {
    guard !text.isEmpty else { throw Fault(reason: "nothing stands after its @") }
    var labels: [String] = []
    for part in split(text, at: ".") {
      let label: String
      if part.utf8.allSatisfy({ $0 < 0x80 }) {
        label = part.lowercased()
      } else if let encoded = Punycode.aLabel(String(part)) {
        label = encoded
      } else {
        throw Fault(reason: "its domain cannot be written in ASCII here; give it as it stands in DNS (xn--…)")
      }
      let isLetterDigitHyphen = label.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte) || byte == UInt8(ascii: "-")
      }
      guard !label.isEmpty, label.utf8.count <= 63, isLetterDigitHyphen, label.utf8.first != UInt8(ascii: "-"),
        label.utf8.last != UInt8(ascii: "-")
      else { throw Fault(reason: "what stands after its @ is no domain name") }
      labels.append(label)
    }
    return labels.joined(separator: ".")
  }
}
