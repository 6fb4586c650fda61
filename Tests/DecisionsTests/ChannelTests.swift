import Ledger
import Testing
import Units

@testable import Decisions

@Suite("Steps of one group in several channels")
struct ChannelTests {
  /// R1 is due for a letter on 12 March, R2 for an e-mail.
  static let both = Scene(due: "2026-03-02").steps(
    Step("first", 5, level: 1), Step("final", 10, level: 2, channel: .letter), Step("last", 40, level: 3)
  ).customer { $0.address = "Hauptstr. 1; 10115 Berlin" }.sent("first", "2026-03-04")
    .invoice("R2", due: "2026-03-06", "50 EUR").at("2026-03-12 11:00")

  @Test("give one notice a day: the highest step goes, and the other waits for the gap")
  func oneNotice() {
    Self.both.expect(.contact, of: "R1", step: "final").expect(.tooSoon, of: "R2", step: "first", until: "2026-03-19")
    #expect(Self.both.verdict.contacts.map(\.channel) == [.letter])
    #expect(Self.both.daysOfContact(8) == ["2026-03-12 final", "2026-03-19 first"])
    let sentence = Self.both.verdict.decisions.first { $0.key.number == "R2" }?.sentence ?? ""
    #expect(sentence.contains("waits until 2026-03-19: a contact by letter goes first today"))
  }

  @Test("of another currency go on the same day")
  func currencies() {
    let other = Self.both.invoice("R3", due: "2026-03-06", "50 USD")
    #expect(Set(other.verdict.contacts.map(\.channel)) == [.letter, .email])
  }

  @Test("with a message for each invoice go on the same day")
  func byInvoice() {
    let alone = Self.both.with { $0.policy.schedules[0].consolidation = .invoice }
    #expect(Set(alone.verdict.contacts.map(\.channel)) == [.letter, .email])
  }

  @Test("that the customer cannot be reached by do not keep others waiting")
  func unusable() {
    let nowhere = Self.both.customer { $0.address = "" }
    nowhere.expect(.noAddress, of: "R1").expect(.contact, of: "R2")
  }

  /// R1 is due for a call on 19 March; a notice about R2 went the day before.
  static let call = Scene(due: "2026-03-04").steps(
    Step("first", 5, level: 1), Step("call", 15, level: 2, channel: .call)
  ).sent("first", "2026-03-09").invoice("R2", due: "2026-03-12", "50 EUR").sent("first", "2026-03-18", ["R2"])
    .at("2026-03-19 11:00")

  @Test("leave a call to be made, whatever went about other invoices")
  func callStays() {
    Self.call.expect(.taskOpen, of: "R1", step: "call")
    Self.call.at("2026-03-17 11:00").expect(.notYet, of: "R1", until: "2026-03-19")
    // Its own notice keeps it waiting.
    Self.call.sent("first", "2026-03-18").expect(.tooSoon, of: "R1", until: "2026-03-25")
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
