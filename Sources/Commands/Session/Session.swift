import ArgumentParser
import Daemon
import Decisions
import Journal
import Ledger
import Letters
import Settings
import Storage
import Units

/// What a command works on: the loaded site, the moment, and the output. Ledger and journal are read when asked for.
struct Session {
  let site: Site
  let common: CommonOptions
  /// The moment that is decided and recorded for: really now, or `--as-of`.
  let now: Instant
  /// Whether `--as-of` froze the clock.
  let isFrozen: Bool

  var policy: Policy { site.policy }

  /// The ledger as it was read, and how old it is.
  struct Ledger {
    let books: Books
    let age: Span
    /// What a person should look at; bad rows among it.
    let warnings: [String]
  }

  /// - Parameter asOf: the moment to look and decide for; nil is really now.
  init(_ common: CommonOptions, asOf: LocalTime? = nil) throws(CommandFailure) {
    self.init(site: try Session.site(common.config), common, asOf: asOf)
  }

  init(site: Site, _ common: CommonOptions, asOf: LocalTime? = nil) {
    self.site = site
    self.common = common
    isFrozen = asOf != nil
    now = asOf?.instant(in: site.policy.company.zone) ?? Clock.real.now()
  }

  static func site(_ file: String) throws(CommandFailure) -> Site {
    do throws(Site.Fault) {
      return try Site.load(file)
    } catch {
      throw CommandFailure(.configuration, error.description)
    }
  }

  /// Times at which cycles run; empty when they run all day long.
  var cycleTimes: [ClockTime] {
    if case .at(let times) = site.configuration.cycle.timing { times } else { [] }
  }

  // MARK: - Reading

  func ledger() throws(CommandFailure) -> Ledger {
    let snapshot: LedgerFolder.Snapshot
    do throws(LedgerFolder.Fault) {
      snapshot = try LedgerFolder(site.configuration.ledger, zones: site.zones)
        .read(lastRowCounts: LedgerState(state).rowCounts)
    } catch {
      throw CommandFailure(.data, error.description)
    }
    let ledger = snapshot.ledger
    let age = Clock.real.now() - ledger.books.modified
    return Ledger(
      books: ledger.books, age: age,
      warnings: [policy.freshness.staleness(age)].compactMap(\.self) + ledger.warnings.map(\.description)
        + ledger.books.badRows.map { "\($0.description): it rests" })
  }

  func verdict(_ ledger: Ledger, _ history: ContactHistory) -> Verdict {
    let verdict = decide(ledger.books, history, policy, now: now, ledgerAge: ledger.age)
    // The daemon sends nothing on such a history; who looks is told not to believe what is shown.
    if let fault = history.fault { Output.error("dunningd: what follows is not complete:\n" + fault) }
    return verdict
  }

  func scope(of name: String, _ ledger: Ledger, _ history: ContactHistory) throws(CommandFailure) -> Scope {
    do throws(TargetFinder.Fault) {
      return try TargetFinder(
        ledger.books, known: TargetFinder.numbers(in: name).flatMap(history.items(ofInvoice:)),
        payers: TargetFinder.customers(in: name).filter { history.payers[$0] != nil }
      ).scope(of: name)
    } catch {
      let rows = ledger.books.badRows
      guard case .unknown = error, let first = rows.first else { throw CommandFailure(.usage, error.description) }
      let count = rows.count == 1 ? "a row that cannot be read" : "\(rows.count) rows that cannot be read"
      throw CommandFailure(
        .usage, error.description + "; it may stand in \(count), such as \(first.place): `dunningd check` names them")
    }
  }

  // MARK: - Messages

  func zone(of contact: PlannedContact) -> Zone { contact.payer.zone ?? policy.company.zone }

  func id(_ contact: PlannedContact, _ history: ContactHistory) -> String {
    if case .letterOpen(let letter) = contact.waitsFor { return letter }
    return contact.id(instance: history.instance)
  }

  /// Says on standard error what in the ledger a person should look at.
  func warn(about ledger: Ledger) {
    for warning in ledger.warnings.prefix(20) { Output.error("warning: " + warning) }
    if ledger.warnings.count > 20 {
      Output.error("warning: … and \(ledger.warnings.count - 20) more; `dunningd check` lists all")
    }
  }

  func show(_ listing: Listing) { Output.text(listing.text(common.format, common.terminal)) }
}
