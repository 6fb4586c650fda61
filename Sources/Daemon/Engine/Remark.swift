import Decisions
import Delivery
import Ledger

/// Something worth a line in the log. Names contacts and customers by id: no address, no name, no text of a message.
package enum Remark: Sendable, Equatable {
  /// As syslog counts them (RFC 5424 section 6.2.1): the smaller, the worse.
  package enum Severity: Int, Sendable { case error = 3, warning = 4, notice = 5, info = 6 }

  case notComposed(CycleReport.Failure)
  /// A contact was decided that may have reached its customer already. A bug: it is not sent.
  case refusedTwice(contact: String)
  case startedAnew(ledgerChanged: Bool)
  /// A row of the ledger that rests somebody.
  case badRow(BadRow)
  case relayAtFault(DeliveryResult)
  case outcome(HistoryEvent)

  package var severity: Severity {
    switch self {
    case .notComposed, .refusedTwice, .relayAtFault: .error
    case .startedAnew: .notice
    case .badRow: .warning
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
    case .startedAnew(let ledgerChanged):
      (ledgerChanged ? "the ledger" : "the journal") + " changed during the cycle: deciding afresh"
    case .badRow(let row): "\(row.description): \(row.reach.words) until it is corrected"
    case .relayAtFault(let result):
      "the mail server is at fault, no further contact is begun in this cycle: \(result.sentence)"
    case .outcome(let event): Remark.sentence(of: event)
    }
  }

  private static func sentence(of event: HistoryEvent) -> String {
    func told(_ attempt: Attempt) -> String {
      // The reply itself often repeats the address, so it stays in the journal.
      let code = attempt.code.map { " \($0)" } ?? ""
      return "attempt \(attempt.attempt), recipient \(attempt.recipient), \(attempt.stage)\(code)"
    }
    return switch event {
    case .contactSent(let attempt): "contact \(attempt.contact) sent: \(told(attempt))"
    case .contactDeferred(let attempt, let next):
      "contact \(attempt.contact) deferred until \(next): \(told(attempt))"
    case .contactFailed(let attempt): "contact \(attempt.contact) failed: \(told(attempt))"
    case .contactInDoubt(let contact, let recipient, let attempt, _):
      "contact \(contact) in doubt: attempt \(attempt), recipient \(recipient); `dunningd journal show \(contact)` tells more"
    default: "recorded"
    }
  }
}

extension BadRow.Reach {
  fileprivate var words: String {
    switch self {
    case .invoice(let customer, let number): "invoice \(number) of \(customer) rests"
    case .customer(let customer): "all invoices of \(customer) rest"
    case .everything: "nothing is sent"
    }
  }
}
