import Ledger
import Receivables
import Units

/// The one decision function: what is to be done now, for every open item, and why.
///
/// Pure: the same books, history, policy and instant give the same verdict, whoever asks, however much of it he wants to
/// hear, and however many work on it.
///
/// - Parameters:
///   - now: the instant that decisions are made for.
///   - ledgerAge: how long ago, really, the books were written; negative counts as fresh.
package func decide(
  _ books: Books, _ history: ContactHistory, _ policy: Policy, now: Instant, ledgerAge: Span,
  detail: Verdict.Detail = .everything, workers: some Workers = Alone()
) -> Verdict {
  let docket = Docket(books, history, policy, now: now, ledgerAge: ledgerAge, detail: detail)
  var verdict = Verdict()
  var due: [DueGroup] = []
  var unread = docket.quarantine.invoices
  var awaited: Set<String> = []
  var letters: Set<String> = []
  for part in workers.map(docket.accounts.payers, { docket.decide($0) }) {
    due += part.due.map { $0.behind(verdict.decisions.count) }
    verdict.join(part.verdict)
    awaited.formUnion(part.awaited)
    letters.formUnion(part.letters)
    if !part.quarantined.isEmpty { unread.removeAll { part.quarantined.contains(Scope(of: $0.key)) } }
  }
  verdict.addUnread(unread, docket)
  if !docket.awaited.isEmpty { verdict.outcomes += docket.outcomesWithoutAccount(besides: awaited) }
  verdict.recalls += docket.recalls(besides: letters)
  verdict.planContacts(due, docket, workers)
  verdict.sort()
  return verdict
}

/// All that is decided on, laid out once. A class, since every group looks into it.
final class Docket: Sendable {
  let accounts: Accounts
  let quarantine: Quarantine
  /// Whether anything is in quarantine; every item asks.
  let hasBadRows: Bool
  let halfMade: HalfMadeContacts
  let schedules: Schedules
  let past: Past
  /// In which nobody has the contacts yet that only some of their recipients have.
  let pastAsIfNew: Past
  /// How far all items have come that have come nowhere.
  let untouched = Progress()
  let rules: CommonRules
  /// By payer, the scopes with promises and plans of which nothing is recorded yet.
  let awaited: [String: [Scope]]
  /// Rests of customers who have got another payer since.
  let movedRests: [ItemKey: [Scope]]
  /// Those that wait to be posted.
  let letters: [GroupKey: [PastContact]]
  let policy: Policy
  let now: Instant
  let ledgerAge: Span
  /// The last day whose bank statements are posted, where the books say so.
  let cashThrough: Day?
  let detail: Verdict.Detail
  let companyDay: Day
  /// Statements that people asked for.
  let statementRequests: [GroupKey: Instant]
  /// By payer, a bad row of whatever it pays for.
  private let unreadable: [String: BadRow]

  init(
    _ books: Books, _ history: ContactHistory, _ policy: Policy, now: Instant, ledgerAge: Span, detail: Verdict.Detail
  ) {
    self.policy = policy
    self.now = now
    self.ledgerAge = ledgerAge
    self.detail = detail
    accounts = Accounts(of: books)
    quarantine = Quarantine(books.badRows, payer: accounts.payer)
    hasBadRows = !quarantine.isEmpty
    halfMade = HalfMadeContacts(history, policy)
    past = Past(history)
    pastAsIfNew = Past(halfMade.reopened)
    awaited = Docket.awaited(history, accounts)
    movedRests = Docket.movedRests(history, accounts)
    letters = Docket.letters(history)
    schedules = Schedules(policy)
    rules = CommonRules(policy)
    cashThrough = books.cashThrough
    companyDay = policy.company.zone.day(now)
    statementRequests = history.statementRequests
    var unreadable: [String: BadRow] = [:]
    for customer in quarantine.customers {
      let payer = accounts.payer(of: customer)
      unreadable[payer] = unreadable[payer] ?? quarantine.row(of: customer)
    }
    self.unreadable = unreadable
  }

