import Decisions
import Ledger
import Units

// What a clerk does who looks at the tasks: calls, letters, statements, plans that were proposed.
extension Simulation {
  /// Makes a call that is due, to whom anything may come of it.
  mutating func call(_ luck: inout SplitMix64) -> HistoryEvent? {
    let due = callsDue()
    guard !due.isEmpty else { return nil }
    let task = luck.pick(due)
    let outcome = luck.pick([.reached, .noAnswer, .promised, .disputed, .refused] as [LoggedCall.Outcome])
    var call = LoggedCall(customer: task.payer.id, outcome: outcome, by: "ann", text: nil)
    if outcome.isDone { call.contact = intended(task) }
    let scopes = task.advancing.map { Scope.invoice(customer: $0.key.customer, number: $0.key.number) }
    if outcome == .promised { call.rest = pledged(.promise, scopes, &luck) }
    if outcome == .disputed, let scope = scopes.first {
      call.rest = Rest(kind: .dispute, scope: scope, by: "ann", text: nil)
    }
    return .callLogged(call)
  }

  private mutating func callsDue() -> [PlannedContact] { tasksDue(.call) }
  private mutating func handoversDue() -> [PlannedContact] { tasksDue(.handover) }

  private mutating func tasksDue(_ channel: Channel) -> [PlannedContact] {
    decide(books(), state.history, watch.policy, now: wall, ledgerAge: .zero).tasks.filter { $0.channel == channel }
  }

  /// The papers went to the agency: the step is passed, as `dunningd tasks` says.
  private func handedOver(_ task: PlannedContact) -> [HistoryEvent] {
    task.advancing.map { item in
      .stepSkipped(
        scope: .invoice(customer: item.key.customer, number: item.key.number), step: item.step, undone: false,
        by: "ann",
        text: "simulated")
    }
  }

  private func intended(_ task: PlannedContact) -> IntendedContact {
    let id = task.id(instance: state.instance)
    let attempt = (state.history.contact(id)?.attempt ?? 0) + 1
    return task.intended(as: id, attempt: attempt, messageID: "", sha256: "", policy: watch.policy.hash)
  }

  /// A customer agrees to a plan whose first day has not passed.
  func agreement(_ luck: inout SplitMix64) -> HistoryEvent? {
    let today = plan.homes[0].day(wall)
    let proposed = watch.rests.filter { rest in
      rest.isProposal && rest.ended == nil && rest.instalments.allSatisfy { $0.due >= today }
    }
    guard !proposed.isEmpty else { return nil }
    let chosen = luck.pick(proposed)
    guard var rest = state.history.rests[chosen.scope]?.first(where: { $0.rest.id == chosen.id })?.rest else {
      return nil
    }
    rest.stage = .agreed
    rest.until = nil
    return .restPlaced(rest)
  }

  func statementRequest(_ luck: inout SplitMix64) -> HistoryEvent? {
    let open = trade.items.filter { $0.open > 0 }
    guard !open.isEmpty else { return nil }
    let item = luck.pick(open)
    return .statementRequested(
      StatementRequest(customer: trade.payer(of: item.key.customer), currency: item.currency, by: "ann", text: nil))
  }

  /// In quiet times letters and calls are done on their day, as a forecast takes them to be: the calls that the cycle found, so
  /// that one which waited for a letter comes with the next cycle.
  mutating func attend() {
    guard takesRecords else { return }
    // Nobody calls before the hours begin.
    let found = Set((notebook.verdict?.tasks ?? []).filter { $0.window.contains(wall) }.map(Self.name))
    for letter in watch.outbox { intervene(.contactResolved(contact: letter, sent: true, by: "ann")) }
    var made: Set<String> = []
    for task in callsDue() where found.contains(Self.name(task)) {
      intervene(
        .callLogged(
          LoggedCall(customer: task.payer.id, outcome: .reached, contact: intended(task), by: "ann", text: nil)))
      made.insert(Self.name(task))
    }
    for task in watch.policy.has(.handover) ? handoversDue() : [] where found.contains(Self.name(task)) {
      for event in handedOver(task) { intervene(event) }
    }
    for task in callsDue() where made.contains(Self.name(task)) {
      watch.object(.tasks, "a call to \(task.payer.id) is due again as soon as it was made")
    }
  }

