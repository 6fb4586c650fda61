/// A bounce that Amazon's notification service sends as JSON in a mail.
///
/// Relays fold its one long line anywhere, so it is no JSON any more: the members are looked for by name, in their order.
enum Notification {
  static func failures(in text: String) -> [ReportFields.Recipient] {
    guard
      text.contains(bytesOf: "\"notificationType\":\"Bounce\"") || text.contains(bytesOf: "\"eventType\":\"Bounce\"")
    else { return [] }
    let pieces = text.split(separator: "\n").joined().pieces(after: "\"emailAddress\":\"")
    return pieces.prefix(MailLimit.listed).map { piece in
      var recipient = ReportFields.Recipient()
      recipient.address = Addresses.first(in: String(piece.prefix { $0 != "\"" }))
      recipient.action = "failed"
      func member(_ name: String) -> String? {
        piece.pieces(after: "\"\(name)\":\"").first.map { String($0.prefix { $0 != "\"" }) }
      }
      recipient.status = member("status").flatMap(Status.init(field:))
      recipient.diagnostic = member("diagnosticCode") ?? ""
      return recipient
    }
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
