import Ledger
import Testing
import Units

@testable import Decisions

@Suite("Promises to pay")
struct PromiseTests {
  /// Friday the 20th and three banking days of grace: the money may come until Wednesday the 25th.
  static let scene = Scene(due: "2026-03-02").sent("first", "2026-03-09")
    .promised(by: "2026-03-20", from: "2026-03-12")

  @Test("rest an invoice until the day, its grace and resume_after have passed, then it goes on where it stood")
  func rests() {
    let scene = Self.scene
    scene.at("2026-03-17").expect(.promised, step: "second", until: "2026-03-27")
    scene.at("2026-03-25").expect(.promised, until: "2026-03-27")
    scene.at("2026-03-26").expect(.promised, until: "2026-03-27")
    scene.at("2026-03-27").expect(.contact, step: "second")
  }

  @Test("are seen as broken once the grace has passed, and never before")
  func broken() {
    #expect(Self.scene.at("2026-03-25").verdict.outcomes.isEmpty)
    let ends = Self.scene.at("2026-03-26").verdict.outcomes
    #expect(ends.map(\.outcome) == ["broken"])
    #expect(ends.first?.paid == "0 EUR")
    // Recorded late, by a daemon that was off: the rest is no longer for that.
    Self.scene.looked("2026-03-27").at("2026-03-27").expect(.contact, step: "second")
    #expect(Self.scene.looked("2026-03-26").at("2026-03-27").verdict.outcomes.isEmpty)
  }

  @Test("are kept when the money came, in time or within the grace")
  func kept() {
    let paid = Self.scene.payment("100 EUR", on: "2026-03-24", for: "R1")
    let verdict = paid.at("2026-03-24").verdict
    #expect(verdict.outcomes.map(\.outcome) == ["kept"])
    paid.at("2026-03-24").expect(.settled)
  }

  @Test("are kept when the invoice is gone from the ledger, and not while a bad row hides it")
  func gone() {
    let gone = Self.scene.at("2026-03-16").with { $0.invoices = [] }
    #expect(gone.verdict.outcomes.map(\.outcome) == ["kept"])
    #expect(gone.badRow(.customer("C")).verdict.outcomes.isEmpty)
    #expect(gone.invoice("R2", due: "2026-04-01").verdict.outcomes.map(\.outcome) == ["kept"])
  }

  @Test("rest an invoice that is in another currency by now until their day, and are not seen as kept")
  func otherCurrency() throws {
    let dollar = try #require(Currency(code: "USD"))
    func inDollars(_ scene: Scene) -> Scene {
      scene.with {
        var invoice = Invoice(
          key: $0.invoices[0].key, currency: dollar, due: $0.invoices[0].due, place: $0.invoices[0].place)
        invoice.amount = Money(minor: 10_000, dollar)
        $0.invoices[0] = invoice
      }
    }
    let changed = inDollars(Self.scene)
    changed.at("2026-03-17").expect(.promised, step: "second", until: "2026-03-27")
    #expect(changed.at("2026-03-17").verdict.outcomes.isEmpty)
    #expect(changed.at("2026-04-17").verdict.outcomes.isEmpty)
    let planned = inDollars(
      Scene(due: "2026-03-02").sent("first", "2026-03-09").happened(
        .restPlaced(
          Rest(
            kind: .dispute, scope: .invoice(customer: "C", number: "R1"), amount: "30 EUR", by: "anna", text: "broken")),
        "2026-03-12"))
    // How much of it is contested nobody can say: all of it rests.
    planned.at("2026-03-17").expect(.disputed)
  }

  @Test("and plans over the invoices of several customers hold when one of them, or all, get another payer")
  func otherPayer() {
    let both = Scene(due: "2026-03-02").customer { $0.payer = "HQ" }.customer("HQ").customer("D") { $0.payer = "HQ" }
      .invoice("R2", due: "2026-03-03", of: "D")
    let promised = both.promised(by: "2026-03-20", from: "2026-03-12", of: [.customer("HQ")])
    promised.at("2026-03-17").expect(.promised, of: "R2")
    // One on a customer that somebody else pays for stands where everybody finds it, and is found once.
    let own = both.promised(by: "2026-03-20", from: "2026-03-12", of: [.customer("D")])
    own.at("2026-03-17").expect(.promised, of: "R2")
    own.at("2026-03-27").expect(.contact, of: "R2")
    // D was sold: it answers for itself.
    let sold = promised.customer("D") { $0.payer = nil }
    sold.at("2026-03-17").expect(.promised, of: "R1")
    sold.at("2026-03-17").expect(.promised, of: "R2")
    #expect(sold.at("2026-03-17").verdict.outcomes.isEmpty)
    // HQ has another number.
    let renumbered = promised.customer("HQ2").customer { $0.payer = "HQ2" }.customer("D") { $0.payer = "HQ2" }
      .with { $0.customers.removeAll { $0.id == "HQ" } }
    renumbered.at("2026-03-17").expect(.promised, of: "R2")
    #expect(renumbered.at("2026-03-17").verdict.outcomes.isEmpty)
    #expect(renumbered.at("2026-03-27").verdict.outcomes.map(\.outcome) == ["broken"])
    let paid = renumbered.payment("100 EUR", on: "2026-03-16", for: "R1").payment(
      "100 EUR", on: "2026-03-16", for: "R2", of: "D")
    #expect(paid.at("2026-03-17").verdict.outcomes.map(\.outcome) == ["kept"])
    // Once all of it is gone from the ledger it was kept, and that is said once.
    let gone = renumbered.with { $0.invoices = [] }
    #expect(gone.at("2026-03-17").verdict.outcomes.map(\.outcome) == ["kept"])
    let planned = both.planned(2, first: "2026-04-01", from: "2026-03-12", of: [.customer("HQ")]).customer("D") {
      $0.payer = nil
    }
    planned.at("2026-03-17").expect(.inPlan, of: "R2")
    #expect(planned.at("2026-03-17").verdict.outcomes.isEmpty)
  }

