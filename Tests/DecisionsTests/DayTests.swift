import Ledger
import Testing
import Units

@testable import Decisions

/// Design, section 6, Days.
@Suite("Days")
struct DayTests {
  @Test("civil dates are those of the payer's zone")
  func zones() {
    // 23:30 on the 8th in Berlin is the 9th in Auckland and still the 8th in New York.
    let always = Scene(due: "2026-03-04").rules {
      $0.opens = "00:00"
      $0.closes = "24:00"
      $0.weekdays = Weekday.allCases
    }
    let moment = Zone.berlin.time("2026-03-08 23:30")
    always.with { $0.now = moment }.expect(.notYet, until: "2026-03-09")
    always.inZone(.auckland).with { $0.now = moment }.expect(.contact)
    always.inZone(.newYork).with { $0.now = Zone.berlin.time("2026-03-09 03:00") }.expect(.notYet)
    always.inZone(.newYork).with { $0.now = Zone.berlin.time("2026-03-09 06:00") }.expect(.contact)
  }

  @Test("a step of level >= 1 is due when today >= anchor + day, and stays due")
  func notices() {
    let due = Scene(due: "2026-03-05")
    due.at("2026-03-09").expect(.notYet, step: "first", until: "2026-03-10")
    for day in ["2026-03-10", "2026-03-11", "2026-04-30"] { due.at(day).expect(.contact, step: "first") }
  }

  @Test("on a closed day a notice goes on the next open one")
  func noticeOnClosedDay() {
    Scene(due: "2026-03-02").at("2026-03-07").expect(.notYet, until: "2026-03-09").at("2026-03-09").expect(.contact)
    // Good Friday 2026 is 3 April; Easter Monday is closed too.
    Scene(due: "2026-03-29").at("2026-04-02").expect(.notYet, until: "2026-04-07").at("2026-04-07").expect(.contact)
  }

  @Test("a reminder before the due date moves to the last open day before a closed day")
  func reminderBeforeClosedDay() {
    // Day -7 is Sunday the 15th, and on the other one Easter Monday.
    Scene(due: "2026-03-22").at("2026-03-12").expect(.notYet, step: "upcoming", until: "2026-03-13")
    Scene(due: "2026-03-22").at("2026-03-13").expect(.contact, step: "upcoming")
    Scene(due: "2026-04-13").at("2026-04-02").expect(.contact, step: "upcoming")
    Scene(due: "2026-04-13").at("2026-04-01").expect(.notYet, step: "upcoming", until: "2026-04-02")
  }

  @Test("it never goes later than the day before the due date")
  func reminderLate() {
    Scene(due: "2026-03-19").at("2026-03-18").expect(.contact, step: "upcoming")
    Scene(due: "2026-03-19").at("2026-03-19").expect(.notYet, step: "first")
    // The day before the due date is a Sunday, so on Saturday it is too late already.
    Scene(due: "2026-03-23").at("2026-03-21").expect(.notYet, step: "first")
  }

  @Test("one with day >= 0 goes on that day only")
  func reminderOnItsDay() {
    let onDue = Scene(due: "2026-03-04").steps(Step("today", 0, level: 0), Step("first", 5, level: 1))
    onDue.at("2026-03-03").expect(.notYet, step: "today", until: "2026-03-04")
    onDue.at("2026-03-04").expect(.contact, step: "today")
    onDue.at("2026-03-05").expect(.notYet, step: "first")
    // On a Saturday it cannot go at all.
    Scene(due: "2026-03-07").steps(Step("today", 0, level: 0), Step("first", 5, level: 1)).at("2026-03-05")
      .expect(.notYet, step: "first", until: "2026-03-12")
  }

  @Test("after the due date only steps of level >= 1 are considered")
  func afterDue() {
    let late = Step("late reminder", 3, level: 0)
    Scene(due: "2026-03-03").steps(late, Step("first", 5, level: 1)).at("2026-03-06").expect(.notYet, step: "first")
    Scene(due: "2026-03-03").steps(late).at("2026-03-06").expect(.completed)
  }

