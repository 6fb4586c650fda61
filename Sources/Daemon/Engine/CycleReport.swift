import Decisions
import Delivery
import Units

/// How a cycle went: what the terminal, the log and the exit status are made from.
package struct CycleReport: Sendable, Equatable {
  /// Why the cycle did not do all that was due; `completed` when it did.
  package enum Ending: Sendable, Equatable {
    case completed
    /// Nothing was decided.
    case ledgerRejected(String)
    case stopped
    /// Ledger or journal changed again and again while it ran: the rest is for the next cycle.
    case keepsChanging
    /// The relay, not a customer, is at fault: the rest was not begun.
    case relayAtFault
    /// So many messages in a row were refused for their content that the fault is probably ours. The last refusal.
    case contentRefused(DeliveryResult)
    /// Nothing may be sent before a person has looked at the clock.
    case clockWentBack(last: Instant, now: Instant)
    /// Somebody else kept the journal for too long: what is not recorded yet is in the next cycle.
    case journalLocked(String)
    /// Nothing more may be sent in this process.
    case journalBroken(String)
  }

  /// A contact for which no message could be made.
  package struct Failure: Sendable, Equatable {
    package var payer: String
    package var step: String
    package var reason: String

    package init(payer: String, step: String, reason: String) {
      self.payer = payer
      self.step = step
      self.reason = reason
    }
  }

  package var ending = Ending.completed
  package var summary = CycleSummary()
  /// What keeps the breaker open at the end; nil when it is closed.
  package var relayFault: DeliveryResult?
  /// Why no more webhooks were called; nil when nothing is wrong with them.
  package var webhookFault: DeliveryResult?
  /// Letters that lie in the outbox at the end.
  package var letters = 0
  /// Why the outbox is not what the journal says; nil when it is.
  package var outboxFault: String?
  package var failures: [Failure] = []
  /// Contacts that wait for a person's word.
  package var waiting = 0
  /// It came to a verdict on the whole ledger.
  package var hasDecided = false
  /// Why they wait together for one word; nil where they do not.
  package var waitsAsList: Ground.ApprovalNeed?
  /// What comes next, the earliest first.
  package var upcoming: [Upcoming] = []
  /// How often it began anew because ledger or journal had changed.
  package var restarts = 0
  /// What became of the contacts that it began, by kind.
  package var tally: [Metrics.Kind: Int] = [:]

  package init() {}

  /// Why it did not do all that was due, for a person; nil when it did, or left it for a good reason.
  package var trouble: String? {
    switch ending {
    case .ledgerRejected(let words), .journalBroken(let words), .journalLocked(let words): words
    case .clockWentBack(let last, let now):
      "the clock says \(now), but the journal's last record is of \(last): nothing is sent before the clock is right"
    case .keepsChanging: "the ledger or the journal changed again and again during the cycle: the rest waits"
    case .contentRefused(let result):
      "several messages in a row were refused for their content: \(result.sentence)"
    case .completed, .stopped, .relayAtFault:
      if let relayFault {
        "the mail server is at fault, no customer is: \(relayFault.sentence); what is due goes in a later cycle"
      } else if let webhookFault {
        "the webhook's service is at fault, no customer is: \(webhookFault.brief); its messages go in a later cycle"
      } else {
        outboxFault
      }
    }
  }
}
