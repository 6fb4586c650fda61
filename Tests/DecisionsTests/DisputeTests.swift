import Ledger
import Testing
import Units

@testable import Decisions

@Suite("Disputes, and how they end")
struct DisputeTests {
  private func disputed(_ amount: Money?, owner: String? = nil, deadline: Day? = nil) -> Scene {
    Scene(due: "2026-03-02").sent("first", "2026-03-09").happened(
      .restPlaced(
        Rest(
          kind: .dispute, scope: .invoice,
          items: [ListedItem(key: ItemKey(customer: "C", number: "R1"), open: "100 EUR")], amount: amount,
          owner: owner, deadline: deadline, by: "ben", text: nil)), "2026-03-10")
  }

  private func closed(_ scene: Scene, _ outcome: String, until: Day? = nil) -> Scene {
    scene.happened(
      .restEnded(RestEnd(kind: .dispute, scope: .invoice, by: "ben", outcome: outcome, until: until, text: nil)),
      "2026-03-16")
  }

  @Test("rejected: it goes on after resume_after, or once a new day to pay by has passed")
  func rejected() {
    closed(disputed(nil), "rejected").at("2026-03-17").expect(.disputed, until: "2026-03-18")
    closed(disputed(nil), "rejected").at("2026-03-18").expect(.contact, step: "second")
    let later = closed(disputed(nil), "rejected", until: "2026-03-26")
    // Two banking days for the money to be posted, then resume_after.
    later.at("2026-03-31").expect(.disputed, until: "2026-04-01")
    later.at("2026-04-01").expect(.contact, step: "second")
  }

  @Test("accepted: what is not owed is not asked for, however long the credit note takes")
  func accepted() {
    closed(disputed(nil), "accepted").at("2026-05-04").expect(.disputed, until: "open")
    let part = closed(disputed("30 EUR"), "accepted").at("2026-05-04")
    part.expect(.contact, dunnable: "70 EUR")
    part.payment("-0 EUR", on: "2026-03-17").with { $0.invoices[0].amount = "70 EUR" }
      .expect(.contact, dunnable: "70 EUR")
    // What was paid counts against the undisputed part first.
    part.with { $0.invoices[0].amount = "80 EUR" }.expect(.contact, dunnable: "50 EUR")
    part.payment("70 EUR", on: "2026-03-12", for: "R1").expect(.disputed, until: "open")
    // A credit note that names it ends that.
    part.creditNote("G1", "30 EUR", on: "2026-03-17", for: "R1").expect(.contact, dunnable: "70 EUR")
  }

  @Test("closed while the ledger goes on contesting it: that has no end to name")
  func closedAndInTheLedger() {
    let both = closed(disputed(nil), "rejected").with { $0.invoices[0].disputed = .whole }
    both.at("2026-03-17").expect(.disputed, until: "open")
    // As long as the ledger contests less than the whole, it is over with the dispute.
    let part = closed(disputed(nil), "rejected").with { $0.invoices[0].disputed = .part("30 EUR") }
    part.at("2026-03-17").expect(.disputed, until: "2026-03-18")
    part.at("2026-03-18").expect(.contact, step: "second", dunnable: "70 EUR")
  }

  @Test("accepted, in whole or in part, and no credit for it in the ledger: a task until there is")
  func creditMissing() {
    func kinds(_ scene: Scene) -> [StaffTask.Kind] {
      StaffTasks.all(scene.verdict, scene.history, scene.books.customers, scene.policy, now: scene.now) { _ in "" }
        .map(\.kind).filter { $0 == .creditMissing }
    }
    #expect(kinds(closed(disputed(nil), "accepted").at("2026-05-04")) == [.creditMissing])
    let part = closed(disputed("30 EUR"), "accepted").at("2026-05-04")
    #expect(kinds(part) == [.creditMissing])
    #expect(kinds(part.creditNote("G1", "30 EUR", on: "2026-03-17", for: "R1")) == [])
    #expect(kinds(closed(disputed("30 EUR"), "rejected").at("2026-05-04")) == [])
  }

  @Test("several parts of one invoice add up, to what is open at most; of ledger and journal the larger counts")
  func parts() {
    let one = Scene(due: "2026-03-02").disputed(.invoice, "60 EUR", from: "2026-03-03")
    one.at("2026-03-09").expect(.contact, dunnable: "40 EUR")
    let two = one.disputed(.invoice, "30 EUR", from: "2026-03-04")
    two.at("2026-03-09").expect(.contact, dunnable: "10 EUR")
    two.with { $0.invoices[0].disputed = .part("80 EUR") }.at("2026-03-09").expect(.contact, dunnable: "10 EUR")
    two.with { $0.invoices[0].disputed = .part("95 EUR") }.at("2026-03-09").expect(.contact, dunnable: "5 EUR")
    // Together all of it.
    two.disputed(.invoice, "30 EUR", from: "2026-03-05").at("2026-03-09").expect(.disputed, until: "open")
    two.disputed(.invoice, "10 EUR", from: "2026-03-05").at("2026-03-09").expect(.disputed, until: "open")
  }

