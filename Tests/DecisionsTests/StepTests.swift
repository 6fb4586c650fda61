import Ledger
import Testing
import Units

@testable import Decisions

/// Design, section 6, Which step.
@Suite("Which step")
struct StepTests {
  let due: Scene = Scene(due: "2026-03-04")

  @Test("once a level is done, every lower level and every step listed before it is passed")
  func neverBack() {
    due.sent("second", "2026-03-09").at("2026-03-31").expect(.taskOpen, step: "call")
    due.sent("final", "2026-03-09").at("2026-03-25").expect(.notYet, step: "handover", until: "2026-04-28")
    due.sent("call", "2026-03-09").at("2026-03-23").expect(.notYet, step: "final")
    due.steps(Step("a", 5, level: 1), Step("b", 10, level: 1), Step("c", 20, level: 2)).sent("b", "2026-03-16")
      .at("2026-03-23").expect(.notYet, step: "c")
  }

  @Test("under any schedule or name: renamed steps and schedules send no level twice")
  func renamed() {
    let sent = due.sent("first", "2026-03-09").at("2026-03-17")
    sent.steps(Step("friendly", 9, level: 1), Step("second", 15, level: 2)).expect(.notYet, step: "second")
    sent.schedules(Schedule("new name", Step("friendly", 9, level: 1), Step("second", 15, level: 2)))
      .expect(.notYet, step: "second", schedule: "new name")
    // Of two steps of a level the other one is still to come.
    due.sent("second", "2026-03-19").steps(Step("zweite", 16, level: 2), Step("ring", 25, level: 2)).at("2026-03-30")
      .expect(.deadlineRunning, step: "ring")
    due.sent("call", "2026-03-30").steps(
      Step("zweite", 16, level: 2), Step("ring", 25, level: 2), Step("last", 50, level: 3)
    )
    .at("2026-04-07").expect(.notYet, step: "last")
  }

