import ArgumentParser
import Decisions
import Ledger
import Letters
import Units

struct CallCommand: Intervening {
  static let configuration = CommandConfiguration(
    commandName: "call",
    abstract: "Records a call to a customer, and what came of it.",
    discussion: """
      Where a call step is due, it is done once somebody was reached. `promised`
      makes the promise and `disputed` the dispute in the same record; both are
      about the invoices of the call, or those of --invoice.

      Examples:
        dunningd call K-7 --outcome no-answer
        dunningd call K-7 --outcome promised --by 2026-04-15 --note "Ms Berger"
        dunningd call K-7 --outcome disputed --invoice R-1042 --note "damaged"
      """)
  static let authorOption = "--recorded-by"

  @OptionGroup var common: CommonOptions
  @OptionGroup var asOf: AsOfOption
  @OptionGroup var author: RecorderOption

  @Argument(help: ArgumentHelp("The customer who was called.", valueName: "customer"))
  var customer: String

  @Option(help: ArgumentHelp("reached, no-answer, wrong-number, promised, disputed or refused.", valueName: "outcome"))
  var outcome: LoggedCall.Outcome

  @Option(help: ArgumentHelp("What was said.", valueName: "text"))
  var note: String?

  @Option(help: ArgumentHelp("What is promised or contested, such as \"100.00 EUR\".", valueName: "amount"))
  var amount: String?

  @Option(help: ArgumentHelp("The day to pay by that was promised.", valueName: "date"))
  var by: Day?

  @Option(help: ArgumentHelp("An invoice that it was about; again for each.", valueName: "invoice"))
  var invoice: [String] = []

  func validate() throws {
    if outcome == .promised, by == nil {
      throw ValidationError("--outcome promised needs --by DATE, the day to pay by")
    }
    if outcome != .promised, by != nil { throw ValidationError("--by goes with --outcome promised") }
    if outcome != .promised, outcome != .disputed, amount != nil {
      throw ValidationError("--amount goes with --outcome promised or disputed")
    }
    if outcome == .disputed, note?.isBlank ?? true { throw ValidationError("--outcome disputed needs --note TEXT") }
  }

  func run() throws {
    try reporting {
      let step = try Intervention(common, asOf)
      guard case .customer(let id) = try step.session.scope(of: customer, step.ledger, step.history) else {
        throw CommandFailure(.usage, "\"\(customer)\" is an invoice: name the customer who was called")
      }
      let verdict = step.session.verdict(step.ledger, step.history)
      let payer = step.ledger.books.customers.first { $0.id == id }?.payer ?? id
      let due = verdict.tasks.filter { $0.channel == .call && $0.payer.id == payer }
      let rest = try rest(id, due, step)
      var calls = (outcome.isDone ? due : []).map { contact in
        LoggedCall(
          customer: id, outcome: outcome, contact: step.intended(contact), by: author.author, text: note)
      }
      if calls.isEmpty { calls = [LoggedCall(customer: id, outcome: outcome, by: author.author, text: note)] }
      calls[0].rest = rest
      let done = "Call to \(id): \(outcome.rawValue)" + (rest.map { ", \($0.words)" } ?? "") + "."
      try step.record(calls.map(HistoryEvent.callLogged), done: done, about: [.customer(id)])
    }
  }

  private func rest(_ id: String, _ due: [PlannedContact], _ step: Intervention) throws(CommandFailure) -> Rest? {
    let amount = try amount.map { text throws(CommandFailure) in try Money.option("--amount", text) }
    var scopes = try step.scopes(of: invoice)
    if scopes.isEmpty {
      let keys = due.flatMap { $0.listed.map(\.invoice.key) }
      for key in keys {
        let scope = Scope.invoice(customer: key.customer, number: key.number)
        if !scopes.contains(scope) { scopes.append(scope) }
      }
    }
    switch outcome {
    case .promised:
      guard let by else { return nil }
      return try step.pledge(scopes.isEmpty ? [.customer(id)] : scopes, by: author.author, reason: note) {
        pledging throws(Pledging.Refusal) in try pledging.promise(amount: amount, by: by)
      }
    case .disputed:
      guard !scopes.isEmpty else {
        throw CommandFailure(
          .usage, "no call is due at \(id): name what is disputed with --invoice; nothing was recorded")
      }
      return try step.dispute(scopes, of: id, amount: amount, by: author.author, reason: note)
    case .reached, .noAnswer, .wrongNumber, .refused: return nil
    }
  }
}

extension LoggedCall.Outcome: ExpressibleByArgument {}

extension Intervention {
  func intended(_ contact: PlannedContact) -> IntendedContact {
    let id = session.id(contact, history)
    return contact.intended(
      as: id, attempt: (history.contact(id)?.attempt ?? 0) + 1, messageID: "", sha256: "", policy: session.policy.hash)
  }

  /// One dispute about all of these invoices, with what is open on each.
  func dispute(
    _ scopes: [Scope], of customer: String, amount: Money?, by author: String, reason: String?
  ) throws(CommandFailure) -> Rest {
    if let amount {
      guard scopes.count == 1 else {
        throw CommandFailure(.usage, "--amount is about one invoice: name it with --invoice; nothing was recorded")
      }
      try refuse(amount, on: scopes[0])
    }
    var rest = Rest(
      kind: .dispute, scope: .customer(customer), items: scopes.flatMap(openItems), amount: amount, by: author,
      text: reason)
    guard !rest.items.isEmpty else {
      throw CommandFailure(.usage, "nothing is open on what is disputed; nothing was recorded")
    }
    rest.id = RestID.of(rest, instance: history.instance, at: session.now)
    return rest
  }

  /// What is open on what the scope covers, as it stands today.
  func openItems(_ scope: Scope) -> [ListedItem] {
    session.verdict(ledger, history).decisions.compactMap { decision in
      guard scope.covers(decision.key, payer: decision.payer), let open = decision.open, open.isPositive else {
        return nil
      }
      return ListedItem(key: decision.key, open: open)
    }
  }
}
