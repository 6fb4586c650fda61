import Ledger
import Testing
import Units

@testable import Decisions

/// Design, section 6, the table of reasons, line by line. Invoice `R1` is due on Wednesday 4 March 2026, so that its
/// first notice (day 5) falls on Monday the 9th and its second (day 15) on Thursday the 19th.
@Suite("Reasons")
struct ReasonTests {
  let due: Scene = Scene(due: "2026-03-04").at("2026-03-09")

  @Test("1 settled: nothing is open")
  func settled() {
    due.payment("100 EUR", on: "2026-03-06", for: "R1").expect(.settled)
    due.payment("99.99 EUR", on: "2026-03-06", for: "R1").expect(.contact, dunnable: "0.01 EUR")
  }

  @Test("1 settled: unapplied credit covers it")
  func credited() {
    due.payment("100 EUR", on: "2026-03-06").expect(.settled)
    due.creditNote("K1", "100 EUR").expect(.settled)
    due.creditNote("K1", "60 EUR").expect(.contact, dunnable: "40 EUR")
  }

  @Test("2 quarantined: its row, its customer's or its payer's is bad, or one whose customer cannot be read")
  func quarantined() {
    due.badRow(.invoice(customer: "C", number: "R1")).expect(.quarantined)
    due.badRow(.customer("C")).expect(.quarantined)
    due.badRow(.everything).expect(.quarantined)
    due.badRow(.invoice(customer: "C", number: "R2")).expect(.contact).expect(.quarantined, of: "R2")
    due.badRow(.customer("D")).expect(.contact)
    let paid = due.customer("P").customer { $0.payer = "P" }
    paid.badRow(.customer("P")).expect(.quarantined)
    paid.customer("D") { $0.payer = "P" }.badRow(.customer("D")).expect(.quarantined)
  }

  @Test("2 quarantined: an invoice whose customer has no row is not forgotten")
  func orphaned() {
    due.invoice("R9", due: "2026-02-02", of: "Z").expect(.quarantined, of: "R9").expect(.contact)
  }

  @Test("4 held: a hold on it or its customer is in force")
  func held() {
    due.held(.invoice).expect(.held, until: "open")
    due.held(.customer).expect(.held, until: "open")
    due.held(.invoice(customer: "C", number: "R2")).expect(.contact)
    due.customer("P").customer { $0.payer = "P" }.held(.customer("P")).expect(.held)
  }

  @Test("4 held: or ended less than resume_after ago, in banking days")
  func holdEnded() {
    // Monday the 9th, a Friday and Good Friday; `until` is the last day of the hold.
    due.held(.invoice, until: "2026-03-08").expect(.held, until: "2026-03-10")
    due.held(.invoice, until: "2026-03-06").expect(.held, until: "2026-03-10")
    due.held(.invoice, until: "2026-03-05").expect(.contact)
    due.held(.invoice).released(.invoice, "2026-03-06 09:00").expect(.held, until: "2026-03-10")
    due.held(.invoice).released(.invoice, "2026-03-05 09:00").expect(.contact)
    due.held(.customer).released(.customer, "2026-04-02").at("2026-04-07").expect(.held, until: "2026-04-08")
    due.held(.invoice, until: "2026-12-31").released(.invoice, "2026-03-05").expect(.contact)
    due.held(.invoice).released(.invoice, "2026-03-02").held(.invoice, from: "2026-03-03").expect(.held)
    due.held(.invoice, until: "2026-03-08").rules { $0.resumeAfterBankingDays = 0 }.expect(.contact)
  }

  @Test("5 disputed: open in the ledger or the journal")
  func disputed() {
    Scene(due: "2026-03-04") { $0.disputed = .whole }.at("2026-03-09").expect(.disputed)
    due.disputed(.invoice).expect(.disputed, until: "open")
    due.disputed(.invoice).disputeClosed(.invoice, "2026-03-06").expect(.disputed, until: "2026-03-10")
    due.disputed(.invoice).disputeClosed(.invoice, "2026-03-05").expect(.contact)
  }