  @Test("catch_up next: the first step not passed, one at a time")
  func next() {
    let old = due.at("2026-04-22")
    old.expect(.contact, step: "first")
    #expect(
      due.steps(Step("first", 5, level: 1), Step("second", 15, level: 2), Step("third", 30, level: 3))
        .at("2026-04-22").daysOfContact(20) == ["2026-04-22 first", "2026-04-29 second", "2026-05-06 third"])
  }

  @Test("catch_up latest: the highest that its age deserves")
  func latest() {
    let steps = due.steps(
      Step("first", 5, level: 1), Step("second", 15, level: 2), Step("third", 30, level: 3), catchUp: .latest)
    steps.at("2026-03-18").expect(.contact, step: "first")
    steps.at("2026-03-19").expect(.contact, step: "second")
    steps.at("2026-04-22").expect(.contact, step: "third")
    steps.sent("third", "2026-04-22").at("2026-05-22").expect(.completed)
  }

  @Test("repeat: so many extra sendings, each so long after the last one")
  func repeats() {
    let steps = due.steps(
      Step("first", 5, level: 1, repeat: .init(everyDays: 14, times: 2)), Step("last", 60, level: 2))
    #expect(
      steps.at("2026-03-09").daysOfContact(80)
        == ["2026-03-09 first", "2026-03-23 first", "2026-04-07 first", "2026-05-04 last"])
    steps.sent("first", "2026-03-09").at("2026-03-20").expect(
      .notYet, step: "first", until: "2026-03-23", repetition: 1)
  }

  @Test("a sending that did not arrive after all is none that comes again under the name of a later one")
  func undoneRepeat() {
    let steps = due.steps(
      Step("first", 5, level: 1, repeat: .init(everyDays: 14, times: 2)), Step("last", 60, level: 2))
    steps.sent("first", "2026-03-09", ["R1"], .inDoubt, id: "a").sent("first", "2026-03-23", repetition: 1, id: "b")
      .happened(.contactResolved(contact: "a", sent: false, by: "ann"), "2026-03-24")
      .at("2026-03-30").expect(.notYet, step: "first", until: "2026-04-07", repetition: 2)
  }

  @Test("a step renamed hides none of another anchor: the invoice that was sent is no reminder")
  func renamedAnchor() {
    let sent = due.steps(Step("invoice", 0, level: 0, anchor: .issued)).sent("invoice", "2026-02-02")
    sent.steps(
      Step("send-invoice", 0, level: 0, anchor: .issued), Step("upcoming", -7, level: 0), Step("first", 5, level: 1)
    )
    .at("2026-02-20").expect(.notYet, step: "upcoming")
  }

  @Test("repeats not sent when the next step is due are dropped")
  func repeatsDropped() {
    let steps = due.steps(
      Step("first", 5, level: 1, repeat: .init(everyDays: 14, times: 3)), Step("last", 30, level: 2))
    #expect(steps.at("2026-03-09").daysOfContact(60) == ["2026-03-09 first", "2026-03-23 first", "2026-04-07 last"])
  }

  @Test("a contact stands if one To recipient took it and it did not bounce; else the step is undone")
  func bounced() {
    let two = due.customer { $0.emails = ["a@c.example", "b@c.example"] }
    let sent = two.sent("first", "2026-03-09", id: "k")
    sent.at("2026-03-10").expect(.notYet, step: "second")
    let half = sent.happened(bounce(0), "2026-03-09 12:00")
    half.at("2026-03-10").expect(.notYet, step: "second")
    let both = half.happened(bounce(1), "2026-03-09 12:01")
    both.at("2026-03-10").expect(.noAddress, step: "first")
    // The cap slot is returned as well.
    both.customer { $0.emails = ["new@c.example"] }.at("2026-03-10").expect(.contact, step: "first")
  }

  private func bounce(_ recipient: Int) -> HistoryEvent {
    .contactBounced(contact: "k", recipient: recipient, status: "5.1.1", permanent: true, excerpt: nil)
  }

  @Test("a due date that moves later does not undo a step")
  func dueMoves() {
    let moved = due.sent("first", "2026-03-09").with { $0.invoices[0].due = "2026-04-01" }
    moved.at("2026-04-06").expect(.notYet, step: "second", until: "2026-04-16")
    moved.at("2026-03-25").expect(.notYet, step: "second")
  }

  @Test("a step that a person skipped is passed, and so are its repeats")
  func skipped() {
    let skip = HistoryEvent.stepSkipped(scope: .invoice, step: "first", undone: false, by: "anna", text: "called them")
    due.happened(skip, "2026-03-06").at("2026-03-09").expect(.notYet, step: "second")
    due.steps(Step("first", 5, level: 1, repeat: .init(everyDays: 14, times: 2)), Step("last", 60, level: 2))
      .sent("first", "2026-03-09").happened(skip, "2026-03-10").at("2026-03-23").expect(.notYet, step: "last")
  }

  @Test("an item stays with the schedule of its first notice")
  func sticky() {
    let gentle = Schedule(
      "gentle", Step("first", 5, level: 1), Step("gentle", 40, level: 2), match: Match { $0.tags = ["vip"] })
    let strict = Schedule("strict", Step("first", 5, level: 1), Step("second", 15, level: 2))
    let two = due.schedules(gentle, strict)
    let begun = two.sent("first", "2026-03-09", schedule: "strict")
    // It becomes a VIP: nothing changes for what has begun, all does for what has not.
    begun.customer { $0.tags = ["vip"] }.at("2026-03-19").expect(.contact, step: "second", schedule: "strict")
    two.customer { $0.tags = ["vip"] }.at("2026-03-19").expect(.contact, step: "first", schedule: "gentle")
    // A reminder does not bind.
    due.schedules(
      Schedule("gentle", .upcoming, Step("gentle", 40, level: 1), match: Match { $0.tags = ["vip"] }),
      Schedule("strict", .upcoming, Step("first", 5, level: 1))
    ).sent("upcoming", "2026-02-25", schedule: "strict").customer { $0.tags = ["vip"] }.at("2026-03-09")
      .expect(.notYet, step: "gentle", schedule: "gentle")
  }

  @Test("only a change of `schedule` in the ledger moves it, and it stays where it was moved to")
  func moved() {
    let a = Schedule("a", Step("a1", 5, level: 1), Step("a2", 15, level: 2), match: Match { $0.schedules = ["a"] })
    let b = Schedule(
      "b", Step("b1", 6, level: 1), Step("b2", 16, level: 2), Step("b3", 30, level: 3),
      match: Match { $0.schedules = ["b"] })
    let other = Schedule("other", Step("o1", 7, level: 1), Step("o3", 30, level: 3))
    let begun = due.schedules(a, b, other).customer { $0.schedule = "a" }.sent("a1", "2026-03-09", schedule: "a")
    let moved = begun.customer { $0.schedule = "b" }
    moved.at("2026-03-20").expect(.contact, step: "b2", schedule: "b")
    let again = moved.sent("b2", "2026-03-20", schedule: "b")
    again.with { $0.policy.schedules[1].match?.tags = ["gone"] }.at("2026-04-03")
      .expect(.notYet, step: "b3", until: "2026-04-07", schedule: "b")
    begun.customer { $0.schedule = nil }.at("2026-03-20").expect(.notYet, step: "o3", schedule: "other")
  }

  @Test("the first schedule whose match fits wins")
  func firstMatch() {
    let consumer = Schedule("consumer", Step("c", 5, level: 1), match: Match { $0.kinds = [.consumer] })
    let large = Schedule("large", Step("l", 5, level: 1), match: Match { $0.balanceOver = ["99 EUR"] })
    let french = Schedule(
      "french", Step("f", 5, level: 1),
      match: Match {
        $0.countries = ["FR"]
        $0.languages = ["fr", "en"]
      })
    let rest = Schedule("rest", Step("r", 5, level: 1))
    let all = due.schedules(consumer, large, french, rest).at("2026-03-09")
    all.expect(.contact, schedule: "large")
    all.customer { $0.kind = .consumer }.expect(.contact, schedule: "consumer")
    Scene(due: "2026-03-04", "99 EUR").schedules(consumer, large, french, rest).at("2026-03-09")
      .expect(.contact, schedule: "rest")
    Scene(due: "2026-03-04", "99 EUR").schedules(consumer, large, french, rest).customer { $0.country = "FR" }
      .at("2026-03-09").expect(.contact, schedule: "french")
  }

  @Test("a reminder that the cap or the hour keeps from going until its time is over is none, also once that has begun")
  func lapsing() {
    let scene = Scene(due: "2026-03-06").steps(Step("upcoming", -3, level: 0), Step("first", 5, level: 1))
    let capped = scene.invoice("R2", due: "2026-03-08").sent("upcoming", "2026-03-03")
    for day in ["2026-03-04", "2026-03-05", "2026-03-06"] {
      capped.at(day).expect(.notYet, of: "R2", step: "first", until: "2026-03-13")
    }
    // Where the cap lets it go in time it waits.
    capped.rules { $0.atMost = .init(contacts: 1, days: 3) }.at("2026-03-05")
      .expect(.tooSoon, of: "R2", step: "upcoming", until: "2026-03-06")
    scene.at("2026-03-04 17:00").expect(.outsideHours, step: "upcoming", until: "2026-03-05 10:00")
    scene.at("2026-03-05 09:00").expect(.outsideHours, step: "upcoming", until: "2026-03-05 10:00")
    scene.at("2026-03-05 15:00").expect(.contact, step: "upcoming")
    scene.at("2026-03-05 17:00").expect(.notYet, step: "first", until: "2026-03-11")
    // What the customer may have got already keeps its place until somebody says so.
    scene.with { $0.policy.inDoubt = .ask }.sent("upcoming", "2026-03-04", ["R1"], .inDoubt).at("2026-03-05")
      .expect(.inDoubt, step: "upcoming")
  }
}
