import ArgumentParser
import Decisions
import Letters
import Units

struct StatementCommand: Intervening {
  static let configuration = CommandConfiguration(
    commandName: "statement",
    abstract: "Shows, prints or sends a customer's statement of account.",
    discussion: """
      What is open, what came in since the last statement, ageing, credit and how
      to pay, in the words of the template. --html writes it as a page to print.
      --send has it sent in the next open hours: it waits for no cap, and counts
      as a reminder. A hold on the customer rests it. `[statement] day` sends one
      each month.

      Examples:
        dunningd statement K-7
        dunningd statement K-7 --html k7.html
        dunningd statement K-7 --send --reason "asked for by phone"
        dunningd statement K-7 --withdraw --reason "wrong customer"
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var asOf: AsOfOption
  @OptionGroup var by: AuthorOption

  @Argument(help: ArgumentHelp("Who pays.", valueName: "customer"))
  var name: String

  @Option(help: ArgumentHelp("The one in this currency only.", valueName: "code"))
  var currency: String?

  @Option(help: ArgumentHelp("Writes it there as a page to print.", valueName: "file"))
  var html: String?

  @Flag(help: "Has it sent.")
  var send = false

  @Flag(help: "Takes back that it is to be sent.")
  var withdraw = false

  @Option(help: ArgumentHelp("Who asked for it, or why it is taken back.", valueName: "text"))
  var reason: String?

  var isIntervention: Bool { send || withdraw }

  func validate() throws {
    if send, withdraw { throw ValidationError("--send and --withdraw do not go together") }
    if html != nil, isIntervention { throw ValidationError("--html goes with neither --send nor --withdraw") }
    if withdraw, reason?.isBlank ?? true { throw ValidationError("--withdraw needs --reason TEXT") }
    if let currency, Currency(code: currency) == nil {
      throw ValidationError("--currency: found \"\(currency)\", expected a code of ISO 4217 such as EUR")
    }
  }

  func run() throws {
    try reporting {
      // A caller of the daemon's may write no files as the daemon.
      guard isIntervention || AuthorOption.caller == nil else {
        throw CommandFailure(.usage, "the daemon shows no statements: look at them where the command runs")
      }
      let step = try Intervention(common, asOf, isLook: !isIntervention)
      let payer = try payer(step)
      let all = Statement.all(
        of: payer, step.ledger.books, step.history, step.session.policy, now: step.session.now
      ).filter { contact in currency.map { contact.currency.code == $0 } ?? true }
      if isIntervention {
        let contact = try one(all, payer)
        return withdraw ? try takeBack(contact, step) : try ask(contact, step)
      }
      if let html { try write(try one(all, payer), to: html, step) } else { try show(all, payer, step) }
      step.session.warn(about: step.ledger)
    }
  }

  // MARK: - Whose

  private func payer(_ step: Intervention) throws(CommandFailure) -> String {
    guard case .customer(let id) = try step.session.scope(of: name, step.ledger, step.history) else {
      throw CommandFailure(.usage, "\"\(name)\" is an invoice: a statement is a customer's")
    }
    let row = step.ledger.books.customers.first { $0.id == id }
    if let payer = row?.payer, payer != id {
      throw CommandFailure(.usage, "\(payer) pays for \(id): `dunningd statement \(payer)` shows what \(id) owes, too")
    }
    return id
  }

  private func one(_ all: [PlannedContact], _ payer: String) throws(CommandFailure) -> PlannedContact {
    guard let first = all.first else { throw CommandFailure(.data, nothing(payer)) }
    guard all.count == 1 else {
      let codes = all.map(\.currency.code).joined(separator: " and ")
      throw CommandFailure(
        .usage, "\(payer) has accounts in \(codes): say --currency \(first.currency.code), or another")
    }
    return first
  }

  private func nothing(_ payer: String) -> String {
    "\(payer) has no invoice and no payment in the ledger\(currency.map { " in \($0)" } ?? ""): there is nothing to state"
  }

  // MARK: - Sending

  private func ask(_ contact: PlannedContact, _ step: Intervention) throws(CommandFailure) {
    let payer = contact.payer
    let code = contact.currency.code
    func refuse(_ why: String) -> CommandFailure { CommandFailure(.data, "\(why); nothing was recorded") }
    if let statement = contact.statement, statement.lines.isEmpty, statement.payments.isEmpty {
      throw refuse("\(payer.id) owes nothing in \(code), and nothing came in since \(statement.since)")
    }
    if payer.doNotContact.forbids(.email) {
      throw refuse("\(payer.id) wants no e-mail (ledger column do_not_contact): print it with --html FILE")
    }
    if contact.to.isEmpty {
      throw refuse("there is no e-mail address that \(payer.id) could be reached at: print it with --html FILE")
    }
    if let decision = waiting(payer.id, contact.currency, step, step.history) {
      throw refuse("a statement was asked for already. \(decision.sentence.dropLast())")
    }
    let today = StatementRules.key(payer.id, contact.currency, contact.day.description)
    for id in step.history.items[today] ?? [] where step.history.contact(id)?.mayHaveReached ?? false {
      throw refuse("a statement in \(code) went to \(payer.id) today already, as contact \(id)")
    }
    let request = StatementRequest(customer: payer.id, currency: contact.currency, by: by.author, text: reason)
    let after = try step.append([.statementRequested(request)])
    tell(
      "Recorded: a statement of \(contact.statement?.balance.description ?? code) is to go to \(payer.id).",
      waiting(payer.id, contact.currency, step, after), step)
  }

  private func takeBack(_ contact: PlannedContact, _ step: Intervention) throws(CommandFailure) {
    guard waiting(contact.payer.id, contact.currency, step, step.history) != nil else {
      throw CommandFailure(
        .data,
        "no statement in \(contact.currency.code) that somebody asked for waits to go to \(contact.payer.id); nothing was "
          + "recorded")
    }
    let request = StatementRequest(
      customer: contact.payer.id, currency: contact.currency, isWithdrawn: true, by: by.author, text: reason)
    _ = try step.append([.statementRequested(request)])
    tell("Withdrawn: no statement goes to \(contact.payer.id).", nil, step)
  }

  /// What is decided on one that was asked for and did not go yet.
  private func waiting(
    _ payer: String, _ currency: Currency, _ step: Intervention, _ history: ContactHistory
  ) -> Decision? {
    guard let at = history.statementRequests[GroupKey(payer: payer, currency: currency)] else { return nil }
    return step.session.verdict(step.ledger, history).beside.first { decision in
      let zone = decision.zone ?? step.session.policy.company.zone
      return decision.key == StatementRules.key(payer, currency, zone.day(at).description)
    }
  }

  private func tell(_ done: String, _ decision: Decision?, _ step: Intervention) {
    switch common.format {
    case .table:
      Output.line(done.printable)
      guard let decision else { return }
      let next = decision.until.map { " Next: \($0.words(in: step.session.policy.company.zone))." } ?? ""
      Output.line("  " + (decision.sentence + next).printable)
    case .json: if let decision { Output.line(JSONObject(decision.fields(at: step.session.now)).text) }
    case .csv:
      var listing = Listing([], empty: "")
      listing.rows = [decision].compactMap { $0.map { Listing.Row([], $0.fields(at: step.session.now)) } }
      step.session.show(listing)
    }
  }

  // MARK: - Showing

  private func page(
    _ contact: PlannedContact, _ step: Intervention
  ) throws(CommandFailure) -> (title: String, text: String, html: String?) {
    let composer = try step.session.composer(step.ledger)
    do throws(LetterError) {
      return try composer.unaddressed(contact)
    } catch {
      throw CommandFailure(.configuration, "the statement cannot be made: \(error)")
    }
  }

  private func write(_ contact: PlannedContact, to file: String, _ step: Intervention) throws(CommandFailure) {
    guard let page = try page(contact, step).html else {
      throw CommandFailure(
        .configuration,
        "the template \"\(contact.step.template)\" has no HTML part: write "
          + "LANG/\(contact.step.template).html.mustache")
    }
    let slash = file.lastIndex(of: "/")
    let folder = slash.map { $0 == file.startIndex ? "/" : String(file[..<$0]) } ?? "."
    let name = slash.map { String(file[file.index(after: $0)...]) } ?? file
    guard !name.isEmpty else { throw CommandFailure(.usage, "--html: \"\(file)\" is a folder; expected a file") }
    try step.session.write(Array(page.utf8), into: folder, as: name)
    if common.format == .table { Output.line("Wrote \(file.printable).") }
  }

  private func show(_ all: [PlannedContact], _ payer: String, _ step: Intervention) throws(CommandFailure) {
    switch common.format {
    case .table:
      if all.isEmpty { Output.line((nothing(payer) + ".").printable) }
      for (index, contact) in all.enumerated() {
        let page = try page(contact, step)
        if index > 0 { Output.line("") }
        Output.line(common.terminal.paint(page.title.printable, .bold) + "\n")
        Output.text(
          page.text.split(separator: "\n", omittingEmptySubsequences: false).map { String($0).printable }
            .joined(separator: "\n"))
      }
    case .json: for contact in all { Output.line(JSONObject(contact.statementFields).text) }
    case .csv:
      var listing = Listing([], empty: "")
      listing.rows = all.flatMap { contact in
        (contact.statement?.lines ?? []).map { line in
          Listing.Row(
            [], [("customer", .string(payer)), ("currency", .string(contact.currency.code))] + line.fields)
        }
      }
      step.session.show(listing)
    }
  }
}
