import Ledger
import Testing
import Units

@testable import Decisions

/// Random ledgers and policies over 200 days: a cycle or two a day, its contacts fed back as sent, failed or doubtful.
@Suite("Simulated months")
struct SimulationTests {
  @Test(
    "no step twice, no level falls, cap and gap and hours kept, nothing for what is settled, held or disputed",
    arguments: 1...12)
  func invariants(seed: Int) {
    var random = SplitMix(seed: UInt64(seed))
    var scene = Scene.random(&random)
    var log = ContactLog(scene)
    let start: Day = "2026-02-02"
    for offset in 0..<200 {
      for hour in ["09:30", "11:00", "15:45", "22:00"] where hour != "15:45" || Bool.random(using: &random) {
        scene.now = Zone.berlin.instant(day: start + offset, time: ClockTime(text: hour)!)
        if Int.random(in: 0..<12, using: &random) == 0 { scene = scene.somethingHappens(&random) }
        let verdict = scene.verdict
        log.check(verdict, scene)
        log.record(verdict, &scene, &random)
      }
    }
    #expect(log.problems.isEmpty, "seed \(seed): \(log.problems.prefix(3))")
    #expect(log.count > 0, "seed \(seed) contacts nobody")
  }

  @Test("the same input gives the same verdict, in whatever order its rows come", arguments: 1...8)
  func deterministic(seed: Int) {
    var random = SplitMix(seed: UInt64(seed) &* 977)
    var scene = Scene.random(&random)
    for offset in 0..<30 {
      scene.now = Zone.berlin.instant(day: Day("2026-03-02") + offset, time: "11:00")
      let verdict = scene.verdict
      var books = scene.books
      books.customers.shuffle(using: &random)
      books.invoices.shuffle(using: &random)
      books.badRows.shuffle(using: &random)
      let again = decide(books, scene.history, scene.policy, now: scene.now, ledgerAge: .zero)
      #expect(verdict.words == again.words, "seed \(seed)")
      scene = scene.run()
    }
  }
}

/// What was sent so far, by plain lists that know nothing of how deciding works.
private struct ContactLog {
  struct Sent {
    let day: Day
    let payer: String
    let currency: Currency
    let kind: ContactKind
  }

  private(set) var problems: [String] = []
  private(set) var count = 0
  private var steps: Set<String> = []
  private var levels: [ItemKey: Int] = [:]
  private var sent: [Sent] = []
  private var number = 0

  init(_ scene: Scene) {}

  mutating func check(_ verdict: Verdict, _ scene: Scene) {
    let books = scene.books
    let existing = Set(books.invoices.filter { $0.kind == .invoice && isKnown($0, scene) }.map(\.key))
    let decided = verdict.decisions.map(\.key)
    if decided.count != Set(decided).count { problems.append("two decisions on one item") }
    if Set(decided) != existing { problems.append("decisions \(decided.count), items \(existing.count)") }

    let contacted = verdict.contacts.flatMap(\.advancing).map(\.key)
    if contacted.count != Set(contacted).count { problems.append("an item in two contacts of one cycle") }
    let reasons = Dictionary(verdict.decisions.map { ($0.key, $0.reason) }) { first, _ in first }
    for key in contacted where reasons[key] != .contact {
      problems.append("\(key) contacted but \(String(describing: reasons[key]))")
    }
    if Set(contacted).count != verdict.decisions.count(where: { $0.reason == .contact }) {
      problems.append("a decision `contact` without its contact")
    }
    for contact in verdict.contacts { check(contact, scene) }
  }

