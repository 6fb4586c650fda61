import Units

/// A mailbox: an address that mail servers take, and the name shown with it.
package struct MailAddress: Hashable, Sendable, CustomStringConvertible {
  /// Empty when none is shown.
  package let name: String
  /// `local@domain`, as given.
  package let address: String

  /// Why an address was refused.
  package enum Fault: Error, Hashable, Sendable {
    case empty
    case controlCharacter(Unicode.Scalar)
    case noAt
    case several
    case badLocalPart(String)
    case badDomain(String)
    case nonASCII(Unicode.Scalar)
    case tooLong(Int)
    case badBrackets

    /// `it has no @`
    package var description: String {
      switch self {
      case .empty: "it is empty"
      case .controlCharacter(let scalar): "it contains the control character \(Fault.code(of: scalar))"
      case .noAt: "it has no @"
      case .several: "it holds more than one address"
      case .badLocalPart(let part):
        "\"\(part)\" before the @ is not letters, digits and !#$%&'*+-/=?^_`{|}~ with single dots"
      case .badDomain(let part): "\"\(part)\" after the @ is no domain such as example.com"
      case .nonASCII(let scalar):
        "it contains \(Fault.code(of: scalar)), which few servers take: write the domain in its xn-- form"
      case .tooLong(let count): "it has \(count) characters, and at most 254 (64 before the @) are allowed"
      case .badBrackets: "its < and > do not fit: expected Name <local@domain>"
      }
    }

    /// `U+000A`, as a person can look it up.
    package static func code(of scalar: Unicode.Scalar) -> String {
      let hex = String(scalar.value, radix: 16, uppercase: true)
      return "U+" + String(repeating: "0", count: max(0, 4 - hex.count)) + hex
    }
  }

  /// - Throws: what is wrong with the address, or a control character in the name.
  package init(name: String = "", address: String) throws(Fault) {
    for scalar in name.isPrintable ? "".unicodeScalars : name.unicodeScalars where MailAddress.isControl(scalar) {
      throw .controlCharacter(scalar)
    }
    if let fault = MailAddress.fault(in: address) { throw fault }
    self.name = name
    self.address = address
  }

  /// Reads `ar@example.com`, `Example Accounts <ar@example.com>` and `"Accounts, Example" <ar@example.com>`.
  package init(parsing text: String) throws(Fault) {
    for scalar in text.unicodeScalars where MailAddress.isControl(scalar) { throw .controlCharacter(scalar) }
    let trimmed = MailAddress.trimmed(text)
    guard let open = trimmed.lastIndex(of: "<") else {
      guard !trimmed.contains(">") else { throw .badBrackets }
      try self.init(address: trimmed)
      return
    }
    guard trimmed.last == ">" else { throw .badBrackets }
    let address = trimmed[trimmed.index(after: open)...].dropLast()
    var name = MailAddress.trimmed(String(trimmed[..<open]))
    if name.count >= 2, name.first == "\"", name.last == "\"" {
      name = MailAddress.unquoted(String(name.dropFirst().dropLast()))
    }
    guard !name.contains("<"), !name.contains(">") else { throw .badBrackets }
    try self.init(name: name, address: String(address))
  }

  /// What follows the @.
  package var domain: String {
    guard let at = address.utf8.lastIndex(of: UInt8(ascii: "@")) else { return "" }
    return String(address[address.utf8.index(after: at)...])
  }

  /// `Name <local@domain>` for people; never for a header.
  package var description: String { name.isEmpty ? address : "\(name) <\(address)>" }

  /// What is wrong with an address; nil when nothing is.
  ///
  /// Accepts the Dot-string form of RFC 5321 section 4.1.2 with a host name of letters, digits and hyphens. Quoted
  /// local parts, address literals, comments and groups are refused: no customer has them, and every one of them has
  /// been a way to smuggle something.
  package static func fault(in address: String) -> Fault? {
    if isUsual(address) { return nil }
    if address.isEmpty { return .empty }
    let bytes = address.utf8
    for scalar in bytes.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) ? "".unicodeScalars : address.unicodeScalars {
      if isControl(scalar) { return .controlCharacter(scalar) }
      if !scalar.isASCII { return .nonASCII(scalar) }
    }
    if bytes.contains(UInt8(ascii: ",")) || bytes.contains(UInt8(ascii: ";")) { return .several }
    let parts = bytes.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
    if parts.count < 2 { return .noAt }
    if parts.count > 2 { return .several }
    let (local, domain) = (parts[0], parts[1])
    if bytes.count > 254 || local.count > 64 { return .tooLong(bytes.count) }
    for atom in local.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
      guard !atom.isEmpty, atom.allSatisfy(isAtomText) else { return .badLocalPart(String(Substring(local))) }
    }
    let hyphen = UInt8(ascii: "-")
    for label in domain.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
      guard (1...63).contains(label.count), label.first != hyphen, label.last != hyphen,
        label.allSatisfy({ isAlphanumeric($0) || $0 == hyphen })
      else { return .badDomain(String(Substring(domain))) }
    }
    return nil
  }

  /// Whether it is what most addresses are, and so surely good: parts of letters, digits and hyphens, none of which begins or
  /// ends with a hyphen, with one dot between or the one @.
  private static func isUsual(_ address: String) -> Bool {
    var (hasAt, mayEndPart) = (false, false)
    var (count, partCount) = (0, 0)
    for byte in address.utf8 {
      count += 1
      switch byte {
      case UInt8(ascii: "@") where hasAt || count > 65: return false
      case UInt8(ascii: "@"), UInt8(ascii: "."):
        guard mayEndPart, partCount <= 63 else { return false }
        hasAt = hasAt || byte == UInt8(ascii: "@")
        (mayEndPart, partCount) = (false, 0)
      case UInt8(ascii: "-"):
        guard partCount > 0 else { return false }
        (mayEndPart, partCount) = (false, partCount + 1)
      default:
        guard isAlphanumeric(byte) else { return false }
        (mayEndPart, partCount) = (true, partCount + 1)
      }
    }
    return hasAt && mayEndPart && partCount <= 63 && count <= 254
  }

  /// Controls of C0 and C1, delete, and the two separators that some software takes for a line's end.
  package static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || scalar.value == 0x2028 || scalar.value == 0x2029
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: false
    }
  }

  /// `atext` of RFC 5322 section 3.2.3.
  package static func isAtomText(_ byte: UInt8) -> Bool {
    if isAlphanumeric(byte) { return true }
    return "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
  }

  private static func trimmed(_ text: String) -> String {
    var part = text[...]
    while part.first == " " { part.removeFirst() }
    while part.last == " " { part.removeLast() }
    return String(part)
  }

  private static func unquoted(_ text: String) -> String {
    var output = ""
    var isEscaped = false
    for character in text {
      if character == "\\", !isEscaped {
        isEscaped = true
      } else {
        output.append(character)
        isEscaped = false
      }
    }
    return output
  }
}
