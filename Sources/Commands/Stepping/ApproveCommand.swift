import ArgumentParser
import Crypto
import Daemon
import Decisions
import Incoming
import Letters
import Units

struct ApproveCommand: Intervening {
  static let configuration = CommandConfiguration(
    commandName: "approve",
    abstract: "Gives a person's word to contacts that wait for it; without arguments, lists them.",
    discussion: """
      The first cycle, and one that is larger than `max_per_cycle`, wait as a
      list: `approve` prints it with its hash, and `approve --cycle HASH` approves
      exactly that list. `approve --cycle` alone approves the list as it stands
      now. What comes later waits for the next list. An approval holds for 14
      days, for the invoices shown and that step, each up to the amount shown; a
      notice lists what else of the customer is overdue by then. [approval] says
      which Unix group may give which word.

      Examples:
        dunningd approve
        dunningd approve --cycle 3f9a1c0b7d2e
        dunningd approve 4k2m9q0r7t1v3x5z --show
        dunningd approve 4k2m9q0r7t1v3x5z
        dunningd approve 4k2m9q0r7t1v3x5z --refuse --reason "call first"
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var asOf: AsOfOption
  @OptionGroup var by: AuthorOption

  @Argument(help: ArgumentHelp("A contact's id, or with --cycle the list's hash.", valueName: "contact|hash"))
  var name: String?

  @Flag(help: "The list of the first or a large cycle.")
  var cycle = false

  @Flag(help: "Shows the message and what went before, and records nothing.")
  var show = false

  @Flag(help: "Refuses instead.")
  var refuse = false

  @Option(help: ArgumentHelp("Why.", valueName: "text"))
  var reason: String?

  func validate() throws {
    if show, name == nil || cycle || refuse { throw ValidationError("--show takes a contact, and nothing else") }
    if refuse, name == nil, !cycle { throw ValidationError("--refuse needs a contact, or --cycle") }
    if refuse, reason == nil { throw ValidationError("--refuse needs --reason TEXT") }
  }

  func run() throws {
    try reporting {
      let step = try Intervention(common, asOf, isLook: show || name == nil && !cycle)
      let waiting = step.session.verdict(step.ledger, step.history).waiting
      let list = CycleList(waiting.filter { $0.isWaiting(for: .cycle) }, step)
      if cycle { return try approveCycle(list, step) }
      let plans = step.waitingPlans
      guard let name else { return show(waiting, list, plans, step) }
      if let plan = plans.first(where: { $0.id == name }) { return try approve(plan, step) }
      let found = waiting.filter { step.session.id($0, step.history) == name }
      if show, let contact = found.first { return try step.show(contact, id: name) }
      guard let contact = found.first(where: { $0.isWaiting(for: .contact) }) else {
        if !found.isEmpty {
          throw CommandFailure(
            .data, "contact \(name) waits on the cycle's list: `dunningd approve --cycle \(list.hash)`")
        }
        if try turn(name, step) { return }
        throw CommandFailure(
          .data,
          "no contact \"\(name)\" waits for approval: `dunningd approve` lists those that do; nothing was recorded")
      }
      try record([contact], .contact, subject: name, step)
    }
  }

  /// A plan that is allowed is proposed, or holds; one that is refused ends, and its invoices go on.
  private func approve(_ plan: Rest, _ step: Intervention) throws(CommandFailure) {
    if !refuse { try ApprovalRight(step.session.site.configuration.approval).checkPlan() }
    let lines = plan.items.map {
      Approval.Line(key: $0.key, step: PlanRules.scheduleName, repetition: 0, upTo: $0.open)
    }
    let approval = Approval(
      extent: .contact, subject: plan.id, lines: lines, granted: !refuse, by: by.author, text: reason)
    let outcome: HistoryEvent
    if let stage = plan.stage.allowed, !refuse {
      var allowed = plan.moved(to: stage, by: plan.by, reason: nil)
      // The customer has the whole time to answer.
      let rules = step.session.policy.plan
      if stage == .proposed {
        allowed.until = step.today + rules.proposalDays
      }
      outcome = .restPlaced(allowed)
    } else {
      outcome = .restEnded(
        RestEnd(kind: .plan, scope: plan.scope, id: plan.id, by: by.author, outcome: "refused", text: reason))
    }
    try step.record(
      [.approvalGiven(approval), outcome], done: "\(refuse ? "Refused" : "Approved"): \(plan.summary) (\(plan.id)).",
      about: plan.itemScopes)
  }

  private func approveCycle(_ list: CycleList, _ step: Intervention) throws(CommandFailure) {
    if let name, name != list.hash {
      if refuse, try turn(name, step) { return }
      if let word = step.history.lastWord(on: name).first {
        return Output.line("The list \(name) was \(word.granted ? "approved" : "refused") already.")
      }
      if list.contacts.isEmpty {
        throw CommandFailure(.data, "no list waits for approval, \(name) or another; nothing was recorded")
      }
      throw CommandFailure(
        .data,
        "the list has changed: it is now \(list.hash), not \(name), with \(list.contacts.count.of("contact")); look at it again "
          + "with `dunningd approve`; nothing was recorded")
    }
    guard !list.contacts.isEmpty else {
      return Output.line("No cycle waits for approval; nothing was recorded.")
    }
    try record(list.contacts, .cycle, subject: list.hash, step)
  }

  private func record(
    _ contacts: [PlannedContact], _ extent: Approval.Extent, subject: String, _ step: Intervention
  ) throws(CommandFailure) {
    if !refuse { try ApprovalRight(step.session.site.configuration.approval).check(contacts, as: extent) }
    let lines = contacts.flatMap { $0.advancing.map(Approval.Line.init) }
    let approval = Approval(
      extent: extent, subject: subject, lines: lines, granted: !refuse, by: by.author, text: reason)
    let scopes = lines.map { Scope.invoice(customer: $0.key.customer, number: $0.key.number) }
    let count = contacts.count.of("contact")
    try step.record(
      [.approvalGiven(approval)], done: "\(refuse ? "Refused" : "Approved"): \(count) (\(subject)).", about: scopes,
      list: extent == .cycle ? listing(contacts, step) : nil)
  }

  /// A later word takes the place of an earlier one, as long as nothing has gone by it.
  ///
  /// - Returns: false where none was given, or the same was.
  private func turn(_ name: String, _ step: Intervention) throws(CommandFailure) -> Bool {
    let words = step.history.lastWord(on: name)
    guard let last = words.first, last.granted == refuse else { return false }
    if last.line.step == PlanRules.scheduleName {
      throw CommandFailure(
        .data,
        last.granted
          ? "plan \(name) was allowed already: `dunningd plan \(name) --withdraw` ends it; nothing was recorded"
          : "plan \(name) was refused, and ended with that: agree on another one with `dunningd plan`; nothing was recorded"
      )
    }
    let gone = words.filter { step.went($0.line) }
    if refuse, gone.count == words.count {
      throw CommandFailure(.data, "all that \(name) is about went already; nothing was recorded")
    }
    if !refuse {
      try ApprovalRight(step.session.site.configuration.approval).check(level: step.level(of: words), as: last.extent)
    }
    let approval = Approval(
      extent: last.extent, subject: name, lines: words.map(\.line), granted: !refuse, by: by.author, text: reason)
    try step.record(
      [.approvalGiven(approval)],
      done: (refuse ? "Refused after all: \(name)" : "Approved after all: \(name)")
        + (gone.isEmpty ? "." : "; \(gone.count) of its \(words.count) items went already."),
      about: words.map { .invoice(customer: $0.line.key.customer, number: $0.line.key.number) })
    return true
  }

  private func show(_ waiting: [PlannedContact], _ list: CycleList, _ plans: [Rest], _ step: Intervention) {
    if !waiting.isEmpty || plans.isEmpty || common.format != .table { step.session.show(listing(waiting, step)) }
    guard common.format == .table else { return }
    for plan in plans {
      let numbers = plan.items.map(\.key.number).joined(separator: " ")
      Output.line(
        "\(plan.scope.customer), payment plan for \(numbers), \(plan.summary), asked for by \(plan.by): "
          + "dunningd approve \(plan.id)")
    }
    if !list.contacts.isEmpty {
      Output.line("")
      let count = list.contacts.count.of("of them waits", "of them wait")
      Output.line("\(count) as a list: dunningd approve --cycle \(list.hash)")
    }
    for contact in waiting where contact.isWaiting(for: .contact) {
      Output.line(
        "\(contact.payer.id), step \(contact.step.name): dunningd approve \(step.session.id(contact, step.history))")
    }
  }

  private func listing(_ contacts: [PlannedContact], _ step: Intervention) -> Listing {
    var listing = Listing.contacts(empty: "Nothing waits for approval.")
    for contact in contacts {
      listing.add(
        contact, at: step.session.now, zone: step.session.zone(of: contact), id: step.session.id(contact, step.history))
    }
    if common.format == .json {
      let hash = CycleList(contacts.filter { $0.isWaiting(for: .cycle) }, step).hash
      listing.rows = zip(listing.rows, contacts).map { row, contact in
        var fields = row.fields
        if contact.isWaiting(for: .cycle) { fields["cycle"] = .string(hash) }
        return Listing.Row(row.cells, fields.members.map { ($0.name, $0.value) })
      }
    }
    return listing
  }
}

/// The contacts of a cycle that wait together, and the hash that names exactly this list.
struct CycleList {
  let contacts: [PlannedContact]
  /// 12 hexadecimal digits of SHA-256 over each contact's id and amount, in order.
  let hash: String

  init(_ contacts: [PlannedContact], _ step: Intervention) {
    self.init(contacts, instance: step.history.instance)
  }

  init(_ contacts: [PlannedContact], instance: String) {
    self.contacts = contacts
    let text = contacts.map { "\($0.id(instance: instance)) \($0.total)\n" }.sorted().joined()
    hash = SHA256.hash(data: Array(text.utf8)).prefix(6).map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }
}

extension Intervention {
  /// The highest that a step of that name has anywhere; a step that is nowhere any more counts as higher than all.
  fileprivate func level(of words: [GivenApproval]) -> Int {
    let steps = (session.policy.schedules + session.policy.pledgeSchedules).flatMap(\.steps)
    return words.map { word in steps.filter { $0.name == word.line.step }.map(\.level).max() ?? .max }.max() ?? .max
  }

  /// The customer has it, or may have.
  fileprivate func went(_ line: Approval.Line) -> Bool {
    (history.items[line.key] ?? []).compactMap { history.contact($0) }.contains { contact in
      guard contact.mayHaveReached || contact.standing == .outbox,
        let item = contact.items.first(where: { $0.key == line.key })
      else {
        return false
      }
      return item.step == line.step && item.repetition == line.repetition
    }
  }

  /// The message as it would go now, and the story of its invoices.
  func show(_ contact: PlannedContact, id: String) throws(CommandFailure) {
    let composer = try session.composer(ledger)
    do throws(LetterError) {
      switch contact.channel {
      case .letter:
        let page = try composer.page(contact, id: id)
        Output.line("Subject: \(page.subject.printable)\n")
        let lines = HTMLText.plain(page.html ?? "").split(separator: "\n")
        Output.text(lines.joined(separator: "\n") + "\n\n")
      case .webhook:
        let letter = try composer.webhook(contact, id: id, at: session.now)
        Output.line("To: the [webhook]\nSubject: \(letter.subject.printable)\n")
        Output.text(letter.text + "\n")
      case .call, .handover:
        Output.text(TasksCommand.script(contact, composer) + "\n")
      case .email, .statement:
        Output.line("To: \(contact.to.joined(separator: ", "))")
        let letter = try composer.compose(
          contact, id: id, instance: history.instance, at: session.now, offsetSeconds: 0)
        Output.line("Subject: \(letter.subject.printable)\n")
        Output.text(letter.text + "\n")
      }
    } catch {
      throw CommandFailure(.configuration, "the message cannot be made: \(error)")
    }
    let records = try session.records(about: Set(contact.advancing.map(\.key.customer) + [contact.payer.id]))
    let story = Story(records, zone: session.zone(of: contact))
    for item in contact.advancing {
      Output.line("Invoice \(item.key.number), so far:")
      for line in story.lines(of: item.key) { Output.line("  " + line.printable) }
    }
  }

  /// Plans that wait for a person's word, as long as they stand.
  var waitingPlans: [Rest] {
    return history.restingScopes.sorted().flatMap { history.rests[$0] ?? [] }
      .filter { $0.ended == nil && $0.rest.stage.allowed != nil && ($0.rest.until.map { today <= $0 } ?? true) }
      .map(\.rest)
  }
}