  @Test("5 disputed: the undisputed part goes on")
  func partDisputed() {
    let part = Scene(due: "2026-03-04") { $0.disputed = .part("40 EUR") }.at("2026-03-09")
    part.expect(.contact, dunnable: "60 EUR").expectContacts("first 60.00 EUR: R1* (R1 disputed)")
    part.payment("50 EUR", on: "2026-03-05", for: "R1").expect(.contact, dunnable: "10 EUR")
    part.payment("60 EUR", on: "2026-03-05", for: "R1").expect(.disputed)
    part.payment("60 EUR", on: "2026-03-05").expect(.disputed)
    due.disputed(.invoice, "30 EUR").expect(.contact, dunnable: "70 EUR")
    due.disputed(.invoice, "100 EUR").expect(.disputed)
    part.disputed(.invoice, "70 EUR").expect(.contact, dunnable: "30 EUR")
    // A part that is no longer contested is not asked for at once either.
    due.disputed(.invoice, "30 EUR").disputeClosed(.invoice, "2026-03-06").expect(.contact, dunnable: "70 EUR")
    due.disputed(.invoice, "30 EUR").disputeClosed(.invoice, "2026-03-05").expect(.contact, dunnable: "100 EUR")
  }

  @Test("8 autopay: until 5 banking days after the date, or a returned payment")
  func autopay() {
    let debit = Scene(due: "2026-03-04") { $0.autopay = "2026-03-04" }
    debit.at("2026-03-09").expect(.autopay, until: "2026-03-12")
    debit.at("2026-03-11").expect(.autopay)
    debit.at("2026-03-12").expect(.contact)
    let returned = debit.payment("100 EUR", on: "2026-03-04", for: "R1")
      .payment("-100 EUR", on: "2026-03-06", for: "R1")
    returned.at("2026-03-09").expect(.contact, dunnable: "100 EUR")
  }

  @Test("9 replied: the customer answered within pause_on_reply")
  func replied() {
    let answered = due.happened(.contactReplied(Reply(contact: "x", customer: "C", excerpt: nil)), "2026-03-07 12:00")
    answered.expect(.replied, until: "2026-03-10 12:00")
    answered.at("2026-03-10 11:59").expect(.replied)
    answered.at("2026-03-10 12:00").expect(.contact)
  }

  @Test("10 no_schedule: none matches")
  func noSchedule() {
    due.schedules(Schedule("consumer", .upcoming, match: Match { $0.kinds = [.consumer] })).expect(.noSchedule)
  }

  @Test("10 excluded: its schedule has no steps; it was due before ignore_due_before")
  func excluded() {
    due.schedules(Schedule("none")).expect(.excluded)
    due.rules { $0.ignoreDueBefore = "2026-03-05" }.expect(.excluded)
    due.rules { $0.ignoreDueBefore = "2026-03-04" }.expect(.contact)
  }

  @Test("11 completed: every step has been done")
  func completed() {
    due.steps(Step("first", 5, level: 1)).sent("first", "2026-03-09").at("2026-06-01").expect(.completed)
  }

  @Test("11 capped: only steps above the customer's max_level are left")
  func capped() {
    let gentle = due.customer { $0.maxLevel = 1 }
    gentle.expect(.contact, step: "first")
    gentle.sent("first", "2026-03-09").at("2026-03-19").expect(.capped)
    due.customer { $0.maxLevel = 0 }.expect(.capped)
  }

  @Test("12 below_minimum: the group's net dunnable balance is under min_balance, notices only")
  func belowMinimum() {
    let small = due.rules { $0.minBalance = ["100.01 EUR"] }
    small.expect(.belowMinimum)
    due.rules { $0.minBalance = ["100 EUR"] }.expect(.contact)
    due.rules { $0.minBalance = ["500 USD"] }.expect(.contact)
    small.invoice("R2", due: "2026-03-03", "1 EUR").expect(.contact)
    small.invoice("R2", due: "2026-03-03", "50 EUR").held(.invoice(customer: "C", number: "R2")).expect(.belowMinimum)
    due.rules { $0.minBalance = ["50 EUR"] }.creditNote("K", "60 EUR").expect(.belowMinimum)
    Scene(due: "2026-03-16", "1 EUR").rules { $0.minBalance = ["25 EUR"] }.at("2026-03-09").expect(.contact)
  }

  @Test("13 task_open: its call, letter or other task waits for a person; nothing else climbs meanwhile")
  func taskOpen() {
    let called = due.sent("second", "2026-03-19")
    called.at("2026-03-31").expect(.taskOpen, step: "call")
    called.at("2026-05-29").expect(.taskOpen, step: "call").expectContacts()
  }

  @Test("13 task_open: no task while a deadline runs, nor on a channel that the customer refused")
  func noTaskYet() {
    let called = due.sent("second", "2026-03-19")
    called.at("2026-03-30").expect(.deadlineRunning, step: "call", until: "2026-03-31")
    called.customer { $0.doNotContact = .channels([.call]) }.at("2026-03-31").expect(.doNotContact, step: "call")
  }

