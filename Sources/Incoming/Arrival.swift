import Decisions
import Units

/// What one message that came back says: what it is, whom it may be about, and what a person should see of it.
///
/// Nobody is believed here: the message may be anything, from anybody. `Assigner` finds out whom it belongs to.
package struct Arrival: Sendable, Equatable {
  package enum Kind: String, Sendable, CaseIterable {
    case bounce
    /// Not delivered yet; it may still arrive.
    case delay
    /// A mail system says that it arrived.
    case delivered
    /// Written by a program: out of office, a ticket's number, a receipt, a mailing.
    case autoReply = "auto_reply"
    /// A mailbox provider reports that the recipient called it spam.
    case complaint
    /// A report about something else: authentication, mostly.
    case report
    /// Somebody wants to hear no more, and nothing else.
    case unsubscribe
    case reply
  }

  /// One address that a bounce is about.
  package struct Recipient: Sendable, Equatable {
    /// Whom it could not be delivered to at last, and whom it was sent to; lower case.
    package var address: String?
    package var original: String?
    package var diagnosis: Diagnosis
    /// The server's words, on one line.
    package var words: String

    package init(address: String?, original: String?, diagnosis: Diagnosis, words: String) {
      self.address = address
      self.original = original
      self.diagnosis = diagnosis
      self.words = words
    }
  }

  package var kind: Kind
  /// Without brackets; nil when it has none.
  package var messageID: String?
  /// Who wrote it, in lower case.
  package var sender: String?
  /// Who else may have, in lower case, the likeliest first: a list that puts its own address in the place of the writer's
  /// names that one elsewhere.
  package var otherSenders: [String] = []
  /// Where it was sent to and came in, and whom a service's notification says the message to be from: a bounce address tells
  /// the contact.
  package var addressees: [String] = []
  /// The list that passed it on, where nothing else says that a program wrote it: `List-Id` without brackets, empty where
  /// it does not say. Nil elsewhere.
  package var list: String?
  /// Message-IDs, without brackets, of what it answers, the nearest first; of a bounce those of what it brings back alone.
  package var references: [String] = []
  /// Of a bounce who wrote what it brings back, as that says; lower case.
  package var returnedFrom: String?
  /// Of a bounce or delay; of a complaint those that it names.
  package var recipients: [Recipient] = []
  /// The day that it bears.
  package var day: Day?
  package var subject = ""
  /// Of an answer, without what it quotes.
  package var excerpt: String?
  package var suggestions: [Suggestion] = []

  package init(_ kind: Kind) { self.kind = kind }

  /// Whether a mail system says which message it is about. If none of ours is, somebody else wrote that one, it is made up, or
  /// a relay gave ours an id of its own.
  package var saysWhatCameBack: Bool { [.bounce, .delay, .delivered].contains(kind) && !references.isEmpty }

  /// Reads a message. Nil when it is none: without any header.
  package init?(_ bytes: [UInt8]) {
    let message = MailPart(message: bytes)
    let headers = message.headers
    guard !headers.isEmpty else { return nil }
    self.init(.reply)
    messageID = headers["message-id"].flatMap { MessageIDs.all($0).first }
    sender = headers.writer
    otherSenders = Arrival.few(
      ["x-original-sender", "x-original-from", "reply-to"].flatMap(headers.all).flatMap(Addresses.ofMailboxes))
    addressees = Arrival.few(
      ["to", "delivered-to", "x-original-to", "envelope-to", "cc", "apparently-to", "x-envelope-to"]
        .flatMap(headers.addresses))
    day = headers["date"].flatMap(MailDay.of)
    subject = headers.text("subject").collapsed.shortened(to: MailLimit.line)
    references = Arrival.few(Arrival.references(headers))

    if let report = FeedbackReport(message) {
      kind = report.isComplaint ? .complaint : .report
      take(report)
    } else if let bounce = Bounce(message) {
      take(bounce)
    } else {
      take(message)
    }
  }

  private static func few(_ list: [String]) -> [String] {
    var kept: [String] = []
    for text in list.prefix(500) where !kept.contains(text) && kept.count < MailLimit.listed { kept.append(text) }
    return kept
  }

  /// What it answers, then what came before that, the newest first.
  private static func references(_ headers: HeaderFields) -> [String] {
    headers.all("in-reply-to").flatMap(MessageIDs.all) + headers.all("references").flatMap(MessageIDs.all).reversed()
  }

  // MARK: - Machines

  private mutating func take(_ bounce: Bounce) {
    kind =
      bounce.fates.contains { $0.outcome == .failed }
      ? .bounce : bounce.fates.contains { $0.outcome == .delayed } ? .delay : .delivered
    let told: Bounce.Fate.Outcome = kind == .bounce ? .failed : kind == .delay ? .delayed : .delivered
    recipients = bounce.fates.filter { $0.outcome == told }.prefix(MailLimit.listed).map { fate in
      Recipient(address: fate.address, original: fate.original, diagnosis: fate.diagnosis, words: fate.words)
    }
    excerpt = recipients.first?.words
    references = Arrival.few(bounce.returnedIDs)
    returnedFrom = bounce.returnedFrom
    if let source = bounce.source { addressees = Arrival.few([source] + addressees) }
  }

  private mutating func take(_ report: FeedbackReport) {
    references = Arrival.few((report.notice?.ids ?? []) + Arrival.own(report.returned) + references)
    if let source = report.notice?.source { addressees = Arrival.few([source] + addressees) }
    if kind == .complaint {
      suggestions = [Suggestion(.doNotContact, line: "feedback report: \(report.type)".shortened(to: MailLimit.line))]
      excerpt = "feedback report: \(report.type)".shortened(to: MailLimit.line)
    }
    recipients = Arrival.few(report.recipients).map {
      Recipient(address: $0, original: nil, diagnosis: Diagnosis(.unknown, status: "", isPermanent: false), words: "")
    }
  }

  private static func own(_ returned: HeaderFields) -> [String] {
    returned.ownIDs + references(returned)
  }

  // MARK: - People

  private mutating func take(_ message: MailPart) {
    let parts = message.own.filter { part in
      part.isText && !(part.headers["content-disposition"]?.lowercased().hasPrefix("attachment") ?? false)
    }
    let part = parts.first { $0.type.name != "text/html" && !$0.text.collapsed.isEmpty } ?? parts.first
    let lines = Quotation.cut(part?.text ?? "")
    excerpt = lines.joined(separator: "\n").shortened(to: MailLimit.excerpt)
    let title = subject.lowercased().split { !$0.isLetter }.filter { !["re", "aw", "fw", "wg"].contains($0) }
    let isWish = Arrival.wishes.contains(title.joined(separator: " "))
    let isShort = lines.joined(separator: " ").split(separator: " ").count <= 40
    if !isWish, AutoReply.isOne(message.headers, message.type) {
      kind = .autoReply
      return
    }
    list = isWish ? nil : AutoReply.list(message.headers)
    suggestions = Suggestions(day: day).found(in: lines)
    let wished = suggestions.contains { $0.kind == .doNotContact }
    if isWish, !wished { suggestions.append(Suggestion(.doNotContact, line: subject)) }
    if isWish || wished && isShort && suggestions.count == 1 { kind = .unsubscribe }
    // Whose list it is turns out with whom it belongs to: `Assigner.judged`.
    if list != nil { kind = .autoReply }
  }

  /// Subjects that say nothing else.
  private static let wishes = [
    "unsubscribe", "unsubscribe me", "please unsubscribe", "remove", "stop", "opt out", "abmelden", "abmeldung",
    "abbestellen",
    "austragen", "newsletter abmelden", "bitte abmelden",
  ]
}
