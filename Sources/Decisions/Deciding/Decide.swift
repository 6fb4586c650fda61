import Ledger
import Units

/// What `decide` found: a decision for every item, and the contacts that follow from them.
package struct Verdict: Sendable {
  /// One for every item of the ledger that exists today, by payer, currency, due date, number, item.
  package var decisions: [Decision] = []
  /// To be made now: by the oldest due date first, then payer and currency.
  package var contacts: [PlannedContact] = []
  /// Would be made, but a person's word is missing; in the same order.
  package var waiting: [PlannedContact] = []

  package init() {}
}

/// The one decision function: what is to be done now, for every open item, and why.
///
/// Pure: the same books, history, policy and instant give the same verdict, whoever asks.
///
/// - Parameters:
///   - now: the instant that decisions are made for.
///   - ledgerAge: how long ago, really, the books were written; negative counts as fresh.
package func decide(
  _ books: Books, _ history: ContactHistory, _ policy: Policy, now: Instant, ledgerAge: Span
) -> Verdict {
  Verdict()
}
