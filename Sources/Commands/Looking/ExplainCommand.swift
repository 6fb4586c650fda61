import ArgumentParser
import Daemon
import Decisions
import Journal
import Ledger
import Units

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Says what is decided for an invoice or a customer today, by which rule, and what happened so far.",
    discussion: """
      Examples:
        dunningd explain R-1042
        dunningd explain customer:K-7 --format json
        dunningd explain R-1042 --as-of 2026-03-20
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var asOf: AsOfOption

  @Argument(help: ArgumentHelp("An invoice or a customer.", valueName: "invoice|customer"))
  var name: String

  func run() throws {
    try reporting {
      let session = try Session(common, asOf: asOf.time)
      let ledger = try session.ledger()
      let history = try session.history()
      let pledge = history.pledge(named: name)
      let scope = try pledge?.scope(named: name) ?? session.scope(of: name, ledger, history)
      let verdict = session.verdict(ledger, history)
      var decisions = verdict.decisions.filter { scope.covers($0.key, payer: $0.payer) }
      if decisions.isEmpty, case .invoice = scope {
        // What is no invoice bears a number of its own: a plan, a promise, a statement.
        decisions = (verdict.instalments + verdict.beside).filter { scope.covers($0.key, payer: $0.payer) }
      }
      let entries = try session.records(about: Set(decisions.map(\.key.customer) + [scope.customer]))
      let story = Story(entries, zone: session.policy.company.zone)
      if decisions.isEmpty {
        if let beside = Beside(scope, ledger.books, at: session.now, in: session.policy) { return show(beside, story) }
        if let pledge { return show(pledge) }
        return try gone(scope, story)
      }
      switch common.format {
      case .json:
        for decision in decisions {
          let history = JSONValue.array(story.records(of: decision.key).map(JSONValue.object))
          Output.line(JSONObject(decision.fields(at: session.now) + [("history", history)]).text)
        }
      case .csv:
        var listing = Listing([], empty: "")
        listing.rows = decisions.map { Listing.Row([], $0.fields(at: session.now)) }
        Output.text(listing.text(.csv, common.terminal))
      case .table:
        for (index, decision) in decisions.enumerated() {
          if index > 0 { Output.line("") }
          // Money counts from its day on at the payer's, or at the company's where that comes first.
          let companyDay = session.policy.company.zone.day(session.now)
          show(decision, ledger.books, story, today: max(companyDay, decision.zone?.day(session.now) ?? companyDay))
        }
      }
      session.warn(about: ledger)
    }
  }

  private func show(_ decision: Decision, _ books: Books, _ story: Story, today: Day) {
    let terminal = common.terminal
    Output.line(terminal.paint(decision.heading(books).printable, .bold))
    Output.line(decision.sentence.printable)
    Output.line("  reason  \(decision.reason.rawValue)")
    Output.line("  rule    \(decision.rule.description.printable)")
    if let until = decision.until { Output.line("  until   \(until.words(in: story.zone))") }
    if let step = decision.step {
      let schedule = decision.schedule.map { ", schedule \($0)" } ?? ""
      Output.line(
        "  step    \(step.name.printable) (level \(step.level), \(step.channel.rawValue)\(schedule.printable))")
    }
    for payment in books.coming(after: today) where payment.isFor(decision) {
      Output.line(
        "  coming  \(payment.amount), which counts from its day on, \(payment.date) (\(payment.place))".printable)
    }
    let lines = story.lines(of: decision.key)
    Output.line(lines.isEmpty ? "  history none yet" : "  history")
    for line in lines { Output.line("    " + line.printable) }
  }

  /// A document of the ledger that there is nothing to decide about.
  private func show(_ beside: Beside, _ story: Story) {
    if common.format == .json {
      let history = JSONValue.array(story.records(of: beside.document.key).map(JSONValue.object))
      return Output.line(JSONObject(beside.fields + [("history", history)]).text)
    }
    Output.line(beside.sentence.printable)
    for line in story.lines(of: beside.document.key) { Output.line("    " + line.printable) }
  }

  /// A promise or plan of which nothing is written about.
  private func show(_ pledge: Rest) {
    let numbers = pledge.items.map(\.key.number).joined(separator: " ")
    let sentence = "\(pledge.kind == .plan ? "Payment plan" : "Promise") on \(numbers): \(pledge.words)."
    if common.format == .json {
      return Output.line(
        JSONObject([
          ("invoice", .string(pledge.id)), ("customer", .string(pledge.scope.customer)),
          ("reason", .string(pledge.kind == .plan ? ReasonCode.inPlan.rawValue : ReasonCode.promised.rawValue)),
          ("sentence", .string(sentence)),
        ]).text)
    }
    Output.line(sentence.printable)
  }

  /// Nothing in the ledger any more: what is left is the history.
  private func gone(_ scope: Scope, _ story: Story) throws(CommandFailure) {
    guard case .invoice(let customer, let number) = scope else {
      if common.format == .table {
        Output.line("\(scope.words.capitalisedFirst) has no invoice in the ledger that could be decided about.")
      }
      for number in story.numbers { try gone(.invoice(customer: number.customer, number: number.number), story) }
      return
    }
    let key = story.keys(customer: customer, number: number).first ?? ItemKey(customer: customer, number: number)
    let sentence =
      story.schedule(of: key).flatMap { Policy.reservedSchedules.contains($0) ? $0 : nil }.map { schedule in
        "\(number) is no invoice but the \(schedule.replacing("-", with: " ")) that a message was about: nothing more is due on it."
      } ?? "Invoice \(number) is settled: it is no longer in the ledger."
    if common.format == .json {
      var fields: [(String, JSONValue)] = [
        ("invoice", .string(number)), ("item", key.item.isEmpty ? .null : .string(key.item)),
        ("customer", .string(customer)), ("payer", .null), ("currency", .null), ("open", .null), ("dunnable", .null),
        ("due", .null), ("days_past_due", .null), ("risk", .null), ("schedule", .null), ("step", .null),
        ("level", .null), ("reason", .string(ReasonCode.settled.rawValue)), ("until", .null),
        ("rule", .string("no longer in the ledger")),
        ("sentence", .string(sentence)),
      ]
      fields.append(("history", .array(story.records(of: key).map(JSONValue.object))))
      return Output.line(JSONObject(fields).text)
    }
    Output.line(sentence.printable)
    for line in story.lines(of: key) { Output.line("    " + line.printable) }
  }
}

extension ContactHistory {
  /// The promise or plan of that id that nobody has ended.
  fileprivate func pledge(named id: String) -> Rest? {
    restingScopes.lazy.flatMap { self.rests[$0] ?? [] }.first { !id.isEmpty && $0.rest.id == id && $0.ended == nil }?
      .rest
  }
}

extension Rest {
  /// What its instalments, or it, are known by.
  fileprivate func scope(named name: String) -> Scope { .invoice(customer: scope.customer, number: name) }
}

extension Payment {
  /// For its invoice, or for none yet of the customer or the payer.
  fileprivate func isFor(_ decision: Decision) -> Bool {
    guard let invoice else { return [decision.key.customer, decision.payer].contains(customer) }
    return customer == decision.key.customer && invoice == decision.key.number
  }
}

extension Decision {
  /// Which invoice of whom it is about, and what is open on it.
  func heading(_ books: Books) -> String {
    let customer = books.customers.first { $0.id == key.customer }
    let who = [key.customer, customer?.name ?? ""].filter { !$0.isEmpty }.joined(separator: " ")
    let number = key.number + (key.item.isEmpty ? "" : "/\(key.item)")
    var facts = [schedule.map(Policy.reservedSchedules.contains) ?? false ? number : "invoice \(number)", who]
    if payer != key.customer { facts.append("paid by \(payer)") }
    if let open { facts.append("\(open) open") }
    if let due { facts.append("due \(due)") }
    return facts.joined(separator: " · ")
  }
}

extension Decision.Until {
  func words(in zone: Zone) -> String {
    switch self {
    case .day(let day): day.description
    case .instant(let instant): zone.civil(instant).description
    }
  }
}

extension String {
  var capitalisedFirst: String { prefix(1).uppercased() + dropFirst() }
  /// Nothing but white space.
  var isBlank: Bool { allSatisfy(\.isWhitespace) }
}
