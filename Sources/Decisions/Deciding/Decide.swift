import Ledger
import Receivables
import Units

/// What `decide` found: a decision for every item, and the contacts that follow from them.
package struct Verdict: Sendable {
  /// One for every item of the ledger that exists today, by payer, currency, due date, number, item.
  package var decisions: [Decision] = []
  /// To be made now: by the oldest due date first, then payer and currency.
  package var contacts: [PlannedContact] = []
  /// Would be made, but a person's word is missing; in the same order.
  package var waiting: [PlannedContact] = []

  package init() {}
}

/// The one decision function: what is to be done now, for every open item, and why.
///
/// Pure: the same books, history, policy and instant give the same verdict, whoever asks.
///
/// - Parameters:
///   - now: the instant that decisions are made for.
///   - ledgerAge: how long ago, really, the books were written; negative counts as fresh.
package func decide(
  _ books: Books, _ history: ContactHistory, _ policy: Policy, now: Instant, ledgerAge: Span
) -> Verdict {
  let quarantine = Quarantine(books.badRows)
  let calendars = PayerCalendars(policy, now: now)
  let accounts = Accounts(of: books) { calendars.calendar(for: $0).today }

  var credits: [String: [Money]] = [:]
  for account in accounts.all where !account.credits.isEmpty {
    credits[account.payer.id, default: []].append(account.credits.reduce(.zero(account.currency)) { $0 + $1.amount })
  }

  var verdict = Verdict()
  for account in accounts.all {
    let others = (credits[account.payer.id] ?? []).filter { $0.currency != account.currency }
    let group = GroupCase(
      account, calendars.calendar(for: account.payer), quarantine, books, history, policy, ledgerAge: ledgerAge,
      otherCredits: others)
    verdict.add(group)
  }
  verdict.addUnread(quarantine, books, policy)
  verdict.holdBackLargeCycle(history, policy, now: now)
  verdict.sort()
  return verdict
}

/// One calendar for each zone and country, since many payers share them.
private final class PayerCalendars {
  private struct Place: Hashable {
    let zone: Zone
    let country: String
  }

  private let policy: Policy
  private let now: Instant
  private var known: [Place: PayerCalendar] = [:]

  init(_ policy: Policy, now: Instant) {
    self.policy = policy
    self.now = now
  }

  func calendar(for payer: Customer) -> PayerCalendar {
    let place = Place(zone: payer.zone ?? policy.company.zone, country: payer.country ?? policy.company.country)
    if let calendar = known[place] { return calendar }
    let calendar = PayerCalendar(payer, policy, now: now)
    known[place] = calendar
    return calendar
  }
}

extension Verdict {
  /// Tests every item of the group and plans the messages that follow.
  fileprivate mutating func add(_ group: GroupCase) {
    var due: [Int] = []
    var waiting: [(need: Ground.ApprovalNeed, index: Int)] = []
    for (index, item) in group.cases.enumerated() {
      let finding = group.finding(for: item)
      var decision = Decision(
        key: item.key, payer: group.payer.id, currency: group.account.currency, due: item.item.invoice.due,
        open: item.item.open, dunnable: item.rest == nil ? item.dunnable : .zero(group.account.currency),
        daysPastDue: item.item.daysPastDue, schedule: item.schedule?.name, step: item.next?.step,
        repetition: item.next?.repetition ?? 0, ground: finding.ground, rule: finding.rule, until: finding.until)
      switch finding.ground {
      case .contact: due.append(index)
      case .needsApproval(let need): waiting.append((need, index))
      case .notYet where group.asksApproval(item): waiting.append((.step, index))
      default: break
      }
      decision.asksApproval = waiting.last?.index == index
      decisions.append(decision)
    }
    let plan = MessagePlan(group: group)
    contacts += plan.contacts(for: due)
    for need in [Ground.ApprovalNeed.step, .firstCycle] {
      let indices = waiting.filter { $0.need == need }.map(\.index)
      self.waiting += plan.contacts(for: indices, waitsFor: .needsApproval(need))
    }
  }

  /// Rows that could not be read at all still get their decision, so that nobody looks for them in vain.
  fileprivate mutating func addUnread(_ quarantine: Quarantine, _ books: Books, _ policy: Policy) {
    let named = quarantine.invoices
    guard !named.isEmpty else { return }
    let decided = Set(decisions.map { ItemKey(customer: $0.key.customer, number: $0.key.number) })
    let payers = Dictionary(books.customers.map { ($0.id, $0.payer ?? $0.id) }) { first, _ in first }
    for (key, row) in named where !decided.contains(key) {
      decisions.append(
        Decision(
          key: key, payer: payers[key.customer] ?? key.customer, currency: policy.company.currency,
          ground: .quarantined(row), rule: Rule("ledger row", row.place)))
    }
  }

  /// More contacts than `max_per_cycle`: nothing is sent until a person approved the list.
  fileprivate mutating func holdBackLargeCycle(_ history: ContactHistory, _ policy: Policy, now: Instant) {
    let limit = policy.contact.maxPerCycle
    let open = contacts.filter { !$0.isApproved(in: history, now: now) }
    guard open.count > limit else { return }
    let need = Ground.needsApproval(.largeCycle(contacts: open.count, limit: limit))
    let rule = Rule("contact.max_per_cycle", policy.contact.places.maxPerCycle)
    let held = Set(open.flatMap { $0.advancing.map(\.key) })
    for index in decisions.indices where decisions[index].reason == .contact && held.contains(decisions[index].key) {
      decisions[index].ground = need
      decisions[index].rule = rule
      decisions[index].asksApproval = true
    }
    contacts.removeAll { contact in contact.advancing.contains { held.contains($0.key) } }
    waiting += open.map { contact in
      var contact = contact
      contact.waitsFor = need
      return contact
    }
  }

  fileprivate mutating func sort() {
    func order(_ a: PlannedContact, _ b: PlannedContact) -> Bool {
      let (x, y) = (a.listed.first?.invoice.due ?? a.day, b.listed.first?.invoice.due ?? b.day)
      return (x, a.payer.id, a.currency, a.kind.rawValue, a.advancing.first?.key ?? ItemKey(customer: "", number: ""))
        < (y, b.payer.id, b.currency, b.kind.rawValue, b.advancing.first?.key ?? ItemKey(customer: "", number: ""))
    }
    contacts.sort(by: order)
    waiting.sort(by: order)
  }
}

extension PlannedContact {
  /// Whether every item of it stands on an approved list, at that step and up to that amount.
  fileprivate func isApproved(in history: ContactHistory, now: Instant) -> Bool {
    advancing.allSatisfy { item in
      (history.approvals[item.key] ?? []).last {
        $0.extent == .cycle && $0.line.step == item.step && $0.line.repetition == item.repetition
          && now < $0.at + .days(ContactRules.approvalValidDays)
      }.map { $0.granted && $0.line.upTo.currency == currency && item.open <= $0.line.upTo } ?? false
    }
  }
}
