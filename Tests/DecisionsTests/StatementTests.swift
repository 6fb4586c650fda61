import Ledger
import Testing
import Units

@testable import Decisions

extension Scene {
  /// `R1` of 100 EUR, invoiced long ago.
  fileprivate static func owing(_ due: Day) -> Scene { Scene().old("R1", due: due) }

  fileprivate func old(
    _ number: String, due: Day, _ open: Money = "100 EUR", _ change: (inout Invoice) -> Void = { _ in }
  ) -> Scene {
    invoice(number, due: due, open) {
      $0.issued = "2025-10-01"
      change(&$0)
    }
  }

  /// Statements on the first of each month.
  fileprivate func stating(_ change: (inout StatementRules) -> Void = { _ in }) -> Scene {
    with {
      $0.policy.statement.day = 1
      change(&$0.policy.statement)
    }
  }

  fileprivate func asked(_ time: String, isWithdrawn: Bool = false, _ currency: Currency? = nil) -> Scene {
    happened(
      .statementRequested(
        StatementRequest(
          customer: "C", currency: currency ?? policy.company.currency, isWithdrawn: isWithdrawn, by: "anna", text: nil)
      ),
      time)
  }

  fileprivate var statement: Statement? { verdict.contacts.lazy.compactMap(\.statement).first }

  /// What a cycle, which hears of contacts only, would send.
  fileprivate var cycleLines: [String] {
    decide(books, history, policy, now: now, ledgerAge: ledgerAge, detail: .contacts).contacts.map(\.line)
  }
}

@Suite("Statements of account")
struct StatementTests {
  /// Nothing but statements happens before October.
  static let scene = Scene.owing("2026-12-01").stating()

