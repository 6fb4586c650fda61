import Ledger
import Testing
import Units

@testable import Decisions

@Suite("Promises and plans of which something is withheld")
struct WithholdingTests {
  /// Notices go on two invoices, R1 of 100 EUR and R2 of 200 EUR, on the fifth day.
  static let owed = Scene(due: "2026-02-02").invoice("R2", due: "2026-02-02", "200 EUR")
    .sent("first", "2026-02-09", ["R1", "R2"])
  /// 150 EUR by 20 February, and a week of grace; 150 EUR by 20 March.
  static let plan = owed.planned(2, first: "2026-02-20", from: "2026-02-11")
  /// 300 EUR by 20 February, and three banking days of grace.
  static let promise = owed.promised(by: "2026-02-20", from: "2026-02-11")

  @Test("a dispute of a small part, that is in the plan or promise not even, keeps neither from breaking")
  func part() {
    let small = Self.owed.disputed(.invoice, "1 EUR", from: "2026-02-10")
    let plan = small.planned(2, first: "2026-02-20", from: "2026-02-11")
    #expect(plan.at("2026-02-27").verdict.outcomes.isEmpty)
    #expect(plan.at("2026-02-28").verdict.outcomes.map(\.outcome) == ["broken"])
    plan.looked("2026-02-28").at("2026-03-03").expectContacts("second 299.00 EUR: R1* R2* (R1 disputed)")
    let promise = small.promised(by: "2026-02-20", from: "2026-02-11")
    #expect(promise.at("2026-02-26").verdict.outcomes.map(\.outcome) == ["broken"])
    // All that was left of the invoice.
    let whole = Self.plan.disputed(.invoice, "100 EUR", from: "2026-02-12")
    #expect(whole.at("2026-03-31").verdict.outcomes.isEmpty)
    whole.at("2026-03-31").expect(.inPlan, of: "R2", until: "open")
  }

  /// Whatever rests one of the invoices as a whole.
  static let withheld: [@Sendable (Scene) -> Scene] = [
    { scene in scene.disputed(.invoice, from: "2026-02-12") },
    { scene in scene.disputed(.customer, from: "2026-02-12") },
    { scene in scene.held(.customer, from: "2026-02-12") },
    { scene in scene.held(.invoice, from: "2026-02-12") },
    { scene in scene.with { $0.invoices[0].disputed = .whole } },
    { scene in
      let rest = Rest(
        kind: .dispute, scope: .customer,
        items: [ListedItem(key: ItemKey(customer: "C", number: "R1"), open: "100 EUR")], by: "ben", text: nil)
      return scene.happened(
        .callLogged(LoggedCall(customer: "C", outcome: .disputed, rest: rest, by: "ben", text: nil)), "2026-02-12")
    },
  ]

  @Test("neither breaks while an invoice rests as a whole, whoever said so and wherever", arguments: 0..<6)
  func whole(index: Int) {
    for scene in [Self.plan, Self.promise] {
      let scene = Self.withheld[index](scene)
      for day in ["2026-02-26", "2026-02-28", "2026-03-31"] {
        #expect(scene.at(day).verdict.outcomes.isEmpty)
        #expect(scene.at(day).verdict.contacts.isEmpty)
      }
    }
  }

  @Test("what rests so for long after its day is a task: nobody forgets the other invoice", arguments: [plan, promise])
  func task(pledge: Scene) {
    func kinds(_ day: String) -> [StaffTask.Kind] {
      let scene = pledge.with { $0.invoices[0].disputed = .whole }.at(day)
      return StaffTasks.all(scene.verdict, scene.history, scene.books.customers, scene.policy, now: scene.now) { _ in ""
      }
      .map(\.kind)
    }
    #expect(kinds("2026-03-20") == [])
    #expect(kinds("2026-03-23") == [.withheld])
  }

  @Test("a hold that comes later hides nothing of what the ledger contests", arguments: [plan, promise])
  func heldLater(pledge: Scene) {
    let scene = pledge.with { $0.invoices[0].disputed = .whole }.held(.customer, from: "2026-03-31")
    #expect(scene.at("2026-04-01").verdict.outcomes.isEmpty)
  }

  @Test("a plan goes on when that ends: its instalment is due anew, with its grace, and nothing is broken backwards")
  func planGoesOn() {
    let closed = Self.plan.disputed(.invoice, from: "2026-02-12").disputeClosed(.invoice, "2026-03-10 12:00")
    // It goes on from the 12th, and a week of grace later the plan is broken.
    closed.at("2026-03-10 12:15").expect(.inPlan, of: "R2", until: "2026-03-23").expectContacts()
    #expect(closed.at("2026-03-19").verdict.outcomes.isEmpty)
    #expect(closed.at("2026-03-20").verdict.outcomes.map(\.until) == ["2026-03-19"])
    closed.looked("2026-03-20").at("2026-03-20").expect(.inPlan, of: "R2", until: "2026-03-23").expectContacts()
    closed.looked("2026-03-20").at("2026-03-23").expectContacts("second 300.00 EUR: R1* R2*")
    #expect(closed.payment("150 EUR", on: "2026-03-18", for: "R2").at("2026-03-20").verdict.outcomes.isEmpty)
  }

