import Ledger
import Testing
import Units

@testable import Decisions

/// What a clerk reads: the sentence, and where the rule stands.
@Suite("Sentences")
struct SentenceTests {
  static let plan = PlacedRest(
    rest: Rest(kind: .plan, id: "plan-1", scope: .customer("C"), amount: "80 EUR", by: "anna", text: nil),
    placed: Zone.berlin.time("2026-03-02"))
  static let rest = PlacedRest(
    rest: Rest(kind: .hold, scope: .invoice, amount: "40 EUR", until: "2026-03-10", by: "anna", text: "asked by sales"),
    placed: Zone.berlin.time("2026-03-02"))
  static let noon = Zone.utc.time("2026-03-09 12:00")
  static let row = BadRow(
    place: Place(file: "invoices.csv", line: 9), column: "due", reason: "\"x\" is no day", reach: .everything)

  /// Every reason, also those whose events come from commands that do not exist yet.
  static let table: [(Ground, ReasonCode, String)] = [
    (.settled(.paid), .settled, "is paid"),
    (.settled(.credited("100 EUR")), .settled, "is covered by unapplied credit of 100.00 EUR"),
    (
      .quarantined(row), .quarantined,
      "rests because a ledger row cannot be read (invoices.csv:9: due: \"x\" is no day)"
    ),
    (.handedOver, .handedOver, "is handed over"),
    (
      .held(rest, resumes: "2026-03-12"), .held,
      "is on hold by anna (asked by sales) for 40.00 EUR until 2026-03-10; it goes on from 2026-03-12"
    ),
    (.disputed(nil, resumes: nil), .disputed, "is disputed: the ledger says so"),
    (.disputed(rest, resumes: nil), .disputed, "is disputed by anna"),
    (
      .promised(rest, resumes: "2026-03-17"), .promised,
      "is promised: 40.00 EUR by 2026-03-10, told to anna; if it does not come, it goes on from 2026-03-17"
    ),
    (
      .inPlan(plan, next: Instalment(due: "2026-04-01", amount: "40 EUR"), resumes: "2026-04-10"), .inPlan,
      "is in payment plan plan-1, agreed with anna; next 40.00 EUR by 2026-04-01; if it is missed, it goes on from "
        + "2026-04-10"
    ),
    (
      .autopay(collected: "2026-03-04", posted: "2026-03-11"), .autopay,
      "is collected by direct debit on 2026-03-04; until 2026-03-11"
    ),
    (.replied(at: noon, until: noon + .days(3)), .replied, "waits because the customer answered on 2026-03-09 12:00"),
    (.noSchedule, .noSchedule, "has no schedule"),
    (.excluded(.noSteps), .excluded, "is never contacted: schedule \"standard\" has no steps"),
    (.excluded(.dueBefore("2025-06-01")), .excluded, "was due before 2025-06-01"),
    (.completed, .completed, "has no step left in schedule \"standard\""),
    (.capped(maxLevel: 1), .capped, "has no step left up to level 1"),
    (
      .belowMinimum(balance: "7 EUR", minimum: "25 EUR"), .belowMinimum,
      "waits because 7.00 EUR overdue is less than the minimum of 25.00 EUR"
    ),
    (.taskOpen(.call), .taskOpen, "waits for a person: step \"first\" is a call"),
    (
      .notYet(planned: "2026-03-14", goes: "2026-03-16"), .notYet,
      "waits for step \"first\", planned for 2026-03-14 and possible from 2026-03-16"
    ),
    (.notYet(planned: "2026-03-16", goes: "2026-03-16"), .notYet, "waits for step \"first\", planned for 2026-03-16"),
    (
      .staleLedger(age: .hours(40), limit: .hours(36)), .staleLedger,
      "waits because the ledger is 40 h old and at most 36h is allowed"
    ),
    (
      .cashNotPosted(posted: nil, needed: "2026-03-06"), .cashNotPosted, "posted up to no known day, not yet 2026-03-06"
    ),
    (.doNotContact, .doNotContact, "asked for no contact"),
    (.noAddress(bad: []), .noAddress, "its customer has no e-mail address"),
    (.noAddress(bad: ["a@b.example"]), .noAddress, "every address of its customer was refused or bounced"),
    (.inDoubt(contact: "k7"), .inDoubt, "`dunningd resolve k7`"),
    (.needsApproval(.step), .needsApproval, "waits for approval: step \"first\" asks for a person's word"),
    (.needsApproval(.firstCycle), .needsApproval, "`dunningd approve --cycle`: nothing was ever sent before"),
    (
      .needsApproval(.largeCycle(contacts: 300, limit: 200)), .needsApproval,
      "300 contacts are due at once, more than 200"
    ),
    (.needsApproval(.refused(noon)), .needsApproval, "step \"first\" was refused on 2026-03-09 12:00"),
    (
      .deadlineRunning(deadline: "2026-03-26", until: "2026-03-31"), .deadlineRunning,
      "has until 2026-03-26 to pay; the next notice can go on 2026-03-31"
    ),
    (
      .tooSoon(.gap(days: 7), last: "2026-03-05", until: "2026-03-12"), .tooSoon,
      "waits until 2026-03-12: the last notice went on 2026-03-05, and 7 days lie between two"
    ),
    (
      .tooSoon(.cap(.init(contacts: 1, days: 7)), last: "2026-03-05", until: "2026-03-12"), .tooSoon,
      "at most 1 in 7 days"
    ),
    (.tooSoon(.sameDay, last: "2026-03-09", until: "2026-03-10"), .tooSoon, "went today already"),
    (.retryLater(contact: "k7", until: noon), .retryLater, "the last attempt (contact k7) failed for now"),
    (.outsideHours(.weekday(.saturday), opens: noon), .outsideHours, "no contact on a Saturday"),
    (.outsideHours(.holiday("Whit Monday"), opens: noon), .outsideHours, "today is Whit Monday"),
    (.outsideHours(.hours, opens: noon), .outsideHours, "it is outside contact hours"),
    (.contact, .contact, "is contacted now: 1 day past due, step \"first\" of schedule \"standard\", level 1"),
  ]

