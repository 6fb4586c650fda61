import ArgumentParser
import Decisions
import Glibc
import Storage
import Units

/// Who steps in.
struct AuthorOption: ParsableArguments {
  @Option(
    name: .customLong("by"), help: ArgumentHelp("Who says so; else the user who runs the command.", valueName: "name"))
  var name: String?

  var author: String { AuthorOption.author(name) }

  /// - Parameter name: as it was given; nil is whoever calls.
  static func author(_ name: String?) -> String { name ?? caller ?? user }

  /// Set by the daemon for the process that serves a caller: who that is.
  static let callerVariable = "DUNNINGD_CALLER"
  static var caller: String? { getenv(callerVariable).map { String(cString: $0) } }

  /// The person behind sudo, or the user of the process.
  static var user: String {
    if getuid() == 0, let sudo = getenv("SUDO_USER"), sudo.pointee != 0 { return String(cString: sudo) }
    guard let entry = getpwuid(getuid()) else { return "uid \(getuid())" }
    return String(cString: entry.pointee.pw_name)
  }
}

/// Who steps in, where `--by` is a day.
struct RecorderOption: ParsableArguments {
  @Option(
    name: .customLong("recorded-by"),
    help: ArgumentHelp("Who says so; else the user who runs the command.", valueName: "name"))
  var name: String?

  var author: String { AuthorOption.author(name) }
}

/// A command by which a person steps in: where a daemon runs, it goes through that.
protocol Intervening: ParsableCommand {
  var common: CommonOptions { get }
  /// How it is told who speaks.
  static var authorOption: String { get }
  /// False where it only looks: then it is done here.
  var isIntervention: Bool { get }
}

extension Intervening {
  var isIntervention: Bool { true }
  static var authorOption: String { "--by" }
}

/// Records what a person decided, then says what will happen next and when.
struct Intervention {
  let session: Session
  let ledger: Session.Ledger
  let history: ContactHistory
  /// From before the history was read until something is recorded; nil for who only looks.
  private let lock: (any HeldLock)?

  /// - Parameter isLook: nothing is going to be recorded.
  init(_ common: CommonOptions, _ asOf: AsOfOption, isLook: Bool = false) throws(CommandFailure) {
    session = try Session(common, asOf: asOf.time)
    ledger = try session.ledger()
    lock = isLook ? nil : try session.lockForPeople()
    history = try session.history()
  }

  /// The company's day, on which people say what they say.
  var today: Day { session.policy.company.zone.day(session.now) }

  func scopes(of names: [String]) throws(CommandFailure) -> [Scope] {
    var scopes: [Scope] = []
    for name in names {
      let scope = try session.scope(of: name, ledger, history)
      if !scopes.contains(scope) { scopes.append(scope) }
    }
    return scopes
  }

  /// Writes the records, all or none, and reports: only then, since whoever reads along may take his time.
  ///
  /// - Parameter list: what it was about, for people.
  func record(
    _ events: [HistoryEvent], done: String, about scopes: [Scope], list: Listing? = nil
  ) throws(CommandFailure) {
    let after = try append(events)
    switch session.common.format {
    case .table:
      if let list { session.show(list) }
      Output.line(done.printable)
      for line in next(scopes, after) { Output.line("  " + line.printable) }
    case .json:
      for decision in decisions(scopes, after) { Output.line(JSONObject(decision.fields(at: session.now)).text) }
    case .csv:
      var listing = Listing([], empty: "")
      listing.rows = decisions(scopes, after).map { Listing.Row([], $0.fields(at: session.now)) }
      session.show(listing)
    }
  }

  /// Writes the records, all or none; the history as it is then.
  func append(_ events: [HistoryEvent]) throws(CommandFailure) -> ContactHistory {
    defer { lock?.release() }
    return try session.append(events)
  }

  private func decisions(_ scopes: [Scope], _ history: ContactHistory) -> [Decision] {
    session.verdict(ledger, history).decisions.filter { decision in
      decision.reason != .settled && scopes.contains { $0.covers(decision.key, payer: decision.payer) }
    }
  }

  private func next(_ scopes: [Scope], _ history: ContactHistory) -> [String] {
    let all = decisions(scopes, history)
    let shown = all.prefix(10).map { decision in
      decision.sentence + (decision.until.map { " Next: \($0.words(in: session.policy.company.zone))." } ?? "")
    }
    return shown + (all.count > 10 ? ["… and \(all.count - 10) more invoices"] : [])
  }
}
