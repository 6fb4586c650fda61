import Ledger
import Testing
import Units

@testable import Decisions

@Suite("Steps that a person does")
struct PersonStepTests {
  /// R1 is due for a call on 19 March; a notice about R2 went the day before.
  static let call = Scene(due: "2026-03-04").steps(
    Step("first", 5, level: 1), Step("call", 15, level: 2, channel: .call)
  ).sent("first", "2026-03-09").invoice("R2", due: "2026-03-12", "50 EUR").sent("first", "2026-03-18", ["R2"])
    .at("2026-03-19 11:00")

  @Test("come up on their day, whatever went about other invoices")
  func callStays() {
    Self.call.expect(.taskOpen, of: "R1", step: "call")
    Self.call.at("2026-03-17 11:00").expect(.notYet, of: "R1", until: "2026-03-19")
    // Its own notice keeps it waiting.
    Self.call.sent("first", "2026-03-18").expect(.tooSoon, of: "R1", until: "2026-03-25")
  }

  @Test("nobody is called behind a step of which nobody knows whether it arrived, where that is to be asked about")
  func doubtFirst() {
    let scene = Scene(due: "2026-03-04").steps(
      Step("first", 5, level: 1), Step("call", 15, level: 2, channel: .call)
    ).with { $0.policy.schedules[0].catchUp = .latest }.sent("first", "2026-03-09", ["R1"], .inDoubt, id: "d1")
      .at("2026-03-23 11:00")
    scene.with { $0.policy.inDoubt = .ask }.expect(.inDoubt, step: "call")
    scene.expect(.taskOpen, step: "call")
  }

  @Test("a forecast knows that before the hours begin nobody calls, so that a notice of the day comes first")
  func beforeHours() {
    let scene = Scene(due: "2026-03-04").steps(
      Step("first", 5, level: 1), Step("call", 15, level: 2, channel: .call)
    ).sent("first", "2026-03-09").at("2026-03-19 08:00").invoice("R2", due: "2026-03-14", "50 EUR")
    let entries = Forecast(
      scene.books, scene.history, scene.policy, from: scene.now, ledgerAge: scene.ledgerAge, days: 3
    ).entries
    #expect(entries.first?.contact.step.name == "first")
    #expect(entries.allSatisfy { $0.contact.window.contains($0.at) })
  }

  @Test("a forecast knows that a notice of the day gives a deadline, which puts a call off")
  func deadlineFirst() {
    let scene = Scene(due: "2026-03-04").steps(
      Step("first", 5, level: 1, deadline: 7), Step("call", 15, level: 2, channel: .call)
    ).sent("first", "2026-03-09").at("2026-03-23 11:00").invoice("R2", due: "2026-03-12", "50 EUR")
    let entries = Forecast(
      scene.books, scene.history, scene.policy, from: scene.now, ledgerAge: scene.ledgerAge, days: 20
    ).entries
    let days = entries.map {
      "\(scene.zone.day($0.at)) \($0.contact.step.name) \($0.contact.advancing.map(\.key.number))"
    }
    #expect(days == ["2026-03-23 first [\"R2\"]", "2026-04-02 call [\"R1\", \"R2\"]"])
  }
}
