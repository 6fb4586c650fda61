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

struct DisputeCommand: Intervening {
  static let configuration = CommandConfiguration(
    commandName: "dispute",
    abstract: "Rests an invoice that the customer contests, or closes the dispute.",
    discussion: """
      The undisputed part goes on when an amount is given.

      Examples:
        dunningd dispute R-1042 --reason "two pieces missing" --amount "120.00 EUR"
        dunningd dispute R-1042 --close --outcome rejected --reason "signed for"
      """)

  enum Outcome: String, CaseIterable, ExpressibleByArgument { case accepted, rejected }

  @OptionGroup var common: CommonOptions
  @OptionGroup var asOf: AsOfOption
  @OptionGroup var by: AuthorOption

  @Argument(help: ArgumentHelp("Invoices; a customer for all of its invoices.", valueName: "customer|invoice"))
  var names: [String]

  @Option(help: ArgumentHelp("What is contested, or why it is closed.", valueName: "text"))
  var reason: String?

  @Option(help: ArgumentHelp("The contested part, such as \"120.00 EUR\"; without it, all of it.", valueName: "amount"))
  var amount: String?

  @Option(help: ArgumentHelp("The last day; without it, it lasts until it is closed.", valueName: "date"))
  var until: Day?

  @Flag(help: "Closes the dispute.")
  var close = false

  @Option(help: ArgumentHelp("How it ended: accepted or rejected.", valueName: "outcome"))
  var outcome: Outcome?

  func validate() throws {
    if close, amount != nil || until != nil { throw ValidationError("--close takes neither --amount nor --until") }
    if !close, outcome != nil { throw ValidationError("--outcome goes with --close") }
    if close, outcome == nil { throw ValidationError("--close needs --outcome accepted or --outcome rejected") }
    if !close, reason?.isBlank ?? true { throw ValidationError("a dispute needs --reason TEXT") }
  }

  func run() throws {
    try reporting {
      let step = try Intervention(common, asOf)
      let scopes = try step.scopes(of: names)
      let words = scopes.map(\.words).joined(separator: ", ")
      if close {
        for scope in scopes where !step.isResting(.dispute, scope) {
          throw CommandFailure(.data, "there is no dispute on \(scope.words): nothing was recorded")
        }
        let events = scopes.map { scope in
          HistoryEvent.restEnded(
            kind: .dispute, scope: scope, by: by.author, outcome: outcome?.rawValue, text: reason)
        }
        return try step.record(events, done: "Dispute closed: \(words).", about: scopes)
      }
      try step.refuse(pastDay: until)
      let contested = try amount.map { text throws(CommandFailure) in try DisputeCommand.amount(text) }
      if let contested { for scope in scopes { try step.refuse(contested, on: scope) } }
      let events = scopes.map { scope in
        HistoryEvent.restPlaced(
          Rest(kind: .dispute, scope: scope, amount: contested, until: until, by: by.author, text: reason))
      }
      try step.record(events, done: "Disputed: \(words).", about: scopes)
    }
  }

  private static func amount(_ text: String) throws(CommandFailure) -> Money {
    guard let amount = Money(text: text), amount.isPositive else {
      throw CommandFailure(.usage, "--amount: found \"\(text)\", expected an amount such as \"120.00 EUR\"")
    }
    return amount
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
  func refuse(pastDay day: Day?) throws(CommandFailure) {
    let today = session.policy.company.zone.day(session.now)
    if let day, day < today {
      throw CommandFailure(.usage, "--until \(day) has passed (today is \(today)): nothing was recorded")
    }
  }
}
