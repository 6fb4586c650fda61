import Decisions
import Ledger
import Units

/// Policies drawn by chance: steps close to each other, so that much happens in few days.
enum SimulatedPolicy {
  static func draw(_ chance: inout SplitMix64, _ homes: [Home], holidays: [String: Set<Day>], _ currency: Currency)
    -> Policy
  {
    var steps = [
      Step(name: "upcoming", day: -chance.pick(1...4), level: 0, template: "upcoming"),
      Step(name: "first", day: chance.pick(1...5), level: 1, template: "first"),
      Step(name: "second", day: chance.pick(8...12), level: 2, template: "second"),
      Step(name: "final", day: chance.pick(16...22), level: 3, template: "final"),
    ]
    if chance.chance(300) { steps[2].deadlineDays = chance.pick(3...10) }
    if chance.chance(300) { steps[1].repetition = Step.Repeat(everyDays: 7, times: chance.pick(1...2)) }
    if chance.chance(200) { steps[3].inDoubt = .ask }
    if chance.chance(200) { steps[3].approval = true }
    var contact = ContactRules()
    let hours = chance.pick([(0, 24), (9, 17), (10, 16), (7, 19)])
    contact.opens = clock(hours.0)
    contact.closes = clock(hours.1)
    if chance.chance(400) { contact.weekdays = Weekday.allCases }
    contact.firstCycle = chance.chance(250) ? .approve : .send
    contact.maxPerCycle = chance.chance(100) ? 2 : 1000
    contact.resumeAfterBankingDays = chance.pick(0...2)
    if chance.chance(200) { contact.atMost = ContactRules.Cap(contacts: 2, days: 10) }
    if chance.chance(200) { contact.minGapDays = chance.pick([0, 3, 10]) }
    if chance.chance(200) { contact.minBalance = [Money(minor: 2500, currency)] }
    var schedules = [
      Schedule(
        name: "standard", steps: steps, catchUp: chance.chance(300) ? .latest : .next,
        graceDays: chance.chance(200) ? 1 : 0, consolidation: chance.chance(250) ? .invoice : .payer)
    ]
    if chance.chance(200) {
      var strict = schedules[0]
      strict.name = "strict"
      strict.match = Match()
      strict.match?.kinds = [.consumer]
      strict.steps = [steps[1], steps[3]]
      schedules.insert(strict, at: 0)
    }
    var calendars: [String: HolidayCalendar] = [:]
    for country in holidays.keys.sorted() {
      let rules = (holidays[country] ?? []).sorted().map { HolidayRule(name: "day off", date: .once($0)) }
      calendars[country] = HolidayCalendar(code: country, country: country, title: country, rules: rules)
    }
    var freshness = LedgerFreshness()
    if chance.chance(500) { freshness.maxAge = .hours(36) }
    if homes.count == 1, chance.chance(200) { freshness.needsPostedCash = true }
    return Policy(
      company: CompanyDefaults(
        name: "Simulated", zone: homes[0].zone, country: homes[0].country, language: "en", currency: currency),
      schedules: schedules, contact: contact, freshness: freshness,
      inDoubt: chance.chance(100) ? .resend : .assumeSent, calendars: calendars, hash: "simulated")
  }

  /// Somebody edits the configuration.
  static func vary(_ policy: Policy, _ chance: inout SplitMix64) -> Policy {
    var policy = policy
    for _ in 0..<chance.pick(1...2) {
      switch chance.pick(0...8) {
      case 0: policy.contact.atMost = ContactRules.Cap(contacts: chance.pick(1...2), days: chance.pick(5...10))
      case 1: policy.contact.minGapDays = chance.pick([0, 3, 7, 10])
      case 2: policy.contact.resumeAfterBankingDays = chance.pick(0...4)
      case 3: policy.contact.weekdays = chance.chance(500) ? Weekday.allCases : Array(Weekday.allCases.prefix(5))
      case 4: change(&policy, &chance) { step, chance in step.approval = step.level == 3 && chance.chance(500) }
      case 5: change(&policy, &chance) { step, chance in if step.level == 2 { step.day = chance.pick(8...12) } }
      // The same step under another name is the same step.
      case 6: change(&policy, &chance) { step, _ in if step.level == 2 { step.name = step.name + "-b" } }
      case 7: policy.inDoubt = policy.inDoubt == .assumeSent && chance.chance(300) ? .ask : .assumeSent
      default: policy.schedules[0].catchUp = chance.chance(500) ? .next : .latest
      }
    }
    return policy
  }

  /// What matters of it, on one line.
  static func words(_ policy: Policy) -> String {
    let rules = policy.contact
    let schedules = policy.schedules.map { schedule in
      let steps = schedule.steps.map { step in
        "\(step.name) \(step.day)" + (step.deadlineDays.map { " deadline \($0)" } ?? "")
          + (step.repetition.map { " repeat \($0.everyDays)x\($0.times)" } ?? "") + (step.approval ? " approval" : "")
          + (step.channel == .email ? "" : " \(step.channel)") + (step.fallback.map { " else \($0)" } ?? "")
          + (step.inDoubt.map { " \($0)" } ?? "")
      }
      return "\(schedule.name) \(schedule.catchUp) \(schedule.consolidation) grace \(schedule.graceDays): "
        + steps.joined(separator: ", ")
    }
    return
      "\(rules.opens)-\(rules.closes) \(rules.weekdays.count) days, \(rules.atMost.contacts) per \(rules.atMost.days), "
      + "gap \(rules.minGapDays), resume \(rules.resumeAfterBankingDays), \(policy.inDoubt); "
      + schedules.joined(separator: "; ")
  }

  private static func change(
    _ policy: inout Policy, _ chance: inout SplitMix64, _ edit: (inout Step, inout SplitMix64) -> Void
  ) {
    for schedule in policy.schedules.indices {
      for step in policy.schedules[schedule].steps.indices { edit(&policy.schedules[schedule].steps[step], &chance) }
    }
  }

  static func clock(_ hour: Int, _ minute: Int = 0) -> ClockTime {
    guard let time = ClockTime(hour: hour, minute: minute) else { preconditionFailure("no time of a day") }
    return time
  }
}