  func unreadable(of payer: String) -> BadRow? { unreadable[payer] ?? quarantine.row(of: payer) }

  /// The same with what is shared by all items laid out anew: two threads that count the uses of one object wait for each
  /// other all the time.
  private init(ownOf other: Docket) {
    policy = other.policy
    now = other.now
    ledgerAge = other.ledgerAge
    detail = other.detail
    accounts = other.accounts
    quarantine = other.quarantine
    hasBadRows = other.hasBadRows
    halfMade = other.halfMade
    past = Past(of: other.past)
    pastAsIfNew = Past(of: other.pastAsIfNew)
    awaited = other.awaited
    movedRests = other.movedRests
    letters = other.letters
    schedules = Schedules(other.policy)
    rules = CommonRules(other.policy)
    cashThrough = other.cashThrough
    companyDay = other.companyDay
    statementRequests = other.statementRequests
    unreadable = other.unreadable
  }

  /// What some of the payers' items came to.
  struct Part: Sendable {
    var verdict = Verdict()
    var due: [DueGroup] = []
    /// Invoices that a bad row names and that were decided on all the same.
    var quarantined: Set<Scope> = []
    /// Ids of promises and plans that were looked at.
    var awaited: [String] = []
    /// Ids of letters that were looked at.
    var letters: [String] = []
  }

  /// Decides on all items of some payers.
  func decide(_ payers: Range<Int>) -> Part { Docket(ownOf: self).decideAll(payers) }

  private func decideAll(_ payers: Range<Int>) -> Part {
    let calendars = PayerCalendars(policy, now: now)
    _ = calendars.horizon.isAhead(policy.company.zone.instant(day: companyDay + 1, time: .midnight))
    var part = Part()
    for payer in payers {
      let calendar = accounts.readPayer(payer, calendars.calendar(of:))
      let accounts = accounts.accounts(of: payer, on: calendar.today, companyDay: companyDay)
      for (index, account) in accounts.enumerated() {
        if hasBadRows { part.note(account, quarantine) }
        let scopes = awaited.isEmpty ? nil : awaited[account.payer.id]
        if account.isSettled, detail == .contacts, scopes == nil, letters.isEmpty,
          !mayHear(account, of: payer, calendar)
        {
          part.verdict.count(.settled, account.items.count)
          continue
        }
        let others = accounts.count == 1 ? [] : Docket.credits(of: accounts, but: index)
        let group = GroupCase(account, calendar, self, otherCredits: others)
        if let scopes {
          let (seen, ends) = group.outcomes(of: scopes)
          part.awaited += seen
          // Money that came may not be in such a ledger yet.
          part.verdict.outcomes += ends.filter { !($0.isBroken && isLedgerBehind(calendar)) }
        }
        if !letters.isEmpty {
          part.letters += group.letters.map(\.id)
          part.verdict.recalls += group.recalls
        }
        if var due = part.verdict.test(group) {
          due.payer = payer
          due.account = index
          part.due.append(due)
        }
        let open = halfMade.isEmpty ? [] : halfMade.contacts(of: account)
        if !open.isEmpty {
          part.verdict.complete(open, GroupCase(account, calendar, self, otherCredits: others, asIfNew: true))
        }
      }
    }
    part.verdict.standsUntil = calendars.horizon.end
    part.verdict.nextWaitEnd = calendars.horizon.waitEnd
    return part
  }

  /// The snapshot, or the posted cash, is too old to say that something was not paid.
  private func isLedgerBehind(_ calendar: PayerCalendar) -> Bool {
    if let limit = policy.freshness.maxAge, ledgerAge > limit { return true }
    guard policy.freshness.needsPostedCash else { return false }
    return cashThrough.map { $0 < calendar.bankingDay(-1, after: calendar.today) } ?? true
  }

