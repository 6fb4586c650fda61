import Ledger
import Units

/// A call to a customer, as the person who made it tells it.
package struct LoggedCall: Sendable, Equatable {
  package enum Outcome: String, Sendable, CaseIterable {
    case reached
    case noAnswer = "no-answer"
    case wrongNumber = "wrong-number"
    case promised
    case disputed
    case refused

    /// Somebody was spoken to: the step is done.
    package var isDone: Bool {
      switch self {
      case .reached, .promised, .disputed, .refused: true
      case .noAnswer, .wrongNumber: false
      }
    }
  }

  package var customer: String
  package var outcome: Outcome
  /// The contact that the call was, with the items that it moves on; nil when no call step was due or nobody was reached.
  package var contact: IntendedContact?
  /// The promise or dispute that came of it: in one record with the call, so that there is never one without the other.
  package var rest: Rest?
  package var by: String
  /// Personal, so nil once erased.
  package var text: String?

  package init(
    customer: String, outcome: Outcome, contact: IntendedContact? = nil, rest: Rest? = nil, by: String, text: String?
  ) {
    self.customer = customer
    self.outcome = outcome
    self.contact = contact
    self.rest = rest
    self.by = by
    self.text = text
  }
}
