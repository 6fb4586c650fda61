import Ledger
import Units

/// What was decided for one open item, and why. There is one for every item of the ledger, silence included.
package struct Decision: Sendable {
  /// The end of what it waits for, where that is known.
  package enum Until: Sendable, Equatable {
    case day(Day)
    case instant(Instant)
  }

  package var key: ItemKey
  package var payer: String
  package var currency: Currency
  /// Nil when its row could not be read.
  package var due: Day?
  /// What is open on it today, the disputed part included; nil when its row could not be read.
  package var open: Money?
  /// What may be asked for: open, less what is disputed and what credit covers.
  package var dunnable: Money?
  /// The same whether it rests or not: what the customer owes on it beyond dispute.
  package var owed: Money?
  /// Civil days after the due date in the payer's zone; nil when it is not past due.
  package var daysPastDue: Int?
  /// The schedule that it is under; nil when none matches, or when that did not matter.
  package var schedule: String?
  /// The step that comes next; nil when none does.
  package var step: Step?
  /// 0 for the first sending of the step, then its repeats.
  package var repetition = 0
  package var ground: Ground
  package var rule: Rule
  package var until: Until?
  /// The promise or plan in force that covers it, whatever else rests it; nil for none.
  package var pledge: String?
  /// A dispute about it that was accepted, in whole or in part, and that the ledger has no credit for yet.
  ///
  /// At most one; in a list, since a rest is large and nearly no item has one.
  package var uncredited: [PlacedRest] = []
  /// Its step asks for a person's word and the time to ask has come.
  package var asksApproval = false
  /// The payer's zone, in which its times are told; nil when its customer cannot be read.
  package var zone: Zone?

  package var reason: ReasonCode { ground.code }
}

/// Where in the configuration the rule stands that a decision follows.
package struct Rule: Sendable, Equatable, CustomStringConvertible {
  private let content: Content

  /// Shared: a million decisions follow a few rules.
  private final class Content: Sendable {
    let key: String
    let place: Place?

    init(key: String, place: Place?) {
      self.key = key
      self.place = place
    }
  }

  /// Such as `contact.at_most` or `schedule "standard", step "first"`; for a rule that no key changes, its words.
  package var key: String { content.key }
  package var place: Place? { content.place }

  package init(_ key: String, _ place: Place? = nil) { content = Content(key: key, place: place) }

  package static func == (a: Rule, b: Rule) -> Bool {
    a.content === b.content || a.key == b.key && a.place == b.place
  }

  package var description: String { place.map { "\(key) (\($0))" } ?? key }
}

/// A reason together with the facts that it rests on; `code` is the bare word.
///
/// What is large and rare is kept apart (`indirect`), since there is one of these for every item.
package enum Ground: Sendable, Equatable {
  case settled(Settlement)
  indirect case quarantined(BadRow)
  case handedOver
  /// `resumes`: the first day after it, where its end is known.
  indirect case held(PlacedRest, resumes: Day?)
  /// Nil when the ledger says so.
  indirect case disputed(PlacedRest?, resumes: Day?)
  /// `resumes`: the first day after it and its grace, if it is not kept.
  indirect case promised(PlacedRest, resumes: Day?)
  /// `next`: the instalment that comes next, or is late.
  indirect case inPlan(PlacedRest, next: Instalment?, resumes: Day?)
  case autopay(collected: Day, posted: Day)
  case replied(at: Instant, until: Instant)
  case noSchedule
  case excluded(Exclusion)
  case completed
  case capped(maxLevel: Int)
  case belowMinimum(balance: Money, minimum: Money)
  case taskOpen(Channel)
  /// The letter whose page waits in the outbox.
  case letterOpen(contact: String)
  /// `planned` by the step, `goes` when it really can.
  case notYet(planned: Day, goes: Day)
  case staleLedger(age: Span, limit: Span)
  case cashNotPosted(posted: Day?, needed: Day)
  case doNotContact
  /// The addresses that are marked as bad; empty when the ledger has none.
  case noAddress(bad: [String])
  case inDoubt(contact: String)
  case needsApproval(ApprovalNeed)
  case deadlineRunning(deadline: Day, until: Day)
  case tooSoon(Frequency, last: Day, until: Day)
  case retryLater(contact: String, until: Instant)
  case outsideHours(Closed, opens: Instant)
  case contact

  package enum Settlement: Sendable, Equatable {
    case paid
    case credited(Money)
  }

  package enum Exclusion: Sendable, Equatable {
    case noSteps
    case dueBefore(Day)
  }

  package enum ApprovalNeed: Sendable, Equatable {
    case step
    case firstCycle
    case largeCycle(contacts: Int, limit: Int)
    case refused(Instant)
    /// So many promises about it were broken.
    case brokenPromises(Int)
  }

  package enum Frequency: Sendable, Equatable {
    case cap(ContactRules.Cap)
    case gap(days: Int)
    /// One reminder and one notice a group a day.
    case sameDay
    /// A statement lets a reminder go first.
    case behindReminder
  }

  package enum Closed: Sendable, Equatable {
    case weekday(Weekday)
    case holiday(String)
    case hours
  }

  package var code: ReasonCode {
    switch self {
    case .settled: .settled
    case .quarantined: .quarantined
    case .handedOver: .handedOver
    case .held: .held
    case .disputed: .disputed
    case .promised: .promised
    case .inPlan: .inPlan
    case .autopay: .autopay
    case .replied: .replied
    case .noSchedule: .noSchedule
    case .excluded: .excluded
    case .completed: .completed
    case .capped: .capped
    case .belowMinimum: .belowMinimum
    case .taskOpen, .letterOpen: .taskOpen
    case .notYet: .notYet
    case .staleLedger: .staleLedger
    case .cashNotPosted: .cashNotPosted
    case .doNotContact: .doNotContact
    case .noAddress: .noAddress
    case .inDoubt: .inDoubt
    case .needsApproval: .needsApproval
    case .deadlineRunning: .deadlineRunning
    case .tooSoon: .tooSoon
    case .retryLater: .retryLater
    case .outsideHours: .outsideHours
    case .contact: .contact
    }
  }
}