  @Test("a step anchored on discount is dropped once the discount's last day has passed")
  func discount() {
    let terms = PaymentTerms(text: "2/10 net 30", discounts: [.init(basisPoints: 200, days: 10)], netDays: 30)
    let offer = Scene(due: "2026-04-01") {
      $0.issued = "2026-03-02"
      $0.terms = terms
    }.steps(.discount, .upcoming, Step("first", 5, level: 1))
    offer.at("2026-03-09").expect(.notYet, step: "discount", until: "2026-03-10")
    offer.at("2026-03-10").expect(.contact, step: "discount")
    offer.at("2026-03-12").expect(.contact, step: "discount")
    offer.at("2026-03-13").expect(.notYet, step: "upcoming", until: "2026-03-25")
    #expect(offer.at("2026-03-10").verdict.contacts.first?.listed.first?.discount?.reduced == "98 EUR")
    Scene(due: "2026-04-01").steps(.discount, .upcoming).at("2026-03-10").expect(.notYet, step: "upcoming")
  }

  @Test("hours are wall-clock hours there")
  func hours() {
    let due = Scene(due: "2026-03-04")
    due.inZone(.newYork, country: "US").at("2026-03-09 09:59").expect(.outsideHours, until: "2026-03-09 10:00")
    due.inZone(.newYork, country: "US").at("2026-03-09 10:00").expect(.contact)
    due.inZone(.auckland).at("2026-03-09 15:59").expect(.contact)
    due.inZone(.tokyo).at("2026-03-09 16:00").expect(.outsideHours, until: "2026-03-10 10:00")
  }

  @Test(
    "over a DST change none is skipped and nothing is sent twice",
    arguments: [
      // Sundays on which clocks change, open all week, in the hour that is skipped or shown twice.
      ("2026-03-24", "2026-03-29 02:30", "02:00", "04:00"), ("2026-10-20", "2026-10-25 02:30", "02:00", "03:00"),
      ("2026-10-20", "2026-10-25 02:59", "02:00", "03:00"),
    ])
  func daylightSaving(due: String, time: String, opens: String, closes: String) {
    let scene = Scene(due: Day(iso: due)!).rules {
      $0.weekdays = Weekday.allCases
      $0.opens = ClockTime(text: opens)!
      $0.closes = ClockTime(text: closes)!
    }.at(time)
    scene.expect(.contact)
    // The same wall clock an hour later, and the next day.
    let sent = scene.run()
    sent.with { $0.now = $0.now + .hours(1) }.expectContacts()
    sent.with { $0.now = $0.now + .hours(24) }.expectContacts()
  }

  @Test("hours that a day does not have open on the next")
  func skippedHour() {
    let scene = Scene(due: "2026-03-24").rules {
      $0.weekdays = Weekday.allCases
      $0.opens = "02:00"
      $0.closes = "02:30"
    }
    scene.at("2026-03-29 01:59").expect(.outsideHours, until: "2026-03-30 02:00")
    scene.at("2026-03-29 03:00").expect(.outsideHours, until: "2026-03-30 02:00")
    scene.at("2026-03-30 02:00").expect(.contact)
  }

  @Test("holidays are the customer's country's and the company's; or a list; or none")
  func holidays() {
    // Thanksgiving is a Thursday on which Berlin works; German Unity 2025 a Friday on which New York does.
    let due = Scene(due: "2026-03-04")
    due.at("2026-11-26").expect(.contact)
    let american = due.customer { $0.country = "US" }
    american.at("2026-11-26").expect(.outsideHours)
    american.at("2026-12-25").expect(.outsideHours)
    american.at("2026-04-06").expect(.outsideHours)
    due.rules { $0.holidays = .calendars([]) }.at("2026-04-06").expect(.contact)
    due.rules { $0.holidays = .calendars(["US"]) }.at("2026-11-26").expect(.outsideHours)
    due.rules { $0.holidays = .calendars(["US"]) }.at("2026-04-06").expect(.contact)
  }

  @Test("grace means no effect inside it")
  func grace() {
    let lenient = Scene(due: "2026-03-04").steps(Step("first", 1, level: 1), grace: 4)
    lenient.at("2026-03-06").expect(.notYet, until: "2026-03-09")
    lenient.at("2026-03-09").expect(.contact)
    // Nor is an item inside it asked for in another's notice.
    lenient.invoice("R2", due: "2026-03-05").at("2026-03-09").expectContacts("first 100.00 EUR: R1* (R2 not_due)")
  }
}
