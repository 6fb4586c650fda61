/// A bounce, a complaint or a receipt that Amazon's notification service sends as JSON in a mail.
///
/// Relays fold its one long line anywhere, so it is no JSON any more: the members are looked for by name, in their order.
struct Notification: Sendable {
  /// `Bounce`, `Complaint`, `Delivery`.
  let type: String
  private(set) var recipients: [ReportFields.Recipient] = []

  /// Nil when the text is none.
  init?(_ text: String) {
    guard text.contains(bytesOf: "\"notificationType\"") || text.contains(bytesOf: "\"eventType\"") else { return nil }
    let whole = text.split(separator: "\n").joined()
    let types = whole.pieces(after: "\"notificationType\":\"") + whole.pieces(after: "\"eventType\":\"")
    guard let type = types.first.map({ String($0.prefix { $0 != "\"" }) }),
      ["Bounce", "Complaint", "Delivery"].contains(type)
    else { return nil }
    self.type = type
    recipients = whole.pieces(after: "\"emailAddress\":\"").prefix(MailLimit.listed).map { piece in
      var recipient = ReportFields.Recipient()
      recipient.address = Addresses.first(in: String(piece.prefix { $0 != "\"" }))
      recipient.action = type == "Bounce" ? "failed" : ""
      func member(_ name: String) -> String? {
        piece.pieces(after: "\"\(name)\":\"").first.map { String($0.prefix { $0 != "\"" }) }
      }
      recipient.status = member("status").flatMap(Status.init(field:))
      recipient.diagnostic = member("diagnosticCode") ?? ""
      return recipient
    }
    guard type == "Delivery", recipients.isEmpty else { return }
    var recipient = ReportFields.Recipient()
    recipient.action = "delivered"
    recipient.address = whole.pieces(after: "\"recipients\":[\"").first.flatMap {
      Addresses.first(in: String($0.prefix { $0 != "\"" }))
    }
    recipients = [recipient]
  }
}

extension StringProtocol {
  /// What follows each place where `mark` stands, up to the next one.
  fileprivate func pieces(after mark: String) -> [Substring] {
    var pieces: [Substring] = []
    var rest = Substring(self)
    while let range = rest.firstRange(of: mark), pieces.count < 32 {
      if !pieces.isEmpty { pieces[pieces.count - 1] = rest[..<range.lowerBound] }
      rest = rest[range.upperBound...]
      pieces.append(rest)
    }
    return pieces
  }
}
