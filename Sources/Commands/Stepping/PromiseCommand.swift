import ArgumentParser
import Decisions
import Letters
import Units

struct PromiseCommand: Intervening {
  static let configuration = CommandConfiguration(
    commandName: "promise",
    abstract: "Records that a customer promised to pay, and rests what it is about until then.",
    discussion: """
      The invoices rest until the day and `[promise] grace` have passed. What
      comes in is seen in the ledger: the promise is recorded as kept, partly
      kept or broken. A broken one lets the invoices go on where they stood,
      after `resume_after`, or at the schedule's `on_broken_promise`; after a
      second one the next notice waits for a person.

      Without --amount all that is open is promised. A customer's promise covers
      the oldest invoices, up to its amount.

      Examples:
        dunningd promise K-7 --amount "400.00 EUR" --by 2026-04-15
        dunningd promise R-1042 R-1043 --by 2026-04-15 --reason "Ms Berger, by phone"
        dunningd promise promise-4k2m9q0r --withdraw --reason "misheard"
      """)
  static let authorOption = "--recorded-by"

  @OptionGroup var common: CommonOptions
  @OptionGroup var asOf: AsOfOption
  @OptionGroup var author: RecorderOption

  @Argument(help: ArgumentHelp("A customer, invoices, or a promise's id.", valueName: "customer|invoice|id"))
  var names: [String]

  @Option(help: ArgumentHelp("What is promised, such as \"100.00 EUR\".", valueName: "amount"))
  var amount: String?

  @Option(help: ArgumentHelp("The day to pay by.", valueName: "date"))
  var by: Day?

  @Option(help: ArgumentHelp("Who promised, and how; or why it is withdrawn.", valueName: "text"))
  var reason: String?

  @Flag(help: "Ends the promise: it was none.")
  var withdraw = false

  func validate() throws {
    if withdraw, by != nil || amount != nil { throw ValidationError("--withdraw takes neither --by nor --amount") }
    if withdraw, reason?.isBlank ?? true { throw ValidationError("--withdraw needs --reason TEXT") }
    if !withdraw, by == nil { throw ValidationError("a promise needs --by DATE, the day to pay by") }
  }

  func run() throws {
    try reporting {
      let step = try Intervention(common, asOf)
      if withdraw { return try step.withdraw(.promise, names, by: author.author, reason: reason) }
      guard let by else { return }
      let amount = try amount.map { text throws(CommandFailure) in try Money.option("--amount", text) }
      let scopes = try step.scopes(of: names)
      let rest = try step.pledge(scopes, by: author.author, reason: reason) { pledging throws(Pledging.Refusal) in
        try pledging.promise(amount: amount, by: by)
      }
      try step.record(
        [.restPlaced(rest)],
        done: "Promised: \(rest.amount.map(\.description) ?? "payment") by \(by) (\(rest.id)).", about: rest.itemScopes)
    }
  }
}

extension Intervention {
  /// A promise or plan that makes sense today, with its id.
  func pledge(
    _ scopes: [Scope], by author: String, reason: String?,
    _ make: (Pledging) throws(Pledging.Refusal) -> Rest
  ) throws(CommandFailure) -> Rest {
    do throws(Pledging.Refusal) {
      let pledging = try Pledging(
        session.verdict(ledger, history).decisions, of: scopes, in: ledger.books, now: session.now, today: today)
      var rest = try make(pledging)
      rest.by = author
      rest.text = reason
      rest.id = RestID.of(rest, instance: history.instance, at: session.now)
      return rest
    } catch {
      throw CommandFailure(.usage, "\(error); nothing was recorded")
    }
  }

  /// Ends promises or plans by a counter-record: those of that id, or all in force that cover what is named.
  func withdraw(_ kind: Rest.Kind, _ names: [String], by author: String, reason: String?) throws(CommandFailure) {
    var found: [Rest] = []
    for name in names {
      let meant = try placed(kind, name)
      guard !meant.isEmpty else {
        throw CommandFailure(.data, "there is no \(kind.rawValue) in force on \(name): nothing was recorded")
      }
      found += meant.filter { rest in !found.contains { $0.id == rest.id } }
    }
    let events = found.map { rest in
      HistoryEvent.restEnded(
        RestEnd(kind: kind, scope: rest.scope, id: rest.id, by: author, outcome: "withdrawn", text: reason))
    }
    try record(
      events, done: "Withdrawn: " + found.map(\.id).joined(separator: ", ") + ".", about: found.flatMap(\.itemScopes))
  }

  /// In force, by id or by what they cover.
  func placed(_ kind: Rest.Kind, _ name: String) throws(CommandFailure) -> [Rest] {
    if name.hasPrefix(kind.rawValue + "-") { return placed(kind).filter { $0.id == name } }
    return placed(kind, on: try session.scope(of: name, ledger, history))
  }

  private func placed(_ kind: Rest.Kind) -> [Rest] {
    history.restingScopes.sorted().flatMap { history.rests[$0] ?? [] }
      .filter { $0.ended == nil && $0.rest.kind == kind && !$0.rest.id.isEmpty }.map(\.rest)
  }

  /// In force, on what the scope covers.
  func placed(_ kind: Rest.Kind, on scope: Scope) -> [Rest] {
    placed(kind).filter { rest in
      switch scope {
      case .customer(let id): rest.scope.customer == id || rest.items.contains { $0.key.customer == id }
      case .invoice: rest.items.contains { scope.covers($0.key, payer: $0.key.customer) }
      }
    }
  }
}

extension Rest {
  /// The invoices that it is about; its own scope where it names none.
  var itemScopes: [Scope] {
    var scopes: [Scope] = []
    for item in items {
      let scope = Scope.invoice(customer: item.key.customer, number: item.key.number)
      if !scopes.contains(scope) { scopes.append(scope) }
    }
    return scopes.isEmpty ? [scope] : scopes
  }
}

extension Money {
  /// - Throws: that the option's text is no amount above zero.
  static func option(_ name: String, _ text: String) throws(CommandFailure) -> Money {
    guard let amount = Money(text: text), amount.isPositive else {
      throw CommandFailure(.usage, "\(name): found \"\(text)\", expected an amount such as \"120.00 EUR\"")
    }
    return amount
  }
}
