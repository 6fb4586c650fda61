import Ledger
import Testing
import Units

@testable import Decisions

/// Design, section 6, How often.
@Suite("How often")
struct FrequencyTests {
  /// R1 comes to its first notice on Monday 9 March, R2 did before.
  let two: Scene = Scene(due: "2026-03-02").invoice("R2", due: "2026-02-01")

  @Test("at_most 1 per 7d: a notice on the 1st allows the next on the 8th")
  func cap() {
    let open = two.rules {
      $0.weekdays = Weekday.allCases
      $0.minGapDays = 0
    }.with { $0.invoices[0].due = "2026-02-25" }.sent("first", "2026-03-01", ["R2"])
    open.at("2026-03-07 15:59").expect(.tooSoon, until: "2026-03-08")
    open.at("2026-03-08 10:00").expect(.contact)
  }

  @Test("the cap counts days, so `contacts = 2` allows two days in seven")
  func capOfTwo() {
    let open = two.rules {
      $0.minGapDays = 0
      $0.atMost = .init(contacts: 2, days: 7)
    }.sent("first", "2026-03-03", ["R2"])
    open.at("2026-03-09").expect(.contact)
    let full = open.invoice("R3", due: "2026-02-01").sent("first", "2026-03-05", ["R3"])
    full.at("2026-03-09").expect(.tooSoon, until: "2026-03-10")
  }

  @Test("per payer and per address over all currencies")
  func perAddress() {
    // The notice of the 5th went in dollars; or to another payer who shares a mailbox.
    let dollars = Scene(due: "2026-03-04").invoice("R2", due: "2026-02-01", "50 USD").sent(
      "first", "2026-03-05", ["R2"])
    dollars.at("2026-03-09").expect(.tooSoon, until: "2026-03-12")
    let shared = Scene(due: "2026-03-04").customer("D") { $0.emails = ["AP@C.example"] }
      .invoice("R2", due: "2026-02-01", of: "D").sent("first", "2026-03-05", ["R2"])
    shared.at("2026-03-09").expect(.tooSoon, until: "2026-03-12")
    shared.customer("D") { $0.emails = ["other@d.example"] }.at("2026-03-09").expect(.tooSoon)
    Scene(due: "2026-03-04").customer("D").invoice("R2", due: "2026-02-01", of: "D").sent("first", "2026-03-05", ["R2"])
      .at("2026-03-09").expect(.contact)
  }

  @Test("not for an address whose mail failed, where a letter went instead")
  func letterInstead() {
    let failed = Scene(due: "2026-03-04").customer("D") { $0.emails = ["ap@c.example"] }
      .invoice("R2", due: "2026-02-01", of: "D").sent("first", "2026-03-05", ["R2"], .failed, id: "L")
    let posted = failed.with { scene in
      guard let past = scene.history.contact("L") else { return }
      scene.history.apply(
        .contactIntended(
          IntendedContact(
            contact: "L", attempt: 2, customer: "D", currency: past.currency, kind: past.kind, schedule: "standard",
            step: past.step, level: past.level, channel: .letter, template: "", invoices: past.items, listed: [],
            amount: "100 EUR", deadline: nil, messageID: "", sha256: "ab", policy: "", to: ["Customer D", "Weg 1"])),
        at: scene.zone.time("2026-03-05 12:00"))
      scene.history.apply(
        .contactResolved(contact: "L", sent: true, by: "anna"), at: scene.zone.time("2026-03-05 13:00"))
    }
    #expect(posted.history.contact("L")?.mayHaveReached == true)
    posted.at("2026-03-09").expect(.contact, of: "R1").expect(.tooSoon, of: "R2")
  }

  @Test("two currencies may go on one day")
  func sameDay() {
    let both = Scene(due: "2026-03-04").invoice("R2", due: "2026-03-04", "50 USD").at("2026-03-09")
    both.expectContacts("first 100.00 EUR: R1*", "first 50.00 USD: R2*")
    both.sent("first", "2026-03-09 10:30").expectContacts("first 50.00 USD: R2*")
  }

  @Test("level 0 has a cap of its own of the same size")
  func reminders() {
    let scene = Scene(due: "2026-03-16").invoice("R2", due: "2026-03-18").invoice("R3", due: "2026-03-04")
      .sent("upcoming", "2026-03-09")
    scene.at("2026-03-11").expect(.tooSoon, of: "R2", until: "2026-03-16").expect(.contact, of: "R3")
    scene.at("2026-03-16").expect(.contact, of: "R2", step: "upcoming")
    // A reminder that the cap keeps from going in time is not announced.
    let tight = scene.with { $0.invoices[1].due = "2026-03-17" }
    tight.at("2026-03-09 12:00").expect(.notYet, of: "R2", step: "upcoming", until: "2026-03-16")
    scene.with { $0.invoices[1].due = "2026-03-16" }.sent("upcoming", "2026-03-13", ["R3"]).at("2026-03-08")
      .expect(.notYet, of: "R2")
  }

  @Test("min_gap is counted per group since its last notice")
  func gap() {
    let wide = two.rules {
      $0.minGapDays = 10
      $0.atMost = .init(contacts: 9, days: 7)
    }.sent("first", "2026-03-03", ["R2"])
    wide.at("2026-03-12").expect(.tooSoon, until: "2026-03-13")
    wide.at("2026-03-13").expect(.contact)
    // Another currency is another group.
    wide.invoice("R3", due: "2026-03-02", "5 USD").at("2026-03-12").expect(.contact, of: "R3")
  }

  @Test(
    "only what was sent, or may have been sent, counts",
    arguments: [
      (Scene.Ending.sent, true), (.inDoubt, true), (.pending, true), (.deferred(until: "2026-03-05 12:00"), false),
      (.failed, false),
    ])
  func counts(ending: Scene.Ending, counts: Bool) {
    two.sent("first", "2026-03-05", ["R2"], ending).at("2026-03-09").expect(counts ? .tooSoon : .contact)
  }

  @Test("what is resent does not stand in its own way, but in that of others")
  func resend() {
    let doubt = Scene(due: "2026-02-26").invoice("R2", due: "2026-03-04").with { $0.policy.inDoubt = .resend }
      .sent("first", "2026-03-03", ["R1"], .inDoubt, id: "d1")
    doubt.at("2026-03-09").expect(.contact, step: "first").expect(.tooSoon, of: "R2")
      .expectContacts("first 200.00 EUR: R1* R2")
  }

  @Test("a doubt about a step whose time has passed keeps nobody out of the message of the next step")
  func resendLapsed() {
    let scene = Scene(due: "2026-03-09").invoice("R2", due: "2026-03-09")
      .steps(Step("upcoming", -7, level: 0), Step("first", 5, level: 1)).with { $0.policy.inDoubt = .resend }
      .sent("upcoming", "2026-03-02", ["R1"], .inDoubt)
    scene.at("2026-03-16").expectContacts("first 200.00 EUR: R1* R2*")
  }

  @Test("no cycle of a year gives a customer two notices within the gap")
  func year() {
    let days = Scene(due: "2026-01-07").invoice("R2", due: "2026-01-09").invoice("R3", due: "2026-01-20")
      .steps(Step("first", 5, level: 1), Step("second", 15, level: 2), Step("third", 30, level: 3)).at("2026-01-05")
      .daysOfContact(120)
    // R2 waits a week for R1's notice; on 26 January all three go in one message, on 11 February two.
    #expect(
      days == [
        "2026-01-12 first", "2026-01-19 first", "2026-01-26 second", "2026-02-04 second", "2026-02-11 third",
        "2026-02-19 third",
      ])
  }
}
