/// Why a message did not arrive, as far as the words of a mail server tell.
///
/// Permanent is only what clearly speaks of a mailbox or a domain that does not exist: an address that is wrongly called
/// bad is one whose owner is never written to again. Whatever speaks of spam, policy, size, a full mailbox, the sender,
/// the network or time is not, and where two readings are possible, the milder one holds.
package struct Diagnosis: Sendable, Equatable {
  /// What it is about. The raw values are what the command prints.
  package enum Reason: String, Sendable, CaseIterable {
    case mailboxUnknown = "mailbox_unknown"
    case domainUnknown = "domain_unknown"
    case moved
    case mailboxFull = "mailbox_full"
    case disabled
    case tooLarge = "too_large"
    /// Spam, a virus, a block list, a bad reputation.
    case blocked
    /// SPF, DKIM, DMARC.
    case authentication
    case policy
    case relaying
    /// The server did not like us: our name, our address.
    case sender
    case rate
    case content
    case network
    case expired
    /// The server in between has a list of its own.
    case suppressed
    case system
    /// Nothing that says why.
    case unknown
  }

  package var reason: Reason
  /// Of RFC 3463: `5.1.1`; where none was said, the class and zeros.
  package var status: String
  package var isPermanent: Bool

  package init(_ reason: Reason, status: String, isPermanent: Bool) {
    self.reason = reason
    self.status = status
    self.isPermanent = isPermanent
  }

  /// - Parameter evidence: what was said about one recipient.
  init(_ evidence: Evidence) {
    let words = evidence.words
    let reply = SMTPReply(evidence.words)
    let all = reply.statuses + [evidence.status].compactMap(\.self)
    let told = reply.statuses.first { !$0.isVague } ?? evidence.status ?? reply.statuses.first
    let isTemporary = reply.code.map { $0 < 500 } ?? false || all.contains { $0.kind == 4 }
    status = (told ?? Status(kind: isTemporary ? 4 : 5, 0, 0)).description
    isPermanent = false

    if let soft = Wordings.soft(words) {
      reason = soft
      return
    }
    let hard = Wordings.hard(words)
    reason = hard ?? Diagnosis.byStatus(told)
    // What a server said to our name, or to the sender's, is not about the recipient.
    guard !isTemporary, evidence.stage != .greeting, evidence.stage != .sender else { return }
    guard !all.contains(where: \.isOfSomethingElse) else { return }
    isPermanent = Diagnosis.isBad(hard, reply, evidence)
  }

  /// Whether it is clear that the mailbox or the domain is not there.
  private static func isBad(_ hard: Reason?, _ reply: SMTPReply, _ evidence: Evidence) -> Bool {
    // The server's own code says so.
    if reply.statuses.contains(where: \.isBadAddress) {
      return hard != nil || Wordings.speaksOfAddress(evidence.words)
    }
    let isReported = evidence.status?.isBadAddress ?? false
    switch hard {
    case .domainUnknown:
      if evidence.stage == nil { return reply.code == nil || Wordings.isNameServersWord(evidence.words) }
      return evidence.stage == .recipient
    case .moved, .mailboxUnknown:
      // A report's code without a word of the server's is the report's own finding; with words, these must agree.
      if isReported || evidence.stage == .recipient { return true }
      // "User unknown" that comes only after the content, or nobody knows when, is how some filters refuse.
      if reply.code == nil { return evidence.stage == nil && Wordings.isOwnFinding(evidence.words) }
      return Wordings.isBeyondDoubt(evidence.words)
    default: return isReported && reply.code == nil && evidence.words.isEmpty
    }
  }

  private static func byStatus(_ status: Status?) -> Reason {
    guard let status else { return .unknown }
    switch (status.subject, status.detail) {
    case (1, 1), (1, 3), (1, 10), (1, 351): return .mailboxUnknown
    case (1, 2): return .domainUnknown
    case (1, 6): return .moved
    case (1, 7), (1, 8): return .sender
    case (2, 1): return .disabled
    case (2, 2): return .mailboxFull
    case (2, 3), (3, 4): return .tooLarge
    case (4, 7): return .expired
    case (4, _): return .network
    case (3, _): return .system
    case (6, _): return .content
    case (7, _): return .policy
    default: return .unknown
    }
  }
}

/// What was said about one recipient.
struct Evidence: Sendable {
  /// When in the conversation it was said.
  enum Stage: Sendable {
    /// Connecting, HELO, logging in.
    case greeting
    case sender
    case recipient
    /// DATA, or after the dot.
    case content
  }

  /// The server's words, or the report's where no server spoke: lower case, one blank between words, without addresses
  /// and links.
  let words: String
  /// Of the field `Status`.
  let status: Status?
  let stage: Stage?

  /// - Parameter around: where it may be said when it was, if not in `text`.
  init(_ text: String, status: Status? = nil, stage: Stage? = nil, around: String = "") {
    words = Wordings.normalised(text)
    self.status = status
    self.stage = stage ?? Evidence.stage(in: text) ?? (around.isEmpty ? nil : Evidence.stage(in: around))
  }

  /// What Postfix, Exim, qmail, sendmail and others say of when it was. What is not about the recipient comes first.
  private static let signs: [(Stage, [String])] = [
    (
      .content,
      [
        "in reply to end of data", "in reply to data", "after end of data", "after data", "after i sent the message",
        "failed on data", "for text command", "(data)", "(state 17)", "(state 18)", "step: data", "[data]",
        "for data command", ">>> data",
      ]
    ),
    (
      .greeting,
      [
        "in reply to helo", "in reply to ehlo", "after helo", "after ehlo", "after initial connection",
        "my name was rejected", "but greeting failed", "refused to talk to me", ">>> helo", ">>> ehlo",
      ]
    ),
    (
      .sender,
      [
        "in reply to mail from", "after mail from", "after mail command", "for mail from", "did not like our mail",
        "but sender was rejected", "(state 13)",
        "[mail_from]", ">>> mail from",
      ]
    ),
    (
      .recipient,
      [
        "in reply to rcpt to", "after rcpt to", "after pipelined rcpt", "[rcpt_to]", "smtp:rcpt",
        "did not like our rcpt",
        "does not like recipient", "(state 14)", ">>> rcpt to", "for rcpt", "after rcpt command", "rcpt command failed",
      ]
    ),
  ]

  static func stage(in text: String) -> Stage? {
    let words = text.lowercased().collapsed
    return signs.first { $0.1.contains { words.contains(bytesOf: $0) } }?.0
  }
}
