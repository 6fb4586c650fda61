import ArgumentParser
import Daemon
import Decisions
import Journal
import Units

struct DigestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "digest",
    abstract: "Shows what the staff is told in the morning: what goes out today, what waits, what went out.",
    discussion: """
      The daemon sends it to each owner of [[owner]], and to digest.to for
      customers without one, if there is something to tell. It records nothing.

      Examples:
        dunningd digest
        dunningd digest --owner maria
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var asOf: AsOfOption

  @Option(help: ArgumentHelp("Only this owner's; \"\" for customers without one.", valueName: "id"))
  var owner: String?

  @Option(help: ArgumentHelp("Tells what went out since then; else since the working day before.", valueName: "time"))
  var since: LocalTime?

  func run() throws {
    try reporting {
      let session = try Session(common, asOf: asOf.time)
      if let owner, !owner.isEmpty, session.policy.owners.named(owner) == nil {
        let known = session.policy.owners.all.map(\.id).joined(separator: ", ")
        throw CommandFailure(
          .usage,
          "there is no [[owner]] \"\(owner)\": " + (known.isEmpty ? "the configuration has none" : "there are \(known)")
        )
      }
      let digests = try session.digests(since: since).filter { text in
        owner.map { $0 == text.digest.owner?.id ?? "" } ?? true
      }
      switch common.format {
      case .table:
        if digests.isEmpty { Output.line("Nothing to tell.") }
        for (index, text) in digests.enumerated() {
          if index > 0 { Output.line("") }
          Output.line("To: \(text.recipient(session) ?? "nobody: there is no [digest]")")
          Output.line("Subject: \(text.subject.printable)\n")
          Output.text(text.text)
        }
      case .json, .csv:
        var listing = Listing(
          [], names: ["owner", "day", "to", "subject", "text", "going_out", "tasks", "went_out"], empty: "")
        listing.rows = digests.map { text in
          Listing.Row(
            [],
            [
              ("owner", text.digest.owner.map { .string($0.id) } ?? .null),
              ("day", .day(text.digest.day)),
              ("to", text.recipient(session).map(JSONValue.string) ?? .null),
              ("subject", .string(text.subject)), ("text", .string(text.text)),
              ("going_out", .int(text.digest.goingOut.count)), ("tasks", .int(text.digest.tasks.count)),
              ("went_out", .int(text.digest.made.count)),
            ])
        }
        session.show(listing)
      }
    }
  }
}

extension DigestText {
  fileprivate func recipient(_ session: Session) -> String? {
    guard let settings = session.site.configuration.digest else { return nil }
    return digest.owner?.email ?? settings.to.address
  }
}

extension Session {
  /// What each person is to be told now, those left out who have nothing to hear.
  ///
  /// - Parameter since: tells what went out after it; nil is the start of the working day before.
  func digests(since: LocalTime?) throws(CommandFailure) -> [DigestText] {
    let ledger = try ledger()
    let reading = try journalReading()
    let history = try history()
    let zone = policy.company.zone
    let today = zone.day(now)
    let tasks = StaffTasks.all(verdict(ledger, history), history, ledger.books.customers, policy, now: now) {
      id($0, history)
    }
    let forecast = Forecast(
      ledger.books, history, policy, from: now, ledgerAge: ledger.age, days: 1, cycles: cycleTimes)
    let before = policy.contactDays(in: policy.company.country).last(onOrBefore: today - 1) ?? today - 1
    let begin = since?.instant(in: zone) ?? zone.instant(day: before, time: .midnight)
    let names = Dictionary(ledger.books.customers.map { ($0.id, $0.name) }) { first, _ in first }
    let head = reading.head.map { (seq: $0.seq, digest: $0.digest) }
    return StaffDigest.all(
      forecast.entries, tasks, try made(since: begin, history), ledger.books.customers, policy, day: today
    ).map { digest in
      DigestText(
        digest: digest, customers: names, zone: zone, overdueDays: site.configuration.digest?.overdueDays ?? 3,
        since: zone.day(begin), head: head)
    }
  }

  /// Each contact once, by its last attempt.
  private func made(since begin: Instant, _ history: ContactHistory) throws(CommandFailure) -> [StaffDigest.Made] {
    var found: [String: (seq: Int, contact: IntendedContact)] = [:]
    try search(JournalSearch(since: begin)) { entry, _ in
      guard entry.time >= begin, entry.time <= now, case .contactIntended(let contact) = entry.event else { return }
      found[contact.contact] = (entry.seq, contact)
    }
    return found.values.sorted { $0.seq < $1.seq }.map(\.contact).compactMap { contact in
      history.contact(contact.contact, of: contact.customer).map {
        StaffDigest.Made(contact: contact, standing: $0.standing)
      }
    }
  }
}
