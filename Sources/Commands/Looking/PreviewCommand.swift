import ArgumentParser
import Daemon
import Decisions
import Letters
import Storage
import Units

struct PreviewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "preview",
    abstract: "Shows every contact that would happen, by day.",
    discussion: """
      Nothing is sent and nothing is written. Contacts that wait for a person's
      word are shown with what they wait for. What customers will pay meanwhile is
      not known, so the later days show the most that can happen.

      Examples:
        dunningd preview --days 30
        dunningd preview --days 0                 what would go right now
        dunningd preview --against new.toml       what a change changes
        dunningd preview --days 7 --render DIR    the messages, as .eml, .html, .json
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var asOf: AsOfOption

  @Option(help: ArgumentHelp("Days after today; 0 looks at this moment only.", valueName: "number"))
  var days = 30

  @Option(help: ArgumentHelp("Another configuration: shows what it would change.", valueName: "file"))
  var against: String?

  @Option(help: ArgumentHelp("A folder to write the messages into.", valueName: "dir"))
  var render: String?

  func validate() throws {
    guard (0...400).contains(days) else { throw ValidationError("--days takes a number from 0 to 400") }
    if against != nil, render != nil { throw ValidationError("--against and --render do not go together") }
  }

  func run() throws {
    try reporting {
      let session = try Session(common, asOf: asOf.time)
      let ledger = try session.ledger()
      let history = try session.history()
      let entries = forecast(session, ledger, history)
      if let against {
        let other = try Session(site: Session.site(against), common, asOf: asOf.time)
        return session.show(differences(from: entries, to: forecast(other, try other.ledger(), history), session))
      }
      var listing = Listing.contacts(empty: emptyWords)
      for entry in entries {
        listing.add(
          entry.contact, at: entry.at, zone: session.zone(of: entry.contact), id: session.id(entry.contact, history))
      }
      if let render { try write(entries, into: render, session, ledger, history) }
      session.show(listing)
      session.warn(about: ledger)
    }
  }

  private var emptyWords: String {
    days == 0 ? "No contact is due now. `dunningd explain CUSTOMER` says why." : "No contact in the next \(days) days."
  }

  private func forecast(_ session: Session, _ ledger: Session.Ledger, _ history: ContactHistory) -> [Forecast.Entry] {
    Forecast(
      ledger.books, history, session.policy, from: session.now, ledgerAge: ledger.age, days: days,
      cycles: session.cycleTimes
    ).entries
  }

  // MARK: - Comparing

  /// What is in one forecast and not in the other, by day; a step that only moves shows on both days.
  private func differences(
    from old: [Forecast.Entry], to new: [Forecast.Entry], _ session: Session
  ) -> Listing {
    struct Key: Hashable {
      let day: Day
      let payer: String
      let currency: Currency
      let step: String
      let level: Int
      let items: [String]
    }
    func key(_ entry: Forecast.Entry) -> Key {
      let contact = entry.contact
      return Key(
        day: contact.day, payer: contact.payer.id, currency: contact.currency, step: contact.step.name,
        level: contact.step.level, items: contact.advancing.map { $0.key.number + "/" + $0.key.item })
    }
    let oldKeys = Set(old.map(key))
    let newKeys = Set(new.map(key))
    let changes =
      old.filter { !newKeys.contains(key($0)) }.map { ("removed", $0) }
      + new.filter { !oldKeys.contains(key($0)) }.map { ("added", $0) }
    var listing = Listing.contacts(
      tellsChange: true, empty: "The two configurations do the same in these \(days) days.")
    let sorted = changes.sorted { a, b in
      (a.1.contact.day, a.1.contact.payer.id, a.0) < (b.1.contact.day, b.1.contact.payer.id, b.0)
    }
    for (change, entry) in sorted {
      listing.add(entry.contact, at: entry.at, zone: session.zone(of: entry.contact), id: "", change: change)
    }
    return listing
  }

  // MARK: - Rendering

  /// One file a message: `2026-03-07-K-7-first-a1b2….eml`, `.html` for a letter, `.json` for a webhook.
  private func write(
    _ entries: [Forecast.Entry], into folder: String, _ session: Session, _ ledger: Session.Ledger,
    _ history: ContactHistory
  ) throws(CommandFailure) {
    let composer = try session.composer(ledger)
    for entry in entries {
      let id = session.id(entry.contact, history)
      let isMail = entry.contact.channel == .email
      let attachments = isMail ? try session.attachments(of: entry.contact) : []
      let letter: Letter
      let ending: String
      do throws(LetterError) {
        switch entry.contact.channel {
        case .email:
          letter = try composer.compose(
            entry.contact, id: id, instance: history.instance, at: entry.at,
            offsetSeconds: session.policy.company.zone.offset(at: entry.at), attachments: attachments)
          ending = ".eml"
        case .letter:
          letter = try composer.page(entry.contact, id: id)
          ending = ".html"
        case .webhook:
          letter = try composer.webhook(entry.contact, id: id, at: entry.at)
          ending = ".json"
        case .call, .statement, .handover: continue
        }
      } catch {
        throw CommandFailure(.configuration, "the message for \(entry.contact.payer.id): \(error)")
      }
      let name = [entry.contact.day.description, entry.contact.payer.id, entry.contact.step.name, id]
        .map(\.fileName).joined(separator: "-")
      try session.write(letter.bytes, into: folder, as: name + ending)
    }
  }
}
