import Decisions
import Delivery
import Ledger
import Units

/// Something worth a line in the log. Names contacts and customers by id: no address, no name, no text of a message.
package enum Remark: Sendable, Equatable {
  /// As syslog counts them (RFC 5424 section 6.2.1): the smaller, the worse.
  package enum Severity: Int, Sendable { case error = 3, warning = 4, notice = 5, info = 6 }

  /// On what a decision rested that no longer holds.
  package enum Change: Sendable { case ledger, journal, hours, waiting }

  case notComposed(CycleReport.Failure)
  /// A contact was decided that may have reached its customer already. A bug: it is not sent.
  case refusedTwice(contact: String)
  case startedAnew(because: Change)
  /// A row of the ledger that rests somebody.
  case badRow(BadRow)
  /// Something in the ledger that rests nobody by itself, such as an address that cannot be used.
  case ledgerWarning(Place, column: String)
  case relayAtFault(DeliveryResult)
  case webhookAtFault(DeliveryResult)
  /// The pages in the outbox are not those that the journal says.
  case outboxUnusable(String)
  case outcome(HistoryEvent)
  case cycleEnded(CycleSummary, trouble: String?)
  case reloaded(policy: String)
  /// Older than it may be; nothing is sent on it.
  case ledgerStale(String)
  /// All of it, in the background. The digest, noted elsewhere, vouches for everything before it.
  case journalVerified(records: Int, digest: String)
  /// Something beside the records is not as it should be, and nothing is lost.
  case journalWarning(String)
  case journalDamaged(String)
  case messagesExpired(files: Int)
  /// The old configuration stays.
  case notReloaded(String)
  /// A digest or an alert that did not go out.
  case staffNotTold(String)
  /// Found at the start; the cycles will say so too.
  case ledgerUnusable(String)
  /// Why the daemon does not start, or ends without having been told to.
  case ended(String)

  package var severity: Severity {
    switch self {
    case .notComposed, .refusedTwice, .relayAtFault, .webhookAtFault, .outboxUnusable, .notReloaded, .ledgerUnusable,
      .ledgerStale, .ended,
      .journalDamaged:
      .error
    case .startedAnew, .reloaded, .journalVerified, .messagesExpired: .notice
    case .cycleEnded(_, let trouble): trouble == nil ? .info : .error
    case .badRow, .ledgerWarning, .journalWarning, .staffNotTold: .warning
    case .outcome(let event):
      switch event {
      case .contactFailed, .contactInDoubt: .warning
      case .contactDeferred: .notice
      default: .info
      }
    }
  }

  package var sentence: String {
    switch self {
    case .notComposed(let failure):
      "no message for customer \(failure.payer), step \(failure.step): \(failure.reason)"
    case .refusedTwice(let contact):
      "contact \(contact) was decided again though it may have reached its customer: not sent; please report this"
    case .startedAnew(.ledger): "the ledger changed during the cycle: deciding afresh"
    case .startedAnew(.journal): "the journal changed during the cycle: deciding afresh"
    case .startedAnew(.waiting): "messages that waited for the mail server were taken back: deciding afresh"
    case .startedAnew(.hours): "the hours of some customers ended during the cycle: deciding afresh"
    // A cell's words may be a name or an address.
    case .badRow(let row):
      "\(row.heading): the row cannot be taken, `dunningd check` says why: "
        + "\(row.reach.words) until it is corrected"
    case .ledgerWarning(let place, let column):
      "\(place): \(column.isEmpty ? "" : column + ": ")something is not as it should be; `dunningd check` says what"
    case .relayAtFault(let result):
      "the mail server is at fault, no further contact is begun in this cycle: \(result.sentence.withoutAddresses)"
    case .webhookAtFault(let result):
      "the webhook's service is at fault, no more of its messages are begun in this cycle: \(result.brief)"
    case .outboxUnusable(let words): words
    case .outcome(let event): Remark.sentence(of: event)
    case .cycleEnded(let summary, let trouble):
      "cycle ended: \(summary.contacts.of("contact")) made, \(summary.failed) failed, \(summary.deferred) deferred, "
        + "\(summary.inDoubt) in doubt" + (trouble.map { "; not all that was due: \($0.withoutAddresses)" } ?? "")
    case .journalVerified(let records, let digest):
      "journal verified: whole; head seq \(records) digest \(digest.isEmpty ? "unknown without the key" : digest)"
    case .journalWarning(let words), .journalDamaged(let words): words
    case .messagesExpired(let files):
      "\(files.of("file of kept messages was", "files of kept messages were")) older than keep_messages, and removed"
    case .reloaded(let policy): "reloaded: the configuration \(policy.prefix(12)) holds from now on"
    case .staffNotTold(let words): "no mail to the staff: \(words.withoutAddresses)"
    case .notReloaded(let words): "not reloaded, the old configuration stays: \(words)"
    case .ledgerUnusable(let words), .ledgerStale(let words), .ended(let words): words
    }
  }

  private static func sentence(of event: HistoryEvent) -> String {
    func told(_ attempt: Attempt) -> String {
      let words = words(of: attempt).map { ": \($0)" } ?? ""
      return "attempt \(attempt.attempt), recipient \(attempt.recipient), \(attempt.stage)\(words)"
    }
    return switch event {
    case .contactSent(let attempt): "contact \(attempt.contact) sent: \(told(attempt))"
    case .contactDeferred(let attempt, let next):
      "contact \(attempt.contact) deferred until \(next): \(told(attempt))"
    case .contactFailed(let attempt): "contact \(attempt.contact) failed: \(told(attempt))"
    case .contactInDoubt(let contact, let recipient, let attempt, _):
      "contact \(contact) in doubt: attempt \(attempt), recipient \(recipient); `dunningd journal show \(contact)` tells more"
    case .contactCancelled(let contact, let reason): "letter \(contact) called off: \(reason.rawValue)"
    default: "recorded"
    }
  }
}

extension Remark {
  /// What the server or the network said. From RCPT on a reply often repeats the address, or the name before it: of
  /// those only the codes are told, and the journal has the rest.
  private static func words(of attempt: Attempt) -> String? {
    let said = attempt.reply ?? ""
    switch DeliveryStage(rawValue: attempt.stage) {
    case .queue, .settings, .connect, .hello, .tls, .auth, .mail: return said.isEmpty ? nil : said.withoutAddresses
    case .address, .message, .rcpt, .data, .body, .dot, .noop, .http, nil:
      guard let code = attempt.code else { return nil }
      let dot = UInt8(ascii: ".")
      let enhanced =
        said.utf8.split(separator: UInt8(ascii: " "), maxSplits: 2).dropFirst().first.map(Substring.init) ?? ""
      let isStatus =
        enhanced.utf8.contains(dot) && enhanced.utf8.allSatisfy { $0 == dot || (0x30...0x39).contains($0) }
      return isStatus ? "\(code) \(enhanced)" : "\(code)"
    }
  }
}

extension String {
  /// Every word with an @ gone.
  fileprivate var withoutAddresses: String {
    split(separator: " ", omittingEmptySubsequences: false).map { $0.contains("@") ? "<…>" : $0 }.joined(separator: " ")
  }
}

extension BadRow.Reach {
  package var words: String {
    switch self {
    case .invoice(let customer, let number): "invoice \(number) of \(customer) rests"
    case .customer(let customer): "all invoices of \(customer) rest"
    case .everything: "nothing is sent"
    }
  }
}
