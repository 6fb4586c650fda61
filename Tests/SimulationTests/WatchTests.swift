import Daemon
import Decisions
import Delivery
import Ledger
import Testing
import Units

@testable import Simulation

/// The watch must be able to object: here it is shown records that no daemon should write.
@Suite("The watch")
struct WatchTests {
  private let euro: Currency
  private let plan: Plan
  private let trade: SimulatedTrade
  private var watch: Watch
  /// A moment at which the first invoice of the ledger is long due, within everybody's hours.
  private let now: Instant
  private let item: SimulatedTrade.Item

  init() throws {
    let euro = try #require(Currency(code: "EUR"))
    // A company in UTC alone, open all day and week, nothing asked of people.
    var contact = ContactRules()
    contact.opens = SimulatedPolicy.clock(0)
    contact.closes = SimulatedPolicy.clock(24)
    contact.weekdays = Weekday.allCases
    contact.firstCycle = .send
    let steps = [
      Step(name: "upcoming", day: -3, level: 0), Step(name: "first", day: 3, level: 1),
      Step(name: "second", day: 10, level: 2), Step(name: "final", day: 20, level: 3),
    ]
    let company = CompanyDefaults(
      name: "Simulated", zone: Home.utc.zone, country: "GB", language: "en", currency: euro)
    let firstDay = Day(number: 20_454)
    let plan = Plan(
      seed: 1, homes: [.utc], currencies: [euro],
      policy: Policy(company: company, schedules: [Schedule(name: "standard", steps: steps)], contact: contact),
      holidays: [:], connections: 2, firstDay: firstDay, days: 10, cycles: [SimulatedPolicy.clock(9)], stride: 1,
      segmentMax: JournalFile.segmentMax, key: nil, exportEvery: .zero,
      start: Instant(seconds: firstDay.number * 86_400), happenings: [], quiet: [])
    var chance = SplitMix64(seed: 1)
    let trade = SimulatedTrade(&chance, today: plan.firstDay, homes: plan.homes, currencies: [euro])
    let item = try #require(trade.items.first { trade.customer($0.key.customer)?.payer == nil })
    self.euro = euro
    self.plan = plan
    self.trade = trade
    self.item = item
    watch = Watch(plan, trade)
    now = Instant(seconds: (item.due + 30).number * 86_400 + 43_200)
    watch.clock(now)
    watch.ledgerRead(trade, age: .zero)
  }

  private func intended(
    _ id: String = "a", attempt: Int = 1, step: Int = 1, open: Int? = nil, to: [String]? = nil
  ) throws -> IntendedContact {
    let schedule = plan.policy.schedules[0]
    let chosen = schedule.steps[step]
    let payer = try #require(trade.customer(item.key.customer))
    let amount = Money(minor: open ?? item.amount, item.currency)
    let advanced = AdvancedItem(
      key: item.key, schedule: schedule.name, step: chosen.name, level: chosen.level, anchor: .due,
      anchorDate: item.due, day: chosen.day, repetition: 0, open: amount, ledgerSchedule: nil)
    return IntendedContact(
      contact: id, attempt: attempt, customer: payer.id, currency: item.currency, kind: chosen.kind,
      schedule: schedule.name, step: chosen.name, level: chosen.level, channel: .email, template: "",
      invoices: [advanced], listed: [ListedItem(key: item.key, open: amount)], amount: amount, deadline: nil,
      messageID: "", sha256: "", policy: "", to: to ?? Array(payer.emails.prefix(1)))
  }

  private func envelope(_ intended: IntendedContact) -> Envelope {
    Envelope(ticket: 1, sender: "us@us.example", recipient: intended.to[0], message: Array(intended.contact.utf8))
  }

  /// Announced, begun, taken and recorded as sent.
  private mutating func contact(_ intended: IntendedContact, at time: Instant) {
    watch.clock(time)
    watch.recorded([DatedEvent(.contactIntended(intended), at: time)])
    watch.begins(envelope(intended))
    watch.took(envelope(intended))
    watch.recorded([
      DatedEvent(
        .contactSent(Attempt(contact: intended.contact, recipient: 0, attempt: intended.attempt)), at: time)
    ])
  }

  private var objected: [Invariant] { watch.objections.map(\.invariant) }

  @Test("what is right it says nothing against")
  mutating func right() throws {
    contact(try intended(), at: now)
    contact(try intended("b", step: 2), at: now + .days(7))
    #expect(objected == [])
  }

