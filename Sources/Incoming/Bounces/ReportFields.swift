/// What a delivery report says of each recipient (RFC 3464 section 2.3), as a part of its own or in the midst of a text.
struct ReportFields: Sendable {
  struct Recipient: Sendable {
    /// Whom it could not be delivered to at last, and whom it was sent to.
    var address: String?
    var original: String?
    /// `failed`, `delayed`, `delivered`, ...; empty when it does not say.
    var action = ""
    var status: Status?
    var diagnostic = ""
  }

  private(set) var recipients: [Recipient] = []

  init(_ text: String) {
    var recipient: Recipient?
    for block in Self.blocks(text) {
      var end = 0
      let fields = HeaderFields(block[...], end: &end)
      if let final = fields["final-recipient"], recipient?.address != nil || recipient?.original != nil {
        // The next one, unless it is the same one told twice.
        if let known = recipient, known.address != Self.address(final) {
          recipients.append(known)
          recipient = nil
        }
      }
      let told = ["final-recipient", "original-recipient", "x-actual-recipient", "action", "status", "diagnostic-code"]
      guard fields.fields.contains(where: { told.contains($0.name) }) else { continue }
      var known = recipient ?? Recipient()
      for field in fields.fields {
        switch field.name {
        case "final-recipient": known.address = Self.address(field.value) ?? known.address
        case "original-recipient", "x-actual-recipient":
          known.original = known.original ?? Self.address(field.value)
        case "action" where known.action.isEmpty:
          known.action = field.value.lowercased().split { !$0.isLetter }.first.map(String.init) ?? ""
        case "status": known.status = known.status ?? Status(field: field.value)
        case "diagnostic-code" where known.diagnostic.isEmpty: known.diagnostic = Self.words(of: field.value)
        default: break
        }
      }
      recipient = known
      if recipients.count >= MailLimit.listed { break }
    }
    if let recipient { recipients.append(recipient) }
    recipients.removeAll { $0.action.isEmpty && $0.status == nil && $0.diagnostic.isEmpty && $0.address == nil }
  }

  /// Stretches of lines that are fields; a new one begins at each `Final-Recipient`, too, since some reports leave out
  /// the empty line.
  private static func blocks(_ text: String) -> [[UInt8]] {
    var blocks: [[UInt8]] = [[]]
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).prefix(2000) {
      let isFold = line.first == " " && !(blocks.last?.isEmpty ?? true)
      let bytes = Array((isFold ? line : line.drop { $0 == " " }).utf8)
      if bytes.trimmed.isEmpty || !isFold && bytes.starts(lowered: "final-recipient:") { blocks.append([]) }
      if !bytes.trimmed.isEmpty { blocks[blocks.count - 1] += bytes + [0x0A] }
    }
    return blocks.filter { !$0.isEmpty }
  }

  /// `rfc822; <kijitora@example.org>`, `rfc822;@relay.test:user@host`.
  private static func address(_ field: String) -> String? {
    let parts = field.split(separator: ";", maxSplits: 1)
    return Addresses.all(in: String(parts.last ?? "")).last
  }

  /// Without `smtp;`.
  private static func words(of field: String) -> String {
    let parts = field.split(separator: ";", maxSplits: 1)
    guard parts.count == 2, parts[0].utf8.count <= 12, !parts[0].contains(" ") else { return field }
    return String(parts[1])
  }
}
