import Ledger
import Testing
import Units

@testable import Decisions

/// Design, section 6, One message; and Money.
@Suite("One message")
struct MessageTests {
  /// R1 comes to its first notice on 9 March, R2 to its second.
  let two: Scene = Scene(due: "2026-03-04").invoice("R2", due: "2026-02-20", "50 EUR").sent(
    "first", "2026-02-25", ["R2"]
  )
  .at("2026-03-09")

  @Test("level 0 and level >= 1 never share a message; one day may bring a group one of each")
  func kinds() {
    let both = Scene(due: "2026-03-04").invoice("R2", due: "2026-03-16", "50 EUR").at("2026-03-09")
    both.expectContacts("first 100.00 EUR: R1* (R2 not_due)", "upcoming 50.00 EUR: R2*")
    both.run().at("2026-03-09 11:15").expectContacts()
    // Nor a second of one kind, even where no gap is kept.
    both.rules { $0.minGapDays = 0 }.run().invoice("R3", due: "2026-03-03").at("2026-03-09 12:00").expect(
      .tooSoon, of: "R3")
    // One that would be too soon until its time is over is none.
    both.run().invoice("R3", due: "2026-03-16").at("2026-03-09 12:00").expect(.notYet, of: "R3", step: "first")
  }

  @Test("the message's step is the highest level due in the group; each item advances by its own step")
  func highest() throws {
    two.expectContacts("second 150.00 EUR: R2* R1*")
    let contact = try #require(two.verdict.contacts.first)
    #expect(contact.advancing.map { "\($0.key.number) \($0.step) \($0.level)" } == ["R1 first 1", "R2 second 2"])
    #expect(contact.step.level == 2 && contact.deadline == "2026-03-16")
    two.run().at("2026-03-10").expect(.notYet, of: "R1", step: "second").expect(.notYet, of: "R2", step: "call")
  }

  @Test("a notice lists every overdue item with its days past due and level; only those due for a step advance")
  func everyOverdue() throws {
    let one = two.invoice("R3", due: "2026-03-06", "7 EUR")
    one.expectContacts("second 157.00 EUR: R2* R1* R3")
    let lines = try #require(one.verdict.contacts.first).listed
    #expect(lines.map(\.daysPastDue) == [17, 5, 3])
    #expect(lines.map(\.level) == [2, 1, 0])
    one.run().at("2026-03-11").expect(.deadlineRunning, of: "R3", step: "first", until: "2026-03-19")
  }

  @Test("what is not due, disputed or promised stands apart and outside the total; what is held is not named")
  func apart() {
    two.invoice("R3", due: "2026-04-01", "7 EUR").invoice("R4", due: "2026-02-01", "8 EUR") { $0.disputed = .whole }
      .invoice("R5", due: "2026-02-02", "9 EUR").held(.invoice(customer: "C", number: "R5"))
      .expectContacts("second 150.00 EUR: R2* R1* (R4 disputed, R3 not_due)")
  }

  @Test("a reminder lists only what it reminds of")
  func reminder() {
    Scene(due: "2026-03-16").invoice("R2", due: "2026-03-05").invoice("R3", due: "2026-04-30").at("2026-03-09")
      .expectContacts("upcoming 100.00 EUR: R1*")
  }

  @Test("consolidate = invoice splits")
  func split() {
    let split = two.with { $0.policy.schedules[0].consolidation = .invoice }
    split.expectContacts("second 50.00 EUR: R2*", "first 100.00 EUR: R1*")
    split.run().at("2026-03-09 12:00").expectContacts()
    // A wave that was cut off goes on the same day, but no invoice gets two.
    let cut = split.sent("second", "2026-03-09 10:30", ["R2"])
    cut.at("2026-03-09 11:00").expectContacts("first 100.00 EUR: R1*")
    cut.at("2026-03-10").expect(.deadlineRunning, of: "R1")
  }

