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
  /// Calls, letters and hand-overs that are due: a person makes them. In the same order.
  package var tasks: [PlannedContact] = []

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
  let accounts = Accounts(of: books, companyDay: policy.company.zone.day(now)) { calendars.calendar(for: $0).today }

  var credits: [String: [Money]] = [:]
  for account in accounts.all where !account.credits.isEmpty {
    credits[account.payer.id, default: []].append(account.credits.reduce(.zero(account.currency)) { $0 + $1.amount })
  }

  let halfMade = HalfMadeContacts(history, policy)
  var verdict = Verdict()
  verdict.decisions.reserveCapacity(books.invoices.count)
  var due: [DueItems] = []
  for account in accounts.all {
    let others = (credits[account.payer.id] ?? []).filter { $0.currency != account.currency }
    func group(_ history: ContactHistory) -> GroupCase {
      GroupCase(
        account, calendars.calendar(for: account.payer), quarantine, books, history, policy, ledgerAge: ledgerAge,
        otherCredits: others)
    }
    if let items = verdict.test(group(history)) { due.append(items) }
    let open = halfMade.contacts(of: account)
    if !open.isEmpty { verdict.complete(open, group(halfMade.reopened)) }
  }
  verdict.addUnread(quarantine, books, policy)
  verdict.planContacts(due, policy)
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

/// The items of a group that are to be contacted now, before the size of the cycle is known.
private struct DueItems {
  let group: GroupCase
  /// Indices into the group's cases.
  let due: [Int]
  /// Where the group's decisions begin in the verdict's.
  let offset: Int

  func contacts(for due: [Int], waitsFor: Ground? = nil) -> [PlannedContact] {
    MessagePlan(group: group).contacts(for: due, waitsFor: waitsFor)
  }
}

extension Verdict {
  /// Tests every item of the group. Returns those that are due; nil when none is.
  fileprivate mutating func test(_ group: GroupCase) -> DueItems? {
    let offset = decisions.count
    var due: [Int] = []
    var waiting: [(need: Ground.ApprovalNeed, index: Int)] = []
    var open: [Int] = []
    for (index, item) in group.cases.enumerated() {
      let finding = group.finding(for: item)
      var decision = Decision(
        key: item.key, payer: group.payer.id, currency: group.account.currency, due: item.item.invoice.due,
        open: item.item.open, dunnable: item.rest == nil ? item.dunnable : .zero(group.account.currency),
        daysPastDue: item.item.daysPastDue, schedule: item.schedule?.name, step: item.next?.step,
        repetition: item.next?.repetition ?? 0, ground: finding.ground, rule: finding.rule, until: finding.until)
      switch finding.ground {
      case .contact: due.append(index)
      case .taskOpen: open.append(index)
      case .needsApproval(.refused): break
      case .needsApproval(let need): waiting.append((need, index))
      case .notYet where group.asksApproval(item): waiting.append((.step, index))
      default: break
      }
      decision.asksApproval = waiting.last?.index == index
      decision.zone = group.calendar.zone
      decisions.append(decision)
    }
    let plan = MessagePlan(group: group)
    for need in [Ground.ApprovalNeed.step, .firstCycle] {
      let indices = waiting.filter { $0.need == need }.map(\.index)
      self.waiting += plan.contacts(for: indices, waitsFor: .needsApproval(need))
    }
    for var task in plan.contacts(for: open) {
      task.waitsFor = .taskOpen(task.channel)
      tasks.append(task)
    }
    return due.isEmpty ? nil : DueItems(group: group, due: due, offset: offset)
  }

  /// Makes what some recipients already have for those who were put off: only as long as the rules would make the very
  /// same contact, had nobody got it, and only on the day of the others, since another day with a contact is beyond the
  /// cap. They stand beside what the items wait for by now.
  fileprivate mutating func complete(_ open: [PastContact], _ group: GroupCase) {
    var asIfNew = Verdict()
    guard let items = asIfNew.test(group) else { return }
    for var contact in items.contacts(for: items.due) {
      guard let past = open.first(where: { contact.isSame(as: $0) }), group.calendar.zone.day(past.at) == contact.day
      else { continue }
      let leftOut = Set(past.leftOut)
      contact.to = contact.to.filter { leftOut.contains($0) }
      contact.cc = []
      contact.completes = past.id
      if !contact.to.isEmpty { contacts.append(contact) }
    }
  }

  /// Rows that could not be read at all, and invoices of a customer that the ledger lacks, still get their decision, so
  /// that nobody looks for them in vain.
  fileprivate mutating func addUnread(_ quarantine: Quarantine, _ books: Books, _ policy: Policy) {
    let payers = Dictionary(books.customers.map { ($0.id, $0.payer ?? $0.id) }) { first, _ in first }
    for invoice in books.invoices where invoice.kind == .invoice && payers[invoice.key.customer] == nil {
      let row =
        quarantine.row(for: invoice.key, payer: invoice.key.customer)
        ?? BadRow(
          place: invoice.place, column: "customer", reason: "no customer \"\(invoice.key.customer)\" can be read",
          reach: .invoice(customer: invoice.key.customer, number: invoice.key.number))
      decisions.append(
        Decision(
          key: invoice.key, payer: invoice.key.customer, currency: invoice.currency, due: invoice.due,
          ground: .quarantined(row), rule: Rule("ledger row", row.place)))
    }
    let named = quarantine.invoices
    guard !named.isEmpty else { return }
    let decided = Set(decisions.map { ItemKey(customer: $0.key.customer, number: $0.key.number) })
    for (key, row) in named where !decided.contains(key) {
      decisions.append(
        Decision(
          key: key, payer: payers[key.customer] ?? key.customer, currency: policy.company.currency,
          ground: .quarantined(row), rule: Rule("ledger row", row.place)))
    }
  }

  /// Makes the contacts. More than `max_per_cycle`: only what stands on an approved list goes; the rest is listed.
  fileprivate mutating func planContacts(_ groups: [DueItems], _ policy: Policy) {
    let new = groups.flatMap { $0.contacts(for: $0.due) }
    let limit = policy.contact.maxPerCycle
    guard new.count > limit else {
      contacts += new
      return
    }
    let need = Ground.needsApproval(.largeCycle(contacts: new.count, limit: limit))
    for items in groups {
      let listed = items.due.filter { items.group.isListed(items.group.cases[$0]) }
      let unlisted = items.due.filter { !items.group.isListed(items.group.cases[$0]) }
      contacts += items.contacts(for: listed)
      waiting += items.contacts(for: unlisted, waitsFor: need)
      for index in unlisted {
        decisions[items.offset + index].ground = need
        decisions[items.offset + index].rule = Rule("contact.max_per_cycle", policy.contact.places.maxPerCycle)
        decisions[items.offset + index].asksApproval = true
      }
    }
  }

  fileprivate mutating func sort() {
    contacts = sorted(contacts)
    waiting = sorted(waiting)
    tasks = sorted(tasks)
  }

  /// By keys beside, since a contact is too large to be moved about.
  private func sorted(_ contacts: [PlannedContact]) -> [PlannedContact] {
    let none = ItemKey(customer: "", number: "")
    let keys = contacts.map { contact in
      (
        due: contact.listed.first?.invoice.due ?? contact.day, payer: contact.payer.id, currency: contact.currency,
        kind: contact.kind.rawValue, first: contact.advancing.first?.key ?? none
      )
    }
    return contacts.indices.sorted { a, b in keys[a] < keys[b] }.map { contacts[$0] }
  }
}
