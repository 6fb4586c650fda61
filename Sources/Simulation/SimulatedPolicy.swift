import Decisions
import Ledger
import Units

/// A policy drawn by chance: steps close to each other, so that much happens in few days.
enum SimulatedPolicy {
  static func draw(_ chance: inout SplitMix64, _ currency: Currency) -> Policy {
    var steps = [
      Step(name: "upcoming", day: -chance.pick(1...4), level: 0, template: "upcoming"),
      Step(name: "first", day: chance.pick(1...3), level: 1, template: "first"),
      Step(name: "second", day: chance.pick(8...11), level: 2, template: "second"),
      Step(name: "final", day: chance.pick(16...20), level: 3, template: "final"),
    ]
    if chance.chance(300) { steps[2].deadlineDays = 3 }
    if chance.chance(300) { steps[1].repetition = Step.Repeat(everyDays: 7, times: 1) }
    if chance.chance(200) { steps[3].inDoubt = .ask }
    var contact = ContactRules()
    contact.opens = ClockTime(text: "00:00") ?? contact.opens
    contact.closes = ClockTime(text: "24:00") ?? contact.closes
    if chance.chance(700) {
      contact.weekdays = [.monday, .tuesday, .wednesday, .thursday, .friday, .saturday, .sunday]
    }
    contact.firstCycle = .send
    contact.maxPerCycle = 1000
    contact.resumeAfterBankingDays = chance.pick(0...2)
    return Policy(
      company: CompanyDefaults(name: "Simulated", zone: .utc, country: "DE", language: "en", currency: currency),
      schedules: [
        Schedule(
          name: "standard", steps: steps, catchUp: chance.chance(300) ? .latest : .next,
          consolidation: chance.chance(250) ? .invoice : .payer)
      ], contact: contact, inDoubt: chance.chance(100) ? .resend : .assumeSent, hash: "simulated")
  }
}
