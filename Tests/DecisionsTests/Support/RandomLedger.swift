import Ledger
import Units

@testable import Decisions

/// A small generator with a seed (SplitMix64, Steele, Lea, Flood 2014), so that a failing case can be run again.
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func one(in count: Int) -> Bool { Int.random(in: 0..<count, using: &self) == 0 }
}

extension Scene {
  /// A handful of customers with up to eight invoices each, under a policy drawn at random.
  static func random(_ random: inout SplitMix) -> Scene {
    var scene = Scene()
    for id in ["D", "E", "F"] {
      scene = scene.customer(id) { customer in
        if random.one(in: 3) { customer.payer = "C" }
        if random.one(in: 3) { customer.zone = [.newYork, .auckland, .tokyo].randomElement(using: &random) }
        if random.one(in: 5) { customer.maxLevel = Int.random(in: 0...2, using: &random) }
        if random.one(in: 8) { customer.doNotContact = .everything }
        if random.one(in: 4) { customer.emails = ["ap@c.example"] }
        if random.one(in: 4) { customer.emails.append("second@\(id).example") }
      }
    }
    for customer in ["C", "D", "E", "F"] {
      for index in 0..<Int.random(in: 1...8, using: &random) {
        let due = Day("2026-01-05") + Int.random(in: 0..<160, using: &random)
        let amount = Money(
          minor: Int.random(in: 1...20_000, using: &random),
          (random.one(in: 4) ? Money("1 USD") : Money("1 EUR")).currency)
        scene = scene.invoice("\(customer)\(index)", due: due, amount, of: customer) { invoice in
          if random.one(in: 10) { invoice.disputed = .part(Money(minor: amount.minor / 2, amount.currency)) }
          if random.one(in: 12) { invoice.autopay = due }
        }
      }
    }
    var steps: [Step] = random.one(in: 2) ? [.invoice, .upcoming] : [.upcoming]
    var day = 0
    for level in 1...Int.random(in: 1...4, using: &random) {
      day += Int.random(in: 1...14, using: &random)
      steps.append(
        Step(
          "level\(level)", day, level: level,
          deadline: random.one(in: 3) ? Int.random(in: 3...10, using: &random) : nil,
          repeat: random.one(in: 4) ? .init(everyDays: Int.random(in: 3...14, using: &random), times: 2) : nil))
    }
    scene.policy.schedules = [
      Schedule(
        name: "standard", steps: steps, catchUp: random.one(in: 3) ? .latest : .next,
        graceDays: random.one(in: 3) ? 2 : 0, consolidation: random.one(in: 4) ? .invoice : .payer)
    ]
    scene.policy.contact.minGapDays = [0, 3, 7, 10].randomElement(using: &random) ?? 7
    scene.policy.contact.atMost = .init(
      contacts: Int.random(in: 1...2, using: &random), days: [3, 7, 14].randomElement(using: &random) ?? 7)
    if random.one(in: 3) { scene.policy.contact.weekdays = Weekday.allCases }
    if random.one(in: 3) { scene.policy.contact.minBalance = ["50 EUR"] }
    return scene
  }

  /// A payment, a returned one, a hold or a dispute, or the end of one.
  func somethingHappens(_ random: inout SplitMix) -> Scene {
    guard let invoice = invoices.randomElement(using: &random) else { return self }
    let day = Zone.berlin.day(now)
    let scope = Scope.invoice(customer: invoice.key.customer, number: invoice.key.number)
    switch Int.random(in: 0..<7, using: &random) {
    case 0: return payment(invoice.amount ?? "1 EUR", on: day, for: invoice.key.number, of: invoice.key.customer)
    case 1: return payment(Money(minor: 500, invoice.currency), on: day, of: invoice.key.customer)
    case 2: return with { $0.history.apply(.restPlaced(Rest(kind: .hold, scope: scope, by: "a", text: nil)), at: now) }
    case 3:
      let until = day + Int.random(in: 0..<20, using: &random)
      return with {
        $0.history.apply(
          .restPlaced(Rest(kind: .dispute, scope: .customer(invoice.key.customer), until: until, by: "a", text: nil)),
          at: now)
      }
    case 4:
      return with { $0.history.apply(.restEnded(kind: .hold, scope: scope, by: "a", outcome: nil, text: nil), at: now) }
    case 5:
      return payment(Money(minor: -500, invoice.currency), on: day, for: invoice.key.number, of: invoice.key.customer)
    default:
      return with { scene in
        // The accounting side moves a due date.
        guard let index = scene.invoices.firstIndex(where: { $0.key == invoice.key }) else { return }
        scene.invoices[index].due = scene.invoices[index].due + 10
      }
    }
  }

  /// Whether a hold or a dispute is in force on it or its customer, by the plain list of what people said.
  func rests(_ key: ItemKey, on day: Day) -> Bool {
    let customer = customers.first { $0.id == key.customer }
    let scopes: [Scope] =
      [.invoice(customer: key.customer, number: key.number), .customer(key.customer)]
      + [customer?.payer].compactMap { $0.map { .customer($0) } }
    return scopes.flatMap { history.rests[$0] ?? [] }.contains { placed in
      placed.ended == nil && placed.rest.amount == nil && placed.rest.until.map { day <= $0 } ?? true
    }
  }

  /// Whether payments that name it cover it.
  func isPaid(_ invoice: Invoice, on day: Day) -> Bool {
    let paid = payments.filter {
      $0.customer == invoice.key.customer && $0.invoice == invoice.key.number && $0.date <= day
    }
    return paid.reduce(0) { $0 + $1.amount.minor } >= invoice.amount?.minor ?? 0
  }
}