  private mutating func check(_ contact: PlannedContact, _ scene: Scene) {
    let zone = contact.payer.zone ?? scene.policy.company.zone
    let civil = zone.civil(scene.now)
    let rules = scene.policy.contact
    if !rules.weekdays.contains(civil.day.weekday) || civil.secondsOfDay < rules.opens.minutes * 60
      || civil.secondsOfDay >= rules.closes.minutes * 60
      || HolidayCalendar.germany.isHoliday(civil.day) != nil
    {
      problems.append("outside hours at \(civil)")
    }
    let sum = contact.listed.reduce(Money.zero(contact.currency)) { $0 + $1.open }
    if contact.total != sum || !sum.isPositive {
      problems.append("asks for \(contact.total)")
    }
    for line in contact.listed {
      if contact.kind != .invoice, scene.rests(line.invoice.key, on: civil.day) {
        problems.append("\(line.invoice.key) is at rest and listed")
      }
      if scene.isPaid(line.invoice, on: civil.day) { problems.append("\(line.invoice.key) is paid and listed") }
      if contact.kind == .notice, line.daysPastDue < 1 { problems.append("\(line.invoice.key) is not due and listed") }
    }
    if contact.payer.doNotContact.forbids(contact.channel) || contact.to.isEmpty {
      problems.append("nobody to write to")
    }
    for item in contact.advancing {
      if item.level >= 1, item.level < levels[item.key, default: 0] { problems.append("level of \(item.key) falls") }
      if let highest = contact.payer.maxLevel, item.level > highest { problems.append("above max_level") }
      if steps.contains("\(item.key) \(item.step) \(item.repetition)") {
        problems.append("\(item.key.number) \(item.step) \(item.repetition) twice, at \(scene.now)")
      }
    }
    guard contact.kind != .invoice else { return }
    let others = sent.filter { $0.kind == contact.kind && $0.payer == contact.payer.id }
    let days = Set(others.map(\.day).filter { $0 > civil.day - rules.atMost.days && $0 < civil.day })
    if days.count >= rules.atMost.contacts {
      problems.append("cap of \(contact.payer.id) on \(civil.day): \(days.sorted())")
    }
    let group = others.filter { $0.currency == contact.currency }
    let isSplit = scene.policy.schedules[0].consolidation == .invoice
    if group.contains(where: { $0.day == civil.day }), !isSplit { problems.append("two of one kind a day") }
    let last = group.map(\.day).filter { $0 < civil.day }.max()
    if contact.kind == .notice, let last, civil.day < last + rules.minGapDays {
      problems.append("gap of \(contact.payer.id): \(last), \(civil.day)")
    }
  }

  /// Tries every contact; most are taken.
  mutating func record(_ verdict: Verdict, _ scene: inout Scene, _ random: inout SplitMix) {
    for contact in verdict.contacts {
      number += 1
      let id = "s\(number)"
      scene.history.apply(
        .contactIntended(contact.intended(as: id, attempt: 1, messageID: "<\(id)>", sha256: "", policy: "")),
        at: scene.now)
      let fate = Int.random(in: 0..<10, using: &random)
      for recipient in contact.to.indices {
        let attempt = Attempt(contact: id, recipient: recipient, attempt: 1)
        switch fate {
        case 0: scene.history.apply(.contactDeferred(attempt, next: scene.now + .minutes(15)), at: scene.now)
        case 1:
          scene.history.apply(.contactInDoubt(contact: id, recipient: recipient, attempt: 1, why: ""), at: scene.now)
        case 2: scene.history.apply(.contactFailed(attempt), at: scene.now)
        default: scene.history.apply(.contactSent(attempt), at: scene.now)
        }
      }
      guard fate != 0, fate != 2 else { continue }
      count += 1
      let day = (contact.payer.zone ?? scene.policy.company.zone).day(scene.now)
      sent.append(Sent(day: day, payer: contact.payer.id, currency: contact.currency, kind: contact.kind))
      for item in contact.advancing {
        steps.insert("\(item.key) \(item.step) \(item.repetition)")
        levels[item.key] = max(levels[item.key] ?? 0, item.level)
      }
    }
  }

  private func isKnown(_ invoice: Invoice, _ scene: Scene) -> Bool {
    guard let customer = scene.customers.first(where: { $0.id == invoice.key.customer }) else { return true }
    let payer = scene.customers.first { $0.id == customer.payer } ?? customer
    let day = (payer.zone ?? scene.policy.company.zone).day(scene.now)
    return invoice.issued.map { $0 <= day } ?? true
  }
}

extension Verdict {
  fileprivate var words: [String] {
    decisions.map { "\($0.key) \($0.rule) \($0.sentence)" } + contacts.map { "\($0.payer.id) \($0.line)" }
      + waiting.map { "\($0.payer.id) \($0.line)" }
  }
}
