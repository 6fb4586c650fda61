import ArgumentParser
import Decisions
import Units

struct HoldCommand: Intervening {
  static let configuration = CommandConfiguration(
    commandName: "hold",
    abstract: "Rests a customer or an invoice: no contact while the hold lasts.",
    discussion: """
      Examples:
        dunningd hold K-7 --reason "key account, ask Ms Berger first"
        dunningd hold R-1042 --until 2026-04-15 --reason "will pay then"
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var asOf: AsOfOption
  @OptionGroup var by: AuthorOption

  @Argument(help: ArgumentHelp("Customers and invoices.", valueName: "customer|invoice"))
  var names: [String]

  @Option(help: ArgumentHelp("Why.", valueName: "text"))
  var reason: String

  @Option(help: ArgumentHelp("The last day of the hold; without it, it lasts until it is released.", valueName: "date"))
  var until: Day?

  func validate() throws {
    if reason.isBlank { throw ValidationError("a hold needs --reason TEXT") }
  }

  func run() throws {
    try reporting {
      let step = try Intervention(common, asOf)
      try step.refuse(pastDay: until)
      let scopes = try step.scopes(of: names)
      let events = scopes.map { scope in
        HistoryEvent.restPlaced(Rest(kind: .hold, scope: scope, until: until, by: by.author, text: reason))
      }
      try step.record(
        events,
        done: "On hold\(until.map { " until \($0)" } ?? ""): " + scopes.map(\.words).joined(separator: ", ") + ".",
        about: scopes)
    }
  }
}

struct ReleaseCommand: Intervening {
  static let configuration = CommandConfiguration(
    commandName: "release",
    abstract: "Ends the hold on a customer or an invoice.",
    discussion: """
      Nothing is sent at once: contacts go on after `resume_after` banking days,
      from where the invoice stood.

      Example:
        dunningd release K-7 --reason "spoke to the customer"
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var asOf: AsOfOption
  @OptionGroup var by: AuthorOption

  @Argument(help: ArgumentHelp("Customers and invoices.", valueName: "customer|invoice"))
  var names: [String]

  @Option(help: ArgumentHelp("Why.", valueName: "text"))
  var reason: String?

  func run() throws {
    try reporting {
      let step = try Intervention(common, asOf)
      let scopes = try step.scopes(of: names)
      for scope in scopes where !step.isResting(.hold, scope) {
        throw CommandFailure(
          .data, "there is no hold on \(scope.words): nothing was recorded. `dunningd explain` says what rests it")
      }
      let events = scopes.map { scope in
        HistoryEvent.restEnded(kind: .hold, scope: scope, by: by.author, outcome: nil, text: reason)
      }
      try step.record(
        events, done: "Released: " + scopes.map(\.words).joined(separator: ", ") + ".", about: scopes)
    }
  }
}

extension Intervention {
  func isResting(_ kind: Rest.Kind, _ scope: Scope) -> Bool {
    (history.rests[scope] ?? []).contains { $0.rest.kind == kind && $0.ended == nil }
  }

  /// A part that is contested lies within what is open, in its currency.
  func refuse(_ contested: Money, on scope: Scope) throws(CommandFailure) {
    let covered = session.verdict(ledger, history).decisions.filter { scope.covers($0.key, payer: $0.payer) }
    let open = covered.compactMap(\.open).filter { $0.currency == contested.currency && $0.isPositive }
    guard let most = open.max(by: { $0.minor < $1.minor }) else {
      throw CommandFailure(
        .usage,
        "--amount \(contested): nothing is open in \(contested.currency) on \(scope.words); nothing was recorded")
    }
    if contested > most {
      throw CommandFailure(
        .usage, "--amount \(contested) is more than is open on \(scope.words), \(most); nothing was recorded")
    }
  }

  /// An end that has passed already would rest nothing.
  func refuse(pastDay day: Day?, option: String = "--until") throws(CommandFailure) {
    if let day, day < today {
      throw CommandFailure(.usage, "\(option) \(day) has passed (today is \(today)): nothing was recorded")
    }
  }
}
