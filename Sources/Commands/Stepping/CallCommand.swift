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
      about the invoices of the call, or those of --invoice. --undo takes the last
      call back, with what came of it: its step is due again.

      Examples:
        dunningd call K-7 --outcome no-answer
        dunningd call K-7 --outcome promised --by 2026-04-15 --note "Ms Berger"
        dunningd call K-7 --outcome disputed --invoice R-1042 --note "damaged"
        dunningd call K-7 --undo --note "that was K-8"
      """)
  static let authorOption = "--recorded-by"

  @OptionGroup var common: CommonOptions
  @OptionGroup var asOf: AsOfOption
  @OptionGroup var author: RecorderOption

  @Argument(help: ArgumentHelp("The customer who was called.", valueName: "customer"))
  var customer: String

  @Option(help: ArgumentHelp("reached, no-answer, wrong-number, promised, disputed or refused.", valueName: "outcome"))
  var outcome: LoggedCall.Outcome?

  @Flag(help: "Takes the last call back.")
  var undo = false

  @Option(help: ArgumentHelp("What was said.", valueName: "text"))
  var note: String?

  @Option(help: ArgumentHelp("What is promised or contested, such as \"100.00 EUR\".", valueName: "amount"))
  var amount: String?

  @Option(help: ArgumentHelp("The day to pay by that was promised.", valueName: "date"))
  var by: Day?

  @Option(help: ArgumentHelp("An invoice that it was about; again for each.", valueName: "invoice"))
  var invoice: [String] = []

  func validate() throws {
    guard (outcome == nil) == undo else { throw ValidationError("give --outcome OUTCOME, or --undo") }
    if undo, by != nil || amount != nil || !invoice.isEmpty {
      throw ValidationError("--undo goes with --note and nothing else")
    }
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
      guard let outcome else { return try takeBack(id, step) }
      let verdict = step.session.verdict(step.ledger, step.history)
      let payer = step.ledger.books.customers.first { $0.id == id }?.payer ?? id
      let due = verdict.tasks.filter { $0.channel == .call && $0.payer.id == payer }
      let rest = try rest(id, outcome, due, step)
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

  private func rest(
    _ id: String, _ outcome: LoggedCall.Outcome, _ due: [PlannedContact], _ step: Intervention
  ) throws(CommandFailure) -> Rest? {
    let amount = try amount.map { text throws(CommandFailure) in try Money.option("--amount", text) }
    var scopes = try step.scopes(of: invoice)
    try check(scopes, areOf: id, step)
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

extension CallCommand {
  /// Who is called speaks of what is his, or what he pays for.
  private func check(_ scopes: [Scope], areOf id: String, _ step: Intervention) throws(CommandFailure) {
    func payer(of customer: String) -> String {
      step.ledger.books.customers.first { $0.id == customer }?.payer ?? customer
    }
    for scope in scopes where scope.customer != id && payer(of: scope.customer) != payer(of: id) {
      throw CommandFailure(
        .usage, "\(scope.words) is of customer \(scope.customer), and \(id) was called: nothing was recorded")
    }
  }
}

// MARK: - Undo

extension CallCommand {
  private func takeBack(_ id: String, _ step: Intervention) throws(CommandFailure) {
    let calls = try step.session.records(about: [id]).compactMap { entry -> (at: Instant, call: LoggedCall)? in
      guard case .callLogged(let call) = entry.event, call.customer == id else { return nil }
      return (entry.time, call)
    }
    guard let last = calls.last(where: { !undone($0.call, step.history).isEmpty }) else {
      throw CommandFailure(
        .data,
        calls.isEmpty
          ? "no call to \(id) is recorded: nothing was recorded"
          : "no call to \(id) that moved anything on is left to take back: nothing was recorded")
    }
    let day = step.session.policy.company.zone.day(last.at)
    // A call about several currencies stands in as many records.
    let events = calls.filter { $0.at == last.at }.flatMap { undone($0.call, step.history) }
    let why = note.map { HistoryEvent.noteAdded(scope: .customer(id), by: author.author, text: $0) }
    try step.record(
      events + [why].compactMap(\.self),
      done: "Taken back: the call to \(id) of \(day), \(last.call.outcome.rawValue).",
      about: [.customer(id)])
  }

  /// What a call did and nobody has taken back or ended since.
  private func undone(_ call: LoggedCall, _ history: ContactHistory) -> [HistoryEvent] {
    var events: [HistoryEvent] = []
    if let contact = call.contact, history.contact(contact.contact)?.standing == .made {
      events.append(.contactResolved(contact: contact.contact, sent: false, by: author.author))
    }
    if let rest = call.rest,
      history.rests[rest.scope]?.contains(where: {
        $0.ended == nil && $0.rest.kind == rest.kind && $0.rest.id == rest.id
      }) ?? false
    {
      events.append(
        .restEnded(
          RestEnd(
            kind: rest.kind, scope: rest.scope, id: rest.id.isEmpty ? nil : rest.id, by: author.author,
            outcome: "withdrawn", text: note)))
    }
    return events
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
