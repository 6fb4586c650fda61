import Decisions
import Ledger
import Units

/// The ledger as it was read last, and what was decided on it.
///
/// A cycle that finds the same files neither reads nor decides again as long as the verdict stands: no record has come
/// that bears on decisions, the policy is the same, and nothing that time changes has changed.
struct KnownLedger: Sendable {
  let books: Books
  private var verdict: Verdict?
  private var decided = Instant(milliseconds: 0)
  private var wasStale = false

  init(_ books: Books) { self.books = books }

  /// What was decided last, if the same would be decided now; nil when it must be decided afresh.
  func standing(at now: Instant, isStale: Bool) -> Verdict? {
    guard let verdict, let end = verdict.standsUntil, decided <= now, now < end, isStale == wasStale else { return nil }
    return verdict
  }

  mutating func keep(_ verdict: Verdict, at now: Instant, isStale: Bool) {
    self.verdict = verdict
    decided = now
    wasStale = isStale
  }

  /// Something happened that may change what is decided.
  mutating func distrust() { verdict = nil }
}

extension HistoryEvent {
  /// Whether it may change what is decided: most records do, but not those of the daemon's own doings.
  var bearsOnDecisions: Bool {
    switch self {
    case .noteAdded, .daemonStarted, .daemonStopped, .daemonReloaded, .cycleCompleted, .journalRecovered, .unknown:
      false
    case .opened, .contactIntended, .contactSent, .contactDeferred, .contactFailed, .contactInDoubt, .contactResolved,
      .contactCancelled, .contactBounced, .contactReplied, .addressCleared, .restPlaced, .restEnded, .callLogged,
      .stepSkipped, .statementRequested,
      .approvalGiven, .journalErased:
      true
    }
  }
}
