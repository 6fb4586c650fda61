import Ledger
import Units

/// Something that waits for a person: it is there until somebody does it or a rule ends it, and says how.
///
/// Worked out afresh from what is decided and what was recorded, so that none is ever forgotten or left behind.
package struct StaffTask: Sendable {
  package enum Kind: String, Sendable, CaseIterable {
    case call, letter, statement, handover, webhook
    case approval
    case inDoubt = "in_doubt"
    case reply
    case brokenPromise = "broken_promise"
    case brokenPlan = "broken_plan"
    /// A promise or plan long past its day, which rests as long as one of its invoices does.
    case withheld
    case proposal
    case badAddress = "bad_address"
    case noAddress = "no_address"
    case doNotContact = "do_not_contact"
    case hold
    case dispute
    case creditMissing = "credit_missing"
    case completed
    case capped
    case belowMinimum = "below_minimum"
    case excluded
  }

  package var kind: Kind
  package var customer: String
  package var currency: Currency?
  /// At stake; nil where that is not known.
  package var amount: Money?
  /// Numbers, without repetition.
  package var invoices: [String]
  /// Since when it waits, a day of the payer's.
  package var since: Day
  /// Who is to see to it, as the ledger or the record says.
  package var owner: String?
  /// What to name in the command that ends it: a contact's, promise's or plan's id. Empty where it is the customer.
  package var subject: String
  /// What it is about.
  package var text: String
  /// The call, letter or message; nil for other kinds.
  package var contact: PlannedContact?
}

