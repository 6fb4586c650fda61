import Daemon
import Decisions
import Ledger
import Synchronization
import Units

/// The last verdict that the engine asked for: what `explain` would have said at that moment.
final class Notebook: Sendable {
  private let last = Mutex<Verdict?>(nil)
  private let thorough = Mutex(false)
  private let inner: Engine.Judge

  init(_ judge: @escaping Engine.Judge) { inner = judge }

  var verdict: Verdict? { last.withLock { $0 } }

  /// Whether every decision is noted, and not those alone that lead to contacts.
  func isThorough(_ isThorough: Bool) { thorough.withLock { $0 = isThorough } }

  /// The judge, and a note of what it said.
  var judge: Engine.Judge {
    { books, history, policy, now, age in
      let verdict = self.inner(books, history, policy, now, age)
      let noted =
        self.thorough.withLock { $0 } ? decide(books, history, policy, now: now, ledgerAge: age) : verdict
      self.last.withLock { $0 = noted }
      return verdict
    }
  }
}

/// What the product foretells, held against what it does then.
enum Prophecy {
  /// Whether `until` comes true when nothing changes: not a day sooner, and no later.
  ///
  /// - Returns: what does not.
  static func untruth(
    _ decision: Decision, _ books: Books, _ history: ContactHistory, _ policy: Policy, now: Instant
  ) -> String? {
    guard let until = decision.until, let zone = decision.zone else { return nil }
    func found(at instant: Instant) -> Decision? {
      decide(books, history, policy, now: instant, ledgerAge: .zero).decisions.first { $0.key == decision.key }
    }
    func reason(at instant: Instant) -> ReasonCode? { found(at: instant)?.reason }
    let name = "\(decision.key.number) is \(decision.ground), step \(decision.step?.name ?? "none")"
    switch until {
    case .instant(let end):
      guard end > now, end - now < .days(60) else { return nil }
      if reason(at: end) == decision.reason { return "\(name) until \(end), and still is then" }
      let before = Instant(milliseconds: end.milliseconds - 1000)
      if before > now, reason(at: before) == .contact { return "\(name) until \(end), and goes before" }
    case .day(let day):
      guard day > zone.day(now), day - zone.day(now) < 60 else { return nil }
      let waits: Set<ReasonCode> = [.notYet, .tooSoon, .deadlineRunning, .outsideHours, decision.reason]
      let later = found(at: zone.instant(day: day, time: policy.contact.opens))
      let then = later?.reason
      // A reminder that has to wait until after its time is none any more then; a call gives way to the step behind it.
      if let step = decision.step, later?.step?.name != step.name, step.level == 0 || step.channel == .call {
        return nil
      }
      // What ends as a rest may meet another reason to wait.
      if case .disputed(_?, _) = decision.ground, case .disputed(nil, _)? = later?.ground,
        books.invoices.contains(where: { invoice in
          if invoice.key == decision.key, case .part = invoice.disputed { true } else { false }
        })
      {
        // Credit goes elsewhere once the dispute is over: what the ledger contests may be all that is left then.
        return nil
      }
      let isRest = [.held, .disputed, .promised, .inPlan].contains(decision.reason)
      if let then, isRest ? then == decision.reason : waits.contains(then) {
        let ground = later.map { "\($0.ground), step \($0.step?.name ?? "none")" } ?? ""
        return "\(name) until \(day), and is \(ground) then"
      }
      let eve = zone.instant(day: day - 1, time: policy.contact.opens)
      if eve > now, reason(at: eve) == .contact { return "\(name) until \(day), and goes on the day before" }
    }
    return nil
  }

  /// A contact as forecast and day are compared by.
  struct Contact: Hashable, Comparable {
    let day: Day
    let payer: String
    let items: [String]

    static func < (a: Contact, b: Contact) -> Bool {
      (a.day, a.payer, a.items.joined()) < (b.day, b.payer, b.items.joined())
    }
  }

  /// What the coming days bring by the forecast, until `end`; nil when somebody's word is missing for some of it, which
  /// the forecast takes as given.
  static func forecast(
    _ books: Books, _ history: ContactHistory, _ policy: Policy, from now: Instant, until end: Instant, age: Span,
    cycles: [ClockTime]
  ) -> Set<Contact>? {
    let days = (end - now).milliseconds / 86_400_000 + 1
    let forecast = Forecast(
      books, history, policy, from: now, ledgerAge: age, days: days, cycles: cycles)
    var contacts: Set<Contact> = []
    // Who hands over makes no contact.
    for entry in forecast.entries where entry.at <= end && entry.contact.channel != .handover {
      switch entry.contact.waitsFor {
      case nil, .taskOpen?: break
      // It was announced before.
      case .letterOpen?: continue
      default: return nil
      }
      let zone = entry.contact.payer.zone ?? policy.company.zone
      contacts.insert(
        Contact(
          day: zone.day(entry.at), payer: entry.contact.payer.id, items: names(entry.contact.advancing)))
    }
    return contacts
  }

  static func names(_ items: [AdvancedItem]) -> [String] {
    items.map { "\($0.key.number) \($0.step) \($0.repetition)" }.sorted()
  }
}