  private static func name(_ task: PlannedContact) -> String {
    ([task.payer.id, task.currency.code] + Prophecy.names(task.advancing)).joined(separator: " ")
  }

  /// The journal refuses nobody: it is sound, and the clock is not behind it.
  private var takesRecords: Bool {
    engine.broken == nil && !hasJournalFailed && (state.last.map { $0 <= wall } ?? true)
  }

  // MARK: - Every task ends

  /// Does everything that waits for a person, and objects to what waits all the same.
  mutating func endTasks() {
    guard takesRecords else { return }
    var before = tasks()
    // Of two holds that read alike one is released after the other.
    for _ in 0..<3 where !before.isEmpty {
      for task in before { for event in answers(to: task) { intervene(event) } }
      let left = Set(tasks().map(Self.name))
      before = before.filter { left.contains(Self.name($0)) }
    }
    for task in before {
      watch.object(.tasks, "\(Self.name(task)) waits for a person, whatever that person does")
    }
  }

  private mutating func tasks() -> [StaffTask] {
    let (books, history, instance) = (books(), state.history, state.instance)
    let verdict = decide(books, history, watch.policy, now: wall, ledgerAge: .zero)
    return StaffTasks.all(verdict, history, books.customers, watch.policy, now: wall) { $0.id(instance: instance) }
  }

  private static func name(_ task: StaffTask) -> String {
    // A step can ask for a person's word, and then for that on the list.
    ([task.kind.rawValue, task.customer, task.subject, task.text] + task.invoices).joined(separator: " ")
  }

  private func answers(to task: StaffTask) -> [HistoryEvent] {
    if task.kind == .handover { return task.contact.map(handedOver) ?? [] }
    return answer(to: task).map { [$0] } ?? []
  }

  /// What the command records that `dunningd tasks` names for it.
  private func answer(to task: StaffTask) -> HistoryEvent? {
    let today = plan.homes[0].day(wall)
    let scope = Scope.customer(task.customer)
    func ended(_ kind: Rest.Kind) -> HistoryEvent? {
      let placed = watch.rests.last { rest in
        rest.kind == kind && rest.ended == nil
          && [rest.scope.customer, watch.seen.payer(of: rest.scope.customer)].contains(task.customer)
          && (task.subject == rest.id || rest.id.isEmpty)
      }
      return placed.map { rest in
        .restEnded(
          RestEnd(
            kind: kind, scope: rest.scope, id: rest.id.isEmpty ? nil : rest.id, by: "ann", outcome: "withdrawn",
            text: nil))
      }
    }
    switch task.kind {
    case .call:
      return task.contact.map { contact in
        .callLogged(
          LoggedCall(customer: task.customer, outcome: .reached, contact: intended(contact), by: "ann", text: nil))
      }
    case .letter: return .contactResolved(contact: task.subject, sent: true, by: "ann")
    case .approval:
      guard let contact = task.contact,
        let extent = [Approval.Extent.contact, .cycle].first(where: contact.isWaiting)
      else { return nil }
      return .approvalGiven(Approval(of: contact, extent: extent, subject: task.subject, by: "ann"))
    case .inDoubt: return .contactResolved(contact: task.subject, sent: true, by: "ann")
    case .reply, .doNotContact, .brokenPromise, .brokenPlan:
      return .noteAdded(scope: scope, by: "ann", text: "simulated")
    case .proposal: return ended(.plan)
    case .withheld: return ended(task.subject.hasPrefix("plan-") ? .plan : .promise)
    case .badAddress: return .addressCleared(customer: task.customer, address: nil, by: "ann")
    case .hold: return ended(.hold)
    case .dispute, .creditMissing: return ended(.dispute)
    case .completed, .capped, .belowMinimum, .noAddress, .excluded:
      return .restPlaced(Rest(kind: .hold, scope: scope, until: today + 20, by: "ann", text: "simulated"))
    case .statement, .handover, .webhook: return nil
    }
  }
}
