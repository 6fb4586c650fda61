import Ledger
import Units

/// Ordered steps for the customers that it matches (SAP: dunning procedure).
package struct Schedule: Sendable {
  package enum CatchUp: String, Sendable, CaseIterable {
    /// The first step not passed, one at a time.
    case next
    /// The highest step that the item's age deserves.
    case latest
  }

  package enum Consolidation: String, Sendable, CaseIterable {
    /// One message a payer and currency.
    case payer
    /// One message an invoice.
    case invoice
  }

  package var name: String
  /// Nil matches everyone.
  package var match: Match?
  package var steps: [Step]
  package var catchUp: CatchUp
  /// Civil days after the due date in which nothing happens and nothing is listed.
  package var graceDays: Int
  package var consolidation: Consolidation
  /// The step at which an item goes on after a broken promise; nil lets it go on where it stood.
  package var onBrokenPromise: String?
  package var place: Place?

  package init(
    name: String, match: Match? = nil, steps: [Step], catchUp: CatchUp = .next, graceDays: Int = 0,
    consolidation: Consolidation = .payer, onBrokenPromise: String? = nil, place: Place? = nil
  ) {
    self.name = name
    self.match = match
    self.steps = steps
    self.catchUp = catchUp
    self.graceDays = graceDays
    self.consolidation = consolidation
    self.onBrokenPromise = onBrokenPromise
    self.place = place
  }
}

/// One planned contact: a day relative to an anchor, a channel, a template, a level.
package struct Step: Sendable, Equatable {
  /// The date that `day` counts from.
  package enum Anchor: String, Sendable, CaseIterable {
    case due
    case issued
    /// The last day of the early-payment discount that comes next.
    case discount
    /// The day on which payments covered the item in full.
    case paid
  }

  /// Extra sendings of one step: `times` more, each `everyDays` after the last one.
  package struct Repeat: Sendable, Equatable {
    package var everyDays: Int
    package var times: Int

    package init(everyDays: Int, times: Int) {
      self.everyDays = everyDays
      self.times = times
    }
  }

  package var name: String
  package var anchor: Anchor
  /// Civil days after the anchor; negative before it.
  package var day: Int
  /// Severity: 0 is a reminder, 1 and up are notices.
  package var level: Int
  package var channel: Channel
  package var template: String
  /// Civil days from the notice to the new date to pay by; nil gives none.
  package var deadlineDays: Int?
  package var approval: Bool
  /// Nil falls back to `Policy.inDoubt`.
  package var inDoubt: InDoubtPolicy?
  package var repetition: Repeat?
  /// Where it goes when the channel has no usable address.
  package var fallback: Channel?
  package var attachesDocument: Bool
  /// The message says that a payment plan can be had.
  package var offersPlan: Bool
  /// The owner gets a copy.
  package var copiesOwner: Bool
  /// The customer's `escalation_email` gets it, too.
  package var escalates: Bool
  /// Of a step anchored on `paid`: civil days after the first one on which it could go; later it is left out.
  package var withinDays = Step.thanksWithinDays
  package var place: Place?

  package init(
    name: String, anchor: Anchor = .due, day: Int, level: Int, channel: Channel = .email, template: String = "",
    deadlineDays: Int? = nil, approval: Bool = false, inDoubt: InDoubtPolicy? = nil, repetition: Repeat? = nil,
    fallback: Channel? = nil, attachesDocument: Bool = false, offersPlan: Bool = false, copiesOwner: Bool = false,
    escalates: Bool = false, place: Place? = nil
  ) {
    self.name = name
    self.anchor = anchor
    self.day = day
    self.level = level
    self.channel = channel
    self.template = template
    self.deadlineDays = deadlineDays
    self.approval = approval
    self.inDoubt = inDoubt
    self.repetition = repetition
    self.fallback = fallback
    self.attachesDocument = attachesDocument
    self.offersPlan = offersPlan
    self.copiesOwner = copiesOwner
    self.escalates = escalates
    self.place = place
  }

  /// What is older than a working week is no news: an import of old payments thanks nobody.
  package static let thanksWithinDays = 5

  package var kind: ContactKind {
    if level >= 1 { return .notice }
    switch anchor {
    case .issued: return .invoice
    case .paid: return .thanks
    case .due, .discount: return .reminder
    }
  }
}

/// What a message is; no two of them share one.
package enum ContactKind: String, Sendable, CaseIterable {
  /// The invoice itself: no dunning, one a message, exempt from caps, minimum and holds.
  case invoice
  /// Level 0: before or without fault.
  case reminder
  /// Level 1 and up.
  case notice
  /// For a payment: exempt from the cap, one a day.
  case thanks
}