  @Test("one whose end is known says so beforehand")
  func dated() {
    let held = Self.plan.held(.invoice, from: "2026-02-12", until: "2026-03-06")
    for day in ["2026-02-20", "2026-03-05", "2026-03-09"] {
      held.at(day).expect(.inPlan, of: "R2", until: "2026-03-19").expectContacts()
      #expect(held.at(day).verdict.outcomes.isEmpty)
    }
    let customer = Self.plan.held(.customer, from: "2026-02-12", until: "2026-03-13")
    #expect(customer.at("2026-03-24").verdict.outcomes.isEmpty)
    #expect(customer.at("2026-03-25").verdict.outcomes.map(\.until) == ["2026-03-24"])
    customer.at("2026-03-18").expectContacts()
    let promise = Self.promise.held(.customer, from: "2026-02-12", until: "2026-03-13")
    promise.at("2026-03-18").expect(.promised, until: "2026-03-24").expectContacts()
    #expect(promise.at("2026-03-23").verdict.outcomes.map(\.until) == ["2026-03-20"])
    promise.looked("2026-03-23").at("2026-03-23").expect(.promised, until: "2026-03-24")
    promise.looked("2026-03-23").at("2026-03-24").expectContacts("second 300.00 EUR: R1* R2*")
  }

  @Test("where the customer was right, it waits for the credit note, which counts as paid")
  func accepted() {
    let dispute = Rest(
      kind: .dispute, scope: .invoice,
      items: [ListedItem(key: ItemKey(customer: "C", number: "R1"), open: "100 EUR")], by: "ben", text: nil)
    let scene = Self.plan.happened(.restPlaced(dispute), "2026-02-12").happened(
      .restEnded(RestEnd(kind: .dispute, scope: .invoice, by: "ben", outcome: "accepted", text: nil)), "2026-03-10")
    scene.at("2026-03-31").expect(.disputed, of: "R1", until: "open").expect(.inPlan, of: "R2", until: "open")
    #expect(scene.at("2026-03-31").verdict.outcomes.isEmpty)
    let credited = scene.creditNote("G1", "100 EUR", on: "2026-03-11", for: "R1")
    #expect(credited.at("2026-03-19").verdict.outcomes.isEmpty)
    #expect(credited.at("2026-03-20").verdict.outcomes.map(\.paid) == ["100 EUR"])
  }

  @Test("what rests an invoice only once it is broken mends nothing")
  func late() {
    let plan = Self.plan.held(.customer, from: "2026-03-02")
    #expect(plan.at("2026-03-02 12:00").verdict.outcomes.map(\.outcome) == ["broken"])
    let last = Self.plan.held(.customer, from: "2026-02-27", until: "2026-02-27")
    #expect(last.at("2026-03-02").verdict.outcomes.isEmpty)
    // Nor what was over when it was agreed, nor a hold on what is paid by now.
    let before = Self.owed.held(.customer, from: "2026-02-05", until: "2026-02-10")
      .planned(2, first: "2026-02-12", from: "2026-02-11")
    #expect(before.at("2026-02-20").verdict.outcomes.map(\.until) == ["2026-02-19"])
    let paid = Self.plan.held(.invoice, from: "2026-02-12").payment("100 EUR", on: "2026-02-16", for: "R1")
    #expect(paid.at("2026-02-28").verdict.outcomes.map(\.paid) == ["100 EUR"])
  }

  @Test("a promise goes on with days of grace of its own, and no invoice gets further by it meanwhile")
  func promiseGoesOn() {
    let jumping = Self.promise.with {
      $0.policy.schedules[0].onBrokenPromise = "final"
      $0.policy.schedules[0].steps[4].approval = false
    }
    let disputed = jumping.disputed(.invoice, from: "2026-02-12")
    for day in ["2026-02-26", "2026-02-27", "2026-03-02"] {
      #expect(disputed.at(day).verdict.outcomes.isEmpty)
      disputed.at(day).expect(.disputed, of: "R1").expect(.promised, of: "R2", until: "open").expectContacts()
    }
    let closed = disputed.disputeClosed(.invoice, "2026-03-10")
    closed.at("2026-03-17").expect(.promised, of: "R1", until: "2026-03-19").expectContacts()
    closed.looked("2026-03-18").at("2026-03-19").expectContacts("final 300.00 EUR: R1* R2*")
  }

  @Test("explain says why nothing is missed")
  func sentences() throws {
    func sentence(_ scene: Scene) throws -> String {
      try #require(scene.verdict.decisions.first { $0.key.number == "R2" }).sentence
    }
    let waits = "nothing is missed as long as another of its invoices is on hold or disputed."
    let plan = try sentence(Self.plan.disputed(.invoice, from: "2026-02-12").at("2026-03-02"))
    #expect(plan == "Invoice R2 is in payment plan plan-1, agreed with anna; next 150.00 EUR by 2026-02-20; \(waits)")
    let promise = try sentence(Self.promise.disputed(.invoice, from: "2026-02-12").at("2026-03-02"))
    #expect(promise == "Invoice R2 is promised: 300.00 EUR by 2026-02-20, told to anna; \(waits)")
  }
}
