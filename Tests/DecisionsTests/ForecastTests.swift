import Ledger
import Testing
import Units

@testable import Decisions

@Suite("Forecast")
struct ForecastTests {
  let due: Scene = Scene(due: "2026-03-04").steps(
    Step("first", 5, level: 1), Step("second", 15, level: 2), Step("final", 35, level: 3, approval: true))

  private func lines(_ scene: Scene, days: Int, cycles: [ClockTime] = []) -> [String] {
    let forecast = Forecast(
      scene.books, scene.history, scene.policy, from: scene.now, ledgerAge: scene.ledgerAge, days: days, cycles: cycles)
    return forecast.entries.map { entry in
      let waits = entry.contact.waitsFor.map { " (\($0.code.rawValue))" } ?? ""
      return "\(scene.zone.civil(entry.at).description.dropLast(3)) \(entry.contact.step.name)\(waits)"
    }
  }

  @Test("days 0: what would happen at this moment, and what waits for a word")
  func now() {
    #expect(lines(due.at("2026-03-09"), days: 0) == ["2026-03-09 11:00 first"])
    #expect(lines(due.at("2026-03-09 09:00"), days: 0) == [])
    #expect(
      lines(due.rules { $0.firstCycle = .approve }.at("2026-03-09"), days: 0) == [
        "2026-03-09 11:00 first (needs_approval)"
      ])
  }

  @Test("what waits until the middle of a day goes then, and not when hours open next")
  func waits() {
    let replied = due.happened(.contactReplied(Reply(contact: nil, customer: "C", excerpt: nil)), "2026-03-09 12:30")
    #expect(lines(replied.at("2026-03-10"), days: 5) == ["2026-03-12 12:30 first"])
    // At hours that are given, only then.
    #expect(lines(replied.at("2026-03-10"), days: 5, cycles: ["10:05"]) == ["2026-03-13 10:05 first"])
    let deferred = due.sent("first", "2026-03-09 10:15", ["R1"], .deferred(until: "2026-03-09 11:05"))
    #expect(lines(deferred.at("2026-03-09 10:20"), days: 1) == ["2026-03-09 11:05 first"])
    // Many that end soon after each other are looked at together; after hours the next opening is.
    let two = deferred.customer("D").invoice("R2", due: "2026-03-04", of: "D")
      .sent("first", "2026-03-09 10:16", ["R2"], .deferred(until: "2026-03-09 11:06"))
    #expect(lines(two.at("2026-03-09 10:20"), days: 1) == ["2026-03-09 11:05 first", "2026-03-09 11:20 first"])
    let late = due.sent("first", "2026-03-09 10:15", ["R1"], .deferred(until: "2026-03-09 17:00"))
    #expect(lines(late.at("2026-03-09 10:20"), days: 1) == ["2026-03-10 10:00 first"])
    // On the last day, too.
    #expect(lines(replied.at("2026-03-10"), days: 2) == ["2026-03-12 12:30 first"])
  }

  @Test("calls are shown on their day, and taken as made")
  func calls() {
    let scene = due.steps(
      Step("first", 5, level: 1), Step("call", 15, level: 2, channel: .call), Step("final", 35, level: 3))
    #expect(
      lines(scene.at("2026-03-05"), days: 40) == [
        "2026-03-09 10:00 first", "2026-03-19 10:00 call (task_open)", "2026-04-08 10:00 final",
      ])
    #expect(lines(scene.sent("first", "2026-03-09").at("2026-03-19"), days: 0) == ["2026-03-19 11:00 call (task_open)"])
  }

  @Test("what is handed over is passed on: the customer has got nothing by it, so nothing else waits for it")
  func handover() {
    let scene = due.steps(
      Step("first", 5, level: 1), Step("agency", 15, level: 2, channel: .handover)
    ).invoice("R2", due: "2026-03-15", "50 EUR")
    #expect(
      lines(scene.at("2026-03-05"), days: 16) == [
        "2026-03-09 10:00 first", "2026-03-19 10:00 agency (task_open)", "2026-03-20 10:00 first",
      ])
  }

  @Test("a call is no word on the first cycle: the message after it still waits for that")
  func callBeforeFirstCycle() {
    let scene = due.rules { $0.firstCycle = .approve }.steps(
      Step("call", 5, level: 1, channel: .call), Step("final", 15, level: 2))
    #expect(
      lines(scene.at("2026-03-09"), days: 20) == [
        "2026-03-09 11:00 call (task_open)", "2026-03-19 10:00 final (needs_approval)",
      ])
  }

  @Test("days N: every contact to come, approvals taken as given and labelled")
  func days() {
    let expected = ["2026-03-09 10:00 first", "2026-03-19 10:00 second", "2026-04-08 10:00 final (needs_approval)"]
    #expect(lines(due.at("2026-03-05"), days: 40) == expected)
    #expect(lines(due.at("2026-03-05"), days: 33) == Array(expected.prefix(2)))
    #expect(
      lines(due.rules { $0.firstCycle = .approve }.at("2026-03-05"), days: 20) == [
        "2026-03-09 10:00 first (needs_approval)", "2026-03-19 10:00 second",
      ])
    #expect(
      lines(due.rules { $0.maxPerCycle = 0 }.at("2026-03-05"), days: 5) == ["2026-03-09 10:00 first (needs_approval)"])
  }

  @Test("it runs at the configured cycles, and a refusal is believed")
  func cycles() {
    #expect(lines(due.at("2026-03-05"), days: 5, cycles: ["09:00", "14:00"]) == ["2026-03-09 14:00 first"])
    let refused = due.sent("second", "2026-03-19").approved("final", "2026-04-06", granted: false)
    #expect(lines(refused.at("2026-04-06"), days: 5) == [])
  }

  @Test("a held invoice goes on when its hold ends; a stale ledger stops only today")
  func rests() {
    #expect(lines(due.held(.invoice, until: "2026-03-13").at("2026-03-09"), days: 10) == ["2026-03-17 10:00 first"])
    let stale = due.with {
      $0.policy.freshness.maxAge = .hours(1)
      $0.ledgerAge = .hours(2)
    }
    #expect(lines(stale.at("2026-03-09"), days: 3) == ["2026-03-10 10:00 first"])
  }

  @Test("what is sent once more after a doubt is one contact, as it will be")
  func resend() {
    let doubt = due.with { $0.policy.inDoubt = .resend }.rules {
      $0.atMost = .init(contacts: 2, days: 20)
      $0.minGapDays = 3
    }.sent("first", "2026-03-09", ["R1"], .inDoubt)
    #expect(lines(doubt.at("2026-03-12 10:00"), days: 10) == ["2026-03-12 10:00 first", "2026-03-19 10:00 second"])
  }

  @Test("what it foretells is what a daily loop does")
  func agrees() {
    let scene = due.invoice("R2", due: "2026-03-10").invoice("R3", due: "2026-02-10", "5 USD").with {
      $0.policy.schedules[0].steps[2].approval = false
    }.at("2026-03-05 10:00")
    #expect(lines(scene, days: 59).map { $0.replacing(" 10:00", with: "") } == scene.daysOfContact(60))
  }
}
