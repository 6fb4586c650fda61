/// A message by a mail system about another one that did not arrive, not yet, or did.
struct Bounce: Sendable {
  /// Of one recipient.
  struct Fate: Sendable {
    enum Outcome: Sendable { case failed, delayed, delivered }

    var outcome: Outcome
    /// In lower case; whom it was delivered to at last, and whom it was sent to.
    var address: String?
    var original: String?
    var diagnosis: Diagnosis
    /// What was said, on one line.
    var words: String
  }

  private(set) var fates: [Fate] = []
  /// The header of the message that came back; empty when there is none.
  private(set) var returned = HeaderFields()

  /// Nil when it is no such message.
  init?(_ message: MailPart) {
    let own = message.own
    let report = own.first {
      $0.type.name == "message/delivery-status" || $0.type.name == "message/global-delivery-status"
    }
    let texts = own.filter { $0.isText && $0.body.count > 0 }
    let plain = texts.first { $0.type.name != "text/html" } ?? texts.first
    let text = (plain ?? (own.contains { $0.type.isMultipart } ? nil : message))?.text ?? ""
    let words = BounceText(own.first { $0.type.isMultipart } == nil || plain != nil ? text : "")

    // How the filter of a Japanese carrier signs a refusal that it words like an unknown user's.
    let isFiltered = message.headers["x-spasign"]?.uppercased().collapsed == "NG"
    defer { if isFiltered { soften() } }
    var recipients = report.map { ReportFields($0.text).recipients } ?? []
    let notice = Notification(text)?.recipients ?? []
    let isMachine = Bounce.isMachine(message.headers)
    if recipients.isEmpty, report == nil {
      guard isMachine || !notice.isEmpty, !Bounce.isPersonal(message.headers) else { return nil }
      recipients = notice
      if recipients.isEmpty, text.contains(bytesOf: "inal-") {
        recipients = ReportFields(words.lines.joined(separator: "\n")).recipients.filter { $0.address != nil }
      }
    }
    returned = own.first { $0.isMessage }.flatMap { $0.parts.first?.headers } ?? words.returned

    let named = message.headers.addresses("x-failed-recipients")
    let mine =
      message.headers.addresses("to") + message.headers.addresses("from")
      + message.headers.addresses("delivered-to") + returned.addresses("from")
    let told = words.failures(named: named, own: mine)
    let prose = (message.headers.text("subject") + " " + words.lines.prefix(200).joined(separator: " ")).lowercased()
      .collapsed

    if recipients.isEmpty {
      guard report != nil || !named.isEmpty || Bounce.speaksOfFailure(prose) else { return nil }
      let outcome: Fate.Outcome = Bounce.speaksOfDelay(prose) ? .delayed : .failed
      fates = told.map { failure in
        Bounce.fate(outcome, failure.address, nil, Evidence(failure.text, stage: failure.stage), failure.text)
      }
      if fates.isEmpty {
        let address = returned.addresses("to").first ?? named.first
        fates = [Bounce.fate(outcome, address, nil, Evidence(words.lines.suffix(40).joined(separator: " ")), "")]
      }
      return
    }
    let around = words.lines.prefix(100).joined(separator: " ").collapsed
    fates = recipients.map { recipient in
      let said =
        told.first { $0.address == recipient.address || $0.address == recipient.original }
        ?? (recipients.count == 1 && told.count == 1 ? told.first : nil)
      // A report without the server's words: those for people may have them.
      let text = recipient.diagnostic.collapsed.isEmpty ? said?.text ?? around : recipient.diagnostic
      let stage =
        said?.stage ?? Evidence.stage(in: recipient.diagnostic) ?? said.flatMap { Evidence.stage(in: $0.text) }
      let evidence = Evidence(
        text, status: recipient.status, stage: stage, around: recipients.count == 1 ? around : "")
      return Bounce.fate(
        Bounce.outcome(recipient), recipient.address, recipient.original, evidence, text)
    }
  }

  private mutating func soften() {
    for index in fates.indices where fates[index].diagnosis.isPermanent {
      fates[index].diagnosis = Diagnosis(.content, status: fates[index].diagnosis.status, isPermanent: false)
    }
  }