  @Test("14 not_yet: says the day on which it can really go")
  func notYet() {
    due.at("2026-03-05").expect(.notYet, step: "first", until: "2026-03-09")
    // Day 5 is Good Friday.
    Scene(due: "2026-03-29").at("2026-03-30").expect(.notYet, step: "first", until: "2026-04-07")
    // Another invoice's notice on the 3rd makes the 9th too soon.
    due.invoice("R2", due: "2026-02-20").sent("first", "2026-03-03", ["R2"]).at("2026-03-05")
      .expect(.notYet, step: "first", until: "2026-03-10")
    due.invoice("R2", due: "2026-02-20").sent("second", "2026-03-03", ["R2"]).at("2026-03-05")
      .expect(.notYet, step: "first", until: "2026-03-13")
  }

  @Test("15 stale_ledger: the snapshot is older than max_age")
  func stale() {
    let aged = due.with { $0.policy.freshness.maxAge = .hours(36) }
    aged.with { $0.ledgerAge = .hours(36) }.expect(.contact)
    aged.with { $0.ledgerAge = .hours(37) }.expect(.staleLedger)
    aged.with { $0.ledgerAge = .hours(-5) }.expect(.contact)
    due.with { $0.ledgerAge = .days(400) }.expect(.contact)
  }

  @Test("15 cash_not_posted: no notice unless cash is posted up to the banking day before today")
  func cash() {
    let careful = due.with { $0.policy.freshness.needsPostedCash = true }
    careful.expect(.cashNotPosted)
    careful.with { $0.cashThrough = "2026-03-05" }.expect(.cashNotPosted)
    careful.with { $0.cashThrough = "2026-03-06" }.expect(.contact)
    Scene(due: "2026-03-16").with { $0.policy.freshness.needsPostedCash = true }.at("2026-03-09").expect(.contact)
  }

  @Test("16 do_not_contact: no contact on every channel that the step can use")
  func doNotContact() {
    due.customer { $0.doNotContact = .everything }.expect(.doNotContact)
    due.customer { $0.doNotContact = .channels([.email]) }.expect(.doNotContact)
    due.customer { $0.doNotContact = .channels([.call]) }.expect(.contact)
    due.steps(Step("first", 5, level: 1, fallback: .call)).customer { $0.doNotContact = .channels([.email]) }
      .expect(.taskOpen)
    due.steps(Step("first", 5, level: 1, fallback: .letter)).customer {
      $0.doNotContact = .channels([.email])
      $0.address = "Weg 1; Berlin"
    }.expect(.contact)
    due.steps(Step("call", 5, level: 1, channel: .call, fallback: .email))
      .customer { $0.doNotContact = .channels([.call]) }.expect(.contact)
  }

  @Test("17 no_address: none, or all bounced; the fallback channel first")
  func noAddress() {
    due.customer { $0.emails = [] }.expect(.noAddress)
    let refused = due.sent("first", "2026-03-06", ["R1"], .badAddress)
    refused.expect(.noAddress)
    refused.steps(Step("first", 5, level: 1, fallback: .call)).expect(.taskOpen)
    let letter = refused.steps(Step("first", 5, level: 1, fallback: .letter))
    letter.expect(.noAddress)
    letter.customer { $0.address = "Weg 1; Berlin" }.expect(.contact)
    due.sent("first", "2026-03-06", ["R1"], .bounced).expect(.noAddress)
    refused.customer { $0.emails = ["new@c.example"] }.expect(.contact)
    refused.customer { $0.emails.append("second@c.example") }.expect(.contact)
    refused.happened(.addressCleared(customer: "C", address: nil, by: "anna"), "2026-03-08").expect(.contact)
    // Also where a letter has gone since by the same contact.
    let printed = refused.customer { $0.address = "Hauptstr. 1; 10115 Berlin" }
      .steps(Step("first", 5, level: 1, fallback: .letter)).with { scene in
        guard let contact = scene.verdict.contacts.first, let id = scene.history.items[contact.advancing[0].key]?.last
        else {
          return
        }
        scene.history.apply(
          .contactIntended(contact.intended(as: id, attempt: 2, messageID: "", sha256: "ab", policy: "")), at: scene.now
        )
      }
    #expect(printed.history.outbox.count == 1)
    let cleared = printed.happened(.addressCleared(customer: "C", address: nil, by: "anna"), "2026-03-10")
    #expect(!printed.history.badAddresses.isEmpty && cleared.history.badAddresses.isEmpty)
  }

