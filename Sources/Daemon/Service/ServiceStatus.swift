import Decisions
import Delivery
import Units

/// How the service does, for whoever asks: systemd, `dunningd status`, a person.
package struct ServiceStatus: Sendable {
  package enum Activity: String, Sendable { case starting, waiting, cycle, stopping }

  package struct LastCycle: Sendable {
    package var began: Instant
    package var ended: Instant
    package var summary: CycleSummary
    /// Why it did not do all that was due; nil when it did.
    package var trouble: String?
  }

  package var activity = Activity.starting
  package var started: Instant
  /// Hash of the configuration that decides.
  package var policy: String
  package var lastCycle: LastCycle?
  package var nextCycle: Instant?
  /// What keeps the breaker open; nil when it is closed.
  package var relayFault: String?
  /// The same of the webhook's service.
  package var webhookFault: String?
  /// Letters that wait to be posted.
  package var letters = 0
  /// Contacts of which nobody knows whether they arrived.
  package var doubts = 0
  /// Contacts that wait for a person's word.
  package var waiting = 0
  /// The next contacts, as the last cycle saw them, or whoever looked since.
  package var upcoming: [Upcoming] = []
  /// Rows of the ledger that rest somebody until they are corrected.
  package var badRows = 0

  init(started: Instant, policy: String) {
    self.started = started
    self.policy = policy
  }

  /// One line for `systemctl status`.
  package var line: String {
    var parts: [String] = []
    switch activity {
    case .starting: parts.append("starting")
    case .stopping: parts.append("stopping: finishing what is on the wire")
    case .cycle: parts.append("in a cycle")
    case .waiting: parts.append(nextCycle.map { "next cycle \($0)" } ?? "waiting")
    }
    if let last = lastCycle {
      let summary = last.summary
      parts.append(
        "last cycle \(last.ended): \(summary.contacts.of("contact")), \(summary.failed) failed, \(summary.deferred) deferred"
      )
      if let trouble = last.trouble {
        // One line, and short enough to be read on one.
        let words = trouble.split(whereSeparator: \.isNewline).joined(separator: " ")
        parts.append("not all that was due: " + words.prefix(200))
      }
    }
    if doubts > 0 { parts.append("\(doubts) in doubt") }
    if letters > 0 { parts.append(letters.of("letter") + " to be posted") }
    if waiting > 0 { parts.append("\(waiting) waiting for approval") }
    if badRows > 0 { parts.append(badRows.of("bad row") + " in the ledger") }
    if relayFault != nil, lastCycle?.trouble == nil { parts.append("the mail server is at fault") }
    return parts.joined(separator: "; ")
  }
}
