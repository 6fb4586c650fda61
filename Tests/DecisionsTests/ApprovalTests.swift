import Ledger
import Testing
import Units

@testable import Decisions

/// Design, section 6, Approval; and `first_cycle`, `max_per_cycle` of section 5.
@Suite("Approval")
struct ApprovalTests {
  /// `final` asks for a word; its day is Wednesday 8 April 2026.
  let due: Scene = Scene(due: "2026-03-04").sent("call", "2026-03-30")

  @Test("asked from approval_ahead before the step's day, at any hour")
  func ahead() {
    due.at("2026-04-04 23:00").expect(.notYet, step: "final").expectWaiting()
    due.at("2026-04-05 03:00").expect(.notYet, step: "final", until: "2026-04-08").expectWaiting(
      "final 100.00 EUR: R1*")
    #expect(due.at("2026-04-05 03:00").verdict.decisions.first?.asksApproval == true)
    due.rules { $0.approvalAheadDays = 0 }.at("2026-04-07").expectWaiting()
    due.rules { $0.approvalAheadDays = 0 }.at("2026-04-08").expectWaiting("final 100.00 EUR: R1*")
  }

  @Test("listed until given or refused")
  func listed() {
    due.at("2026-04-20").expect(.needsApproval).expectWaiting("final 100.00 EUR: R1*")
    due.approved("final", "2026-04-06").at("2026-04-07").expectWaiting()
    due.approved("final", "2026-04-06").at("2026-04-08").expect(.contact, step: "final").expectWaiting()
    let refused = due.approved("final", "2026-04-06", granted: false)
    refused.at("2026-04-07").expect(.notYet).expectWaiting()
    refused.at("2026-04-08").expect(.needsApproval).expectWaiting()
    #expect(refused.at("2026-04-07").verdict.decisions.first?.asksApproval == false)
    refused.approved("final", "2026-04-07").at("2026-04-08").expect(.contact)
  }

  @Test("it holds for that item and step, up to the amount shown, for 14 days")
  func holds() {
    due.approved("second", "2026-04-06").at("2026-04-08").expect(.needsApproval)
    due.approved("final", "2026-04-06", of: "R2").at("2026-04-08").expect(.needsApproval)
    due.approved("final", "2026-04-06", upTo: "99.99 EUR").at("2026-04-08").expect(.needsApproval)
    due.approved("final", "2026-04-06", upTo: "100 USD").at("2026-04-08").expect(.needsApproval)
    due.approved("final", "2026-04-06").payment("40 EUR", on: "2026-04-07", for: "R1").at("2026-04-08")
      .expectContacts("final 60.00 EUR: R1*")
    due.approved("final", "2026-04-06 11:00").at("2026-04-20 10:59").expect(.contact)
    due.approved("final", "2026-04-06 11:00").at("2026-04-20 11:00").expect(.needsApproval)
    due.approved("final", "2026-04-06", .cycle).at("2026-04-08").expect(.needsApproval)
  }

  @Test("items that wait for one are left out and do not hold up the rest")
  func leftOut() {
    due.invoice("R2", due: "2026-03-31", "50 EUR").at("2026-04-08").expect(.contact, of: "R2")
      .expectContacts("first 150.00 EUR: R1 R2*").expectWaiting("final 150.00 EUR: R1* R2")
  }

  @Test("a hand-over waits for its word alone, and is a person's task then")
  func handover() {
    let steps = due.steps(
      Step("mail", 5, level: 1, approval: true), Step("handover", 20, level: 4, channel: .handover, approval: true))
    let both = steps.invoice("R2", due: "2026-03-20", "50 EUR").with { $0.history = ContactHistory() }.sent(
      "mail", "2026-03-16"
    ).at("2026-03-30")
    both.expectWaiting("handover 150.00 EUR: R1* R2", "mail 150.00 EUR: R1 R2*")
    both.approved("handover", "2026-03-29").expect(.taskOpen, step: "handover").expectContacts()
  }

  @Test("first_cycle approve: until the journal has a sent contact, the wave waits for approve --cycle")
  func firstCycle() {
    let wave = Scene(due: "2026-03-04").customer("D").invoice("R2", due: "2026-03-04", "50 EUR", of: "D")
      .rules { $0.firstCycle = .approve }.at("2026-03-09")
    wave.expect(.needsApproval).expectContacts().expectWaiting("first 100.00 EUR: R1*", "first 50.00 EUR: R2*")
    wave.listApproved().expectContacts("first 100.00 EUR: R1*", "first 50.00 EUR: R2*").expectWaiting()
    // What came later than the list waits, the rest of the group does not.
    let later = wave.listApproved().invoice("R3", due: "2026-03-03", "7 EUR")
    later.expect(.needsApproval, of: "R3").expectContacts("first 107.00 EUR: R3 R1*", "first 50.00 EUR: R2*")
    wave.sent("first", "2026-03-02", ["R2"], .deferred(until: "2026-03-02 12:00")).expect(.needsApproval)
    wave.sent("first", "2026-03-02", ["R2"]).expect(.contact)
    wave.rules { $0.firstCycle = .send }.expect(.contact)
  }

  @Test("a step's own word is asked for before that of the first cycle; both are needed")
  func both() {
    let scene = Scene(due: "2026-03-04").steps(Step("first", 5, level: 1, approval: true))
      .rules { $0.firstCycle = .approve }.at("2026-03-09")
    scene.approved("first", "2026-03-08").expect(.needsApproval).approved("first", "2026-03-08", .cycle).expect(
      .contact)
  }

  @Test("more than max_per_cycle: nothing is sent until approved; items that come later wait for the next list")
  func largeCycle() {
    let wave = Scene(due: "2026-03-04").customer("D").invoice("R2", due: "2026-03-04", "50 EUR", of: "D")
      .customer("E").invoice("R3", due: "2026-03-04", "7 EUR", of: "E").at("2026-03-09")
    wave.rules { $0.maxPerCycle = 3 }.expect(.contact)
    let large = wave.rules { $0.maxPerCycle = 2 }
    large.expect(.needsApproval).expectContacts()
      .expectWaiting("first 100.00 EUR: R1*", "first 50.00 EUR: R2*", "first 7.00 EUR: R3*")
    let approved = large.listApproved()
    approved.expectContacts("first 100.00 EUR: R1*", "first 50.00 EUR: R2*", "first 7.00 EUR: R3*")
    approved.invoice("R4", due: "2026-03-05", "1 EUR").expect(.notYet, of: "R4")
      .expectContacts("first 101.00 EUR: R1* R4", "first 50.00 EUR: R2*", "first 7.00 EUR: R3*")
    approved.invoice("R4", due: "2026-03-03", "1 EUR").expect(.needsApproval, of: "R4").expectWaiting(
      "first 101.00 EUR: R4* R1"
    )
    .expectContacts("first 101.00 EUR: R4 R1*", "first 50.00 EUR: R2*", "first 7.00 EUR: R3*")
  }
}
