import Ledger
import Testing
import Units

@testable import Decisions

@Suite("Thanks for a payment")
struct ThanksTests {
  /// Paid on Tuesday the 3rd.
  static let scene = Scene(due: "2026-03-20").thanking().payment("100 EUR", on: "2026-03-03", for: "R1")

  private func cycleLines(_ scene: Scene) -> [String] {
    decide(scene.books, scene.history, scene.policy, now: scene.now, ledgerAge: .zero, detail: .contacts)
      .contacts.map(\.line)
  }

  @Test("go once the ledger shows an item as paid, in hours, once; the item is settled all the same")
  func goes() {
    let scene = Self.scene.at("2026-03-04")
    scene.expectContacts("thanks 0.00 EUR: R1*").expect(.settled)
    #expect(scene.verdict.tally == [.settled: 1])
    #expect(cycleLines(scene) == ["thanks 0.00 EUR: R1*"])
    #expect(scene.verdict.contacts.first?.listed.first?.paid == "2026-03-03")
    #expect(scene.verdict.contacts.first?.kind == .thanks)
    scene.at("2026-03-04 09:30").expectContacts()
    #expect(scene.daysOfContact(10) == ["2026-03-04 thanks"])
    Scene(due: "2026-03-20").payment("100 EUR", on: "2026-03-03", for: "R1").at("2026-03-04").expectContacts()
  }

  @Test("go within five days after the first on which they could, and for older payments not at all")
  func window() {
    Self.scene.at("2026-03-06").expectContacts("thanks 0.00 EUR: R1*")
    Self.scene.at("2026-03-09").expectContacts()
    #expect(cycleLines(Self.scene.at("2026-03-09")).isEmpty)
    Self.scene.with { $0.policy.schedules[0].steps[6].withinDays = 6 }.at("2026-03-09")
      .expectContacts("thanks 0.00 EUR: R1*")
    // Paid on a Saturday; planned a day after it.
    let weekend = Scene(due: "2026-03-20").thanking(day: 1).payment("100 EUR", on: "2026-03-07", for: "R1")
    weekend.at("2026-03-07").expectContacts()
    #expect(weekend.at("2026-03-07").daysOfContact(10) == ["2026-03-09 thanks"])
  }

  @Test("wait for the last instalment of an invoice")
  func instalments() {
    let scene = Scene().thanking().invoice("R1", due: "2026-03-20", "50 EUR", item: "1")
      .invoice("R1", due: "2026-04-20", "50 EUR", item: "2") { $0.issued = "2026-02-18" }
    let half = scene.payment("50 EUR", on: "2026-03-03", for: "R1")
    half.at("2026-03-04").expectContacts()
    half.payment("50 EUR", on: "2026-03-03", for: "R1").at("2026-03-04").expectContacts("thanks 0.00 EUR: R1* R1*")
  }

  @Test("are one message for items that were paid together, and one a day")
  func together() {
    let scene = Self.scene.invoice("R2", due: "2026-03-21").payment("100 EUR", on: "2026-03-03", for: "R2")
      .at("2026-03-04")
    scene.expectContacts("thanks 0.00 EUR: R1* R2*")
    scene.with { $0.policy.schedules[0].consolidation = .invoice }.expectContacts("thanks 0.00 EUR: R1* R2*")
    let later = scene.run().invoice("R3", due: "2026-03-21").payment("100 EUR", on: "2026-03-04", for: "R3")
    later.at("2026-03-04 13:00").expectContacts()
    #expect(later.at("2026-03-04 13:00").verdict.beside.map(\.reason) == [.tooSoon])
    later.at("2026-03-05").expectContacts("thanks 0.00 EUR: R3*")
  }

  @Test("count for no cap, and wait for none")
  func caps() {
    let scene = Self.scene.invoice("R2", due: "2026-03-11").at("2026-03-04")
    #expect(Set(scene.verdict.contacts.map(\.line)) == ["thanks 0.00 EUR: R1*", "upcoming 100.00 EUR: R2*"])
    let thanked = Self.scene.at("2026-03-04").run().invoice("R2", due: "2026-03-12")
    thanked.at("2026-03-05").expectContacts("upcoming 100.00 EUR: R2*")
  }

