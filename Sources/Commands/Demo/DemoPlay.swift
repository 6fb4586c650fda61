import ArgumentParser
import Daemon
import Decisions
import Journal
import Settings
import Storage
import Units

/// Two months of the made-up company, played day by day: its accounting writes the ledger, the real cycle runs at its
/// times, customers and the clerk react to what arrived.
struct DemoPlay {
  let business: DemoBusiness
  let site: Site
  private let common: CommonOptions
  private let folder: DemoFolder
  private var ledger: DemoLedger
  private var clerk: DemoClerk
  private var journal: JournalReading
  private var contacts: [String: IntendedContact] = [:]

  /// - Throws: that the configuration does not hold, which would be a bug.
  init(_ business: DemoBusiness, in folder: DemoFolder) throws(CommandFailure) {
    self.business = business
    self.folder = folder
    ledger = DemoLedger(business)
    clerk = DemoClerk(business)
    do {
      common = try CommonOptions.parse(["--config", folder.configuration])
    } catch {
      throw CommandFailure(.bug, "the demo's own options are refused: \(error)")
    }
    site = try Session.site(folder.configuration)
    do throws(JournalFault) {
      journal = try JournalReading(of: StateDirectory(folder.state), on: PosixDisk(), trust: .any)
    } catch {
      throw CommandFailure(error)
    }
  }

  /// How a command sees the company at that time.
  func session(_ day: Day, _ time: ClockTime) -> Session { Session(site: site, common, asOf: LocalTime(day, time)) }

  /// A day from its morning to its last cycle.
  mutating func play(_ day: Day) throws(CommandFailure) -> DemoDay {
    var report = DemoDay(day: day, payments: ledger.payments.filter { $0.day == day })
    try export(day)
    report.notes += try clerk.work(session(day, DemoPlay.morning), on: day, &ledger)
    try export(day)
    for time in session(day, DemoPlay.morning).cycleTimes {
      let cycle = session(day, time)
      let (result, _) = try cycle.runCycle(log: { _ in })
      if let failure = CommandFailure(result) { throw failure }
      if result.waiting > 0 { report.notes += try clerk.approveCycle(session(day, time.later(minutes: 30))) }
      try hear(&report)
    }
    return report
  }

  private static let morning = ClockTime(hour: 9, minute: 0) ?? .midnight

  private func export(_ day: Day) throws(CommandFailure) {
    try folder.write(ledger.customersCSV, into: folder.ledger, as: "customers.csv")
    try folder.write(ledger.paymentsCSV(on: day), into: folder.ledger, as: "payments.csv")
    try folder.write(ledger.invoicesCSV(on: day), into: folder.ledger, as: "invoices.csv")
  }

  /// Reads in the journal what the cycle did, and lets the customers and the clerk know.
  private mutating func hear(_ report: inout DemoDay) throws(CommandFailure) {
    var news: [Entry] = []
    do throws(JournalFault) {
      try journal.more { entry, _ in news.append(entry) }
    } catch {
      throw CommandFailure(error)
    }
    for entry in news {
      switch entry.event {
      case .contactIntended(let intended): contacts[intended.contact] = intended
      case .contactSent(let attempt):
        guard let contact = contacts[attempt.contact] else { continue }
        report.sent[contact.step, default: 0] += 1
        if attempt.attempt > 1 {
          report.notes.append(.event("\(who(contact)): tried again, and taken."))
        }
        for item in contact.invoices { ledger.asked(item.key.number, level: item.level, on: report.day) }
        clerk.arrived(contact, on: report.day)
      case .contactDeferred(let attempt, let next):
        guard let contact = contacts[attempt.contact] else { continue }
        let again = site.policy.company.zone.civil(next).clock
        report.notes.append(
          .event("\(who(contact)): deferred with \"\(attempt.reply ?? "")\", again from \(again)."))
      case .contactFailed(let attempt):
        guard let contact = contacts[attempt.contact] else { continue }
        report.notes.append(
          .event("\(who(contact)): refused with \"\(attempt.reply ?? "")\"; the address counts as bad."))
        clerk.refused(contact, on: report.day)
      default: break
      }
    }
  }

  private func who(_ contact: IntendedContact) -> String {
    let name = business.customers.first { $0.id == contact.customer }?.name ?? ""
    return "\(contact.customer) \(name)"
  }
}

/// What a day brought.
struct DemoDay {
  let day: Day
  let payments: [DemoLedger.Payment]
  /// Messages that were taken, by the name of their step.
  var sent: [String: Int] = [:]
  var notes: [DemoNote] = []

  var isQuiet: Bool { payments.isEmpty && sent.isEmpty && notes.isEmpty }
}

extension ClockTime {
  func later(minutes: Int) -> ClockTime {
    let all = self.minutes + minutes
    return ClockTime(hour: all / 60 % 24, minute: all % 60) ?? self
  }
}
