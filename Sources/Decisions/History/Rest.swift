import Ledger
import Units

/// A rest: what, on which items, until when, by whom, and what comes after it. Holds, disputes, promises to pay, payment
/// plans and answers are all of this one shape.
package struct Rest: Sendable, Equatable {
  /// The raw values are the first halves of the journal's types: `hold.placed`, `dispute.opened`.
  package enum Kind: String, Sendable, CaseIterable { case hold, dispute, promise, plan, reply }

  /// How far a plan has come; everything else is agreed from the start.
  package enum Stage: String, Sendable, CaseIterable {
    case agreed
    /// To the customer, who has still to answer.
    case proposed
    /// A person has still to allow that it is proposed, or that it holds.
    case waitsToBeProposed = "waits-to-be-proposed"
    case waitsToBeAgreed = "waits-to-be-agreed"

    /// After a person's word; nil where none is missing.
    package var allowed: Stage? {
      switch self {
      case .waitsToBeProposed: .proposed
      case .waitsToBeAgreed: .agreed
      case .agreed, .proposed: nil
      }
    }
  }

  package var kind: Kind
  /// Names this one rest; empty for those that are ended by their scope, as holds and disputes are.
  package var id: String
  package var scope: Scope
  /// The items that it covers, with what was open on each then; empty is all that the scope covers, now and later.
  package var items: [ListedItem]
  /// What is disputed, promised or to be paid by instalments; nil is all of it.
  package var amount: Money?
  /// The last day on which it rests, the day to pay by of a promise, the last day to agree to a proposal; nil is
  /// open-ended.
  package var until: Day?
  /// Of a plan: by due date, and in all `amount`.
  package var instalments: [Instalment]
  package var stage: Stage
  /// Of a promise or plan: credit dated on its day that was there when it was made. Nil where that was not recorded; then
  /// all of that day's was.
  package var credit: Money?
  /// Who is to see to it that it ends, and by when.
  package var owner: String?
  package var deadline: Day?
  package var by: String
  /// Personal, so nil once erased.
  package var text: String?

  package init(
    kind: Kind, id: String = "", scope: Scope, items: [ListedItem] = [], amount: Money? = nil, until: Day? = nil,
    instalments: [Instalment] = [], stage: Stage = .agreed, owner: String? = nil, deadline: Day? = nil, by: String,
    text: String?
  ) {
    self.kind = kind
    self.id = id
    self.scope = scope
    self.items = items
    self.amount = amount
    self.until = until
    self.instalments = instalments
    self.stage = stage
    self.owner = owner
    self.deadline = deadline
    self.by = by
    self.text = text
  }

  /// A plan that does not hold yet.
  package var isProposal: Bool { stage != .agreed }

  /// Whether it is about that item, given that its scope covers it.
  package func covers(_ key: ItemKey) -> Bool { items.isEmpty || items.contains { $0.key == key } }
}

/// One of the payments that a plan is made of.
package struct Instalment: Sendable, Equatable {
  package var due: Day
  package var amount: Money

  package init(due: Day, amount: Money) {
    self.due = due
    self.amount = amount
  }
}

/// How a rest ended, before its time or because it was seen what became of it.
package struct RestEnd: Sendable, Equatable {
  package var kind: Rest.Kind
  package var scope: Scope
  /// Nil ends every rest of the kind on exactly that scope.
  package var id: String?
  package var by: String
  /// `accepted`, `rejected`, `kept`, `partly_kept`, `broken`, `completed`, `withdrawn`; nil for a hold.
  package var outcome: String?
  /// What had been paid of a promise or a plan by then.
  package var paid: Money?
  /// Of a dispute, a new day to pay by that the customer was given: the rest goes on until it has passed. Of a broken
  /// promise or plan, its last day: the end may be seen later.
  package var until: Day?
  /// Personal, so nil once erased.
  package var text: String?

  package init(
    kind: Rest.Kind, scope: Scope, id: String? = nil, by: String, outcome: String?, paid: Money? = nil,
    until: Day? = nil, text: String?
  ) {
    self.kind = kind
    self.scope = scope
    self.id = id
    self.by = by
    self.outcome = outcome
    self.paid = paid
    self.until = until
    self.text = text
  }
}

extension RestEnd {
  /// Seen in the ledger or the calendar, and said by nobody.
  package var isSeen: Bool {
    switch outcome {
    case "kept", "partly_kept", "broken", "completed", "lapsed": true
    default: false
    }
  }

  package var isBroken: Bool { outcome == "broken" || outcome == "partly_kept" }
}

/// A rest as the history knows it.
package struct PlacedRest: Sendable, Equatable {
  package var rest: Rest
  package var placed: Instant
  /// When a person ended it, or it was seen that it was over; nil while neither happened.
  package var ended: Instant?
  /// How.
  package var end: RestEnd?

  package init(rest: Rest, placed: Instant, ended: Instant? = nil, end: RestEnd? = nil) {
    self.rest = rest
    self.placed = placed
    self.ended = ended
    self.end = end
  }
}

extension PlacedRest {
  /// It is in force; or a dispute was accepted and is rejected after all.
  func mayEnd(by end: RestEnd) -> Bool {
    if ended == nil { return true }
    return rest.kind == .dispute && self.end?.outcome == "accepted" && end.outcome == "rejected"
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

package struct SkippedStep: Sendable, Equatable {
  package var step: String
  package var at: Instant
}

package struct GivenApproval: Sendable, Equatable {
  package var extent: Approval.Extent
  /// The contact's id or the list's hash.
  package var subject: String
  package var line: Approval.Line
  package var granted: Bool
  package var at: Instant
}
