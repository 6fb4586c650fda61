import Ledger
import Testing
import Units

@testable import Decisions

/// One of two recipients has the message, the other was put off: only that one is tried again.
@Suite("A recipient who was put off")
struct LateRecipientTests {
  private let half = Scene(due: "2026-03-04").customer { $0.emails = ["ap@c.example", "boss@c.example"] }
    .at("2026-03-09 11:00").sent("first", "2026-03-09 10:30", ["R1"], id: "k")
    .happened(
      .contactDeferred(Attempt(contact: "k", recipient: 1, attempt: 1), next: Zone.berlin.time("2026-03-09 11:15")),
      "2026-03-09 10:30")

  private func expect(_ scene: Scene, _ to: [[String]], at place: SourceLocation = #_sourceLocation) {
    #expect(scene.verdict.contacts.map(\.to) == to, sourceLocation: place)
  }

  @Test("is tried again alone, once the back-off is over, under the same contact; the item itself has moved on")
  func alone() {
    expect(half, [])
    let due = half.at("2026-03-09 11:15")
    expect(due, [["boss@c.example"]])
    #expect(due.verdict.contacts.first?.completes == "k")
    #expect(due.verdict.contacts.first?.step.name == "first")
    due.expect(.notYet, step: "second")
  }

  @Test("not outside contact hours, nor on another day: that would be a second day with a notice")
  func sameDay() {
    expect(half.at("2026-03-09 15:59"), [["boss@c.example"]])
    expect(half.at("2026-03-09 16:00"), [])
    expect(half.at("2026-03-10 11:15"), [])
  }

  @Test("not once the invoice is paid, held, or the message would be another one")
  func notAnyMore() {
    let due = half.at("2026-03-09 11:15")
    expect(due.payment("100 EUR", on: "2026-03-09", for: "R1"), [])
    expect(due.held(.invoice, from: "2026-03-09 11:00"), [])
    expect(due.with { $0.invoices[0].due = "2026-03-03" }, [])
    expect(due.customer { $0.emails = ["ap@c.example", "other@c.example"] }, [])
  }

  @Test("not once a person has said what became of it")
  func resolved() {
    expect(
      half.happened(.contactResolved(contact: "k", sent: true, by: "ann"), "2026-03-09 11:00").at("2026-03-09 11:15"),
      [])
  }

  @Test("a doubt that a person cleared does not come back with the next attempt, to another address, that bounces")
  func clearedDoubt() {
    let cleared = Scene(due: "2026-03-04").sent("first", "2026-03-09", ["R1"], .inDoubt, id: "k")
      .happened(.contactResolved(contact: "k", sent: false, by: "ann"), "2026-03-10")
    let again = cleared.customer { $0.emails = ["new@c.example"] }.sent(
      "first", "2026-03-11", ["R1"], id: "k", attempt: 2
    )
    .happened(
      .contactBounced(contact: "k", recipient: 0, status: "4.2.2", permanent: false, excerpt: nil), "2026-03-12")
    #expect(again.history.contact("k")?.standing == .bounced)
  }

  /// Attempt 2 went to `boss` alone, who took it.
  private static func completed(_ half: Scene) -> Scene {
    var scene = half.at("2026-03-09 11:15")
    let contact = scene.verdict.contacts[0]
    scene.history.apply(
      .contactIntended(contact.intended(as: "k", attempt: 2, messageID: "", sha256: "", policy: "")), at: scene.now)
    scene.history.apply(.contactSent(Attempt(contact: "k", recipient: 0, attempt: 2)), at: scene.now)
    return scene
  }

  private static func returned(_ recipient: Int, attempt: Int?) -> HistoryEvent {
    .contactBounced(
      contact: "k", recipient: recipient, attempt: attempt, status: "5.1.1", permanent: true, excerpt: nil)
  }

  @Test("what comes back late from the one who had it first marks that address; with the other's, nobody has it")
  func late() {
    let done = Self.completed(half)
    let late = done.happened(Self.returned(0, attempt: 1), "2026-03-09 12:00")
    #expect(late.history.contact("k")?.standing == .made)
    #expect(late.history.badAddresses.keys.sorted() == ["ap@c.example"])
    let both = late.happened(Self.returned(0, attempt: nil), "2026-03-09 13:00")
    #expect(both.history.contact("k")?.standing == .bounced)
    #expect(both.history.badAddresses.keys.sorted() == ["ap@c.example", "boss@c.example"])
    let named = late.happened(Self.returned(0, attempt: 2), "2026-03-09 13:00")
    #expect(named.history.contact("k") == both.history.contact("k"))
    // An attempt that never was, or a place that it did not have.
    for event in [Self.returned(0, attempt: 7), Self.returned(3, attempt: 1)] {
      #expect(done.happened(event, "2026-03-09 12:00").history.contact("k") == done.history.contact("k"))
    }
  }

  @Test("what came back for now from the one who had it first is not sent again in the next cycle")
  func lateForNow() {
    let scene = Self.completed(half)
      .happened(
        .contactBounced(contact: "k", recipient: 0, attempt: 1, status: "4.2.2", permanent: false, excerpt: nil),
        "2026-03-09 12:00"
      ).happened(Self.returned(0, attempt: nil), "2026-03-09 13:00")
    expect(scene.at("2026-03-09 14:00"), [])
    scene.at("2026-03-09 14:00").expect(.retryLater)
    expect(scene.at("2026-03-12 11:00"), [["ap@c.example"]])
  }

