import Daemon
import Decisions
import Journal
import Ledger
import Storage
import Units

/// Writes a journal of real records, as a company's would be: each payer is contacted every few weeks about two
/// invoices; one contact in fifty is put off once, one in two hundred bounces, and now and then a person steps in.
struct Generator {
  private let euro: Currency
  private var random = SeededGenerator(seed: 7)
  private var now: Instant
  private var pending: [HistoryEvent] = []
  private(set) var count = 1

  init(begin: Instant, euro: Currency) {
    now = begin
    self.euro = euro
  }

  /// Records for about `total` in all, a few thousand at a time; nil when there are enough.
  mutating func next(of total: Int) -> (events: [HistoryEvent], at: Instant)? {
    guard count < total else { return nil }
    var events: [HistoryEvent] = []
    let payers = max(10, total / 50)
    while events.count < min(4000, total - count) { contact(payers, &events) }
    events.removeLast(max(0, events.count - (total - count)))
    count += events.count
    now = now + .seconds(600)
    return (events, now)
  }

  private mutating func contact(_ payers: Int, _ events: inout [HistoryEvent]) {
    let payer = random.below(payers)
    let customer = "C\(100_000 + payer)"
    let serial = random.next()
    let id = String(serial | 1 << 63, radix: 32).suffix(12) + "0000"
    let first = Int(serial % 1_000_000)
    let day = Day(number: now.seconds / 86_400 - 20)
    var items: [AdvancedItem] = []
    for number in [first, first + 1_000_000] {
      items.append(
        AdvancedItem(
          key: ItemKey(customer: customer, number: "R-\(number)"), schedule: "standard", step: "first", level: 1,
          anchor: .due, anchorDate: day, day: 5, repetition: 0, open: Money(minor: 12_300 + number % 1000, euro),
          ledgerSchedule: nil))
    }
    let address = "accounts@customer-\(payer).example"
    var sha256 = ""
    for _ in 0..<4 { sha256 += String(random.next() | 1 << 63, radix: 16) }
    let intended = IntendedContact(
      contact: String(id), attempt: 1, customer: customer, currency: euro, kind: .notice, schedule: "standard",
      step: "first", level: 1, channel: .email, template: "first", invoices: items,
      listed: items.map { ListedItem(key: $0.key, open: $0.open) },
      amount: items.reduce(Money.zero(euro)) { $0 + $1.open }, deadline: day + 30,
      messageID: "\(id).1@dunning.example.com", sha256: sha256,
      policy: "7d1a54127b222502f5b79b5fb0803061152a44f92b37e23c6527baf665d4da9a", to: [address],
      names: ["Customer \(payer) Ltd"])
    events.append(.contactIntended(intended))
    let attempt = Attempt(
      contact: String(id), recipient: 0, attempt: 1, stage: "dot", code: 250,
      reply: "250 2.0.0 Ok: queued as \(first)", server: "mail.example.com:587")
    switch random.below(400) {
    case 0, 1:
      events.append(.contactSent(attempt))
      events.append(
        .contactBounced(
          contact: String(id), recipient: 0, status: "5.1.1", permanent: true, excerpt: "no such user here"))
    case 2..<10: events.append(.contactDeferred(attempt, next: now + .seconds(3600)))
    default: events.append(.contactSent(attempt))
    }
    switch random.below(60) {
    case 0: events.append(.noteAdded(scope: .customer(customer), by: "anna", text: "will pay on Friday, says he"))
    case 1:
      events.append(
        .restPlaced(
          Rest(
            kind: .hold, scope: .invoice(customer: customer, number: "R-\(first)"), until: day + 40, by: "anna",
            text: "asked for a copy")))
    default: break
    }
  }
}
