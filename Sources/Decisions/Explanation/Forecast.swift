import Ledger
import Units

/// What the coming days bring if nothing else happens: `decide`, again and again, fed with its own contacts.
///
/// Every contact is taken as sent, every call or letter as made on its day, and what is handed over as passed on. What
/// waits for a person's word is taken as approved at once and carries what it waits for, so that the days after it are
/// seen too. On later days the ledger and the posted cash are taken as fresh: somebody goes on exporting them.
package struct Forecast: Sendable {
  package struct Entry: Sendable {
    package var at: Instant
    /// Its `waitsFor` says whose word it needs; nil for none.
    package var contact: PlannedContact
  }

  /// In the order of time.
  package private(set) var entries: [Entry] = []

  /// - Parameters:
  ///   - days: civil days after today; 0 looks at this moment only.
  ///   - cycles: clock times in the company's zone at which cycles run; empty when they run all day long, which are then
  ///     looked at whenever contact hours open somewhere, and where a wait ends within them.
  package init(
    _ books: Books, _ history: ContactHistory, _ policy: Policy, from now: Instant, ledgerAge: Span, days: Int,
    cycles: [ClockTime] = []
  ) {
    var history = history
    var verdict = decide(books, history, policy, now: now, ledgerAge: ledgerAge)
    if !verdict.recalls.isEmpty {
      // The cycle takes them out of the outbox before anything else.
      for recall in verdict.recalls {
        history.apply(.contactCancelled(contact: recall.contact, reason: recall.reason), at: now)
      }
      verdict = decide(books, history, policy, now: now, ledgerAge: ledgerAge)
    }
    if days == 0 {
      entries = (verdict.contacts + verdict.waiting + verdict.tasks).map { Entry(at: now, contact: $0) }
      return
    }
    var fresh = policy
    fresh.freshness.maxAge = nil
    fresh.freshness.needsPostedCash = false
    var future = Future(history: history)
    entries += future.meet(verdict, at: now) { decide(books, $0, policy, now: now, ledgerAge: ledgerAge) }
    var agenda = Agenda(books, policy, from: now, days: days, cycles)
    var waitEnd = verdict.nextWaitEnd
    while let instant = agenda.next(waitEnd) {
      let verdict = decide(books, future.history, fresh, now: instant, ledgerAge: .zero)
      entries += future.meet(verdict, at: instant) { decide(books, $0, fresh, now: instant, ledgerAge: .zero) }
      waitEnd = verdict.nextWaitEnd
    }
  }
}

/// The instants at which something can happen.
private struct Agenda {
  private let zones: Set<Zone>
  private let rules: ContactRules
  /// Cycles run all day long.
  private let isAllDay: Bool
  private var last: Instant
  private let end: Instant
  /// In the order of time.
  private var planned: ArraySlice<Instant>

  /// Waits end at as many instants as there are answers; on a large ledger each look takes its time.
  private static let step = Span.minutes(15)

  init(_ books: Books, _ policy: Policy, from now: Instant, days: Int, _ times: [ClockTime]) {
    let company = policy.company.zone
    isAllDay = times.isEmpty
    zones = isAllDay ? Set(books.customers.compactMap(\.zone) + [company]) : [company]
    rules = policy.contact
    last = now
    end = company.instant(day: company.day(now) + days + 1, time: .midnight)
    var instants: Set<Instant> = []
    for zone in zones {
      for day in 0...days {
        for time in isAllDay ? [rules.opens] : times {
          instants.insert(zone.instant(day: zone.day(now) + day, time: time))
        }
      }
    }
    planned = instants.filter { $0 > now }.sorted()[...]
  }

  /// - Parameter waitEnd: when something may go that waits now, if no hours begin before that.
  mutating func next(_ waitEnd: Instant?) -> Instant? {
    if isAllDay, let waitEnd {
      let look = max(waitEnd, last + Self.step)
      if look < planned.first ?? end, isWithinHours(look) {
        last = look
        return look
      }
    }
    guard let next = planned.popFirst() else { return nil }
    last = next
    return next
  }

  /// Somewhere. Where they begin later, that is looked at anyway.
  private func isWithinHours(_ instant: Instant) -> Bool {
    zones.contains { zone in
      let time = zone.civil(instant).secondsOfDay
      return rules.opens.minutes * 60 <= time && time < rules.closes.minutes * 60
    }
  }
}

/// The history as it would be, and what was approved on the way.
private struct Future {
  private(set) var history: ContactHistory
  private var approved: [Key: Ground] = [:]
  private var count = 0

  private struct Key: Hashable {
    let item: ItemKey
    let step: String
    let repetition: Int

    init(_ item: AdvancedItem) {
      self.item = item.key
      step = item.step
      repetition = item.repetition
    }
  }

  init(history: ContactHistory) { self.history = history }