  @Test("are given for money: not for a credit note alone, for a part, or for what is gone from the ledger")
  func onlyForMoney() {
    let open = Scene(due: "2026-03-20").thanking()
    open.creditNote("G1", "100 EUR", on: "2026-03-03", for: "R1").at("2026-03-04").expectContacts().expect(.settled)
    open.payment("60 EUR", on: "2026-03-03", for: "R1").at("2026-03-04").expectContacts()
    open.with { $0.invoices = [] }.at("2026-03-04").expectContacts()
    let settled = Scene(due: "2026-03-20") { $0.settled = "2026-03-03" }.thanking().at("2026-03-04")
    settled.expectContacts("thanks 0.00 EUR: R1*")
    settled.creditNote("G1", "100 EUR", on: "2026-03-03", for: "R1").expectContacts()
    settled.creditNote("G1", "40 EUR", on: "2026-03-03", for: "R1").payment("60 EUR", on: "2026-03-03", for: "R1")
      .expectContacts("thanks 0.00 EUR: R1*")
  }

  @Test("go to nobody who is on hold, wants no contact, disputes it, or is just answering")
  func tests() {
    let scene = Self.scene.at("2026-03-04")
    func reason(_ scene: Scene) -> ReasonCode? {
      #expect(scene.verdict.contacts.isEmpty)
      return scene.verdict.beside.first?.reason
    }
    #expect(reason(scene.held(.customer)) == .held)
    #expect(reason(scene.disputed(.invoice)) == .disputed)
    #expect(reason(scene.customer { $0.doNotContact = .everything }) == .doNotContact)
    #expect(reason(scene.customer { $0.emails = [] }) == .noAddress)
    #expect(reason(scene.badRow(.customer("C"))) == .quarantined)
    #expect(reason(scene.rules { $0.firstCycle = .approve }) == .needsApproval)
    #expect(scene.steps().verdict.contacts.isEmpty)
    #expect(
      scene.happened(
        .stepSkipped(scope: .invoice, step: "thanks", undone: false, by: "anna", text: nil), "2026-03-04 10:00"
      ).at("2026-03-04").verdict.contacts.isEmpty)
    #expect(
      reason(
        scene.happened(.contactReplied(Reply(contact: nil, customer: "C", excerpt: nil)), "2026-03-04 10:30").at(
          "2026-03-04"))
        == .replied)
  }

  @Test("a kept promise is no reason to give none")
  func promise() {
    let scene = Scene(due: "2026-03-02").thanking().sent("first", "2026-03-09").promised(
      by: "2026-03-20", from: "2026-03-12"
    )
    .payment("100 EUR", on: "2026-03-17", for: "R1").looked("2026-03-17")
    scene.at("2026-03-17 13:00").expectContacts("thanks 0.00 EUR: R1*")
  }

  @Test("move nothing: what comes back goes on where it stood, and is not thanked for twice")
  func returned() {
    let paid = Scene(due: "2026-03-02").thanking().sent("first", "2026-03-09").payment(
      "100 EUR", on: "2026-03-10", for: "R1"
    )
    .at("2026-03-10 13:00")
    paid.expectContacts("thanks 0.00 EUR: R1*")
    let back = paid.run().payment("-100 EUR", on: "2026-03-13", for: "R1").at("2026-03-17")
    back.expect(.contact, step: "second")
    back.payment("100 EUR", on: "2026-03-17", for: "R1").expectContacts().expect(.settled)
  }

  @Test("that were put off are tried again, and stand in nobody's way")
  func deferred() {
    let scene = Self.scene.at("2026-03-04")
    guard let contact = scene.verdict.contacts.first else { return }
    let put = scene.happened(
      .contactIntended(contact.intended(as: "t1", attempt: 1, messageID: "<t1>", sha256: "", policy: "")),
      "2026-03-04 11:00"
    ).happened(
      .contactDeferred(Attempt(contact: "t1", recipient: 0, attempt: 1), next: scene.now + .minutes(15)),
      "2026-03-04 11:01")
    put.at("2026-03-04 11:05").expectContacts()
    put.at("2026-03-04 11:30").expectContacts("thanks 0.00 EUR: R1*")
    // The payment went back: the reminder goes, whatever became of the thanks.
    put.payment("-100 EUR", on: "2026-03-12", for: "R1").at("2026-03-13").expect(.contact, step: "upcoming")
  }
}

extension Scene {
  /// The standard schedule, and thanks.
  fileprivate func thanking(day: Int = 0) -> Scene {
    with {
      var thanks = Step.thanks
      thanks.day = day
      $0.policy.schedules[0].steps.append(thanks)
    }
  }
}
