import ArgumentParser
import Daemon
import Decisions
import Letters
import Units

struct TasksCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tasks",
    abstract: "Lists what waits for a person, the most at stake first: calls, approvals, doubts, answers, dead ends.",
    discussion: """
      Each task says since when it waits, and which command ends it. With a customer, its call scripts are printed.

      Examples:
        dunningd tasks
        dunningd tasks --kind call --owner maria
        dunningd tasks K-7
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var asOf: AsOfOption

  @Argument(help: ArgumentHelp("Only this customer's, with the scripts of its calls.", valueName: "customer"))
  var customer: String?

  @Option(help: ArgumentHelp("Only of this kind, such as call, approval or reply.", valueName: "kind"))
  var kind: StaffTask.Kind?

  @Option(help: ArgumentHelp("Only those of this owner.", valueName: "id"))
  var owner: String?

  func run() throws {
    try reporting {
      let session = try Session(common, asOf: asOf.time)
      let ledger = try session.ledger()
      let history = try session.history()
      let isAtWork = session.isAtWork
      let tasks = StaffTasks.all(
        session.verdict(ledger, history), history, ledger.books.customers, session.policy, now: session.now
      ) { session.id($0, history) }
      .filter { task in
        // What is on its way is no doubt yet.
        if task.kind == .inDoubt, isAtWork, history.contact(task.subject)?.isPending ?? false { return false }
        return (customer.map { task.customer == $0 } ?? true) && (kind.map { task.kind == $0 } ?? true)
          && (owner.map { task.owner == $0 } ?? true)
      }
      let composer = try session.composer(ledger)
      let answers = try TasksCommand.answers(tasks, session)
      session.show(listing(tasks, answers, session, ledger, history, composer))
      if customer != nil, common.format == .table {
        for task in tasks where task.kind == .call {
          guard let contact = task.contact else { continue }
          Output.line("")
          Output.text(TasksCommand.script(contact, composer) + "\n")
        }
      }
    }
  }

  /// The newest answer of each customer who waits for one, by customer.
  private static func answers(_ tasks: [StaffTask], _ session: Session) throws(CommandFailure) -> [String: Reply] {
    let customers = Set(tasks.filter(\.isAnswer).map(\.customer))
    var answers: [String: Reply] = [:]
    for entry in customers.isEmpty ? [] : try session.records(about: customers) {
      if case .contactReplied(let reply) = entry.event { answers[reply.customer] = reply }
    }
    return answers
  }

  private func listing(
    _ tasks: [StaffTask], _ answers: [String: Reply], _ session: Session, _ ledger: Session.Ledger,
    _ history: ContactHistory, _ composer: Composer
  ) -> Listing {
    var listing = Listing(
      [
        .init("TASK"), .init("CUSTOMER", least: 10), .init("AT STAKE", right: true), .init("DAYS", right: true),
        .init("OWNER", spare: 2), .init("INVOICES", least: 8, spare: 1), .init("ABOUT", least: 16),
        .init("COMMAND", least: 20),
      ],
      names: [
        "task", "id", "customer", "name", "phone", "local_time", "currency", "amount", "invoices", "step", "since",
        "age_days", "owner", "text", "command", "script", "file", "suggestions", "excerpt",
      ], empty: "Nothing waits for a person.")
    for task in tasks {
      let payer = ledger.books.customers.first { $0.id == task.customer }
      let zone = payer?.zone ?? session.policy.company.zone
      let local = zone.civil(session.now)
      let age = max(0, local.day - task.since)
      let name = payer.map { $0.name.isEmpty || $0.name == $0.id ? $0.id : "\($0.id) \($0.name)" } ?? task.customer
      let answer = task.isAnswer ? answers[task.customer] : nil
      let said = answer.map { [$0.suggestionWords, $0.excerpt?.onOneLine ?? "(erased)"].filter { !$0.isEmpty } } ?? []
      let file = task.kind == .letter ? session.letterFile(task.subject, history) : nil
      let about = ([task.text] + said + [file].compactMap(\.self)).joined(separator: ": ")
      let script = task.kind == .call ? task.contact.map { TasksCommand.script($0, composer) } : nil
      listing.rows.append(
        Listing.Row(
          [
            task.kind.rawValue, name, task.amount?.description ?? "", String(age), task.owner ?? "",
            task.invoices.joined(separator: " "), about, task.command,
          ],
          [
            ("task", .string(task.kind.rawValue)), ("id", .string(task.subject)),
            ("customer", .string(task.customer)), ("name", .string(payer?.name ?? "")),
            ("phone", .string(payer?.phone ?? "")), ("local_time", .string(local.clock.description)),
            ("currency", task.currency.map { .string($0.code) } ?? .null),
            ("amount", task.amount.map(JSONValue.money) ?? .null), ("invoices", .strings(task.invoices)),
            ("step", task.contact.map { .string($0.step.name) } ?? .null), ("since", .day(task.since)),
            ("age_days", .int(age)), ("owner", task.owner.map(JSONValue.string) ?? .null), ("text", .string(task.text)),
            ("command", .string(task.command)), ("script", script.map(JSONValue.string) ?? .null),
            ("file", file.map(JSONValue.string) ?? .null),
            ("suggestions", .strings(answer?.suggestions.map(\.kind.rawValue) ?? [])),
            ("excerpt", answer?.excerpt.map(JSONValue.string) ?? .null),
          ]))
    }
    return listing
  }

  /// What to say, from the step's template; why there is none where it cannot be made.
  static func script(_ contact: PlannedContact, _ composer: Composer) -> String {
    do throws(LetterError) {
      let script = try composer.script(contact)
      return script.title + "\n\n" + script.text
    } catch {
      return "(no script: \(error))"
    }
  }
}

extension StaffTask.Kind: ExpressibleByArgument {}

extension Session {
  /// Where the page of a letter lies; nil for one that is none.
  func letterFile(_ contact: String, _ history: ContactHistory) -> String? {
    history.contact(contact).map { site.outboxFolder + "/" + Outbox.name(of: $0, zone: policy.company.zone) }
  }
}

extension StaffTask {
  fileprivate var isAnswer: Bool { kind == .reply || kind == .doNotContact }

  /// The command that ends it.
  var command: String {
    switch kind {
    case .call: "dunningd call \(customer) --outcome OUTCOME"
    case .letter: "dunningd resolve \(subject) --sent|--not-sent"
    case .statement, .handover, .webhook:
      "dunningd skip \(invoices.joined(separator: " ")) --step \(contact?.step.name ?? "STEP") --reason TEXT"
    case .approval:
      contact?.isWaiting(for: .cycle) ?? false ? "dunningd approve --cycle" : "dunningd approve \(subject)"
    case .inDoubt: "dunningd resolve \(subject) --sent|--not-sent"
    case .reply, .brokenPromise, .brokenPlan: "dunningd note \(customer) --text TEXT, or promise, plan, dispute, hold"
    case .withheld:
      "dunningd \(subject.hasPrefix("plan-") ? "plan" : "promise") \(subject) --withdraw --reason TEXT, or end the hold or dispute"
    case .proposal: "dunningd plan \(subject) --agree"
    case .badAddress, .noAddress: "mend the ledger's address, or dunningd resolve \(customer) --address-ok"
    case .doNotContact:
      "put do_not_contact into the ledger, or not; then dunningd note \(customer) --text TEXT (or hold)"
    case .hold: "dunningd release \(subject)"
    case .dispute: "dunningd dispute \(subject) --close --outcome accepted|rejected"
    case .creditMissing: "post the credit note in the ledger"
    case .completed, .capped, .belowMinimum, .excluded: "dunningd hold \(customer) --reason TEXT"
    }
  }
}