  @Test("go on the first open day of the month, once, and not by themselves without a day")
  func monthly() {
    Self.scene.at("2026-03-01").expectContacts()
    Self.scene.at("2026-03-02 09:59").expectContacts()
    Self.scene.at("2026-03-02").expectContacts("statement 100.00 EUR: R1")
    #expect(Self.scene.at("2026-03-04").verdict.beside.map(\.sentence) == ["The statement in EUR goes now."])
    // The first of May is a holiday, and a Friday.
    #expect(
      Self.scene.at("2026-02-26").daysOfContact(75)
        == ["2026-03-02 statement", "2026-04-01 statement", "2026-05-04 statement"])
    Scene.owing("2026-12-01").at("2026-03-02").expectContacts()
  }

  @Test("that could not go within their days are left out for the month")
  func lapses() {
    Self.scene.at("2026-03-09").expectContacts("statement 100.00 EUR: R1")
    Self.scene.at("2026-03-10").expectContacts()
    let short = Self.scene.stating { $0.withinDays = 0 }
    short.at("2026-03-02").expectContacts("statement 100.00 EUR: R1")
    short.at("2026-03-03").expectContacts()
    // The days reach over the end of a month.
    Self.scene.stating { $0.day = 28 }.at("2026-04-02").expectContacts("statement 100.00 EUR: R1")
  }

  @Test("move no invoice: it goes on where it stood, on its day")
  func movesNothing() {
    let scene = Scene.owing("2026-02-16").stating().sent("first", "2026-02-23").at("2026-03-02")
    scene.expectContacts("statement 100.00 EUR: R1").expect(.notYet, step: "second", until: "2026-03-03")
    let after = scene.run().at("2026-03-03")
    after.expect(.contact, step: "second")
    #expect(after.verdict.contacts.first?.listed.first?.level == 2)
  }

  @Test("count for the cap of reminders, not for that of notices")
  func caps() {
    let scene = Self.scene.old("R2", due: "2026-03-12").at("2026-03-02")
    scene.expectContacts("statement 200.00 EUR: R2 R1")
    scene.run().at("2026-03-05").expect(.tooSoon, of: "R2", step: "upcoming", until: "2026-03-09")
    let overdue = Self.scene.old("R3", due: "2026-02-25").at("2026-03-02")
    overdue.expectContacts("first 100.00 EUR: R3* (R1 not_due)", "statement 200.00 EUR: R3 R1")
  }

  @Test("wait for the word on a large cycle as everything does, and say so")
  func largeCycle() {
    let large = Self.scene.rules { $0.maxPerCycle = 0 }.at("2026-03-02")
    large.expectContacts().expectWaiting("statement 100.00 EUR: R1")
    #expect(large.verdict.beside.map(\.reason) == [.needsApproval])
    #expect(large.verdict.beside.first?.sentence.contains("approve --cycle") == true)
    #expect(Self.scene.rules { $0.maxPerCycle = 1 }.at("2026-03-02").verdict.beside.map(\.reason) == [.contact])
  }

  @Test("let a reminder that is due go first, and follow when the cap allows")
  func behindReminder() {
    let scene = Self.scene.old("R2", due: "2026-03-09").at("2026-03-02")
    scene.expectContacts("upcoming 100.00 EUR: R2*")
    #expect(
      scene.verdict.beside.map(\.sentence) == ["The statement in EUR waits until 2026-03-03: a reminder goes first."])
    #expect(scene.daysOfContact(9) == ["2026-03-02 upcoming", "2026-03-09 statement"])
  }

  @Test("let a reminder go first that would find no day any more")
  func behindShortReminder() {
    let scene = Scene.owing("2026-03-05").steps(Step("today", 0, level: 0)).stating()
    #expect(scene.at("2026-03-02").daysOfContact(14) == ["2026-03-05 today"])
    #expect(
      scene.stating { $0.withinDays = 10 }.at("2026-03-02").daysOfContact(14) == [
        "2026-03-05 today", "2026-03-12 statement",
      ])
  }

  @Test("go to nobody who is on hold, wants no contact, has no address, or has a row that cannot be read")
  func tests() {
    let scene = Self.scene.at("2026-03-02")
    func reason(_ scene: Scene) -> ReasonCode? {
      #expect(scene.verdict.contacts.isEmpty)
      return scene.verdict.beside.first?.reason
    }
    #expect(reason(scene.held(.customer)) == .held)
    #expect(reason(scene.customer { $0.doNotContact = .everything }) == .doNotContact)
    #expect(reason(scene.customer { $0.emails = [] }) == .noAddress)
    #expect(reason(scene.badRow(.invoice(customer: "C", number: "R9"))) == .quarantined)
    #expect(reason(scene.badRow(.customer("C"))) == .quarantined)
    #expect(
      reason(scene.happened(.contactReplied(Reply(contact: nil, customer: "C", excerpt: nil)), "2026-03-02 10:30"))
        == .replied)
    // A hold on one invoice marks it.
    #expect(scene.held(.invoice).statement?.lines.map(\.mark) == [.held])
  }

  @Test("wait for the first cycle's list, and for that of a large one")
  func approvals() {
    let scene = Self.scene.rules { $0.firstCycle = .approve }.at("2026-03-02")
    scene.expectContacts().expectWaiting("statement 100.00 EUR: R1")
    scene.listApproved().expectContacts("statement 100.00 EUR: R1")
    let large = Self.scene.rules { $0.maxPerCycle = 0 }.at("2026-03-02")
    large.expectContacts().expectWaiting("statement 100.00 EUR: R1").expect(.notYet)
    large.listApproved().expectContacts("statement 100.00 EUR: R1")
  }

  @Test("go by themselves to whom `match` fits, and never to who is never contacted")
  func match() {
    let business = Self.scene.stating { $0.match = Match { $0.kinds = [.business] } }.at("2026-03-02")
    business.customer { $0.kind = .consumer }.expectContacts()
    business.customer { $0.kind = .business }.expectContacts("statement 100.00 EUR: R1")
    Self.scene.steps().at("2026-03-02").expectContacts()
  }

  @Test("go where something is open, or came in since the last one; `only_if` asks for more")
  func occasions() {
    let paid = Self.scene.payment("100 EUR", on: "2026-03-10", for: "R1")
    let april = paid.at("2026-03-02").run().at("2026-04-01")
    april.expectContacts("statement 0.00 EUR: ").expect(.settled)
    #expect(april.cycleLines == ["statement 0.00 EUR: "])
    #expect(april.statement?.payments.map(\.amount) == ["100 EUR"])
    #expect(april.statement?.since == "2026-03-02")
    let may = april.run().at("2026-05-04")
    may.expectContacts()
    #expect(may.cycleLines.isEmpty)
    april.stating { $0.occasion = .open }.expectContacts()
    april.stating { $0.occasion = .overdue }.expectContacts()
    Self.scene.stating { $0.occasion = .open }.at("2026-03-02").expectContacts("statement 100.00 EUR: R1")
    Self.scene.stating { $0.occasion = .overdue }.at("2026-03-02").expectContacts()
    Self.scene.stating { $0.occasion = .overdue }.at("2026-12-02").steps(.upcoming)
      .expectContacts("statement 100.00 EUR: R1")
  }

  @Test("say nothing of what credit covers: there is none where nothing else is open")
  func covered() {
    func count(_ credit: Money) -> Int {
      Self.scene.creditNote("G9", credit, for: "R1").at("2026-03-02").verdict.contacts.count
    }
    #expect(count("99 EUR") == 1)
    #expect(count("100 EUR") == 0)
  }

  @Test("that a person asks for go in the next open hours, beside every cap, once")
  func askedFor() {
    let scene = Scene.owing("2026-12-01")
    scene.asked("2026-03-10").at("2026-03-10 13:00").expectContacts("statement 100.00 EUR: R1")
    let weekend = scene.asked("2026-03-14").at("2026-03-14")
    #expect(weekend.verdict.beside.first?.until == .day("2026-03-16"))
    #expect(weekend.daysOfContact(20) == ["2026-03-16 statement"])
    let capped = scene.old("R2", due: "2026-03-17").sent("upcoming", "2026-03-10", ["R2"]).asked("2026-03-10 12:00")
    capped.at("2026-03-10 13:00").expectContacts("statement 200.00 EUR: R2 R1")
    #expect(
      scene.payment("100 EUR", on: "2026-03-09", for: "R1").asked("2026-03-10").at("2026-03-10").cycleLines.count == 1)
  }

  @Test("that were asked for can be taken back and asked for again; a hold rests them, an empty schedule does not")
  func takenBack() {
    let scene = Scene.owing("2026-12-01").asked("2026-03-10")
    scene.asked("2026-03-10 10:30", isWithdrawn: true).at("2026-03-10").expectContacts()
    scene.asked("2026-03-10 10:30", isWithdrawn: true).asked("2026-03-10 10:40").at("2026-03-10")
      .expectContacts("statement 100.00 EUR: R1")
    let held = scene.held(.customer).at("2026-03-10")
    held.expectContacts()
    #expect(held.verdict.beside.first?.reason == .held)
    scene.steps().at("2026-03-10").expectContacts("statement 100.00 EUR: R1")
  }

  @Test("one that was asked for long ago is not forgotten when another customer's is")
  func askedForByAnother() {
    let euro = Scene.owing("2026-12-01").asked("2026-01-02")
    let later = euro.happened(
      .statementRequested(
        StatementRequest(customer: "D", currency: euro.policy.company.currency, by: "ben", text: nil)), "2026-03-20")
    #expect(later.history.statementRequests.count == 2)
  }

  @Test("one that was asked for stays until it went or was taken back, however long something rests it")
  func askedForLongAgo() {
    let scene = Scene.owing("2026-12-01").held(.customer, until: "2026-04-10").asked("2026-03-10")
    #expect(scene.at("2026-03-10").verdict.beside.first?.until == .day("2026-04-14"))
    #expect(scene.at("2026-04-01").verdict.beside.first?.reason == .held)
    #expect(scene.at("2026-03-10").daysOfContact(60) == ["2026-04-14 statement"])
    scene.asked("2026-03-11", isWithdrawn: true).at("2026-04-14").expectContacts()
  }

  @Test("one that was asked for takes the place of the month's on that day")
  func askedForInTheMonth() {
    let scene = Self.scene.asked("2026-03-02 10:30").at("2026-03-02")
    #expect(scene.verdict.contacts.count == 1)
    #expect(scene.daysOfContact(20) == ["2026-03-02 statement", "2026-03-09 statement"])
  }

  @Test("are one for each currency, on one day")
  func currencies() {
    let scene = Self.scene.old("U1", due: "2026-12-01", "50 USD").at("2026-03-02")
    #expect(scene.verdict.contacts.map(\.line).sorted() == ["statement 100.00 EUR: R1", "statement 50.00 USD: U1"])
    #expect(scene.run().at("2026-03-03").verdict.contacts.isEmpty)
  }

  @Test("say what is open and why it is not asked for, credit, ageing and payments")
  func content() {
    let scene = Scene().stating()
      .old("R1", due: "2026-02-27", "100 EUR").old("R2", due: "2026-03-02", "200 EUR")
      .old("R3", due: "2025-11-20", "300 EUR") { $0.disputed = .part("120 EUR") }
      .old("R4", due: "2026-04-10", "400 EUR").old("R5", due: "2026-04-11", "500 EUR") { $0.disputed = .whole }
      .old("R6", due: "2026-01-10", "600 EUR")
      .creditNote("G1", "30 EUR", on: "2026-02-20")
      .payment("600 EUR", on: "2026-02-03", for: "R6").payment("10 EUR", on: "2026-02-01")
      .held(.invoice(customer: "C", number: "R4")).at("2026-03-02 10:01")
    let contact = scene.verdict.contacts.first { $0.statement != nil }
    guard let statement = contact?.statement else {
      Issue.record("no statement: \(scene.verdict.beside.map(\.sentence))")
      return
    }
    #expect(statement.lines.map(\.invoice.key.number) == ["R3", "R1", "R2", "R4", "R5"])
    #expect(statement.lines.map(\.open) == ["300 EUR", "100 EUR", "200 EUR", "400 EUR", "500 EUR"])
    #expect(statement.lines.map(\.daysPastDue) == [102, 3, 0, 0, 0])
    #expect(statement.lines.map(\.mark) == [nil, nil, nil, .held, .disputed])
    #expect(statement.lines[0].disputed == "120 EUR")
    #expect(statement.payments.map(\.amount) == ["600 EUR"])
    #expect(statement.since == "2026-02-02")
    #expect(statement.ageing.buckets.map(\.name) == ["current", "1-30", "31-60", "61-90", "91+"])
    #expect(statement.ageing.buckets.map(\.amount) == ["1100 EUR", "100 EUR", "0 EUR", "0 EUR", "300 EUR"])
    #expect(statement.ageing.credits == "40 EUR")
    #expect(statement.open == "1500 EUR" && statement.balance == "1460 EUR" && statement.overdue == "400 EUR")
    // Asked for is what is neither disputed nor on hold, less credit.
    #expect(contact?.listed.map(\.open) == ["140 EUR", "100 EUR", "200 EUR"])
    #expect(contact?.total == "440 EUR" && contact?.credit == "40 EUR")
    #expect(contact?.advancing.map(\.key.number) == ["statement-2026-03"])
  }

  @Test("promised, planned and collected invoices are marked")
  func marks() {
    let scene = Scene.owing("2026-02-25").stating().old("R2", due: "2026-12-01").old("R3", due: "2026-12-02") {
      $0.autopay = "2026-03-02"
    }
    let promised = scene.promised(by: "2026-03-20", from: "2026-02-26", of: [.invoice]).at("2026-03-02")
    #expect(promised.statement?.lines.map(\.mark) == [.promised, nil, .collected])
    let planned = scene.planned(2, first: "2026-06-01", from: "2026-02-26", of: [.invoice]).at("2026-03-02")
    #expect(planned.statement?.lines.map(\.mark) == [.planned, nil, .collected])
  }

  @Test("one of which nobody knows whether it arrived is not sent again, unless the policy says so")
  func doubt() {
    let scene = Self.scene.at("2026-03-02")
    guard let contact = scene.verdict.contacts.first else { return }
    let intended = contact.intended(as: "s1", attempt: 1, messageID: "<s1>", sha256: "", policy: "")
    let doubtful = scene.happened(.contactIntended(intended), "2026-03-02 11:00").happened(
      .contactInDoubt(contact: "s1", recipient: 0, attempt: 1, why: "cut off"), "2026-03-02 11:01"
    ).at("2026-03-03")
    doubtful.expectContacts()
    doubtful.with { $0.policy.inDoubt = .resend }.expectContacts("statement 100.00 EUR: R1")
    let deferred = scene.happened(.contactIntended(intended), "2026-03-02 11:00").happened(
      .contactDeferred(Attempt(contact: "s1", recipient: 0, attempt: 1), next: scene.now + .minutes(15)),
      "2026-03-02 11:01")
    #expect(deferred.at("2026-03-02 11:05").verdict.beside.map(\.reason) == [.retryLater])
    deferred.at("2026-03-02 11:30").expectContacts("statement 100.00 EUR: R1")
  }

  @Test("a forecast shows them")
  func forecast() {
    let scene = Self.scene.at("2026-03-02")
    let forecast = Forecast(
      scene.books, scene.history, scene.policy, from: scene.now, ledgerAge: .zero, days: 40)
    #expect(
      forecast.entries.map { "\($0.contact.day) \($0.contact.step.name)" } == [
        "2026-03-02 statement", "2026-04-01 statement",
      ])
  }
}
