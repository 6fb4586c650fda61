import Ledger
import Testing
import Units

@testable import Decisions

@Suite("Payment plans")
struct PlanTests {
  /// 100.00 EUR in three: 33.33, 33.33, 33.34, due on the first of April, May and June.
  static let scene = Scene(due: "2026-03-02").sent("first", "2026-03-09").with {
    $0.policy.plan.steps = [Step("instalment", -3, level: 0), Step("late", 3, level: 1)]
  }.planned(3, first: "2026-04-01", from: "2026-03-12")

  @Test("take the place of the due dates: the invoice rests, the instalments are followed up")
  func followedUp() {
    let scene = Self.scene
    scene.at("2026-03-20").expect(.inPlan, until: "2026-04-10")
    // 29 March is a Sunday.
    #expect(scene.at("2026-03-20").daysOfContact(20) == ["2026-03-27 instalment", "2026-04-07 late"])
    scene.at("2026-03-27").expectContacts("instalment 33.33 EUR: plan-1*")
  }

  @Test("are met oldest first, by whatever was paid on their invoices since")
  func met() {
    let scene = Self.scene.payment("50 EUR", on: "2026-03-30", for: "R1")
    #expect(scene.at("2026-04-09").daysOfContact(1).isEmpty)
    scene.at("2026-04-09").expect(.inPlan)
    scene.at("2026-04-28").expectContacts("instalment 16.66 EUR: plan-1*")
  }

  @Test("are completed by the last payment")
  func completed() {
    let scene = Self.scene.payment("100 EUR", on: "2026-04-20", for: "R1")
    let end = scene.at("2026-04-20").verdict.outcomes.first
    #expect(end?.outcome == "completed")
    #expect(end?.paid == "100 EUR")
  }

  @Test("break once an instalment is missed beyond the grace; the invoice goes on where it stood")
  func broken() {
    let scene = Self.scene
    #expect(scene.at("2026-04-08").verdict.outcomes.isEmpty)
    #expect(scene.at("2026-04-09").verdict.outcomes.map(\.outcome) == ["broken"])
    scene.looked("2026-04-09").at("2026-04-09").expect(.inPlan, until: "2026-04-10")
    scene.looked("2026-04-09").at("2026-04-10").expect(.contact, step: "second")
    // Seen late, it was over all the same.
    scene.looked("2026-04-13").at("2026-04-13").expect(.contact, step: "second")
    scene.at("2026-04-10").expect(.contact, step: "second")
  }

  @Test("nobody is asked for instalments of what is contested or on hold, and withholding them breaks no plan")
  func withheld() {
    for scene in [Self.scene.disputed(.invoice, from: "2026-03-16"), Self.scene.held(.invoice, from: "2026-03-16")] {
      #expect(scene.at("2026-03-20").daysOfContact(30).isEmpty)
      #expect(scene.at("2026-04-20").verdict.outcomes.isEmpty)
    }
  }

  @Test("a proposal that was agreed to is not lapsed, though that was seen before")
  func agreedInTime() {
    var plan = Scene(due: "2026-03-02").planned(3, first: "2026-04-01", from: "2026-03-12", isProposal: true)
    let lapsed = plan.at("2026-03-27").verdict.outcomes.map(HistoryEvent.restEnded)
    var agreed = plan.history.rests[.customer]![0].rest
    agreed.stage = .agreed
    plan = plan.happened(.restPlaced(agreed), "2026-03-26")
    for event in lapsed { plan = plan.happened(event, "2026-03-27") }
    plan.at("2026-03-30").expect(.inPlan)
  }

  @Test("that are proposed rest the invoices as long as the proposal stands, and no instalment is asked for")
  func proposed() {
    let scene = Scene(due: "2026-03-02").sent("first", "2026-03-09").with {
      $0.policy.plan.proposalTemplate = "plan-proposal"
    }.planned(3, first: "2026-04-01", from: "2026-03-12", isProposal: true)
    scene.at("2026-03-12 13:00").expectContacts("plan-proposal 100.00 EUR: plan-1*")
    scene.at("2026-03-20").expect(.inPlan, until: "2026-03-30")
    scene.at("2026-03-30").expect(.contact, step: "second")
    #expect(scene.at("2026-03-26").verdict.outcomes.isEmpty)
    #expect(scene.at("2026-03-27").verdict.outcomes.map(\.outcome) == ["lapsed"])
    #expect(scene.at("2026-03-27").verdict.outcomes.first?.paid == nil)
  }

