import Decisions
import Ledger
import Testing
import Units

@testable import Letters

@Suite("A contact's id")
struct ContactIDTests {
  static func item(
    _ number: String, item: String = "", customer: String = "C-1", anchor: Step.Anchor = .due,
    date: String = "2026-02-01", step: String = "first", repetition: Int = 0
  ) -> AdvancedItem {
    AdvancedItem(
      key: ItemKey(customer: customer, number: number, item: item), schedule: "standard", step: step, level: 1,
      anchor: anchor, anchorDate: Samples.day(date), day: 5, repetition: repetition, open: Samples.money("1.00 EUR"),
      ledgerSchedule: nil)
  }

  static func id(_ items: [AdvancedItem], instance: String = "inst", customer: String = "C-1") -> String {
    ContactID.of(instance: instance, customer: customer, currency: Samples.eur, items: items)
  }

  static let two = [
    item("R-2"), item("R-10", item: "1", anchor: .discount, date: "2026-01-20", step: "disc", repetition: 2),
  ]

  /// Computed with Python's hashlib from the description in the doc comment, not with this code.
  @Test("is what its description says")
  func known() { #expect(Self.id(Self.two) == "trb3nc8baebz68jc") }

  @Test("does not depend on the order of the items")
  func order() { #expect(Self.id(Self.two) == Self.id(Self.two.reversed())) }

  @Test("does not depend on amounts, so that a part payment does not make a new contact")
  func amounts() {
    var paid = Self.two
    paid[0].open = Samples.money("0.50 EUR")
    #expect(Self.id(paid) == Self.id(Self.two))
  }

  @Test("differs when anything that it is made of differs")
  func differences() {
    let base = Self.item("R-1")
    let ids = [
      Self.id([base]), Self.id([base], instance: "other"), Self.id([base], customer: "C-2"), Self.id([base, base]),
      Self.id([]), Self.id([Self.item("R-2")]), Self.id([Self.item("R-1", item: "1")]),
      Self.id([Self.item("R-1", customer: "C-2")]), Self.id([Self.item("R-1", anchor: .issued)]),
      Self.id([Self.item("R-1", date: "2026-02-02")]), Self.id([Self.item("R-1", step: "second")]),
      Self.id([Self.item("R-1", repetition: 1)]),
      ContactID.of(instance: "inst", customer: "C-1", currency: Samples.usd, items: [base]),
    ]
    #expect(Set(ids).count == ids.count)
  }

  @Test("texts that would read alike when put side by side stay apart")
  func unambiguous() {
    #expect(Self.id([Self.item("R-1", item: "2")]) != Self.id([Self.item("R-12", item: "")]))
    #expect(Self.id([Self.item("é")]) != Self.id([Self.item("e\u{301}")]), "equal to String, other bytes in the ledger")
  }

  @Test("spells bytes in Crockford's alphabet")
  func crockford() {
    #expect(ContactID.crockford([0, 0, 0, 0, 0]) == "00000000")
    #expect(ContactID.crockford([255, 255, 255, 255, 255]) == "zzzzzzzz")
    #expect(ContactID.crockford([0, 0, 0, 0, 0x29]) == "00000019")
  }
}

@Suite("A Message-ID")
struct MessageIDTests {
  @Test("has the contact, the instance's beginning and the sender's domain")
  func parts() {
    #expect(
      MessageID.of(contact: "trb3nc8baebz68jc", instance: "0F1E2D3C4B5A", domain: "example.com")
        == "<trb3nc8baebz68jc.0f1e2d3c@example.com>")
    #expect(
      MessageID.of(contact: "trb3nc8baebz68jc", instance: "", domain: "example.com") == "<trb3nc8baebz68jc@example.com>"
    )
  }

  @Test("of an earlier message is taken with or without brackets, and only if a header can bear it")
  func earlier() {
    #expect(MessageID.bracketed("<a@b>") == "<a@b>")
    #expect(MessageID.bracketed("a@b") == "<a@b>")
    for bad in ["", "a", "a@b\r\nBcc: x@y", "<a b@c>", "a@b@c", "ä@b"] { #expect(MessageID.bracketed(bad) == nil) }
  }
}
