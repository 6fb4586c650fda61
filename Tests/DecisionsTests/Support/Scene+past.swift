import Ledger
import Units

@testable import Decisions

extension Scene {
  /// How an earlier contact ended.
  enum Ending {
    case sent, failed, inDoubt, pending, bounced, badAddress
    case deferred(until: String)
  }

  func happened(_ event: HistoryEvent, _ time: String) -> Scene {
    with { $0.history.apply(event, at: zone.time(time)) }
  }

  /// A contact for `step` of the schedule, tried then, about these invoices of `customer`.
  func sent(
    _ step: String, _ time: String, _ numbers: [String] = ["R1"], _ ending: Ending = .sent, schedule: String? = nil,
    repetition: Int = 0, id: String? = nil, attempt: Int = 1
  ) -> Scene {
    with { scene in
      let plan = scene.policy.schedules.first { schedule == nil || $0.name == schedule } ?? scene.policy.schedules[0]
      let step = plan.steps.first { $0.name == step } ?? Step(step, 5, level: 1)
      let at = zone.time(time)
      let items = scene.invoices.filter { numbers.contains($0.key.number) }
      let customer = scene.customers.first { $0.id == items.first?.key.customer } ?? scene.customers[0]
      let payer = scene.customers.first { $0.id == customer.payer } ?? customer
      let advanced = items.map { invoice in
        AdvancedItem(
          key: invoice.key, schedule: schedule ?? plan.name, step: step.name, level: step.level, anchor: step.anchor,
          anchorDate: invoice.due, day: step.day, repetition: repetition,
          open: invoice.amount ?? invoice.open ?? .zero(invoice.currency), ledgerSchedule: payer.schedule)
      }
      scene.contacts += 1
      let id = id ?? "contact\(scene.contacts)"
      let currency = items.first?.currency ?? scene.policy.company.currency
      let total = advanced.reduce(Money.zero(currency)) { $0 + $1.open }
      scene.history.apply(
        .contactIntended(
          IntendedContact(
            contact: id, attempt: attempt, customer: payer.id, currency: currency, kind: step.kind,
            schedule: schedule ?? plan.name, step: step.name, level: step.level, channel: step.channel,
            template: step.template, invoices: advanced, listed: [], amount: total,
            deadline: step.deadlineDays.map { zone.day(at) + $0 }, messageID: "<\(id)@example.com>", sha256: "",
            policy: "", to: payer.emails)), at: at)
      for recipient in payer.emails.indices { scene.end(id, recipient, ending, at: at) }
    }
  }

  private mutating func end(_ id: String, _ recipient: Int, _ ending: Ending, at: Instant) {
    let attempt = Attempt(contact: id, recipient: recipient, attempt: 1)
    switch ending {
    case .pending: break
    case .sent: history.apply(.contactSent(attempt), at: at)
    case .failed: history.apply(.contactFailed(attempt), at: at)
    case .badAddress:
      var bad = attempt
      bad.badAddress = true
      history.apply(.contactFailed(bad), at: at)
    case .inDoubt:
      history.apply(.contactInDoubt(contact: id, recipient: recipient, attempt: 1, why: "cut off"), at: at)
    case .deferred(let until): history.apply(.contactDeferred(attempt, next: zone.time(until)), at: at)
    case .bounced:
      history.apply(.contactSent(attempt), at: at)
      history.apply(
        .contactBounced(contact: id, recipient: recipient, status: "5.1.1", permanent: true, excerpt: nil), at: at)
    }
  }

  func held(_ scope: Scope, from: String = "2026-01-05", until: Day? = nil) -> Scene {
    happened(.restPlaced(Rest(kind: .hold, scope: scope, until: until, by: "anna", text: "asked by sales")), from)
  }

  func released(_ scope: Scope, _ time: String) -> Scene {
    happened(.restEnded(kind: .hold, scope: scope, by: "anna", outcome: nil, text: nil), time)
  }

  func disputed(_ scope: Scope, _ amount: Money? = nil, from: String = "2026-01-05", until: Day? = nil) -> Scene {
    happened(
      .restPlaced(Rest(kind: .dispute, scope: scope, amount: amount, until: until, by: "ben", text: nil)), from)
  }

  func disputeClosed(_ scope: Scope, _ time: String) -> Scene {
    happened(.restEnded(kind: .dispute, scope: scope, by: "ben", outcome: "settled", text: nil), time)
  }

  /// A promise by the customer, made then; it covers what `Pledging` says.
  func promised(
    _ amount: Money? = nil, by day: Day, from: String, of scopes: [Scope] = [.customer], id: String = "promise-1"
  ) -> Scene {
    pledged(scopes, from: from, id: id) { try $0.promise(amount: amount, by: day) }
  }

  /// A plan of equal monthly instalments.
  func planned(_ count: Int, first: Day, from: String, of scopes: [Scope] = [.customer], isProposal: Bool = false)
    -> Scene
  {
    pledged(scopes, from: from, id: "plan-1", isProposal: isProposal) {
      try $0.plan(instalments: count, every: .months(1), first: first)
    }
  }

  func pledging(_ scopes: [Scope] = [.customer]) throws(Pledging.Refusal) -> Pledging {
    try Pledging(verdict.decisions, of: scopes, in: books, now: now, today: zone.day(now))
  }

  private func pledged(
    _ scopes: [Scope], from: String, id: String, isProposal: Bool = false, _ make: (Pledging) throws -> Rest
  ) -> Scene {
    let then = at(from)
    guard var rest = try? make(then.pledging(scopes)) else {
      preconditionFailure("the case pledges what makes no sense")
    }
    rest.id = id
    rest.by = "anna"
    rest.stage = isProposal ? .proposed : .agreed
    if isProposal { rest.until = then.zone.day(then.now) + policy.plan.proposalDays }
    return happened(.restPlaced(rest), from)
  }

  /// What a cycle at that time sees of promises and plans is recorded.
  func looked(_ time: String) -> Scene {
    let then = at(time)
    return then.verdict.outcomes.reduce(then) { $0.happened(.restEnded($1), time) }
  }

  /// A person's word on a step, or on a whole list.
  func approved(
    _ step: String, _ time: String, _ extent: Approval.Extent = .contact, upTo: Money = "100 EUR",
    of number: String = "R1", granted: Bool = true
  ) -> Scene {
    let line = Approval.Line(key: ItemKey(customer: "C", number: number), step: step, repetition: 0, upTo: upTo)
    return happened(
      .approvalGiven(Approval(extent: extent, subject: "", lines: [line], granted: granted, by: "chris")), time)
  }

  /// Approves the whole list that waits now, as `approve --cycle` does.
  func listApproved() -> Scene {
    with { scene in
      for contact in verdict.waiting {
        scene.history.apply(
          .approvalGiven(Approval(of: contact, extent: .cycle, subject: "", by: "chris")), at: scene.now)
      }
    }
  }

  /// Runs a cycle now: every contact that is decided is taken by the server.
  func run() -> Scene {
    with { scene in
      for contact in verdict.contacts {
        scene.contacts += 1
        let id = "contact\(scene.contacts)"
        scene.history.apply(
          .contactIntended(contact.intended(as: id, attempt: 1, messageID: "<\(id)>", sha256: "", policy: "")),
          at: scene.now)
        for recipient in contact.to.indices {
          scene.history.apply(
            .contactSent(Attempt(contact: id, recipient: recipient, attempt: 1)), at: scene.now)
        }
      }
    }
  }
}

extension Scope {
  static let customer = Scope.customer("C")
  static let invoice = Scope.invoice(customer: "C", number: "R1")
}
