import ArgumentParser
import Decisions
import Units

struct DisputeCommand: Intervening {
  static let configuration = CommandConfiguration(
    commandName: "dispute",
    abstract: "Rests an invoice that the customer contests, or closes the dispute.",
    discussion: """
      The undisputed part goes on when an amount is given. A dispute that is
      past its --deadline is a task for its owner. An accepted one is not asked
      for again: it waits for the credit note. A rejected one goes on after
      `resume_after`, or once the new day to pay by of --deadline has passed.

      Examples:
        dunningd dispute R-1042 --reason "two pieces missing" --amount "120.00 EUR" --owner maria --deadline 2026-04-10
        dunningd dispute R-1042 --close --outcome rejected --reason "signed for" --deadline 2026-04-20
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

  @Option(help: ArgumentHelp("Who is to settle it.", valueName: "id"))
  var owner: String?

  @Option(
    help: ArgumentHelp(
      "The day by which it is to be settled; with --close the customer's new day to pay by.", valueName: "date"))
  var deadline: Day?

  @Flag(help: "Closes the dispute.")
  var close = false

  @Option(help: ArgumentHelp("How it ended: accepted or rejected.", valueName: "outcome"))
  var outcome: Outcome?

  func validate() throws {
    if close, amount != nil || until != nil || owner != nil {
      throw ValidationError("--close takes neither --amount, --until nor --owner")
    }
    if !close, outcome != nil { throw ValidationError("--outcome goes with --close") }
    if close, outcome == nil { throw ValidationError("--close needs --outcome accepted or --outcome rejected") }
    if outcome == .accepted, deadline != nil { throw ValidationError("--deadline goes with --outcome rejected") }
    if !close, reason?.isBlank ?? true { throw ValidationError("a dispute needs --reason TEXT") }
  }

  func run() throws {
    try reporting {
      let step = try Intervention(common, asOf)
      let scopes = try step.scopes(of: names)
      try step.refuse(pastDay: deadline, option: "--deadline")
      if close { return try closed(scopes, step) }
      try step.refuse(pastDay: until)
      let contested = try amount.map { text throws(CommandFailure) in try Money.option("--amount", text) }
      for scope in scopes {
        guard let contested else { break }
        if case .customer = scope {
          throw CommandFailure(
            .usage, "--amount is about one invoice, and \(scope.words) may have several: name it; nothing was recorded")
        }
        try step.refuse(contested, on: scope)
      }
      let events = scopes.map { scope in
        // Of a customer all invoices are meant, later ones too.
        var items: [ListedItem] = []
        if case .invoice = scope { items = step.openItems(scope) }
        return HistoryEvent.restPlaced(
          Rest(
            kind: .dispute, scope: scope, items: items, amount: contested, until: until, owner: owner,
            deadline: deadline, by: by.author, text: reason))
      }
      try step.record(
        events, done: "Disputed: " + scopes.map(\.words).joined(separator: ", ") + ".", about: scopes)
    }
  }

  private func closed(_ scopes: [Scope], _ step: Intervention) throws(CommandFailure) {
    var ends: [RestEnd] = []
    for scope in scopes {
      var end = RestEnd(
        kind: .dispute, scope: scope, by: by.author, outcome: outcome?.rawValue, until: deadline, text: reason)
      if case .customer = scope, outcome == .accepted {
        throw CommandFailure(
          .usage,
          "--outcome accepted takes invoices: what is not owed of \(scope.words) must be named; nothing was recorded")
      }
      // One that was accepted by mistake can be rejected after all.
      let isAccepted = (step.history.rests[scope] ?? []).contains {
        $0.rest.kind == .dispute && $0.end?.outcome == "accepted"
      }
      if step.isResting(.dispute, scope) || isAccepted && outcome == .rejected {
        ends.append(end)
        continue
      }
      let others = step.placed(.dispute, on: scope)
      guard !others.isEmpty else {
        throw CommandFailure(.data, "there is no dispute on \(scope.words): nothing was recorded")
      }
      for other in others {
        let unnamed = other.itemScopes.filter { !scopes.contains($0) }
        guard unnamed.isEmpty else {
          throw CommandFailure(
            .usage,
            "that dispute is about \(unnamed.map(\.words).joined(separator: ", ")), too: name all of its invoices; "
              + "nothing was recorded")
        }
        end.scope = other.scope
        end.id = other.id
        if !ends.contains(end) { ends.append(end) }
      }
    }
    try step.record(
      ends.map(HistoryEvent.restEnded), done: "Dispute closed: \(scopes.map(\.words).joined(separator: ", ")).",
      about: scopes)
  }
}
