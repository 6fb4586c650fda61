import Testing
import Units

@testable import Receivables

@Suite("Ageing, and when an item was paid")
struct AgeingTests {
  @Test("due today is current; 30, 60 and 90 days past due are the last days of their buckets")
  func bounds() throws {
    var ledgers = Ledgers()
    let today: Day = "2026-06-30"
    for (index, days) in [-5, 0, 1, 30, 31, 60, 61, 90, 91, 400].enumerated() {
      ledgers = ledgers.invoice("R\(index)", Money(minor: 100 << index, Money("1 EUR").currency), due: today - days)
    }
    let account = try #require(ledgers.accounts(today).first)
    let ageing = Ageing(account)
    #expect(ageing.buckets.map(\.name) == ["current", "1-30", "31-60", "61-90", "91+"])
    #expect(ageing.buckets.map(\.count) == [2, 2, 2, 2, 2])
    #expect(ageing.buckets.map(\.amount) == ["3 EUR", "12 EUR", "48 EUR", "192 EUR", "768 EUR"])
    #expect(ageing.overdue == "1020 EUR")
    #expect(ageing.credits.isZero)
  }

  @Test("credit stands in a line of its own and is taken from no bucket; what is settled is in none")
  func credits() throws {
    let account = try #require(
      Ledgers().invoice("R1").invoice("R2").payment("100 EUR", for: "R2").payment("30 EUR").creditNote("G1", "5 EUR")
        .accounts().first)
    let ageing = Ageing(account)
    #expect(ageing.credits == "35 EUR")
    #expect(ageing.buckets.map(\.amount) == ["0 EUR", "100 EUR", "0 EUR", "0 EUR", "0 EUR"])
  }

  private func paid(_ ledgers: Ledgers) -> [Day?] { ledgers.accounts("2026-03-20").first?.items.map(\.paid) ?? [] }

  @Test("an item was paid on the day on which payments covered it")
  func paidDay() {
    let one = Ledgers().invoice("R1")
    #expect(paid(one) == [nil])
    #expect(paid(one.payment("60 EUR", for: "R1")) == [nil])
    let whole = one.payment("60 EUR", for: "R1", on: "2026-03-01").payment("40 EUR", for: "R1", on: "2026-03-05")
    #expect(paid(whole) == ["2026-03-05"])
    #expect(paid(whole.payment("10 EUR", for: "R1", on: "2026-03-09")) == ["2026-03-05"])
    let back = whole.payment("-40 EUR", for: "R1", on: "2026-03-07")
    #expect(paid(back) == [nil])
    #expect(paid(back.payment("40 EUR", for: "R1", on: "2026-03-12")) == ["2026-03-12"])
  }

  @Test("of instalments each has its own day")
  func instalments() {
    let two = Ledgers().invoice("R1", due: "2026-03-01", item: "1").invoice("R1", due: "2026-04-01", item: "2")
      .payment("100 EUR", for: "R1", on: "2026-03-02")
    #expect(paid(two) == ["2026-03-02", nil])
    #expect(paid(two.payment("100 EUR", for: "R1", on: "2026-03-10")) == ["2026-03-02", "2026-03-10"])
  }

  @Test("what the ledger calls settled was paid that day, unless a credit note did it alone")
  func settled() {
    let settled = Ledgers().invoice("R1") { $0.settled = "2026-03-06" }
    #expect(paid(settled) == ["2026-03-06"])
    #expect(paid(settled.creditNote("G1", "100 EUR", for: "R1")) == [nil])
    #expect(paid(settled.creditNote("G1", "40 EUR", for: "R1").payment("60 EUR", for: "R1")) == ["2026-03-06"])
    #expect(paid(Ledgers().invoice("R1") { $0.open = "0 EUR" }) == [nil])
    #expect(
      paid(Ledgers().invoice("R1") { $0.open = "0 EUR" }.payment("100 EUR", for: "R1", on: "2026-03-04")) == [
        "2026-03-04"
      ])
    #expect(
      paid(
        Ledgers().invoice("R1", nil) { $0.open = "0 EUR" }.payment("1 EUR", for: "R1", on: "2026-03-04").payment(
          "9 EUR", for: "R1", on: "2026-03-08")) == ["2026-03-08"])
  }
}