  @Test("one message holds one payer's items only, and all its customers'")
  func payers() {
    let group = Scene(due: "2026-03-04").customer("D") { $0.payer = "C" }.customer("E")
      .invoice("R2", due: "2026-03-03", "50 EUR", of: "D").invoice("R3", due: "2026-03-02", "7 EUR", of: "E").at(
        "2026-03-09")
    group.expectContacts("first 7.00 EUR: R3*", "first 150.00 EUR: R2* R1*")
    #expect(group.verdict.contacts.last?.payer.id == "C")
    #expect(group.verdict.contacts.last?.to == ["ap@c.example"])
  }

  @Test("currencies are groups of their own")
  func currencies() {
    two.invoice("R3", due: "2026-03-03", "70 USD").expectContacts("second 150.00 EUR: R2* R1*", "first 70.00 USD: R3*")
  }

  @Test("sending an invoice itself: one a message, exempt from caps, minimum and holds")
  func invoices() {
    let fresh = Scene(due: "2026-04-08") { $0.issued = "2026-03-09" }.invoice("R2", due: "2026-04-09") {
      $0.issued = "2026-03-09"
    }
    .steps(.invoice, .upcoming, Step("first", 5, level: 1)).at("2026-03-09")
    fresh.expectContacts("invoice 100.00 EUR: R1*", "invoice 100.00 EUR: R2*")
    fresh.held(.customer).rules { $0.minBalance = ["5000 EUR"] }.expectContacts(
      "invoice 100.00 EUR: R1*", "invoice 100.00 EUR: R2*")
    fresh.run().expectContacts()
    fresh.sent("upcoming", "2026-03-06", ["R2"]).expectContacts("invoice 100.00 EUR: R1*")
    fresh.invoice("R3", due: "2026-03-04").expectContacts(
      "first 100.00 EUR: R3* (R1 not_due, R2 not_due)", "invoice 100.00 EUR: R1*", "invoice 100.00 EUR: R2*")
    // One that is dated on a Saturday goes on Monday; a direct debit does not keep it back.
    Scene(due: "2026-04-08") {
      $0.issued = "2026-03-07"
      $0.autopay = "2026-04-08"
    }.steps(.invoice, .upcoming).at("2026-03-09").expectContacts("invoice 100.00 EUR: R1*").at("2026-03-10")
      .expectContacts()
  }

  @Test("unapplied credit goes to its reference, the exact amount, then by due date")
  func credit() {
    two.creditNote("K", "30 EUR", for: "R1").expectContacts("second 120.00 EUR: R2* R1*")
    two.payment("50 EUR", on: "2026-03-06").expect(.settled, of: "R2").expectContacts("first 100.00 EUR: R1*")
    two.payment("60 EUR", on: "2026-03-06").expect(.settled, of: "R2").expect(.contact, dunnable: "90 EUR")
  }

  @Test("disputed and held items take credit last, and so does the disputed part")
  func creditLast() {
    let oldest = two.invoice("R0", due: "2026-02-01", "60 EUR")
    oldest.held(.invoice(customer: "C", number: "R0")).payment("70 EUR", on: "2026-03-06")
      .expect(.settled, of: "R2").expect(.contact, dunnable: "80 EUR").expect(.held, of: "R0")
    oldest.disputed(.invoice(customer: "C", number: "R0"), "40 EUR").payment("55 EUR", on: "2026-03-06")
      .expect(.disputed, of: "R0").expect(.contact, of: "R2", dunnable: "15 EUR")
  }

  @Test("a message asks the net and shows the credit; credit in another currency is shown, never netted")
  func creditShown() throws {
    let scene = two.creditNote("K", "30 EUR").creditNote("U", "99 USD")
    let contact = try #require(scene.verdict.contacts.first)
    #expect(contact.total == "120 EUR" && contact.credit == "30 EUR" && contact.otherCredits == ["99 USD"])
  }

  @Test("a message answers the earlier ones about its invoices")
  func thread() {
    #expect(two.verdict.contacts.first?.thread == ["<contact1@example.com>"])
  }
}