  private static func fate(
    _ outcome: Fate.Outcome, _ address: String?, _ original: String?, _ evidence: Evidence, _ words: String
  ) -> Fate {
    var diagnosis = Diagnosis(evidence)
    if outcome != .failed { diagnosis.isPermanent = false }
    return Fate(
      outcome: outcome, address: address, original: original, diagnosis: diagnosis,
      words: words.collapsed.shortened(to: MailLimit.line))
  }

  private static func outcome(_ recipient: ReportFields.Recipient) -> Fate.Outcome {
    switch recipient.action {
    case "delayed": .delayed
    case "delivered", "relayed", "expanded", "deliverable": .delivered
    default: recipient.status?.kind == 2 ? .delivered : .failed
    }
  }

  // MARK: - Who wrote it

  /// Whether a mail system wrote it: by its name, or since it has no envelope sender.
  private static func isMachine(_ headers: HeaderFields) -> Bool {
    if headers["x-failed-recipients"] != nil { return true }
    let from = headers["from"] ?? ""
    let local = headers.addresses("from").first?.prefix { $0 != "@" } ?? ""
    let names = [
      "mailer-daemon", "mailerdaemon", "postmaster", "poostmaster", "mail-daemon", "daemon", "no-reply", "noreply",
      "mdaemon",
      "mail.delivery.system", "mailadmin", "postmaster-noreply", "bounce", "bounces",
    ]
    if names.contains(String(local)) { return true }
    let words = EncodedWords.decoded(from).lowercased()
    if ["mail deliver", "mailer-daemon", "mailer daemon", "system administrator", "mail delivery"].contains(where: {
      words.contains(bytesOf: $0)
    }) {
      return true
    }
    // Out-of-office notes have no envelope sender either.
    let isNote = headers["auto-submitted"]?.lowercased().hasPrefix("auto-replied") ?? false
    return !isNote && headers["return-path"]?.filter({ !$0.isWhitespace }) == "<>" || local.isEmpty
  }

  /// Whether it answers a message as people and their out-of-office notes do.
  private static func isPersonal(_ headers: HeaderFields) -> Bool {
    let subject = headers.text("subject").lowercased()
    return AutoReply.isTitle(subject) || headers["auto-submitted"]?.lowercased().contains("vacation") ?? false
  }

  private static func speaksOfFailure(_ prose: String) -> Bool {
    failureSigns.contains { prose.contains(bytesOf: $0) } || speaksOfDelay(prose)
  }

  private static func speaksOfDelay(_ prose: String) -> Bool { delaySigns.contains { prose.contains(bytesOf: $0) } }

  private static let failureSigns = [
    "undeliver", "delivery status notification", "failure notice", "returned mail", "mail delivery failed",
    "delivery failure", "delivery failed", "delivery has failed", "could not be delivered", "couldn't be delivered",
    "was not delivered", "wasn't delivered", "wasn't able to deliver", "unable to deliver",
    "did not reach the following",
    "delivery status", "delivery notification", "delivery report", "error sending your mail", "mail system error",
    "permanent fatal errors", "permanent delivery failure", "non remis", "unzustellbar", "nicht zugestellt",
    "konnte nicht zugestellt", "returned to sender", "mail failure", "delivery error", "error delivering your mail",
    "cannot be delivered", "not be delivered", "message failed", "user unknown", "did not receive this message",
    "non-delivery", "nondeliverable", "delivery problem", "mailbox is full", "message delivery", "undelivered",
    "devuelto", "échec de la remise", "mail could not", "transmission failed", "problem delivering", "n'existe pas ou",
  ]

  private static let delaySigns = [
    "this is a warning message only", "(delay)", "has been delayed", "is delayed", "still being retried",
    "will keep trying", "will be retried", "will retry for", "could not send mail for past",
    "could not send message for",
    "only a temporary failure", "warning: message delayed", "delayed mail", "verzögert", "delivery delayed",
    "do not need to resend", "still trying", "not yet been delivered", "delivery incomplete",
  ]
}