  /// Unapplied credit of a payer in other currencies than that account's.
  static func credits(of accounts: [Account], but index: Int) -> [Money] {
    accounts.indices.filter { $0 != index && !accounts[$0].credits.isEmpty }.map { other in
      accounts[other].credits.reduce(.zero(accounts[other].currency)) { $0 + $1.amount }
    }
  }
}

extension Docket.Part {
  fileprivate mutating func note(_ account: Account, _ quarantine: Quarantine) {
    guard quarantine.namesInvoices else { return }
    for item in account.items where quarantine.names(item.key) { quarantined.insert(Scope(of: item.key)) }
  }
}

extension Verdict {
  /// Tests every item of the group. Returns those that are due; nil when none is.
  fileprivate mutating func test(_ group: GroupCase) -> DueGroup? {
    let isFull = group.docket.detail == .everything
    let plan = MessagePlan(group: group)
    let offset = decisions.count
    // Those of one reason often follow each other: they are counted together.
    var same = (reason: ReasonCode.settled, items: group.settledCount)
    var due: [Int] = []
    var waiting: [(need: Ground.ApprovalNeed, index: Int)] = []
    var open: [Int] = []
    var posted: [(letter: String, index: Int)] = []
    for (index, item) in group.cases.enumerated() {
      let finding = group.finding(for: item)
      var asksApproval = false
      switch finding.ground {
      case .contact: due.append(index)
      case .taskOpen: open.append(index)
      case .letterOpen(let letter): posted.append((letter, index))
      case .needsApproval(.refused): break
      case .needsApproval(let need):
        waiting.append((need, index))
        asksApproval = true
      case .notYet:
        guard let need = group.asksApproval(item) else { break }
        waiting.append((need, index))
        asksApproval = true
      default: break
      }
      soonest.look(at: finding, of: item, in: group.calendar.zone) {
        Decision(item, finding, group, asksApproval: asksApproval)
      }
      // An instalment is no item of the ledger; its invoices have their decision.
      if item.isStandIn {
        let decision = isFull ? Decision(item, finding, group, asksApproval: asksApproval) : nil
        if let decision { if item.pledge != nil { instalments.append(decision) } else { beside.append(decision) } }
        continue
      }
      if finding.ground.code != same.reason {
        count(same.reason, same.items)
        same = (finding.ground.code, 0)
      }
      same.items += 1
      if isFull { decisions.append(Decision(item, finding, group, asksApproval: asksApproval)) }
    }
    count(same.reason, same.items)
    if !waiting.isEmpty {
      var needs: [Ground.ApprovalNeed] = []
      for (need, _) in waiting where !needs.contains(need) { needs.append(need) }
      for need in needs {
        if need == .firstCycle { waitsAsList = need }
        let indices = waiting.filter { $0.need == need }.map(\.index)
        wait(plan, indices, for: .needsApproval(need), isFull)
      }
    }
    if isFull, !open.isEmpty {
      for var task in plan.contacts(for: open) {
        task.waitsFor = .taskOpen(task.channel)
        tasks.append(task)
      }
    }
    if isFull, !posted.isEmpty { addLetters(group, plan, posted) }
    guard !due.isEmpty else { return nil }
    return DueGroup(
      items: due.count { !group.cases[$0].isStandIn }, contacts: plan.count(of: due),
      hasListed: due.contains { group.isListed(group.cases[$0]) },
      offset: offset)
  }

  private mutating func wait(_ plan: MessagePlan, _ items: [Int], for need: Ground, _ isFull: Bool) {
    guard !items.isEmpty else { return }
    waitingCount += plan.count(of: items, waitsFor: need)
    if isFull { waiting += plan.contacts(for: items, waitsFor: need) }
  }