  @Test("have sums exact to the cent, the last instalment takes the rounding", arguments: [1, 2, 3, 6, 7, 11, 97])
  func sums(count: Int) throws {
    for minor in [97, 100, 9_999, 10_000, 1_234_567] {
      let scene = Scene(due: "2026-03-02", Money(minor: minor, Money("1 EUR").currency)).at("2026-03-12")
      let plan = try scene.pledging().plan(instalments: count, every: .months(1), first: "2026-03-31")
      #expect(plan.instalments.count == count)
      #expect(plan.instalments.reduce(0) { $0 + $1.amount.minor } == minor)
      #expect(plan.instalments.allSatisfy { $0.amount.isPositive })
      #expect(Set(plan.instalments.dropLast().map(\.amount)).count <= 1)
    }
  }

  @Test("by the month fall on the same day, or on the month's last one")
  func months() throws {
    let plan = try Scene(due: "2026-03-02").at("2026-03-12").pledging()
      .plan(instalments: 4, every: .months(1), first: "2026-03-31")
    #expect(plan.instalments.map(\.due.description) == ["2026-03-31", "2026-04-30", "2026-05-31", "2026-06-30"])
  }

  @Test("of listed instalments must come to what is open, in order, in days to come")
  func listed() {
    func refusal(_ instalments: [(Day, Money)]) -> Pledging.Refusal? {
      do throws(Pledging.Refusal) {
        _ = try Scene(due: "2026-03-02").at("2026-03-12").pledging()
          .plan(instalments.map { Instalment(due: $0.0, amount: $0.1) })
        return nil
      } catch { return error }
    }
    #expect(refusal([("2026-04-01", "60 EUR"), ("2026-05-01", "40 EUR")]) == nil)
    #expect(refusal([("2026-04-01", "60 EUR")]) == .sumDiffers("60 EUR", open: "100 EUR"))
    #expect(refusal([("2026-04-01", "60 EUR"), ("2026-04-01", "40 EUR")]) == .daysNotAscending("2026-04-01"))
    // The journal writes no year of five digits, and no ledger knows such a day.
    #expect(refusal([("2026-04-01", "60 EUR"), ("2200-01-01", "40 EUR")]) == .tooFar("2200-01-01"))
    #expect(refusal([("2026-04-01", "60 EUR"), ("2199-12-31", "40 EUR")]) == nil)
    #expect(refusal([("2026-03-01", "100 EUR")]) == .pastDay("2026-03-01", today: "2026-03-12"))
    #expect(refusal([("2026-04-01", "110 EUR"), ("2026-05-01", "-10 EUR")]) == .notPositive("-10 EUR"))
  }

  @Test("beyond max_amount or max_months take a second word")
  func excess() {
    var rules = PlanRules()
    var plan = Rest(
      kind: .plan, scope: .customer, amount: "600 EUR",
      instalments: [
        Instalment(due: "2026-04-01", amount: "300 EUR"), Instalment(due: "2026-10-01", amount: "300 EUR"),
      ],
      by: "anna", text: nil)
    #expect(rules.excess(of: plan) == nil)
    rules.maxMonths = 6
    #expect(rules.excess(of: plan) == nil)
    plan.instalments[1].due = "2026-10-02"
    #expect(rules.excess(of: plan)?.contains("max_months") == true)
    rules.maxMonths = nil
    rules.maxAmount = ["599.99 EUR", "1 USD"]
    #expect(rules.excess(of: plan)?.contains("max_amount") == true)
  }

  @Test("no notice names an instalment beside other invoices, and a hold rests instalments too")
  func apart() {
    let scene = Self.scene.invoice("R2", due: "2026-04-02")
    scene.at("2026-04-07").expectContacts("late 33.33 EUR: plan-1*", "first 100.00 EUR: R2*")
    Self.scene.held(.customer, from: "2026-03-20").at("2026-03-27").expectContacts()
  }
}
