import Ledger
import Testing
import Units

@testable import Decisions

/// Where two reasons hold, the earlier one in the table of section 6 is given.
@Suite("The order of reasons")
struct OrderTests {
  /// A way to make each reason hold, on an invoice due 4 March 2026 and seen at 17:00 on Monday the 9th.
  static let makings: [(ReasonCode, @Sendable (Scene) -> Scene)] = [
    (.settled, { $0.payment("100 EUR", on: "2026-03-05", for: "R1") }),
    (.quarantined, { $0.badRow(.customer("C")) }),
    (.held, { $0.held(.invoice) }),
    (.disputed, { $0.disputed(.customer) }),
    (.autopay, { $0.with { $0.invoices[0].autopay = "2026-03-05" } }),
    (.replied, { $0.happened(.contactReplied(Reply(contact: nil, customer: "C", excerpt: nil)), "2026-03-08") }),
    (.excluded, { $0.rules { $0.ignoreDueBefore = "2026-12-31" } }),
    (.capped, { $0.customer { $0.maxLevel = 0 } }),
    (.belowMinimum, { $0.rules { $0.minBalance = ["5000 EUR"] } }),
    (.staleLedger, { $0.stale() }),
    (.cashNotPosted, { $0.with { $0.policy.freshness.needsPostedCash = true } }),
    (.doNotContact, { $0.customer { $0.doNotContact = .everything } }),
    (.noAddress, { $0.customer { $0.emails = [] } }),
    (.inDoubt, { $0.with { $0.policy.inDoubt = .ask }.sent("first", "2026-03-09 10:00", ["R1"], .inDoubt) }),
    (.needsApproval, { $0.with { $0.policy.schedules[0].steps[1].approval = true } }),
    (.deadlineRunning, { $0.invoice("X", due: "2026-01-05").sent("second", "2026-03-02", ["X"]) }),
    (.tooSoon, { $0.invoice("Y", due: "2026-01-05").sent("first", "2026-03-05", ["Y"]) }),
    (.retryLater, { $0.sent("first", "2026-03-09 12:00", ["R1"], .deferred(until: "2026-03-09 18:00")) }),
    (.outsideHours, { $0 }),
  ]

  @Test("both hold, the earlier wins", arguments: makings.indices)
  func pairs(first: Int) {
    let (reason, make) = Self.makings[first]
    let scene = Scene(due: "2026-03-04").at("2026-03-09 17:00")
    make(scene).expect(reason)
    for (other, also) in Self.makings[(first + 1)...] {
      // A contact that is in doubt or deferred is one contact, not two.
      if reason == .inDoubt, other == .retryLater { continue }
      let decision = make(also(scene)).verdict.decisions.first { $0.key.number == "R1" }
      #expect(decision?.reason == reason, "\(reason) and \(other)")
    }
  }

  @Test("task_open stands before not_yet and all that speaks of the message; not_yet before a stale ledger")
  func tasks() {
    let task = Scene(due: "2026-03-04").steps(Step("call", 5, level: 1, channel: .call)).at("2026-03-09 17:00")
    task.expect(.taskOpen)
    task.stale().expect(.taskOpen)
    task.rules { $0.minBalance = ["5000 EUR"] }.expect(.belowMinimum)
    task.at("2026-03-06").stale().expect(.notYet)
    task.customer { $0.maxLevel = 0 }.expect(.capped)
  }

  @Test("the table of codes is in the order of the design")
  func table() {
    #expect(
      ReasonCode.allCases.map(\.rawValue) == [
        "settled", "quarantined", "handed_over", "held", "disputed", "promised", "in_plan", "autopay", "replied",
        "no_schedule", "excluded", "completed", "capped", "below_minimum", "task_open", "not_yet", "stale_ledger",
        "cash_not_posted", "do_not_contact", "no_address", "in_doubt", "needs_approval", "deadline_running", "too_soon",
        "retry_later", "outside_hours", "contact",
      ])
    #expect(ReasonCode.settled < .held && ReasonCode.outsideHours < .contact)
  }
}

extension Scene {
  fileprivate func stale() -> Scene {
    with {
      $0.policy.freshness.maxAge = .hours(1)
      $0.ledgerAge = .hours(2)
    }
  }
}
