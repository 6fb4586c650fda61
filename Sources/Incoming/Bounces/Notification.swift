/// A bounce, a complaint or a receipt that Amazon's notification service sends as JSON in a mail.
///
/// Relays fold its one long line anywhere, so it is no JSON any more: the members are looked for by name, in their order.
struct Notification: Sendable {
  /// `Bounce`, `Complaint`, `Delivery`.
  let type: String
  private(set) var recipients: [ReportFields.Recipient] = []
  /// The envelope sender of the message that it is about: our bounce address of one contact.
  let source: String?
  /// Message-IDs, without brackets, that the message was sent with; not the id that the service gave it.
  let ids: [String]
  /// Who wrote that message; lower case.
  let from: String?

  /// Nil when the text is none.
  init?(_ text: String) {
    guard text.contains(bytesOf: "\"notificationType\"") || text.contains(bytesOf: "\"eventType\"") else { return nil }
    let whole = Notification.unfolded(text)
    let types = whole.pieces(after: "\"notificationType\":\"") + whole.pieces(after: "\"eventType\":\"")
    guard let type = types.first.map({ String($0.prefix { $0 != "\"" }) }),
      ["Bounce", "Complaint", "Delivery"].contains(type)
    else { return nil }
    self.type = type
    func texts(_ marks: String...) -> [String] {
      marks.flatMap { whole.pieces(after: $0) }.map(Notification.text)
    }
    source = texts("\"source\":\"").lazy.compactMap { Addresses.first(in: $0) }.first
    // The service's own has no domain, or its.
    ids = texts(
      "\"messageId\":\"", "\"name\":\"Message-ID\",\"value\":\"", "\"name\":\"Message-Id\",\"value\":\""
    ).flatMap(MessageIDs.all).filter { !$0.lowercased().hasSuffix("amazonses.com") }
    from =
      texts("\"from\":[\"", "\"name\":\"From\",\"value\":\"").lazy.compactMap {
        Addresses.ofMailboxes(in: $0).first
      }.first
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

  /// Sendmail ends a piece of a line that is too long with `!`, and begins the next with a blank.
  private static func unfolded(_ text: String) -> String {
    var whole = ""
    for line in text.split(separator: "\n") {
      if line.first == " ", whole.last == "!" {
        whole.removeLast()
        whole += line.dropFirst()
      } else {
        whole += line
      }
    }
    return whole
  }

  /// A string's content from behind its quotation mark, up to the one that ends it.
  private static func text(_ rest: Substring) -> String {
    var text = ""
    var isEscaped = false
    var digits: String?
    for character in rest.unicodeScalars.prefix(1000) {
      if let known = digits {
        let all = known + String(character)
        digits = all.utf8.count < 4 ? all : nil
        if digits == nil, let scalar = UInt32(all, radix: 16).flatMap(Unicode.Scalar.init) {
          text.unicodeScalars.append(scalar)
        }
      } else if isEscaped {
        isEscaped = false
        if character == "u" { digits = "" } else { text.unicodeScalars.append(character) }
      } else if character == "\\" {
        isEscaped = true
      } else if character == "\"" {
        break
      } else {
        text.unicodeScalars.append(character)
      }
    }
    return text.cleaned(keepsLines: false)
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
