import Ledger
import Units

/// What `decide` found: a decision for every item, and the contacts that follow from them.
package struct Verdict: Sendable {
  /// How much of it is told item by item. Everything is decided and counted in any case.
  package enum Detail: Sendable {
    case everything
    /// What goes now, which a cycle acts on: `decisions`, `waiting` and `tasks` stay empty, `tally` and `waitingCount`
    /// tell them by number.
    case contacts
  }

  /// One for every item of the ledger that exists today, by payer, currency, due date, number, item.
  package var decisions: [Decision] = []
  /// The same for the instalments of payment plans that are still to be met: they are followed up in place of the items.
  package var instalments: [Decision] = []
  /// The same for statements and thanks that may go today: they stand beside the follow-up.
  package var beside: [Decision] = []
  /// To be made now: by the oldest due date first, then payer and currency.
  package var contacts: [PlannedContact] = []
  /// Would be made, but a person's word is missing; in the same order.
  package var waiting: [PlannedContact] = []
  /// Calls and hand-overs that are due, and letters that are to be posted: a person makes them. In the same order.
  package var tasks: [PlannedContact] = []
  /// What was seen of promises and plans since it was recorded last: a cycle records it. By scope.
  package var outcomes: [RestEnd] = []
  /// Letters that must not be posted any more: a cycle records it, and decides afresh. By contact.
  package var recalls: [LetterRecall] = []
  /// Items by reason.
  package private(set) var tally: [ReasonCode: Int] = [:]
  /// How many contacts wait for a person's word.
  package var waitingCount = 0
  /// Why nothing goes before a list is approved: the first cycle, or one that is too large. Nil where that is not so.
  package var waitsAsList: Ground.ApprovalNeed?
  /// What comes next if nothing else happens.
  package var soonest = Soonest()
  /// Until then the same books, history and policy give the same verdict, and the same ledger age or one on the same side
  /// of `max_age`. Nil where that is not known.
  package var standsUntil: Instant?
  /// The next end of a wait that is over in the middle of a day, as for an answer or a failed attempt. Nil where there is none.
  package var nextWaitEnd: Instant?

  package init() {}

  mutating func count(_ reason: ReasonCode, _ items: Int = 1) { if items > 0 { tally[reason, default: 0] += items } }

  mutating func recount(_ items: Int, from old: ReasonCode, as new: ReasonCode) {
    guard items > 0, let before = tally[old] else { return }
    tally[old] = before > items ? before - items : nil
    count(new, items)
  }

  /// Adds what was found on payers that come after those of this one.
  mutating func join(_ other: Verdict) {
    decisions = decisions.isEmpty ? other.decisions : decisions + other.decisions
    instalments += other.instalments
    beside += other.beside
    contacts += other.contacts
    waiting += other.waiting
    tasks += other.tasks
    outcomes += other.outcomes
    recalls += other.recalls
    for (reason, items) in other.tally { count(reason, items) }
    waitingCount += other.waitingCount
    waitsAsList = waitsAsList ?? other.waitsAsList
    for decision in other.soonest.decisions { soonest.look(at: decision) }
    bound(by: other.standsUntil)
    if let end = other.nextWaitEnd { nextWaitEnd = min(nextWaitEnd ?? end, end) }
  }

  /// It stands no longer than until then; nil is for ever.
  mutating func bound(by end: Instant?) {
    if let end { standsUntil = min(standsUntil ?? end, end) }
  }

  mutating func sort() {
    contacts = sorted(contacts)
    waiting = sorted(waiting)
    tasks = sorted(tasks)
    recalls.sort { $0.contact < $1.contact }
    outcomes.sort { ($0.scope, $0.id ?? "") < ($1.scope, $1.id ?? "") }
  }

  /// By keys beside, since a contact is too large to be moved about.
  private func sorted(_ contacts: [PlannedContact]) -> [PlannedContact] {
    let none = ItemKey(customer: "", number: "")
    let keys = contacts.map { contact in
      (
        due: contact.listed.first?.invoice.due ?? contact.day, payer: contact.payer.id, currency: contact.currency,
        kind: contact.kind.rawValue, first: contact.advancing.first?.key ?? none
      )
    }
    return contacts.indices.sorted { a, b in keys[a] < keys[b] }.map { contacts[$0] }
  }
}

/// The few decisions whose contacts come next if nothing else happens, the earliest first; of one day in the order in
/// which they were decided.
package struct Soonest: Sendable {
  package private(set) var decisions: [Decision] = []
  /// Of the last one, once there are enough of them.
  private var latest: Day?

  /// So many are kept.
  static let most = 5

  package init() {}

  /// - Parameters:
  ///   - zone: the payer's.
  ///   - decision: asked for only if it is one of them.
  mutating func look(at finding: Finding, of item: ItemCase, in zone: Zone, _ decision: () -> Decision) {
    guard item.next != nil, let until = finding.until, finding.ground.waitsForTime else { return }
    if isBehind(until.day(in: zone)) { return }
    look(at: decision())
  }

  package mutating func look(at decision: Decision) {
    guard decision.step != nil, let day = decision.day, !isBehind(day) else { return }
    let place = decisions.firstIndex { $0.day.map { day < $0 } ?? false } ?? decisions.count
    decisions.insert(decision, at: place)
    if decisions.count > Self.most { decisions.removeLast() }
    latest = decisions.count == Self.most ? decisions.last?.day : nil
  }

  private func isBehind(_ day: Day) -> Bool { latest.map { $0 <= day } ?? false }
}

extension Decision {
  /// The day, with the payer, on which it can really go; nil where that is not known, or it waits for something else
  /// than time.
  package var day: Day? { ground.waitsForTime ? until?.day(in: zone ?? .utc) : nil }
}

extension Decision.Until {
  fileprivate func day(in zone: Zone) -> Day {
    switch self {
    case .day(let day): day
    case .instant(let instant): zone.day(instant)
    }
  }
}

extension Ground {
  /// Whether nothing else than time has to pass.
  fileprivate var waitsForTime: Bool {
    switch self {
    case .notYet, .tooSoon, .deadlineRunning, .retryLater, .outsideHours: true
    default: false
    }
  }
}