  @Test("a credit note for one of two parts that were accepted leaves the other one contested")
  func partsCredited() {
    func accept(_ amount: Money, _ scene: Scene, _ day: String) -> Scene {
      scene.happened(
        .restPlaced(
          Rest(
            kind: .dispute, scope: .invoice,
            items: [ListedItem(key: ItemKey(customer: "C", number: "R1"), open: "100 EUR")], amount: amount, by: "ben",
            text: nil)), day
      ).happened(
        .restEnded(RestEnd(kind: .dispute, scope: .invoice, by: "ben", outcome: "accepted", text: nil)), day + " 15:00")
    }
    let both = accept("30 EUR", accept("20 EUR", Scene(due: "2026-03-02"), "2026-03-03"), "2026-03-04")
    both.at("2026-03-09").expect(.contact, dunnable: "50 EUR")
    both.creditNote("G1", "20 EUR", on: "2026-03-05", for: "R1").at("2026-03-09").expect(.contact, dunnable: "50 EUR")
    both.creditNote("G1", "30 EUR", on: "2026-03-05", for: "R1").creditNote("G2", "20 EUR", on: "2026-03-05", for: "R1")
      .at("2026-03-09").expect(.contact, dunnable: "50 EUR")
  }

  @Test("of two parts that were accepted, those that the ledger shows as open no more are not held back once more")
  func partsTakenOff() {
    func accept(_ scene: Scene, _ day: String) -> Scene {
      scene.happened(
        .restPlaced(
          Rest(
            kind: .dispute, scope: .invoice,
            items: [ListedItem(key: ItemKey(customer: "C", number: "R1"), open: "100 EUR")], amount: "20 EUR",
            by: "ben",
            text: nil)), day
      ).happened(
        .restEnded(RestEnd(kind: .dispute, scope: .invoice, by: "ben", outcome: "accepted", text: nil)), day + " 15:00")
    }
    let both = accept(accept(Scene(due: "2026-03-02"), "2026-03-03"), "2026-03-04")
    func open(_ amount: Money) -> Scene { both.with { $0.invoices[0].open = amount }.at("2026-03-09") }
    open("100 EUR").expect(.contact, dunnable: "60 EUR")
    open("80 EUR").expect(.contact, dunnable: "60 EUR")
    open("60 EUR").expect(.contact, dunnable: "60 EUR")
  }

  @Test("parts that come to the whole rest it until the first of them is over")
  func partsUntil() {
    let scene = Scene(due: "2026-03-02")
    let first = scene.disputed(.invoice, from: "2026-03-03", until: "2026-03-20").at("2026-03-09").verdict.decisions[0]
    let both = scene.disputed(.invoice, "50 EUR", from: "2026-03-03", until: "2026-03-20")
      .disputed(.invoice, "50 EUR", from: "2026-03-03", until: "2026-05-20")
    #expect(first.until != nil)
    #expect(both.at("2026-03-09").expect(.disputed).verdict.decisions[0].until == first.until)
    // Without the other one's, the first alone does not rest all of it.
    let three = both.disputed(.invoice, "50 EUR", from: "2026-03-03", until: "2026-05-20")
    #expect(three.at("2026-03-09").expect(.disputed).verdict.decisions[0].until != first.until)
  }

  @Test("one that was accepted stays so when another one is rejected")
  func another() {
    let accepted = closed(disputed("30 EUR"), "accepted")
    let again = accepted.happened(
      .restPlaced(
        Rest(
          kind: .dispute, scope: .invoice,
          items: [ListedItem(key: ItemKey(customer: "C", number: "R1"), open: "100 EUR")], amount: "10 EUR", by: "ben",
          text: nil)), "2026-03-17"
    ).happened(
      .restEnded(RestEnd(kind: .dispute, scope: .invoice, by: "ben", outcome: "rejected", text: nil)), "2026-03-18")
    again.at("2026-05-04").expect(.contact, dunnable: "70 EUR")
  }

  @Test("accepted by mistake, it can be rejected after all")
  func mistake() {
    let scene = closed(closed(disputed(nil), "accepted"), "rejected")
    scene.at("2026-03-18").expect(.contact, step: "second")
  }
}