  @Test("so it is where a person said that it was sent, and where their addresses were erased")
  func lateAfterAll() {
    let sent = Self.completed(half).happened(.contactResolved(contact: "k", sent: true, by: "ann"), "2026-03-09 12:00")
    let late = sent.happened(Self.returned(0, attempt: 1), "2026-03-09 12:30")
    #expect(late.history.contact("k")?.standing == .made)
    let both = late.happened(Self.returned(0, attempt: nil), "2026-03-09 13:00")
    #expect(both.history.contact("k")?.standing == .bounced)
    var erased = half.at("2026-03-09 11:15")
    let contact = erased.verdict.contacts[0]
    erased.history = ContactHistory()
    for (attempt, to) in [(1, ["", ""]), (2, [""])] {
      var intended = contact.intended(as: "k", attempt: attempt, messageID: "", sha256: "", policy: "")
      intended.to = to
      erased.history.apply(.contactIntended(intended), at: erased.now)
      for index in to.indices {
        erased.history.apply(.contactSent(Attempt(contact: "k", recipient: index, attempt: attempt)), at: erased.now)
      }
    }
    for (recipient, attempt, standing) in [(0, 1, PastContact.Standing.made), (1, 1, .made), (0, 2, .bounced)] {
      erased = erased.happened(Self.returned(recipient, attempt: attempt), "2026-03-09 12:00")
      #expect(erased.history.contact("k")?.standing == standing)
    }
    #expect(erased.history.badAddresses.keys.allSatisfy { !$0.contains("erased") })
  }

  @Test("put off again, the contact still stands, and who has it is left alone")
  func again() {
    var scene = half.at("2026-03-09 11:15")
    let contact = scene.verdict.contacts[0]
    scene.history.apply(
      .contactIntended(contact.intended(as: "k", attempt: 2, messageID: "", sha256: "", policy: "")), at: scene.now)
    #expect(scene.history.contact("k")?.standing == .made)
    scene.history.apply(
      .contactDeferred(
        Attempt(contact: "k", recipient: 0, attempt: 2), next: Zone.berlin.time("2026-03-09 12:00")), at: scene.now)
    #expect(scene.history.contact("k")?.standing == .made)
    #expect(scene.history.contact("k")?.leftOut == ["boss@c.example"])
    expect(scene.at("2026-03-09 12:00"), [["boss@c.example"]])
    scene.history.apply(.contactSent(Attempt(contact: "k", recipient: 0, attempt: 2)), at: scene.now)
    #expect(scene.history.halfMade.isEmpty)
    expect(scene.at("2026-03-09 13:00"), [])
  }

  @Test("what one of two has stays made when their addresses are erased, however many attempts there were")
  func erased() {
    var scene = half.at("2026-03-09 11:15")
    let whole = scene.history.contact("k")
    let contact = scene.verdict.contacts[0]
    func record(_ scene: inout Scene, to: [String], attempt: Int, _ outcomes: [HistoryEvent]) {
      var intended = contact.intended(as: "k", attempt: attempt, messageID: "", sha256: "", policy: "")
      intended.to = to
      for event in [.contactIntended(intended)] + outcomes { scene.history.apply(event, at: scene.now) }
    }
    scene.history = ContactHistory()
    let later = Zone.berlin.time("2026-03-09 12:00")
    record(
      &scene, to: ["", ""], attempt: 1,
      [
        .contactSent(Attempt(contact: "k", recipient: 0, attempt: 1)),
        .contactDeferred(Attempt(contact: "k", recipient: 1, attempt: 1), next: later),
      ])
    #expect(scene.history.contact("k")?.standing == whole?.standing)
    record(
      &scene, to: [""], attempt: 2, [.contactDeferred(Attempt(contact: "k", recipient: 0, attempt: 2), next: later)])
    #expect(scene.history.contact("k")?.standing == .made)
    #expect(scene.history.contact("k")?.leftOut == [])
    #expect(scene.history.halfMade.isEmpty)
    expect(scene.at("2026-03-09 13:00"), [])
    // Everybody once more, after a person's word that nothing had left: who is sure to have it is known by the place.
    record(&scene, to: ["", ""], attempt: 3, [.contactSent(Attempt(contact: "k", recipient: 0, attempt: 3))])
    record(&scene, to: ["", ""], attempt: 4, [])
    #expect(scene.history.contact("k")?.recipients == [.sent, .pending])
    // Whose address is in the ledger again, too.
    record(&scene, to: ["", ""], attempt: 5, [.contactSent(Attempt(contact: "k", recipient: 0, attempt: 5))])
    record(&scene, to: ["ap@c.example", "boss@c.example"], attempt: 6, [])
    #expect(scene.history.contact("k")?.recipients == [.sent, .pending])
  }

  @Test("a doubt that counts as sent is completed; one that a person is to clear is not")
  func doubt() {
    let doubtful = Scene(due: "2026-03-04").customer { $0.emails = ["ap@c.example", "boss@c.example"] }
      .at("2026-03-09 11:15").sent("first", "2026-03-09 10:30", ["R1"], .inDoubt, id: "k")
      .happened(
        .contactDeferred(Attempt(contact: "k", recipient: 1, attempt: 1), next: Zone.berlin.time("2026-03-09 11:00")),
        "2026-03-09 10:30")
    expect(doubtful, [["boss@c.example"]])
    expect(doubtful.with { $0.policy.inDoubt = .ask }, [])
  }

  @Test("preview says that it goes, and takes it for done then")
  func preview() {
    let scene = half.at("2026-03-09 11:15")
    let forecast = Forecast(scene.books, scene.history, scene.policy, from: scene.now, ledgerAge: .zero, days: 1)
    #expect(forecast.entries.map(\.contact.to) == [["boss@c.example"]])
  }
}
