/// `[mail]`, as far as it shows in a message: who writes, where answers and bounces go.
package struct MailIdentity: Sendable, Equatable {
  package var from: MailAddress
  /// Where answers go; nil is `from`.
  package var replyTo: MailAddress?
  /// URIs of the header List-Unsubscribe (RFC 2369), `mailto:` or `https:`; empty writes none.
  package var listUnsubscribe: [String]
  /// The envelope sender; nil is the address of `from`.
  package var bounce: BounceAddress?
  /// Takes all mail instead of the customers, for training and staging.
  package var redirectTo: MailAddress?

  package init(
    from: MailAddress, replyTo: MailAddress? = nil, listUnsubscribe: [String] = [], bounce: BounceAddress? = nil,
    redirectTo: MailAddress? = nil
  ) {
    self.from = from
    self.replyTo = replyTo
    self.listUnsubscribe = listUnsubscribe
    self.bounce = bounce
    self.redirectTo = redirectTo
  }

  /// Whether a URI may stand in List-Unsubscribe: `mailto:` or `https:`, plain ASCII, no blank, bracket or quote.
  package static func isUnsubscribeURI(_ text: String) -> Bool {
    (text.hasPrefix("mailto:") || text.hasPrefix("https://"))
      && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"<>\"\\,".utf8.contains($0) }
  }
}

/// Where bounces come back to: with `{contact}` in it every message has its own, so that a bounce tells what it is
/// about.
package struct BounceAddress: Sendable, Equatable {
  /// Such as `bounce+{contact}@example.com`; without `{contact}` one address for all.
  package let pattern: String

  /// - Throws: what is wrong with the address that it would make.
  package init(pattern: String) throws(MailAddress.Fault) {
    self.pattern = pattern
    if let fault = MailAddress.fault(in: address(contact: String(repeating: "0", count: 16))) { throw fault }
    if let at = pattern.firstIndex(of: "@"), pattern[at...].contains("{contact}") {
      throw .badDomain(String(pattern[at...].dropFirst()))
    }
    let local = pattern.prefix { $0 != "@" }
    for name in Placeholders.names(in: pattern) where name != "contact" { throw .badLocalPart(String(local)) }
  }

  /// The envelope sender of one contact's message; `contact` is its id.
  package func address(contact: String) -> String {
    Placeholders.filled(pattern) { $0 == "contact" ? contact : nil }
  }
}