  @Test("18 in_doubt: the outcome is unknown and the step's policy is to ask")
  func inDoubt() {
    let asks = due.steps(Step("first", 5, level: 1, inDoubt: .ask), Step("second", 15, level: 2))
      .sent("first", "2026-03-09", ["R1"], .inDoubt, id: "d1")
    asks.at("2026-03-19").expect(.inDoubt, step: "first")
    asks.happened(.contactResolved(contact: "d1", sent: true, by: "anna"), "2026-03-10").at("2026-03-19")
      .expect(.contact, step: "second")
    asks.happened(.contactResolved(contact: "d1", sent: false, by: "anna"), "2026-03-10").at("2026-03-10 11:05")
      .expect(.contact, step: "first")
  }

  @Test("18 in_doubt: a doubt to ask about is asked about, also when a later contact came back")
  func inDoubtBehindAnother() {
    let passed = due.steps(Step("first", 5, level: 1), Step("second", 15, level: 2))
      .sent("first", "2026-03-09", ["R1"], .inDoubt, id: "d1").sent("second", "2026-03-19", ["R1"], id: "d2")
      .happened(
        .contactBounced(contact: "d2", recipient: 0, status: "4.2.2", permanent: false, excerpt: nil), "2026-03-20"
      ).at("2026-03-24")
    passed.expect(.contact, step: "second")
    passed.with { $0.policy.inDoubt = .ask }.expect(.inDoubt)
  }

  @Test("18 in_doubt: a doubt about a step that has another name by now waits for a person, whatever the policy")
  func inDoubtRenamed() {
    let doubt = due.steps(Step("first", 5, level: 1, inDoubt: .ask), Step("second", 15, level: 2))
      .sent("first", "2026-03-09", ["R1"], .inDoubt, id: "d1")
    let renamed = { @Sendable (scene: Scene) in
      scene.steps(Step("erste", 5, level: 1, inDoubt: .ask), Step("second", 15, level: 2))
    }
    for policy in [InDoubtPolicy.assumeSent, .resend, .ask] {
      let scene = renamed(doubt.with { $0.policy.inDoubt = policy })
      scene.at("2026-03-10").expect(.inDoubt).expectContacts()
      scene.at("2026-03-19").expect(.inDoubt).expectContacts()
      scene.happened(.contactResolved(contact: "d1", sent: true, by: "anna"), "2026-03-10").at("2026-03-19")
        .expect(.contact, step: "second")
      scene.happened(.contactResolved(contact: "d1", sent: false, by: "anna"), "2026-03-10").at("2026-03-19")
        .expect(.contact, step: "erste")
      doubt.with { $0.policy.inDoubt = policy }.schedules(Schedule("other", Step("first", 5, level: 1)))
        .at("2026-03-19").expect(.inDoubt)
    }
    // It went on before the step was given another name: then there was nothing to ask about.
    let after = doubt.steps(Step("first", 5, level: 1), Step("second", 15, level: 2))
      .sent("second", "2026-03-19", ["R1"], id: "d2")
    after.steps(Step("erste", 5, level: 1), Step("second", 15, level: 2), Step("final", 35, level: 3))
      .at("2026-04-08").expect(.contact, step: "final")
  }

  @Test("18 in_doubt: what a person called sent and then came back is undone")
  func resolvedAndBounced() {
    let asks = due.steps(Step("first", 5, level: 1, inDoubt: .ask), Step("second", 15, level: 2))
      .sent("first", "2026-03-09", ["R1"], .inDoubt, id: "d1")
      .happened(.contactResolved(contact: "d1", sent: true, by: "anna"), "2026-03-10")
    asks.happened(
      .contactBounced(contact: "d1", recipient: 0, status: "4.2.2", permanent: false, excerpt: nil), "2026-03-11"
    ).at("2026-03-19").expect(.contact, step: "first")
  }