/// Finds all tasks.
package struct StaffTasks {
  private let verdict: Verdict
  private let history: ContactHistory
  private let customers: [String: Customer]
  private let policy: Policy
  private let now: Instant
  /// By payer, items that are not settled.
  private let open: [String: [Decision]]
  private var found: [StaffTask] = []

  /// Days after which what has no end of its own is asked about.
  package static let patienceDays = 30

  /// - Parameters:
  ///   - verdict: with everything told.
  ///   - id: of a contact.
  package static func all(
    _ verdict: Verdict, _ history: ContactHistory, _ customers: [Customer], _ policy: Policy, now: Instant,
    id: (PlannedContact) -> String
  ) -> [StaffTask] {
    var tasks = StaffTasks(verdict, history, customers, policy, now)
    tasks.addContacts(id)
    tasks.addDoubts()
    tasks.addAnswers()
    tasks.addRests()
    tasks.addBroken()
    tasks.addDeadEnds()
    tasks.addAddresses()
    return tasks.found.sorted { a, b in
      // Amounts of several currencies are not compared by value, only put in an order.
      let (x, y) = (a.amount?.minor ?? 0, b.amount?.minor ?? 0)
      return x == y ? (a.customer, a.kind.rawValue, a.subject) < (b.customer, b.kind.rawValue, b.subject) : x > y
    }
  }

  private init(
    _ verdict: Verdict, _ history: ContactHistory, _ customers: [Customer], _ policy: Policy, _ now: Instant
  ) {
    self.verdict = verdict
    self.history = history
    self.customers = Dictionary(customers.map { ($0.id, $0) }) { first, _ in first }
    self.policy = policy
    self.now = now
    open = Dictionary(grouping: verdict.decisions.filter { $0.reason != .settled }, by: \.payer)
  }

  private func day(_ instant: Instant, of customer: String) -> Day {
    (customers[customer]?.zone ?? policy.company.zone).day(instant)
  }

  private mutating func add(
    _ kind: StaffTask.Kind, _ customer: String, _ decisions: [Decision], since: Day, owner: String? = nil,
    subject: String = "", _ text: String
  ) {
    let currencies = Set(decisions.map(\.currency))
    var amount: Money?
    if currencies.count == 1, let currency = currencies.first {
      amount = decisions.reduce(.zero(currency)) { $0 + ($1.open ?? .zero(currency)) }
    }
    found.append(
      StaffTask(
        kind: kind, customer: customer, currency: amount?.currency, amount: amount,
        invoices: numbers(decisions.map(\.key)),
        since: since, owner: owner ?? customers[customer]?.owner, subject: subject, text: text))
  }

  private func numbers(_ keys: [ItemKey]) -> [String] {
    var numbers: [String] = []
    for key in keys where !numbers.contains(key.number) { numbers.append(key.number) }
    return numbers
  }

  // MARK: - Contacts

  /// Calls, letters and the like that are due, and what waits for a word.
  private mutating func addContacts(_ id: (PlannedContact) -> String) {
    for contact in verdict.tasks {
      if case .letterOpen(let letter) = contact.waitsFor {
        add(.letter, contact, letter, "a letter to be posted, step \"\(contact.step.name)\"")
        continue
      }
      guard let kind = StaffTask.Kind(rawValue: contact.channel.rawValue) else { continue }
      add(kind, contact, id(contact), "step \"\(contact.step.name)\" of schedule \"\(contact.schedule)\"")
    }
    for contact in verdict.waiting {
      let what =
        switch contact.waitsFor {
        case .needsApproval(.step): "step \"\(contact.step.name)\" asks for a person's word"
        case .needsApproval(.brokenPromises(let count)):
          "\(count) promises were broken; the next notice asks for a word"
        case .needsApproval(.firstCycle): "nothing was ever sent before: the first cycle is approved as a list"
        case .needsApproval(.largeCycle): "the cycle is larger than max_per_cycle: it is approved as a list"
        default: "waits for a person's word"
        }
      add(.approval, contact, id(contact), what)
    }
  }

  private mutating func add(_ kind: StaffTask.Kind, _ contact: PlannedContact, _ id: String, _ text: String) {
    let planned = contact.advancing.map { $0.anchorDate + $0.day }.min() ?? contact.day
    // Nobody could have done it before the notice before it was old enough.
    let before = contact.advancing.flatMap { history.items[$0.key] ?? [] }.compactMap { history.contact($0) }
      .filter { $0.level >= 1 }.map { day($0.at, of: contact.payer.id) + policy.contact.minGapDays }.max()
    let since = before.map { max($0, planned) } ?? planned
    found.append(
      StaffTask(
        kind: kind, customer: contact.payer.id, currency: contact.currency, amount: contact.total,
        invoices: numbers(contact.advancing.map(\.key)), since: min(since, contact.day), owner: contact.payer.owner,
        subject: id, text: text, contact: contact))
  }

  private mutating func addDoubts() {
    for past in history.doubtful.sorted().compactMap({ history.contact($0) }) {
      let keys = past.items.map(\.key)
      let decisions = (open[past.payer] ?? []).filter { keys.contains($0.key) }
      add(
        .inDoubt, past.payer, decisions, since: day(past.at, of: past.payer), subject: past.id,
        "nobody knows whether step \"\(past.step)\" arrived")
    }
  }

  // MARK: - What customers said

  private mutating func addAnswers() {
    for (customer, answer) in history.unanswered.sorted(by: { $0.key < $1.key }) {
      add(
        answer.wantsNoContact ? .doNotContact : .reply, customer, open[customer] ?? [],
        since: day(answer.at, of: customer),
        answer.wantsNoContact ? "the customer asks not to be written to" : "the customer answered")
    }
  }

  private mutating func addRests() {
    for placed in history.restingScopes.sorted().flatMap({ history.rests[$0] ?? [] }) where placed.ended == nil {
      addRest(placed)
    }
    for decision in verdict.decisions where decision.reason != .settled {
      guard let placed = decision.uncredited.first else { continue }
      add(
        .creditMissing, decision.payer, [decision], since: day(placed.ended ?? now, of: decision.payer),
        owner: placed.rest.owner, "the dispute was accepted, and the ledger has no credit for it yet")
    }
  }

  private mutating func addRest(_ placed: PlacedRest) {
    let rest = placed.rest
    let customer = rest.scope.customer
    let today = day(now, of: customer)
    let since = day(placed.placed, of: customer)
    let decisions = verdict.decisions.filter {
      $0.reason != .settled && rest.scope.covers($0.key, payer: $0.payer) && rest.covers($0.key)
    }
    guard !decisions.isEmpty else { return }
    let why = rest.text.map { ": \($0)" } ?? ""
    switch rest.kind {
    case .hold where rest.until == nil && today >= since + Self.patienceDays:
      add(
        .hold, customer, decisions, since: since, owner: rest.owner, subject: rest.scope.name,
        "on hold without an end by \(rest.by)\(why)")
    case .dispute:
      let late = rest.deadline.map { today > $0 } ?? (rest.until == nil && today >= since + Self.patienceDays)
      guard late else { return }
      let deadline = rest.deadline.map { ", to be settled by \($0)" } ?? ", without a day to settle it by"
      let subject = rest.items.isEmpty ? rest.scope.name : numbers(rest.items.map(\.key)).joined(separator: " ")
      add(
        .dispute, customer, decisions, since: rest.deadline ?? since, owner: rest.owner, subject: subject,
        "disputed\(deadline)\(why)")
    case .plan where rest.isProposal:
      let until = rest.until.map { " until \($0)" } ?? ""
      if rest.stage == .proposed {
        add(
          .proposal, customer, decisions, since: since, subject: rest.id, "a proposed plan waits for an answer\(until)")
      } else {
        add(
          .approval, customer, decisions, since: since, subject: rest.id,
          "a payment plan of \(rest.by) waits for a word\(until)")
      }
    case .promise, .plan:
      guard let due = ([rest.until] + rest.instalments.map(\.due)).compactMap(\.self).min(),
        today >= due + Self.patienceDays,
        decisions.contains(where: { [.promised, .inPlan].contains($0.reason) && $0.until == nil })
      else { return }
      add(
        .withheld, customer, decisions, since: due, subject: rest.id,
        "\(rest.kind == .plan ? "the payment plan" : "the promise") of \(rest.amount.map(\.description) ?? "") was due on \(due) and rests "
          + "without an end, since another of its invoices is on hold, disputed or cannot be read")
    default: break
    }
  }

  /// Until somebody has seen to it, or nothing is open any more.
  private mutating func addBroken() {
    for placed in history.brokenScopes.sorted().flatMap({ history.rests[$0] ?? [] }) where placed.wasBroken {
      let customer = placed.rest.scope.customer
      guard let ended = placed.ended, history.attended[customer].map({ $0 <= ended }) ?? true else { continue }
      let keys = placed.rest.items.map(\.key)
      let decisions = verdict.decisions.filter { $0.reason != .settled && keys.contains($0.key) }
      guard !decisions.isEmpty else { continue }
      let paid = placed.end?.paid.map { ", \($0) came" } ?? ""
      let what = placed.rest.kind == .plan ? "the payment plan" : "the promise"
      add(
        placed.rest.kind == .plan ? .brokenPlan : .brokenPromise, customer, decisions, since: day(ended, of: customer),
        subject: placed.rest.id, "\(what) of \(placed.rest.amount.map(\.description) ?? "") was not kept\(paid)")
    }
  }

  // MARK: - Dead ends

  private mutating func addDeadEnds() {
    for (payer, decisions) in open.sorted(by: { $0.key < $1.key }) {
      for currency in Set(decisions.map(\.currency)).sorted() {
        let group = decisions.filter { $0.currency == currency }
        add(.completed, payer, group, "no step is left: a person decides what comes next") { $0 == .completed }
        add(.capped, payer, group, "the customer may get no higher level") { $0 == .capped }
        add(.noAddress, payer, group, "there is no address that the next step could use") { $0 == .noAddress }
        add(.doNotContact, payer, group, "the customer wants no contact on that channel") { $0 == .doNotContact }
        add(.excluded, payer, group.filter(\.isTooOld), "due before ignore_due_before") { $0 == .excluded }
        let long = group.filter { ($0.daysPastDue ?? 0) >= Self.patienceDays }
        add(.belowMinimum, payer, long, "overdue for long, and less than min_balance") { $0 == .belowMinimum }
      }
    }
  }

  private mutating func add(
    _ kind: StaffTask.Kind, _ payer: String, _ decisions: [Decision], _ text: String, _ fits: (ReasonCode) -> Bool
  ) {
    let group = decisions.filter { fits($0.reason) }
    guard !group.isEmpty else { return }
    let touched = group.flatMap { history.items[$0.key] ?? [] }.compactMap { history.contact($0)?.at }.max()
    let since = touched.map { day($0, of: payer) } ?? group.compactMap(\.due).min() ?? day(now, of: payer)
    add(kind, payer, group, since: since, text)
  }

  /// Addresses that came back, where others are left: who has none left is told by the decision.
  private mutating func addAddresses() {
    guard !history.badAddresses.isEmpty else { return }
    for (payer, decisions) in open.sorted(by: { $0.key < $1.key }) {
      guard let customer = customers[payer], !decisions.contains(where: { $0.reason == .noAddress }) else { continue }
      let bad = customer.emails.compactMap { address in
        history.badAddresses[address.lowercased()].map { (address, $0) }
      }
      guard let first = bad.map(\.1).min() else { continue }
      let names = bad.map(\.0).joined(separator: ", ")
      add(.badAddress, payer, decisions, since: day(first, of: payer), "\(names) was refused or came back")
    }
  }
}

extension Decision {
  fileprivate var isTooOld: Bool {
    if case .excluded(.dueBefore) = ground { true } else { false }
  }
}

extension Scope {
  /// As a person names it in a command.
  fileprivate var name: String {
    switch self {
    case .customer(let id): id
    case .invoice(_, let number): number
    }
  }
}
