/// Whether a text is one address that a message can go to.
enum MailAddress {
  /// Why `text` is no usable address; nil when it is one.
  ///
  /// The part before the @ is a dot-atom of ASCII (RFC 5321 section 4.1.2, without quoted strings), the domain has
  /// labels of ASCII letters, digits and hyphens, and at least two of them unless it is `localhost`. What passes here can
  /// be written to: Letters refuses the same.
  static func fault(in text: String) -> String? {
    let bytes = Array(text.utf8)
    guard bytes.count <= 254 else { return "is longer than 254 bytes" }
    let parts = bytes.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
    guard parts.count == 2 else {
      return parts.count == 1 ? "has no @" : "has more than one @; expected one address, several separated by \";\""
    }
    let (local, domain) = (parts[0], parts[1])
    guard !local.isEmpty, !domain.isEmpty else { return "has nothing \(local.isEmpty ? "before" : "after") the @" }
    guard local.count <= 64 else { return "has more than 64 bytes before the @" }
    if let fault = Text.controlFault(in: bytes[...]) { return fault }
    if local.contains(where: { $0 >= 0x80 }) { return "has a letter beyond ASCII before the @" }
    if let odd = local.first(where: { !isAtom($0) && $0 != Byte.point }) {
      return "has \"\(Character(Unicode.Scalar(odd)))\" before the @"
    }
    guard local.split(separator: Byte.point, omittingEmptySubsequences: false).allSatisfy({ !$0.isEmpty }) else {
      return "has a dot too many before the @"
    }
    if domain.contains(where: { $0 >= 0x80 }) {
      return "has a letter beyond ASCII after the @; write the domain in its xn-- form"
    }
    let labels = domain.split(separator: Byte.point, omittingEmptySubsequences: false)
    guard labels.allSatisfy({ !$0.isEmpty && $0.count <= 63 && $0.first != Byte.minus && $0.last != Byte.minus }),
      domain.allSatisfy({ Byte.isLetter($0) || Byte.isDigit($0) || $0 == Byte.minus || $0 == Byte.point }),
      labels.count >= 2 || domain.elementsEqual("localhost".utf8)
    else { return "has no usable domain after the @" }
    return nil
  }

  /// `atext` of RFC 5322 section 3.2.3.
  private static func isAtom(_ byte: UInt8) -> Bool {
    Byte.isLetter(byte) || Byte.isDigit(byte) || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
  }
}
