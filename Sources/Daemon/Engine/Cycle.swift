import Decisions

/// One cycle under way, over all its restarts.
struct Cycle: Sendable {
  /// Decided and not begun, in the order in which they are to go. A slice, since it is taken from at its head, batch by
  /// batch, and may be long.
  var queue: ArraySlice<PlannedContact> = []
  /// Ids whose intent is durable, in that order; one may come twice.
  var begun: [String] = []
  /// Those of them that some recipients had before: they were counted when they were made.
  var completing: Set<String> = []
  var failures: [CycleReport.Failure] = []
  /// Why nothing more is begun; nil while the cycle goes on.
  var ending: CycleReport.Ending?
  var restarts = 0
  var isRecorded = false
  /// The journal takes nothing as long as the clock is before its last record.
  var isClockWrong = false
  /// What others recorded before it began is in the history.
  var hasHeardPeople = false
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
    queue = verdict.contacts.indices.sorted { (tried[$0], $0) < (tried[$1], $1) }.map { verdict.contacts[$0] }[...]
    waiting = verdict.waitingCount
    waitsAsList = verdict.waitsAsList
    upcoming = verdict.soonest.decisions.compactMap(Upcoming.init)
    byReason = ReasonCode.allCases.compactMap { code in
      verdict.tally[code].map { CycleSummary.ReasonCount(reason: code, count: $0) }
    }
  }

  /// At the head of the queue again.
  mutating func putBack(_ contacts: [PlannedContact]) { queue = contacts + queue }

  /// Read and decide afresh; what was done stays counted.
  mutating func restart() {
    restarts += 1
    hasDecided = false
    queue = []
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
      case .undone, nil: break
      }
    }
    return summary
  }
}