  /// Makes what some recipients already have for those who were put off: only as long as the rules would make the very
  /// same contact, had nobody got it, and only on the day of the others, since another day with a contact is beyond the
  /// cap. They stand beside what the items wait for by now.
  fileprivate mutating func complete(_ open: [PastContact], _ group: GroupCase) {
    let due = group.dueItems
    for var contact in due.isEmpty ? [] : MessagePlan(group: group).contacts(for: due) {
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
  ///
  /// - Parameter unread: invoices that a bad row names and that are in no account.
  fileprivate mutating func addUnread(_ unread: [(key: ItemKey, row: BadRow)], _ docket: Docket) {
    let isFull = docket.detail == .everything
    var strays: Set<Scope> = []
    for invoice in docket.accounts.strays where invoice.kind == .invoice {
      if !unread.isEmpty { strays.insert(Scope(of: invoice.key)) }
      count(.quarantined)
      guard isFull else { continue }
      let row =
        docket.quarantine.row(for: invoice.key, payer: invoice.key.customer)
        ?? BadRow(
          place: invoice.place, column: "customer", reason: "no customer \"\(invoice.key.customer)\" can be read",
          reach: .invoice(customer: invoice.key.customer, number: invoice.key.number))
      decisions.append(
        Decision(
          key: invoice.key, payer: invoice.key.customer, currency: invoice.currency, due: invoice.due,
          ground: .quarantined(row), rule: Rule("ledger row", row.place)))
    }
    for (key, row) in unread where !strays.contains(Scope(of: key)) {
      count(.quarantined)
      guard isFull else { continue }
      decisions.append(
        Decision(
          key: key, payer: docket.accounts.payer(of: key.customer), currency: docket.policy.company.currency,
          ground: .quarantined(row), rule: Rule("ledger row", row.place)))
    }
  }

  /// Makes the contacts. More than `max_per_cycle`: only what stands on an approved list goes; the rest is listed.
  fileprivate mutating func planContacts(_ groups: [DueGroup], _ docket: Docket, _ workers: some Workers) {
    let limit = docket.policy.contact.maxPerCycle
    let total = groups.reduce(0) { $0 + $1.contacts }
    guard total > limit else {
      for part in workers.map(groups.indices, { docket.contacts(of: groups[$0]) }) {
        contacts += part.contacts
        bound(by: part.standsUntil)
      }
      return
    }
    let calendars = PayerCalendars(docket.policy, now: docket.now)
    defer { bound(by: calendars.horizon.end) }
    let isFull = docket.detail == .everything
    waitsAsList = .largeCycle(contacts: total, limit: limit)
    let need = Ground.needsApproval(.largeCycle(contacts: total, limit: limit))
    func list(_ decision: inout Decision) {
      decision.ground = need
      decision.rule = Rule("contact.max_per_cycle", docket.policy.contact.places.maxPerCycle)
      decision.asksApproval = true
    }
    var standIns: Set<ItemKey> = []
    for place in groups {
      guard isFull || place.hasListed else {
        waitingCount += place.contacts
        recount(place.items, from: .contact, as: .needsApproval)
        continue
      }
      let group = docket.group(place, calendars)
      let plan = MessagePlan(group: group)
      let due = group.dueItems
      let unlisted = due.filter { !group.isListed(group.cases[$0]) }
      contacts += plan.contacts(for: due.filter { group.isListed(group.cases[$0]) })
      wait(plan, unlisted, for: need, isFull)
      let items = unlisted.filter { !group.cases[$0].isStandIn }
      recount(items.count, from: .contact, as: .needsApproval)
      for index in isFull ? items : [] { list(&decisions[place.offset + index]) }
      for index in isFull ? unlisted : [] where group.cases[index].isStandIn { standIns.insert(group.cases[index].key) }
    }
    guard !standIns.isEmpty else { return }
    for index in instalments.indices where standIns.contains(instalments[index].key) { list(&instalments[index]) }
    // Thanks bear the key of the item that was paid.
    for index in beside.indices where standIns.contains(beside[index].key) { list(&beside[index]) }
  }
}
