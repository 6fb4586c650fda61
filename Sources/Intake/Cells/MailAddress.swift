/// Whether a text is one address that a message can go to.
enum MailAddress {
  /// Why `text` is no usable address; nil when it is one.
  ///
  /// The part before the @ is a dot-atom of ASCII (RFC 5321 section 4.1.2, without quoted strings), the domain has
  /// labels of ASCII letters, digits and hyphens, and at least two of them unless it is `localhost`. What passes here can
  /// be written to: Letters refuses the same.
  static func fault(in text: String) -> String? {
    var text = text
    return text.withUTF8 { fault(in: $0) }
  }

  static func fault(in bytes: UnsafeBufferPointer<UInt8>) -> String? {
    guard bytes.count <= 254 else { return "is longer than 254 bytes" }
    guard let at = bytes.firstIndex(of: sign) else { return "has no @" }
    let local = UnsafeBufferPointer(rebasing: bytes[..<at])
    let domain = UnsafeBufferPointer(rebasing: bytes[(at + 1)...])
    guard !domain.contains(sign) else { return "has more than one @; expected one address, several separated by \";\"" }
    guard !local.isEmpty, !domain.isEmpty else { return "has nothing \(local.isEmpty ? "before" : "after") the @" }
    guard local.count <= 64 else { return "has more than 64 bytes before the @" }
    if let fault = Text.controlFault(in: bytes) { return fault }
    if local.contains(where: { $0 >= 0x80 }) { return "has a letter beyond ASCII before the @" }
    if let odd = local.first(where: { !isAtom($0) && $0 != Byte.point }) {
      return "has \"\(Character(Unicode.Scalar(odd)))\" before the @"
    }
    guard everyLabel(of: local, { _ in true }) else { return "has a dot too many before the @" }
    if domain.contains(where: { $0 >= 0x80 }) {
      return "has a letter beyond ASCII after the @; write the domain in its xn-- form"
    }
    guard everyLabel(of: domain, { $0.count <= 63 && $0.first != Byte.minus && $0.last != Byte.minus }),
      domain.allSatisfy({ Byte.isLetter($0) || Byte.isDigit($0) || $0 == Byte.minus || $0 == Byte.point }),
      domain.contains(Byte.point) || domain.elementsEqual("localhost".utf8)
    else { return "has no usable domain after the @" }
    return nil
  }

  /// Whether no label between the dots is empty and all are as they should be.
  private static func everyLabel(
    of name: UnsafeBufferPointer<UInt8>, _ isSound: (Slice<UnsafeBufferPointer<UInt8>>) -> Bool
  ) -> Bool {
    var start = 0
    while true {
      let end = name[start...].firstIndex(of: Byte.point) ?? name.count
      guard end > start, isSound(name[start..<end]) else { return false }
      if end == name.count { return true }
      start = end + 1
    }
  }

  private static let sign = UInt8(ascii: "@")

  /// `atext` of RFC 5322 section 3.2.3.
  private static func isAtom(_ byte: UInt8) -> Bool {
    if Byte.isLetter(byte) || Byte.isDigit(byte) { return true }
    return switch byte {
    case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2F, 0x3D, 0x3F, 0x5E...0x60, 0x7B...0x7E: true  // !#$%&'*+-/=?^_`{|}~
    default: false
    }
  }
}
