import Ledger
import Units

@testable import Decisions

extension Policy {
  /// The schedule that the example configuration gives everyone, at a company in Berlin. Nothing waits for a first
  /// cycle, so that a case shows only what it is about.
  static var example: Policy {
    var policy = Policy(
      company: CompanyDefaults(
        name: "Example GmbH", zone: .berlin, country: "DE", language: "en", currency: Money("1 EUR").currency),
      schedules: [.standard],
      calendars: ["DE": .germany, "US": .unitedStates])
    policy.contact.firstCycle = .send
    return policy
  }
}

extension Schedule {
  static let standard = Schedule(
    name: "standard",
    steps: [
      .upcoming,
      Step("first", 5, level: 1),
      Step("second", 15, level: 2, deadline: 7),
      Step("call", 25, level: 2, channel: .call),
      Step("final", 35, level: 3, deadline: 10, approval: true, inDoubt: .ask),
      Step("handover", 55, level: 4, channel: .handover, approval: true),
    ])

  init(_ name: String, _ steps: Step..., match: Match? = nil, catchUp: CatchUp = .next, grace: Int = 0) {
    self.init(name: name, match: match, steps: steps, catchUp: catchUp, graceDays: grace)
  }
}

extension Step {
  static let invoice = Step("invoice", 0, level: 0, anchor: .issued)
  static let thanks = Step("thanks", 0, level: 0, anchor: .paid)
  static let upcoming = Step("upcoming", -7, level: 0)
  static let discount = Step("discount", -2, level: 0, anchor: .discount)

  init(
    _ name: String, _ day: Int, level: Int, anchor: Anchor = .due, channel: Channel = .email, deadline: Int? = nil,
    approval: Bool = false, inDoubt: InDoubtPolicy? = nil, repeat repetition: Repeat? = nil, fallback: Channel? = nil
  ) {
    self.init(
      name: name, anchor: anchor, day: day, level: level, channel: channel, template: name, deadlineDays: deadline,
      approval: approval, inDoubt: inDoubt, repetition: repetition, fallback: fallback)
  }
}

extension Match {
  init(_ change: (inout Match) -> Void) {
    self.init()
    change(&self)
  }
}
