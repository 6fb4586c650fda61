import Ledger
import Units

/// A rest: what, on which items, until when, by whom. Holds and disputes are the first kinds; promises, plans and
/// replies are others of the same shape.
package struct Rest: Sendable, Equatable {
  /// The raw values are the first halves of the journal's types: `hold.placed`, `dispute.opened`.
  package enum Kind: String, Sendable, CaseIterable { case hold, dispute, promise, plan, reply }

  package var kind: Kind
  package var scope: Scope
  /// What is disputed or promised; nil is all of it.
  package var amount: Money?
  /// The last day on which it rests; nil is open-ended.
  package var until: Day?
  package var by: String
  /// Personal, so nil once erased.
  package var text: String?

  package init(kind: Kind, scope: Scope, amount: Money? = nil, until: Day? = nil, by: String, text: String?) {
    self.kind = kind
    self.scope = scope
    self.amount = amount
    self.until = until
    self.by = by
    self.text = text
  }
}

/// A rest as the history knows it.
package struct PlacedRest: Sendable, Equatable {
  package var rest: Rest
  package var placed: Instant
  /// When a person ended it; nil while nobody did.
  package var ended: Instant?

  package init(rest: Rest, placed: Instant, ended: Instant? = nil) {
    self.rest = rest
    self.placed = placed
    self.ended = ended
  }
}

/// A person's word that contacts may be made.
package struct Approval: Sendable, Equatable {
  package enum Extent: String, Sendable {
    /// Of the steps that ask for it.
    case contact
    /// Of a printed list: the first cycle, or a large one.
    case cycle
  }

  /// One item's step, up to the amount that was shown.
  package struct Line: Sendable, Equatable {
    package var key: ItemKey
    package var step: String
    package var repetition: Int
    package var upTo: Money

    package init(key: ItemKey, step: String, repetition: Int, upTo: Money) {
      self.key = key
      self.step = step
      self.repetition = repetition
      self.upTo = upTo
    }
  }

  package var extent: Extent
  /// The contact's id or the list's hash.
  package var subject: String
  package var lines: [Line]
  /// False is a refusal.
  package var granted: Bool
  package var by: String
  package var text: String?

  package init(
    extent: Extent, subject: String, lines: [Line], granted: Bool = true, by: String, text: String? = nil
  ) {
    self.extent = extent
    self.subject = subject
    self.lines = lines
    self.granted = granted
    self.by = by
    self.text = text
  }
}