  @Test("every reason has its sentence", arguments: table.indices)
  func sentences(index: Int) {
    let (ground, code, words) = Self.table[index]
    let decision = Decision(
      key: ItemKey(customer: "C", number: "R1"), payer: "C", currency: Money("1 EUR").currency, daysPastDue: 1,
      schedule: "standard", step: Step("first", 5, level: 1), ground: ground, rule: Rule("contact"))
    #expect(decision.reason == code)
    #expect(
      decision.sentence.hasPrefix("Invoice R1 ") && decision.sentence.contains(words)
        && decision.sentence.hasSuffix("."), "\(decision.sentence)")
  }

  @Test("every reason stands in the table")
  func complete() {
    #expect(Set(Self.table.map(\.1)) == Set(ReasonCode.allCases))
  }

  @Test("a decision names the rule and its place")
  func rules() {
    let due = Scene(due: "2026-03-04").at("2026-03-09")
    func rule(_ scene: Scene) -> String? { scene.verdict.decisions.first?.rule.description }
    #expect(rule(due) == "schedule \"standard\", step \"first\"")
    #expect(
      rule(due.with { $0.policy.schedules[0].steps[1].place = Place(file: "dunningd.toml", line: 14, column: 3) })
        == "schedule \"standard\", step \"first\" (dunningd.toml:14:3)")
    #expect(rule(due.at("2026-03-14")) == "contact.days")
    #expect(rule(due.at("2026-04-06")) == "contact.holidays")
    #expect(rule(due.at("2026-03-09 08:00")) == "contact.hours")
    #expect(rule(due.held(.invoice)) == "hold by anna")
    #expect(rule(due.payment("100 EUR", on: "2026-03-05")) == "ledger row (invoices.csv:2)")
    #expect(rule(due.rules { $0.minBalance = ["500 EUR"] }) == "contact.min_balance")
    #expect(rule(due.rules { $0.maxPerCycle = 0 }) == "contact.max_per_cycle")
    #expect(rule(due.customer { $0.emails = [] }) == "ledger column email (customers.csv:2)")
  }
}
