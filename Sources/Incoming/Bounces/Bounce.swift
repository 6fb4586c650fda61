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
  /// Message-IDs, without brackets, by which it says what came back: of the returned header, else those that it answers.
  /// What the returned message answered in its turn says nothing: a colleague may have answered what we wrote.
  private(set) var returnedIDs: [String] = []
  /// Who wrote the message that came back; lower case.
  private(set) var returnedFrom: String?
  /// The envelope sender of that message, where it says so.
  private(set) var source: String?

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
    var notice: Notification?
    defer {
      if isFiltered { soften() }
      returnedIDs = Bounce.ids(of: returned, notice, in: message.headers)
      returnedFrom = returned.writer ?? notice?.from
      source = notice?.source
    }
    var recipients = report.map { ReportFields($0.text).recipients } ?? []
    let writer = Writer(message.headers)
    if recipients.isEmpty, report == nil {
      notice = Notification(text)
      recipients = notice?.recipients ?? []
      guard writer != .anybody || !recipients.isEmpty, !Bounce.isPersonal(message.headers, writer) else { return nil }
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
      // Portals and shops write from such addresses, too, and of deliveries.
      if report == nil, writer == .program {
        let isTold = Bounce.speaksOfFailure(message.headers.text("subject").lowercased().collapsed)
        guard !told.isEmpty, isTold || !returned.isEmpty else { return nil }
      }
      guard report != nil || !named.isEmpty || Bounce.speaksOfFailure(prose) else { return nil }
      let outcome: Fate.Outcome = Bounce.speaksOfDelay(prose) ? .delayed : .failed
      fates = told.map { failure in
        Bounce.fate(outcome, failure.address, nil, Evidence(failure.text, stage: failure.stage), failure.text)
      }
      if fates.isEmpty {
        let address = named.first ?? Bounce.soleAddressee(of: returned)
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
      // Groupware names people in its own way (`CN=Kim/O=Two`).
      let isNameless = recipients.count == 1 && recipient.address == nil && recipient.original == nil
      return Bounce.fate(
        Bounce.outcome(recipient), isNameless ? Bounce.soleAddressee(of: returned) : recipient.address,
        recipient.original, evidence, text)
    }
  }

  /// To whom the returned message went; nil where it went to several: none is known to be the one.
  private static func soleAddressee(of returned: HeaderFields) -> String? {
    let all = returned.addresses("to") + returned.addresses("cc")
    return all.count == 1 ? all.first : nil
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

  private enum Writer {
    /// By its name, or since it has no envelope sender.
    case mailSystem
    /// By its name, which portals, shops and help desks have, too.
    case program
    case anybody

    init(_ headers: HeaderFields) {
      let from = headers["from"] ?? ""
      let local = String(headers.writer?.prefix { $0 != "@" } ?? "")
      let words = EncodedWords.decoded(from).lowercased()
      // Out-of-office notes have no envelope sender either.
      let isNote = Bounce.isReplied(headers)
      if headers["x-failed-recipients"] != nil || Writer.systems.contains(local)
        || Writer.signs.contains(where: { words.contains(bytesOf: $0) })
        || !isNote && Bounce.hasNoReturn(headers) || local.isEmpty
      {
        self = .mailSystem
      } else {
        self = ["no-reply", "noreply"].contains(local) ? .program : .anybody
      }
    }

    private static let systems = [
      "mailer-daemon", "mailerdaemon", "postmaster", "poostmaster", "mail-daemon", "daemon", "mdaemon",
      "mail.delivery.system", "mailadmin", "postmaster-noreply", "bounce", "bounces",
    ]
    private static let signs = [
      "mail deliver", "mailer-daemon", "mailer daemon", "system administrator", "mail delivery",
    ]
  }

  private static func hasNoReturn(_ headers: HeaderFields) -> Bool {
    headers["return-path"]?.filter { !$0.isWhitespace } == "<>"
  }

  private static func isReplied(_ headers: HeaderFields) -> Bool {
    headers["auto-submitted"]?.lowercased().hasPrefix("auto-replied") ?? false
  }

  /// Whether it answers a message as people, their out-of-office notes and help desks do.
  private static func isPersonal(_ headers: HeaderFields, _ writer: Writer) -> Bool {
    if AutoReply.isTitle(headers.text("subject").lowercased()) { return true }
    if headers["auto-submitted"]?.lowercased().contains("vacation") ?? false { return true }
    if writer != .mailSystem, isReplied(headers) { return true }
    let isAnswer = headers["in-reply-to"] != nil || headers["references"] != nil
    return isAnswer && !hasNoReturn(headers) && headers["x-failed-recipients"] == nil
  }

  private static func ids(
    of returned: HeaderFields, _ notice: Notification?, in headers: HeaderFields
  ) -> [String] {
    let own = returned.ownIDs + (notice?.ids ?? [])
    if !own.isEmpty { return own }
    let answered = headers.all("in-reply-to").flatMap(MessageIDs.all)
    return answered.isEmpty ? headers.all("references").flatMap(MessageIDs.all).suffix(1) : answered
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
