import Testing
import Units

@testable import Receivables

@Suite("Accounts")
struct AccountsTests {
  @Test("an account is a payer and a currency; several customers share their payer's")
  func payers() {
    let ledger = Ledgers().customer("C", payer: "P").customer("D", payer: "P").customer("P")
      .invoice("R2", due: "2026-03-02", of: "D").invoice("R1").invoice("R3", "50 USD").invoice("R0", of: "P")
    let accounts = ledger.accounts()
    #expect(accounts.map { "\($0.payer.id) \($0.currency)" } == ["P EUR", "P USD"])
    #expect(accounts.first?.items.map(\.key.number) == ["R2", "R1", "R0"])
    #expect(accounts.first?.balance == "300 EUR")
  }

  @Test("a payer that the ledger lacks leaves the customer to answer for itself")
  func unknownPayer() {
    #expect(Ledgers().customer("C", payer: "X").invoice("R1").accounts().map(\.payer.id) == ["C"])
  }

  @Test("items stand by due date, then number")
  func order() {
    let ledger = Ledgers().invoice("R3", due: "2026-03-01").invoice("R1").invoice("R2")
    #expect(ledger.open() == "R3 100.00, R1 100.00, R2 100.00")
  }

  @Test("rows out of order lose no invoice")
  func shuffled() {
    let ledger = Ledgers().customer("C").customer("D").invoice("R1").invoice("R2").invoice("R3", of: "D")
      .with { $0.invoices.swapAt(1, 2) }
    #expect(ledger.accounts().flatMap(\.items).map(\.key.number) == ["R1", "R2", "R3"])
  }
}

/// Design, section 6, Money.
@Suite("Credit allocation")
struct CreditAllocationTests {
  let three: Ledgers = Ledgers().invoice("R1", "100 EUR", due: "2026-03-01").invoice("R2", "50 EUR", due: "2026-03-02")
    .invoice("R3", "70 EUR", due: "2026-03-02")

  @Test("(1) to the invoice that its reference names, the rest like other credit")
  func reference() {
    #expect(three.creditNote("K", "30 EUR", for: "R3").applied() == "R1 0.00, R2 0.00, R3 30.00")
    #expect(three.creditNote("K", "90 EUR", for: "R3").applied() == "R1 20.00, R2 0.00, R3 70.00")
    #expect(three.creditNote("K", "30 EUR", for: "R9").applied() == "R1 30.00, R2 0.00, R3 0.00")
  }

  @Test("(2) to the one open invoice of exactly that amount")
  func exact() {
    #expect(three.payment("50 EUR").applied() == "R1 0.00, R2 50.00, R3 0.00")
    #expect(
      three.invoice("R4", "50 EUR", due: "2026-02-28").payment("50 EUR").applied()
        == "R4 50.00, R1 0.00, R2 0.00, R3 0.00")
    #expect(three.payment("20 EUR", for: "R3").payment("50 EUR").applied() == "R1 50.00, R2 0.00, R3 0.00")
  }

  @Test("(3) to the items by due date, then number")
  func dueOrder() {
    #expect(three.payment("160 EUR").applied() == "R1 100.00, R2 50.00, R3 10.00")
    #expect(three.payment("300 EUR").applied() == "R1 100.00, R2 50.00, R3 70.00, left 80.00")
  }

  @Test("resting items, and contested parts, take it last")
  func restingLast() {
    #expect(three.payment("60 EUR").applied(resting: ["R1"]) == "R1 0.00, R2 50.00, R3 10.00")
    #expect(three.payment("130 EUR").applied(resting: ["R1"]) == "R1 10.00, R2 50.00, R3 70.00")
    #expect(three.payment("120 EUR").applied(contested: ["R1": "40 EUR"]) == "R1 60.00, R2 50.00, R3 10.00")
    #expect(three.payment("200 EUR").applied(contested: ["R1": "40 EUR"]) == "R1 80.00, R2 50.00, R3 70.00")
    #expect(three.creditNote("K", "100 EUR", for: "R1").applied(resting: ["R1"]) == "R1 100.00, R2 0.00, R3 0.00")
  }
}