  @Test("a credit note for another invoice is no money of the promise")
  func otherCredit() {
    let scene = Scene(due: "2026-03-02").invoice("R2", due: "2026-03-03").promised(
      by: "2026-03-20", from: "2026-03-12", of: [.invoice])
    #expect(scene.creditNote("G1", "100 EUR", on: "2026-03-16", for: "R2").at("2026-03-17").verdict.outcomes.isEmpty)
    #expect(
      scene.creditNote("G1", "100 EUR", on: "2026-03-16", for: "R1").at("2026-03-17").verdict.outcomes.map(\.outcome)
        == ["kept"])
  }

  @Test("money of the day of the promise itself counts where it came after it")
  func sameDay() {
    let before = Scene(due: "2026-03-02").payment("40 EUR", on: "2026-03-12")
      .promised(by: "2026-03-20", from: "2026-03-12 12:00")
    #expect(before.history.rests[.customer]?.first?.rest.amount == "60 EUR")
    #expect(before.at("2026-03-16").verdict.outcomes.isEmpty)
    let after = before.payment("60 EUR", on: "2026-03-12").at("2026-03-16")
    #expect(after.verdict.outcomes.map(\.outcome) == ["kept"])
  }

  @Test("credit that an invoice had when it was promised is no money of it, also where both are gone from the ledger")
  func vanished() {
    let before = Scene(due: "2026-03-02").invoice("R2", due: "2026-03-03", "30 EUR")
      .creditNote("G1", "60 EUR", for: "R1").planned(2, first: "2026-04-01", from: "2026-03-12 12:00")
    #expect(before.history.rests[.customer]?.first?.rest.amount == "70 EUR")
    #expect(before.history.rests[.customer]?.first?.rest.items.map(\.open) == ["40 EUR", "30 EUR"])
    // Written off, with its credit note: 30 EUR are still owed.
    let after = before.with { $0.invoices.removeAll { $0.key.number != "R2" } }.at("2026-03-16")
    #expect(after.verdict.outcomes.isEmpty)
    let paid = after.payment("30 EUR", on: "2026-03-16", for: "R2").at("2026-03-17")
    #expect(paid.verdict.outcomes.map(\.outcome) == ["completed"])
  }

  @Test("one payment keeps one promise, the older one, and not another one later")
  func once() {
    let scene = Scene(due: "2026-03-02").invoice("R2", due: "2026-03-03")
      .promised(by: "2026-03-20", from: "2026-03-12 11:00", of: [.invoice])
      .promised(
        by: "2026-03-20", from: "2026-03-12 12:00", of: [.invoice(customer: "C", number: "R2")], id: "promise-2"
      )
      .payment("100 EUR", on: "2026-03-16")
    #expect(scene.at("2026-03-17").verdict.outcomes.map(\.id) == ["promise-1"])
    #expect(scene.looked("2026-03-17 11:00").at("2026-03-18").verdict.outcomes.isEmpty)
    #expect(scene.looked("2026-03-17 11:00").at("2026-03-26").verdict.outcomes.map(\.outcome) == ["broken"])
    let paid = scene.payment("100 EUR", on: "2026-03-16").at("2026-03-17")
    #expect(paid.verdict.outcomes.map(\.outcome) == ["kept", "kept"])
  }

  @Test("the last day is one of rest, however soon contacts resume after it")
  func lastDay() {
    let scene = Scene(due: "2026-03-02").rules { $0.resumeAfterBankingDays = 0 }
    scene.promised(by: "2026-03-18", from: "2026-03-12").at("2026-03-23").expect(.promised, until: "2026-03-24")
    scene.held(.invoice, until: "2026-03-18").at("2026-03-18").expect(.held, until: "2026-03-19")
    scene.held(.invoice, until: "2026-03-18").at("2026-03-19").expect(.contact)
  }

  @Test("in part: what came is said, and the rest goes on")
  func partly() {
    let scene = Self.scene.payment("40 EUR", on: "2026-03-19", for: "R1")
    let end = scene.at("2026-03-26").verdict.outcomes.first
    #expect(end?.outcome == "partly_kept")
    #expect(end?.paid == "40 EUR")
    scene.at("2026-03-27").expectContacts("second 60.00 EUR: R1*")
  }

  @Test("money that names no invoice counts when it came after the promise")
  func unapplied() {
    #expect(
      Self.scene.payment("100 EUR", on: "2026-03-18").at("2026-03-18").verdict.outcomes.map(\.outcome) == ["kept"])
    let before = Scene(due: "2026-03-02").invoice("R2", due: "2026-03-03").payment("100 EUR", on: "2026-03-10")
      .promised("50 EUR", by: "2026-03-20", from: "2026-03-12")
    #expect(before.at("2026-03-18").verdict.outcomes.isEmpty)
  }

  @Test("a part that was promised rests the whole invoice; kept, the other part goes on after resume_after")
  func part() {
    let scene = Scene(due: "2026-03-02").sent("first", "2026-03-09")
      .promised("30 EUR", by: "2026-03-20", from: "2026-03-12").payment("30 EUR", on: "2026-03-16", for: "R1")
    scene.at("2026-03-16").expect(.promised, until: "2026-03-18")
    let kept = scene.looked("2026-03-16")
    kept.at("2026-03-17").expect(.promised, until: "2026-03-18")
    kept.at("2026-03-18").expectContacts("second 70.00 EUR: R1*")
  }

  @Test("of a customer cover the oldest invoices, up to their amount; others are followed up, and name it apart")
  func customer() {
    let scene = Scene(due: "2026-03-02").invoice("R2", due: "2026-03-03").invoice("R3", due: "2026-03-04")
      .promised("150 EUR", by: "2026-03-20", from: "2026-03-05")
    scene.at("2026-03-10").expect(.promised, of: "R1").expect(.promised, of: "R2")
      .expectContacts("first 100.00 EUR: R3* (R1 promised, R2 promised)")
  }

  @Test("a second broken one asks for a person's word on the next notice")
  func second() {
    let once = Self.scene.looked("2026-03-26")
    let twice = once.promised(by: "2026-04-01", from: "2026-03-27", id: "promise-2").looked("2026-04-09")
    twice.at("2026-04-13").expect(.needsApproval, step: "second")
    #expect(twice.at("2026-04-13").verdict.waiting.first?.isWaiting(for: .contact) == true)
    twice.approved("second", "2026-04-13").at("2026-04-13 13:00").expect(.contact, step: "second")
  }

  @Test("a broken one goes on at on_broken_promise, on its resuming day, and never back")
  func jump() {
    let scene = Self.scene.with { $0.policy.schedules[0].onBrokenPromise = "final" }
    scene.at("2026-03-27").expect(.needsApproval, step: "final")
    scene.approved("final", "2026-03-26").at("2026-03-27").expect(.contact, step: "final")
    scene.with { $0.policy.schedules[0].onBrokenPromise = "upcoming" }.at("2026-03-27")
      .expect(.contact, step: "second")
  }

  @Test("broken, where on_broken_promise is above the customer's max_level, it goes on where it stood")
  func jumpAboveMaxLevel() {
    let scene = Self.scene.with { $0.policy.schedules[0].onBrokenPromise = "final" }.customer { $0.maxLevel = 2 }
    scene.at("2026-03-27").expect(.contact, step: "second")
    // Once there is nothing left that it may get, it is at an end.
    let last = scene.sent("second", "2026-03-27").with { $0.policy.schedules[0].steps[3].level = 3 }
    last.at("2026-04-20").expect(.capped)
  }

  @Test("broken, they bring no notice before an invoice is overdue")
  func jumpLater() {
    let scene = Scene(due: "2026-03-02").invoice("R2", due: "2026-04-10")
      .with { $0.policy.schedules[0].onBrokenPromise = "second" }
      .promised("200 EUR", by: "2026-03-20", from: "2026-03-12").looked("2026-03-26").at("2026-03-27")
    scene.expect(.contact, of: "R1", step: "second").expect(.notYet, of: "R2", step: "second", until: "2026-04-13")
  }

  @Test("leave what is contested alone")
  func contested() {
    let scene = Scene(due: "2026-03-02").invoice("R2", due: "2026-03-03").disputed(.invoice)
      .promised("100 EUR", by: "2026-03-20", from: "2026-03-12")
    scene.at("2026-03-16").expect(.disputed, of: "R1").expect(.promised, of: "R2")
  }

  @Test("are not called broken on a ledger that may lack the money")
  func stale() {
    let scene = Self.scene.at("2026-03-30").with {
      $0.policy.freshness.maxAge = .days(2)
      $0.ledgerAge = .days(3)
    }
    #expect(scene.verdict.outcomes.isEmpty)
    #expect(scene.with { $0.ledgerAge = .days(1) }.verdict.outcomes.map(\.outcome) == ["broken"])
  }

  @Test("are net of credit that was there, also where the customer had just answered")
  func net() {
    let scene = Scene(due: "2026-03-02").payment("40 EUR", on: "2026-03-04")
      .happened(.contactReplied(Reply(contact: nil, customer: "C", excerpt: nil)), "2026-03-12 11:00")
      .promised(by: "2026-03-20", from: "2026-03-12 12:00")
    #expect(scene.history.rests[.customer]?.first?.rest.amount == "60 EUR")
    let paid = scene.payment("60 EUR", on: "2026-03-16", for: "R1").at("2026-03-17")
    #expect(paid.verdict.outcomes.map(\.outcome) == ["kept"])
  }

  @Test("a new one can be made as soon as the old one has ended")
  func again() {
    let end = RestEnd(
      kind: .promise, scope: .customer, id: "promise-1", by: "anna", outcome: "withdrawn", text: "misheard")
    let scene = Self.scene.happened(.restEnded(end), "2026-03-12 12:00")
      .promised(by: "2026-04-01", from: "2026-03-12 12:05", id: "promise-2")
    scene.at("2026-03-27").expect(.promised, until: "2026-04-10")
  }

  @Test("that are withdrawn end at once, and the invoice goes on after resume_after")
  func withdrawn() {
    let end = RestEnd(
      kind: .promise, scope: .customer, id: "promise-1", by: "anna", outcome: "withdrawn", text: "misheard")
    let scene = Self.scene.happened(.restEnded(end), "2026-03-16")
    scene.at("2026-03-17").expect(.promised, until: "2026-03-18")
    scene.at("2026-03-18").expect(.contact, step: "second")
  }

  @Test("a confirmation goes at once, beside every cap, and a note the day before")
  func messages() {
    let scene = Self.scene.with {
      $0.policy.promise.steps = [
        Step("confirmed", 0, level: 0, anchor: .issued), Step("tomorrow", -1, level: 0),
      ]
    }
    scene.at("2026-03-12 13:00").expectContacts("confirmed 100.00 EUR: promise-1*")
    let days = scene.at("2026-03-12 13:00").daysOfContact(10)
    #expect(days == ["2026-03-12 confirmed", "2026-03-19 tomorrow"])
    // Recorded after the day's hours, it goes on the next day.
    #expect(
      scene.at("2026-03-13").daysOfContact(8) == ["2026-03-13 confirmed", "2026-03-19 tomorrow"])
    #expect(scene.at("2026-03-12 13:00").verdict.tally.values.reduce(0, +) == 1)
  }

  @Test("make no sense beyond what is open, over what is promised or paid, in the past")
  func refusals() {
    func refusal(_ scene: Scene, _ amount: Money?, _ day: Day = "2026-03-20", _ scopes: [Scope] = [.customer])
      -> Pledging.Refusal?
    {
      do throws(Pledging.Refusal) {
        _ = try scene.pledging(scopes).promise(amount: amount, by: day)
        return nil
      } catch { return error }
    }
    let scene = Scene(due: "2026-03-02").at("2026-03-12")
    #expect(refusal(scene, "100 EUR") == nil)
    #expect(refusal(scene, "100.01 EUR") == .moreThanOpen("100.01 EUR", open: "100 EUR"))
    #expect(refusal(scene, "10 USD") == .otherCurrency("10 USD", Money("1 EUR").currency))
    #expect(refusal(scene, nil, "2026-03-11") == .pastDay("2026-03-11", today: "2026-03-12"))
    let taken = Self.scene.at("2026-03-12").verdict.decisions[0].sentence
    #expect(refusal(Self.scene.at("2026-03-12"), nil) == .notFree("customer C", sentence: taken))
    #expect(
      refusal(Self.scene.at("2026-03-12"), nil, "2026-03-20", [.invoice])
        == .notFree("invoice R1 of C", sentence: taken))
    // A hold that came later hides nothing.
    let held = Self.scene.held(.invoice, from: "2026-03-12 12:30").at("2026-03-12 13:00").expect(.held)
    #expect(
      refusal(held, nil) == .notFree("customer C", sentence: "Invoice R1 stands in promise-1 already."))
    let paid = scene.payment("100 EUR", on: "2026-03-10", for: "R1")
    #expect(refusal(paid, nil) == .nothingOpen("customer C"))
  }
}
