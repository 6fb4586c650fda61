import Ledger
import Receivables
import Units

// Promises and plans in force are followed up in place of the items that they rest: as items of their own, with small
// schedules of their own, through the same tests.
extension GroupCase {
  var pledges: [ItemCase] {
    var scopes: [Scope] = []
    for item in cases {
      for placed in item.rests where !placed.rest.id.isEmpty && !scopes.contains(placed.rest.scope) {
        scopes.append(placed.rest.scope)
      }
    }
    let placed = scopes.flatMap { history.rests[$0] ?? [] }.filter { placed in
      placed.ended == nil && placed.rest.amount?.currency == account.currency
    }
    return placed.flatMap { placed in
      guard case .lasting = state(of: placed) else { return [ItemCase]() }
      switch placed.rest.kind {
      case .plan: return placed.rest.isProposal ? proposal(placed) : instalments(of: placed)
      case .promise: return promise(placed)
      case .hold, .dispute, .reply: return []
      }
    }
  }

  private func instalments(of placed: PlacedRest) -> [ItemCase] {
    let plan = placed.rest
    guard !docket.schedules.plan.steps.isEmpty, let paid = paid(plan) else { return [] }
    let dues = plan.instalments.map(\.due).sorted()
    return plan.missing(paid: paid).map { missing in
      let number = (dues.firstIndex(of: missing.due) ?? 0) + 1
      return pledge(placed, item: String(number), missing.amount, due: missing.due, docket.schedules.plan)
    }
  }

  private func proposal(_ placed: PlacedRest) -> [ItemCase] {
    guard placed.rest.stage == .proposed, !docket.schedules.proposal.steps.isEmpty, let amount = placed.rest.amount,
      let until = placed.rest.until
    else {
      return []
    }
    return [pledge(placed, item: "", amount, due: until, docket.schedules.proposal)]
  }

  private func promise(_ placed: PlacedRest) -> [ItemCase] {
    guard !docket.schedules.promise.steps.isEmpty, let amount = placed.rest.amount, let by = placed.rest.until,
      let paid = paid(placed.rest), paid < amount
    else { return [] }
    return [pledge(placed, item: "", amount - paid, due: by, docket.schedules.promise)]
  }

  private func pledge(
    _ placed: PlacedRest, item: String, _ amount: Money, due: Day, _ schedule: ScheduleCase
  ) -> ItemCase {
    let rest = placed.rest
    var invoice = Invoice(
      key: ItemKey(customer: rest.scope.customer, number: rest.id, item: item), currency: account.currency, due: due,
      place: schedule.schedule.place ?? Place(file: "", line: 0))
    invoice.amount = amount
    invoice.issued = calendar.zone.day(placed.placed)
    let pledge = gather(OpenItem(invoice, open: amount, returned: nil, on: today), schedule, lingers: true)
    pledge.pledge = rest
    // What rests one of its invoices rests it too: nobody is asked for an instalment of what is contested or on hold.
    if pledge.rest == nil, rest.kind != .promise || pledge.next?.step.kind != .invoice {
      pledge.rest = cases.lazy.filter { rest.covers($0.key) }.compactMap(\.rest).first { $0.ground.isHoldOrDispute }
    }
    // Who answered waits for a person, but what was just agreed with him is confirmed.
    if pledge.next?.step.kind == .invoice, case .replied? = pledge.rest?.ground { pledge.rest = nil }
    return pledge
  }
}

extension Ground {
  fileprivate var isHoldOrDispute: Bool {
    switch self {
    case .held, .disputed: true
    default: false
    }
  }
}
