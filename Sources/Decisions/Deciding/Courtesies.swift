import Ledger
import Receivables
import Units

/// What is sent beside the follow-up of what is owed, and moves nothing on.
enum Courtesy: Equatable {
  /// For an item that was paid.
  case thanks
  /// `isAskedFor`: by a person; else it is that of the month.
  case statement(isAskedFor: Bool)

  var isStatement: Bool { if case .statement = self { true } else { false } }
}

// Thanks and statements are items of their own, as promises and plans are, and go through the same tests. Their steps are
// chosen here: each has one, and the days on which it may go.
extension GroupCase {
  var courtesies: [ItemCase] {
    var found: [ItemCase] = []
    if let days = docket.schedules.thanksDays { found += account.items.compactMap { thanks(for: $0, days) } }
    if let statementCase { found.append(statementCase) }
    return found
  }

  // MARK: - Thanks

  /// - Parameter days: no thanks go for what was paid longer ago.
  private func thanks(for item: OpenItem, _ days: Int) -> ItemCase? {
    guard let paid = item.paid, today <= paid + days, isPaidWhole(item.key), let schedule = schedule(of: item.key),
      let step = schedule.thanks
    else { return nil }
    return courtesy(
      .thanks, item, schedule, step, planned: paid + step.step.day, withinDays: step.step.withinDays, anchor: paid)
  }

  /// None of the invoice's other instalments is open.
  private func isPaidWhole(_ key: ItemKey) -> Bool {
    !account.items.contains {
      $0.key.number == key.number && $0.key.customer == key.customer && $0.open.isPositive
    }
  }

  // MARK: - Statements

  /// The one that a person asked for, or else that of the month.
  private var statementCase: ItemCase? {
    if !docket.statementRequests.isEmpty,
      let at = docket.statementRequests[GroupKey(payer: payer.id, currency: account.currency)],
      let statement = statement(named: calendar.zone.day(at).description, calendar.zone.day(at), isAskedFor: true)
    {
      return statement
    }
    guard policy.statement.day != nil else { return nil }
    let rules = policy.statement
    guard let planned = rules.lastPlanned(today), calendar.mayGo(planned, withinDays: rules.withinDays), isForStatements
    else { return nil }
    let month = String(planned.description.dropLast(3))
    guard let statement = statement(named: month, planned, isAskedFor: false) else { return nil }
    return hasOccasion(statement.key) ? statement : nil
  }

  /// Who is never contacted gets none without being asked.
  private var isForStatements: Bool {
    guard let matched, !matched.schedule.steps.isEmpty else { return false }
    return policy.statement.match?.fits(payer, company: policy.company, balance: account.balance) ?? true
  }

  private func hasOccasion(_ key: ItemKey) -> Bool {
    switch policy.statement.occasion {
    case .open: return cases.contains(where: \.isOwed)
    case .overdue: return cases.contains { $0.isOwed && $0.item.daysPastDue != nil }
    case .activity:
      if cases.contains(where: \.isOwed) { return true }
      let first = max(lastStatement(besides: key) ?? today.adding(months: -1), today - StatementRules.recentDays)
      return !payments(from: first).isEmpty
    }
  }

  private func statement(named name: String, _ planned: Day, isAskedFor: Bool) -> ItemCase? {
    let schedule = docket.schedules.statement
    guard let step = schedule.steps.first else { return nil }
    let key = StatementRules.key(payer.id, account.currency, name)
    var invoice = Invoice(
      key: key, currency: account.currency, due: planned,
      place: schedule.schedule.place ?? Place(file: "", line: 0))
    invoice.issued = planned
    return courtesy(
      .statement(isAskedFor: isAskedFor), OpenItem(invoice, open: .zero(account.currency), returned: nil, on: today),
      schedule, step, planned: planned, withinDays: policy.statement.withinDays, anchor: planned)
  }

  // MARK: - Both

  /// Nil once it went, and on days on which it may not go; what a person asked for says when it can, and stays until it
  /// went or that was taken back. Its own `open` is zero: it asks for nothing by itself.
  private func courtesy(
    _ courtesy: Courtesy, _ item: OpenItem, _ schedule: ScheduleCase, _ step: StepCase, planned: Day, withinDays: Int,
    anchor: Day
  ) -> ItemCase? {
    let opens = calendar.openDay(onOrAfter: planned)
    let closes = courtesy == .statement(isAskedFor: true) ? nil : opens + withinDays
    if let closes, today < opens || today > closes { return nil }
    let progress = progress(of: item.key, isThanks: courtesy == .thanks)
    guard progress.done.isEmpty, !progress.skipped.contains(step.step.name) else { return nil }
    let next = NextStep(
      stepCase: step, repetition: 0, anchorDate: anchor, planned: planned, opens: opens, closes: closes)
    let found = ItemCase(item, progress, schedule, .step(next))
    found.courtesy = courtesy
    found.again = progress.again(item.key, as: next, policy)
    found.rests = placedRests(on: item.key)
    found.rest = courtesyRest(found)
    return found
  }
}

extension ItemCase {
  /// Of the ledger, and more is open on it than credit covers.
  fileprivate var isOwed: Bool { pledge == nil && item.open.isPositive && credit < item.open }
}

extension PayerCalendar {
  /// Whether today is among the days on which something that is planned for that day may go.
  fileprivate func mayGo(_ planned: Day, withinDays: Int) -> Bool {
    let opens = openDay(onOrAfter: planned)
    return opens <= today && today <= opens + withinDays
  }
}

extension Docket {
  /// Whether a group that owes nothing may get something all the same. Asked of every settled customer, so it is quick; it
  /// says yes rather too often than too seldom.
  func mayHear(_ account: Account, of payer: Int, _ calendar: PayerCalendar) -> Bool {
    if let days = schedules.thanksDays {
      let first = calendar.today - days
      if account.items.contains(where: { $0.paid.map { first <= $0 } ?? false }) { return true }
    }
    if !statementRequests.isEmpty,
      statementRequests[GroupKey(payer: account.payer.id, currency: account.currency)] != nil
    {
      return true
    }
    let rules = policy.statement
    guard rules.occasion == .activity, let planned = rules.lastPlanned(calendar.today),
      calendar.mayGo(planned, withinDays: rules.withinDays)
    else { return false }
    return accounts.hasPayment(payer, from: calendar.today - StatementRules.recentDays)
  }
}
