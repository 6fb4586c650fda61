import Decisions
import Delivery

/// One cycle under way, over all its restarts.
struct Cycle: Sendable {
  /// Decided and not begun, in the order in which they are to go, by lane. Slices, since they are taken from at their heads,
  /// batch by batch, and may be long.
  private var lines: [Lane: ArraySlice<PlannedContact>] = [:]
  /// Ids whose intent is durable, in that order; one may come twice.
  var begun: [String] = []
  /// Those of them that some recipients had before: they were counted when they were made.
  var completing: Set<String> = []
  var failures: [CycleReport.Failure] = []
  /// Why nothing more is begun; nil while the cycle goes on.
  var ending: CycleReport.Ending?
  private(set) var restarts = 0
  /// Restarts since something was last on the wire.
  private(set) var vainRestarts = 0
  /// What was recorded of it; nil before.
  var recorded: CycleSummary?
  /// The journal takes nothing in this cycle: the clock is before its last record, or somebody else keeps it.
  var takesNoRecord = false
  /// What others recorded before it began is in the history.
  var hasHeardPeople = false
  /// What the webhook's service said of several messages in a row: no more of them in this cycle.
  private(set) var webhookRefusal: DeliveryResult?
  private(set) var hasDecided = false
  private(set) var waiting = 0
  private(set) var waitsAsList: Ground.ApprovalNeed?
  private(set) var upcoming: [Upcoming] = []
  private var byReason: [CycleSummary.ReasonCount] = []

  /// - Parameter attempts: how often a contact was tried before. What was never tried goes first: messages that the relay
  ///   keeps refusing must not stand at the head of every cycle and close the way for the others.
  mutating func adopt(_ verdict: Verdict, attempts: (PlannedContact) -> Int) {
    hasDecided = true
    let tried = verdict.contacts.map(attempts)
    let queue =
      tried.contains { $0 > 0 }
      ? verdict.contacts.indices.sorted { (tried[$0], $0) < (tried[$1], $1) }.map { verdict.contacts[$0] }
      : verdict.contacts
    lines = [:]
    if queue.allSatisfy({ $0.lane == .mail }) {
      lines[.mail] = queue[...]
    } else {
      // What a person does has no lane.
      for contact in queue { if let lane = contact.lane { lines[lane, default: []].append(contact) } }
    }
    if webhookRefusal != nil { lines[.webhook] = nil }
    waiting = verdict.waitingCount
    waitsAsList = verdict.waitsAsList
    upcoming = verdict.soonest.decisions.compactMap(Upcoming.init)
    byReason = ReasonCode.allCases.compactMap { code in
      verdict.tally[code].map { CycleSummary.ReasonCount(reason: code, count: $0) }
    }
  }

  var hasMore: Bool { Lane.allCases.contains { hasMore(in: $0) } }
  func hasMore(in lane: Lane) -> Bool { lines[lane]?.isEmpty == false }

  /// The first ones of a line.
  func next(_ count: Int, in lane: Lane) -> [PlannedContact] { Array((lines[lane] ?? []).prefix(count)) }

  /// Takes them off the heads of their lines.
  mutating func take(_ contacts: [PlannedContact]) {
    for lane in Lane.allCases { lines[lane]?.removeFirst(contacts.count { $0.lane == lane }) }
  }

  /// At the heads of their lines again.
  mutating func putBack(_ contacts: [PlannedContact]) {
    for lane in Lane.allCases {
      let back = contacts.filter { $0.lane == lane }
      if !back.isEmpty { lines[lane] = back + (lines[lane] ?? []) }
    }
  }

  /// However often facts change meanwhile, it comes to its end.
  mutating func noteProgress() { vainRestarts = 0 }

  mutating func closeWebhook(because result: DeliveryResult) {
    webhookRefusal = result
    lines[.webhook] = nil
  }

  /// Read and decide afresh; what was done stays counted.
  mutating func restart() {
    restarts += 1
    vainRestarts += 1
    hasDecided = false
    lines = [:]
    // What is still due is composed again, and fails again.
    failures = []
  }

  /// What became of each contact, by its kind.
  func tally(_ history: ContactHistory) -> [Metrics.Kind: Int] {
    var tally: [Metrics.Kind: Int] = [:]
    for id in Set(begun) {
      guard !completing.contains(id), let contact = history.contact(id) else { continue }
      let outcome =
        switch contact.standing {
        case .made: "sent"
        case .inDoubt: "in_doubt"
        case .deferred: "deferred"
        case .failed, .bounced: "failed"
        case .outbox: "outbox"
        case .undone: "undone"
        }
      tally[Metrics.Kind(channel: contact.channel, level: contact.level, outcome: outcome), default: 0] += 1
    }
    return tally
  }

  /// Each contact once, as the history has it by now.
  func summary(_ history: ContactHistory) -> CycleSummary {
    var summary = CycleSummary()
    summary.byReason = byReason
    summary.failed = failures.count
    var seen: Set<String> = []
    for id in begun where seen.insert(id).inserted {
      if completing.contains(id) {
        if history.halfMade.contains(id) { summary.deferred += 1 }
        continue
      }
      switch history.contact(id)?.standing {
      case .made: summary.contacts += 1
      case .inDoubt: summary.inDoubt += 1
      case .deferred: summary.deferred += 1
      case .failed, .bounced: summary.failed += 1
      case .outbox, .undone, nil: break
      }
    }
    return summary
  }
}