  @Test("22 retry_later: what came back and may arrive later is sent again after a day, then two, four, a week")
  func softBounce() {
    let returned = HistoryEvent.contactBounced(
      contact: "d1", recipient: 0, status: "4.2.2", permanent: false, excerpt: nil)
    let once = due.sent("first", "2026-03-09", ["R1"], id: "d1").happened(returned, "2026-03-09 11:05")
    once.at("2026-03-09 11:30").expect(.retryLater)
    once.at("2026-03-10 12:00").expect(.contact, step: "first")
    let twice = once.sent("first", "2026-03-10 12:00", ["R1"], id: "d1", attempt: 2)
      .happened(returned, "2026-03-10 12:05")
    twice.at("2026-03-11 14:00").expect(.retryLater)
    twice.at("2026-03-12 14:00").expect(.contact, step: "first")
    twice.sent("first", "2026-03-12 14:00", ["R1"], id: "d1", attempt: 9).happened(returned, "2026-03-12 14:05")
      .at("2026-03-18 11:00").expect(.retryLater)
  }

  @Test("18 in_doubt: assumed sent by default, sent once more by resend")
  func assumed() {
    let doubt = due.sent("first", "2026-03-09", ["R1"], .inDoubt, id: "d1")
    doubt.at("2026-03-19").expect(.contact, step: "second")
    let again = doubt.with { $0.policy.inDoubt = .resend }
    again.at("2026-03-09 11:15").expect(.contact, step: "first")
    again.sent("first", "2026-03-09 11:15", ["R1"], .inDoubt, id: "d1", attempt: 2).at("2026-03-09 11:30")
      .expect(.notYet, step: "second")
  }

  @Test("19 needs_approval: the step, the first cycle or the size of the cycle needs a person's word")
  func needsApproval() {
    due.sent("call", "2026-03-30").at("2026-04-08").expect(.needsApproval, step: "final")
    due.rules { $0.firstCycle = .approve }.expect(.needsApproval, step: "first")
    due.rules { $0.maxPerCycle = 0 }.expect(.needsApproval, step: "first")
  }

  @Test("20 deadline_running: a deadline given to the group, and 2 banking days for the money to post")
  func deadline() {
    // Until Thursday the 26th, so Friday and Monday are for the bank.
    let given = due.invoice("R2", due: "2026-03-18").sent("second", "2026-03-19")
    given.at("2026-03-27").expect(.deadlineRunning, of: "R2", step: "first", until: "2026-03-31")
    given.at("2026-03-30").expect(.deadlineRunning, of: "R2")
    given.at("2026-03-31").expect(.contact, of: "R2")
  }

  @Test("21 too_soon: cap or min_gap; says when")
  func tooSoon() {
    let sent = due.invoice("R2", due: "2026-02-20").sent("first", "2026-03-05", ["R2"])
    sent.expect(.tooSoon, until: "2026-03-12")
    sent.at("2026-03-12").expect(.contact)
    sent.rules { $0.minGapDays = 10 }.expect(.tooSoon, until: "2026-03-16")
    sent.rules { $0.minGapDays = 2 }.expect(.tooSoon, until: "2026-03-12")
  }

  @Test("22 retry_later: the last attempt failed for now; says when")
  func retryLater() {
    let later = due.sent("first", "2026-03-09 10:30", ["R1"], .deferred(until: "2026-03-09 11:30"))
    later.expect(.retryLater, until: "2026-03-09 11:30")
    later.at("2026-03-09 11:30").expect(.contact, step: "first")
    due.sent("first", "2026-03-09 10:30", ["R1"], .failed).expect(.retryLater, until: "2026-03-10 10:30")
  }

  @Test("once a person says that the address is good, nothing waits for the next day")
  func forgiven() {
    let refused = due.sent("first", "2026-03-09 10:30", ["R1"], .badAddress).expect(.noAddress)
    refused.happened(.addressCleared(customer: "C", address: nil, by: "ann"), "2026-03-09 10:45").expect(.contact)
  }

  @Test("23 outside_hours: weekend, holiday or hour; says when it opens")
  func outsideHours() {
    due.at("2026-03-09 09:59").expect(.outsideHours, until: "2026-03-09 10:00")
    due.at("2026-03-09 10:00").expect(.contact)
    due.at("2026-03-09 15:59").expect(.contact)
    due.at("2026-03-09 16:00").expect(.outsideHours, until: "2026-03-10 10:00")
    due.at("2026-03-14").expect(.outsideHours, until: "2026-03-16 10:00")
    due.at("2026-04-03").expect(.outsideHours, until: "2026-04-07 10:00")
  }

  @Test("24 contact: step, level, channel, address")
  func contact() {
    due.expect(.contact, step: "first").expectContacts("first 100.00 EUR: R1*")
    #expect(due.verdict.contacts.first?.to == ["ap@c.example"])
    #expect(due.verdict.contacts.first?.channel == .email)
    #expect(due.verdict.decisions.first?.step?.level == 1)
  }
}
