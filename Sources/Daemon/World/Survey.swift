import Decisions
import Ledger
import Units

/// How things stand, without doing anything about it: what a cycle would find now.
package struct Survey: Sendable {
  /// Contacts that wait for a person's word.
  package var waiting: Int
  /// Contacts of which nobody knows whether they arrived.
  package var doubts: Int
  /// Letters that wait to be posted.
  package var letters: Int
  /// What comes next, the earliest first.
  package var upcoming: [Upcoming]
  /// Rows of the ledger that rest somebody.
  package var badRows: Int

  init(_ verdict: Verdict, _ history: ContactHistory, badRows: Int) {
    waiting = verdict.waitingCount
    doubts = history.doubtful.count
    letters = history.outbox.count
    upcoming = verdict.soonest.decisions.compactMap(Upcoming.init)
    self.badRows = badRows
  }
}
