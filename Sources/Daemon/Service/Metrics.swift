import Decisions
import Ledger
import Units

/// What is counted since the service started, and how it stands: as Prometheus reads it (text format 0.0.4).
package struct Metrics: Sendable {
  /// Contacts of one kind with one outcome. No name and no address: what the labels can say is few.
  package struct Kind: Hashable, Comparable, Sendable {
    package var channel: Channel
    package var level: Int
    package var outcome: String

    package static func < (a: Kind, b: Kind) -> Bool {
      (a.channel.rawValue, a.level, a.outcome) < (b.channel.rawValue, b.level, b.outcome)
    }
  }

  private var contacts: [Kind: Int] = [:]
  private var cycles = 0
  private var troubledCycles = 0
  private var lastCycleSeconds = 0.0
  package var ledgerModified: Instant?
  package var journalBytes = 0
  package var journalSync = Duration.zero

  mutating func count(_ report: CycleReport, took: Span) {
    cycles += 1
    if report.trouble != nil { troubledCycles += 1 }
    lastCycleSeconds = Double(took.milliseconds) / 1000
    for (kind, number) in report.tally { contacts[kind, default: 0] += number }
  }

  /// - Parameter now: for the ledger's age.
  package func text(_ status: ServiceStatus, version: String, now: Instant) -> String {
    var lines: [String] = []
    func metric(_ name: String, _ type: String, _ help: String, _ samples: [(labels: String, value: String)]) {
      guard !samples.isEmpty else { return }
      lines.append("# HELP dunningd_\(name) \(help)")
      lines.append("# TYPE dunningd_\(name) \(type)")
      for sample in samples { lines.append("dunningd_\(name)\(sample.labels) \(sample.value)") }
    }
    func gauge(_ name: String, _ help: String, _ value: String?) {
      metric(name, "gauge", help, value.map { [("", $0)] } ?? [])
    }
    metric("build_info", "gauge", "The version that runs.", [("{version=\"\(version)\"}", "1")])
    metric(
      "cycles_total", "counter", "Cycles since the start, by whether all that was due was done.",
      [("{result=\"done\"}", "\(cycles - troubledCycles)"), ("{result=\"trouble\"}", "\(troubledCycles)")])
    metric(
      "contacts_total", "counter", "Contacts since the start, by channel, level and outcome.",
      contacts.keys.sorted().map { kind in
        (
          "{channel=\"\(kind.channel.rawValue)\",level=\"\(kind.level)\",outcome=\"\(kind.outcome)\"}",
          "\(contacts[kind] ?? 0)"
        )
      })
    gauge("contacts_in_doubt", "Contacts of which nobody knows whether they arrived.", "\(status.doubts)")
    gauge("approvals_waiting", "Contacts that wait for a person's word.", "\(status.waiting)")
    gauge("breaker_open", "1 while the mail server is at fault.", status.relayFault == nil ? "0" : "1")
    gauge("webhook_breaker_open", "1 while the webhook's service is at fault.", status.webhookFault == nil ? "0" : "1")
    gauge("letters_waiting", "Letters in the outbox that nobody has posted yet.", "\(status.letters)")
    gauge(
      "ledger_age_seconds", "How long ago the ledger was written.",
      ledgerModified.map { "\(max(0, now.milliseconds - $0.milliseconds) / 1000)" })
    gauge("ledger_bad_rows", "Rows of the ledger that rest somebody.", "\(status.badRows)")
    gauge("journal_bytes", "Size of the journal's present file.", "\(journalBytes)")
    gauge("journal_sync_seconds", "How long the last sync of the journal took.", Self.seconds(journalSync))
    gauge("last_cycle_seconds", "How long the last cycle took.", status.lastCycle.map { _ in "\(lastCycleSeconds)" })
    gauge(
      "last_cycle_timestamp_seconds", "When the last cycle ended.",
      status.lastCycle.map { "\($0.ended.milliseconds / 1000)" })
    gauge(
      "next_cycle_timestamp_seconds", "When the next cycle is due.",
      status.nextCycle.map { "\($0.milliseconds / 1000)" })
    return lines.joined(separator: "\n") + "\n"
  }

  private static func seconds(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    return "\(Double(seconds) + Double(attoseconds) / 1e18)"
  }
}