  /// Approves what waits, decides again, and takes every contact as sent.
  mutating func meet(
    _ verdict: Verdict, at instant: Instant, again: (ContactHistory) -> Verdict
  ) -> [Forecast.Entry] {
    var verdict = verdict
    // A list that was approved can only shrink, so this ends; a step may need its own word and the cycle's.
    for _ in 0..<3 where approve(verdict.waiting, at: instant) { verdict = again(history) }
    for end in verdict.outcomes { history.apply(.restEnded(end), at: instant) }
    var entries = make(verdict.contacts, at: instant)
    // What goes by itself can put off what a person was to do, also what goes later on that day: before the hours begin
    // nobody calls, though a letter can be posted at any time.
    let tasks = verdict.contacts.isEmpty || verdict.tasks.isEmpty ? verdict.tasks : again(history).tasks
    entries += make(tasks.filter { $0.channel == .letter || $0.window.contains(instant) }, at: instant)
    return entries
  }

  private mutating func make(_ contacts: [PlannedContact], at instant: Instant) -> [Forecast.Entry] {
    var entries: [Forecast.Entry] = []
    for var contact in contacts {
      contact.waitsFor = contact.advancing.compactMap { approved[Key($0)] }.first ?? contact.waitsFor
      if case .letterOpen(let letter) = contact.waitsFor {
        history.apply(.contactResolved(contact: letter, sent: true, by: "forecast"), at: instant)
        entries.append(Forecast.Entry(at: instant, contact: contact))
        continue
      }
      if contact.isPassedOn {
        entries.append(Forecast.Entry(at: instant, contact: contact))
        pass(contact, at: instant)
        continue
      }
      count += 1
      let past = contact.completes ?? earlier(contact)
      let id = past ?? "forecast-\(count)"
      let attempt = (past.flatMap { history.contact($0, of: contact.payer.id)?.attempt } ?? 0) + 1
      let intended = contact.intended(as: id, attempt: attempt, messageID: "", sha256: "", policy: "")
      entries.append(Forecast.Entry(at: instant, contact: contact))
      if contact.channel == .call {
        // As a person records it, which is no word on what was never sent before.
        let call = LoggedCall(
          customer: contact.payer.id, outcome: .reached, contact: intended, by: "forecast", text: nil)
        history.apply(.callLogged(call), at: instant)
        continue
      }
      history.apply(.contactIntended(intended), at: instant)
      for recipient in 0..<(contact.channel == .email ? max(1, contact.to.count) : 1) {
        history.apply(.contactSent(Attempt(contact: id, recipient: recipient, attempt: attempt)), at: instant)
      }
    }
    return entries
  }

  /// As a person records it who has done what no record of a contact stands for: the customer has got nothing by it.
  private mutating func pass(_ contact: PlannedContact, at instant: Instant) {
    for item in contact.advancing {
      history.apply(
        .stepSkipped(scope: Scope(of: item.key), step: item.step, undone: false, by: "forecast", text: nil), at: instant
      )
    }
  }

  /// The contact that this one is a further attempt at; nil for a new one.
  private func earlier(_ contact: PlannedContact) -> String? {
    guard let key = contact.advancing.first?.key else { return nil }
    return history.items[key]?.last { id in
      history.contact(id, of: contact.payer.id).map { contact.isSame(as: $0) } ?? false
    }
  }

  /// False when there was nothing new to approve.
  private mutating func approve(_ waiting: [PlannedContact], at instant: Instant) -> Bool {
    guard !waiting.isEmpty else { return false }
    for contact in waiting {
      for extent in [Approval.Extent.contact, .cycle] where contact.isWaiting(for: extent) {
        history.apply(.approvalGiven(Approval(of: contact, extent: extent, subject: "", by: "forecast")), at: instant)
      }
      for item in contact.advancing {
        if let ground = contact.waitsFor { approved[Key(item)] = ground }
      }
    }
    return true
  }
}

extension PlannedContact {
  /// Whether it is a task that ends when somebody passes its step: `dunningd tasks` names `skip` for it.
  fileprivate var isPassedOn: Bool { channel == .handover || channel == .statement }

  /// Whether an approval of that extent is what it waits for.
  package func isWaiting(for extent: Approval.Extent) -> Bool {
    switch waitsFor {
    case .needsApproval(.step), .needsApproval(.brokenPromises): extent == .contact
    case .needsApproval(.firstCycle), .needsApproval(.largeCycle): extent == .cycle
    default: false
    }
  }

  /// The record of the intention to make it.
  package func intended(
    as id: String, attempt: Int, messageID: String, sha256: String, policy: String
  ) -> IntendedContact {
    IntendedContact(
      contact: id, attempt: attempt, customer: payer.id, currency: currency, kind: kind, schedule: schedule,
      step: step.name, level: step.level, channel: channel, template: step.template, invoices: advancing,
      listed: listed.map { ListedItem(key: $0.invoice.key, open: $0.open) }, amount: total, deadline: deadline,
      messageID: messageID, sha256: sha256, policy: policy, to: to, cc: cc,
      names: payer.name.isEmpty ? [] : [payer.name])
  }
}

extension Approval {
  /// A person's word on every step of `contact`, up to the amounts that it shows.
  package init(
    of contact: PlannedContact, extent: Extent, subject: String, granted: Bool = true, by: String, text: String? = nil
  ) {
    self.init(
      extent: extent, subject: subject, lines: contact.advancing.map(Line.init), granted: granted, by: by, text: text)
  }
}

extension Approval.Line {
  package init(_ item: AdvancedItem) {
    self.init(key: item.key, step: item.step, repetition: item.repetition, upTo: item.open)
  }
}