  @Test("a step twice, a lower one after a higher one, and too soon after the last")
  mutating func steps() throws {
    contact(try intended(step: 2), at: now)
    contact(try intended("b", step: 2), at: now + .days(8))
    #expect(objected == [.noLevelSkipped, .once])
    contact(try intended("c", step: 1), at: now + .days(16))
    #expect(objected == [.noLevelSkipped, .once, .neverBack, .neverBack])
    contact(try intended("d", step: 3), at: now + .days(19))
    #expect(objected.last == .cap)
  }

  @Test("a message without an intent, after its outcome, or twice on one intent")
  mutating func intents() throws {
    let contact = try intended()
    watch.begins(envelope(contact))
    #expect(objected == [.intentFirst])
    self.contact(contact, at: now)
    watch.begins(envelope(contact))
    #expect(objected == [.intentFirst, .intentFirst, .once])
  }

  @Test("what is held, contested, settled, unknown, or more than is owed")
  mutating func lines() throws {
    let hold = Decisions.Rest(kind: .hold, scope: .customer(item.key.customer), by: "ann", text: nil)
    watch.recorded([DatedEvent(.restPlaced(hold), at: now)])
    contact(try intended(), at: now)
    #expect(objected == [.atRest])
    watch.recorded([
      DatedEvent(.restEnded(kind: .hold, scope: hold.scope, by: "ann", outcome: nil, text: nil), at: now)
    ])
    contact(try intended("b", step: 2, open: item.amount + 1), at: now + .days(20))
    #expect(objected.contains(.amount))
    var paid = trade
    var luck = SplitMix64(seed: 1)
    for _ in 0..<200 { _ = paid.happen(.payment, &luck, on: plan.firstDay) }
    watch.ledgerRead(paid, age: .zero)
    contact(try intended("c", step: 3), at: now + .days(40))
    #expect(objected.last == .amount && objected.dropLast().last == .amount)
    #expect(objected.count { $0 == .atRest } == 2)
  }

  @Test("an outcome that is not what the server did, and one without an intent")
  mutating func truth() throws {
    let contact = try intended()
    watch.recorded([DatedEvent(.contactIntended(contact), at: now)])
    watch.begins(envelope(contact))
    watch.took(envelope(contact))
    watch.recorded([
      DatedEvent(.contactDeferred(Attempt(contact: "a", recipient: 0, attempt: 1), next: now), at: now)
    ])
    #expect(objected == [.truth])
    watch.recorded([DatedEvent(.contactSent(Attempt(contact: "z", recipient: 0, attempt: 1)), at: now)])
    #expect(objected.dropFirst().first == .truth)
  }

  @Test("more open intents than two a connection, and some after recovery")
  mutating func openIntents() throws {
    for number in 0...2 * plan.connections {
      watch.recorded([DatedEvent(.contactIntended(try intended("c\(number)")), at: now)])
    }
    #expect(objected == [.openIntents])
    watch.recovered()
    #expect(objected.last == .recovery)
  }

  @Test("a journal that failed and messages all the same; time that goes back")
  mutating func journal() throws {
    watch.journalFailed()
    contact(try intended(), at: now)
    #expect(objected == [.silence])
    watch.recorded([DatedEvent(.noteAdded(scope: .customer("C1"), by: "ann", text: nil), at: now - .days(1))])
    #expect(objected == [.silence, .journal])
  }

  @Test("an address that the ledger does not have")
  mutating func address() throws {
    contact(try intended(to: ["stranger@elsewhere.example"]), at: now)
    #expect(objected == [.address])
  }

  @Test("somebody who is forgotten")
  mutating func forgotten() throws {
    #expect(watch.forgotten().contains { $0.key == item.key })
    contact(try intended(step: 3), at: now)
    #expect(!watch.forgotten().contains { $0.key == item.key })
  }

  @Test("zones by their laws agree with the product's")
  func homes() {
    for home in Home.allCases {
      let zone = home.zone
      // Three years, each 53 minutes.
      for minute in stride(from: 0, to: 3 * 525_600, by: 53) {
        let instant = Instant(seconds: 1_767_225_600 + minute * 60)
        guard zone.offset(at: instant) != home.offset(at: instant) else { continue }
        Issue.record("\(home) at \(instant)")
        return
      }
    }
  }
}
