import Ledger
import Receivables
import Units

extension GroupCase {
  /// The group's statement as of today.
  ///
  /// - Parameter key: the statement itself, where it may have been tried before; nil for one to look at.
  func statement(_ key: ItemKey?) -> Statement {
    let since = lastStatement(besides: key) ?? today.adding(months: -1)
    let lines = cases.filter { !$0.isStandIn && $0.item.open.isPositive }.map { item in
      Statement.Line(
        invoice: item.item.invoice, open: item.item.open, disputed: item.disputed,
        daysPastDue: item.item.daysPastDue ?? 0, mark: item.statementMark)
    }
    return Statement(
      currency: account.currency, day: today, since: since, lines: lines, payments: payments(from: since),
      credits: account.credits, ageing: Ageing(account))
  }

  /// The day of the last statement that went.
  func lastStatement(besides key: ItemKey?) -> Day? {
    let ids = history.groups[GroupKey(payer: payer.id, currency: account.currency)] ?? []
    for id in ids.reversed() {
      guard let contact = history.contact(id), contact.mayHaveReached, let item = contact.items.first,
        item.schedule == StatementRules.scheduleName, item.key != key
      else { continue }
      return calendar.zone.day(contact.at)
    }
    return nil
  }

  /// The payer's money in this currency that is there by now.
  func payments(from first: Day) -> [Payment] {
    guard let payer = docket.accounts.index(ofPayer: payer.id) else { return [] }
    return docket.accounts.payments(
      of: payer, in: account.currency, from: first, through: max(today, docket.companyDay))
  }

  /// Makes a contact the statement that it is: what nothing rests is listed, as it is to be paid, whether its
  /// schedule asks for it or not; everything stands in the statement.
  func state(_ contact: inout PlannedContact, _ key: ItemKey?) {
    let asked = cases.filter { !$0.isStandIn && $0.rest == nil && $0.dunnable.isPositive }
    contact.listed = asked.map { item in
      PlannedContact.Line(
        invoice: item.item.invoice, open: item.dunnable, daysPastDue: item.item.daysPastDue ?? 0,
        level: item.progress.level, advances: false)
    }
    contact.total = asked.reduce(.zero(account.currency)) { $0 + $1.dunnable }
    contact.credit = asked.reduce(.zero(account.currency)) { $0 + $1.credit }
    contact.statement = statement(key)
  }

  /// A statement to look at, whether one may go or not.
  var statementToday: PlannedContact {
    let schedule = docket.schedules.statement.schedule
    var contact = PlannedContact(
      payer: payer, currency: account.currency, kind: .reminder, schedule: schedule.name,
      step: schedule.steps.first ?? Step(name: schedule.name, day: 0, level: 0), channel: .email, to: usableAddresses,
      cc: [], advancing: [], listed: [], apart: [], credit: .zero(account.currency), otherCredits: otherCredits,
      total: .zero(account.currency), deadline: nil, day: today, window: calendar.window, thread: [])
    state(&contact, nil)
    return contact
  }

  /// A reminder of the group goes first: one that is due now, or one that would find no day any more if the statement
  /// took its place under the cap.
  func behindReminder(_ item: ItemCase) -> Day? {
    guard item.courtesy == .statement(isAskedFor: false) else { return nil }
    let cap = policy.contact.atMost
    for other in cases where other.courtesy == nil {
      guard let next = other.next, next.step.kind == .reminder, mayBeAskedFor(other) else { continue }
      if next.opens <= today {
        if finding(for: other).ground == .contact { return today + 1 }
      } else if cap.contacts == 1, let closes = next.closes, closes < today + cap.days {
        return next.opens
      }
    }
    return nil
  }
}

extension ItemCase {
  fileprivate var statementMark: Statement.Mark? {
    switch rest?.ground {
    case .held?: .held
    case .disputed?: .disputed
    case .promised?: .promised
    case .inPlan?: .planned
    case .autopay?: .collected
    default: nil
    }
  }
}

extension Statement {
  /// The statements of a payer as of now, one for each currency in which there ever was something, as contacts of which
  /// messages or pages can be made. Whether one may go is another question: `decide` says so.
  package static func all(
    of payer: String, _ books: Books, _ history: ContactHistory, _ policy: Policy, now: Instant
  ) -> [PlannedContact] {
    let docket = Docket(books, history, policy, now: now, ledgerAge: .zero, detail: .everything)
    return docket.accounts.index(ofPayer: payer).map(docket.statements) ?? []
  }
}

extension Docket {
  fileprivate func statements(of payer: Int) -> [PlannedContact] {
    let calendars = PayerCalendars(policy, now: now)
    let calendar = accounts.readPayer(payer, calendars.calendar(of:))
    let all = accounts.accounts(of: payer, on: calendar.today, companyDay: companyDay)
    return all.indices.map { index in
      GroupCase(all[index], calendar, self, otherCredits: Docket.credits(of: all, but: index)).statementToday
    }
  }
}
