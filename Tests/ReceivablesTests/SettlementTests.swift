import Ledger
import Testing
import Units

@testable import Receivables

/// Design, section 4: what is open on a day.
@Suite("Settlement")
struct SettlementTests {
  let one: Ledgers = Ledgers().invoice("R1")

  @Test("`open` is final: no payment is subtracted from it again")
  func openIsFinal() {
    let given = Ledgers().invoice("R1") { $0.open = "40 EUR" }
    #expect(given.open() == "R1 40.00")
    #expect(given.payment("60 EUR", for: "R1").open() == "R1 40.00")
    #expect(given.payment("60 EUR", for: "R1").credits() == "")
  }

  @Test("without it, open = amount less the payments naming the invoice")
  func amountLessPayments() {
    #expect(one.payment("30 EUR", for: "R1").payment("30 EUR", for: "R1").open() == "R1 40.00")
    #expect(one.payment("30 EUR", for: "R2").open() == "R1 100.00")
    #expect(one.payment("100 EUR", for: "R1").open() == "R1 0.00")
  }

  @Test("what the company booked today is paid, also where the customer's calendar is a day behind")
  func companyDay() {
    let books = one.customer("C").payment("100 EUR", for: "R1", on: "2026-03-11").books
    let behind: Day = "2026-03-10"
    func open(_ company: Day?) -> [Bool] {
      books.accounts(behind, companyDay: company).flatMap(\.items).map(\.open.isZero)
    }
    #expect(open("2026-03-11") == [true])
    #expect(open("2026-03-10") == [false] && open(nil) == [false])
  }

  @Test("what was paid beyond the invoice is credit")
  func overpaid() {
    let over = one.payment("130 EUR", for: "R1")
    #expect(over.open() == "R1 0.00" && over.credits() == "30.00")
  }

  @Test("a negative payment is a returned one")
  func returned() {
    let back = one.payment("100 EUR", for: "R1").payment("-100 EUR", for: "R1", on: "2026-03-05")
    #expect(back.open() == "R1 100.00")
    #expect(back.open("2026-03-04") == "R1 0.00")
    #expect(back.accounts().first?.items.first?.returned == "2026-03-05")
    #expect(back.accounts("2026-03-04").first?.items.first?.returned == nil)
    #expect(one.payment("80 EUR").payment("-80 EUR", on: "2026-03-05").credits() == "")
    #expect(one.payment("80 EUR").payment("-30 EUR", on: "2026-03-05").credits() == "50.00")
  }

  @Test("a return without its payment makes nobody owe more than the invoice")
  func returnedAlone() {
    #expect(one.payment("-100 EUR", for: "R1").open() == "R1 100.00")
  }

  @Test("what paid an instalment that the ledger calls paid pays no other")
  func instalmentsByOpen() {
    let two = Ledgers().invoice("R1", due: "2026-03-01", item: "1") { $0.open = "0 EUR" }
      .invoice("R1", due: "2026-04-01", item: "2")
    #expect(two.payment("100 EUR", for: "R1").open() == "R1/1 0.00, R1/2 100.00")
    #expect(two.payment("130 EUR", for: "R1").open() == "R1/1 0.00, R1/2 70.00")
    let part = Ledgers().invoice("R1", due: "2026-03-01", item: "1") { $0.open = "40 EUR" }
      .invoice("R1", due: "2026-04-01", item: "2")
    #expect(part.payment("100 EUR", for: "R1").open() == "R1/1 40.00, R1/2 60.00")
  }

  @Test("a payment goes to the instalments of its number by due date")
  func instalments() {
    let two = Ledgers().invoice("R1", "50 EUR", due: "2026-04-01", item: "2")
      .invoice("R1", "50 EUR", due: "2026-03-01", item: "1")
    #expect(two.payment("70 EUR", for: "R1").open() == "R1/1 0.00, R1/2 30.00")
    #expect(two.payment("110 EUR", for: "R1").credits() == "10.00")
  }

  @Test("a credit note has a positive amount and is credit; what it paid already is not")
  func creditNotes() {
    #expect(one.creditNote("K1", "25 EUR", for: "R1").credits() == "25.00 for R1")
    #expect(one.creditNote("K1", "25 EUR").payment("10 EUR", for: "K1").credits() == "15.00")
    #expect(one.creditNote("K1", "25 EUR").open() == "R1 100.00")
  }

  @Test("a credit note that helped to settle an invoice is used up")
  func usedCreditNotes() {
    let settled = Ledgers().invoice("R1") { $0.settled = "2026-03-02" }.payment("80 EUR", for: "R1")
    #expect(settled.creditNote("K1", "20 EUR", for: "R1").credits() == "")
    #expect(settled.creditNote("K1", "30 EUR", for: "R1").credits() == "10.00 for R1")
    #expect(
      settled.creditNote("K1", "15 EUR", for: "R1").creditNote("K2", "15 EUR", for: "R1").credits() == "10.00 for R1")
    // Given after it had been paid, it is the customer's.
    #expect(settled.creditNote("K1", "20 EUR", on: "2026-03-05", for: "R1").credits() == "20.00 for R1")
    #expect(
      Ledgers().invoice("R1") { $0.settled = "2026-03-02" }.creditNote("K1", "100 EUR", for: "R1").credits() == "")
  }

  @Test("so is one where the ledger says that nothing is open, as far as its payments do not explain that")
  func usedCreditNotesByOpen() {
    let closed = Ledgers().invoice("R1") { $0.open = "0 EUR" }
    #expect(closed.payment("80 EUR", for: "R1").creditNote("K1", "20 EUR", for: "R1").credits() == "")
    #expect(closed.payment("100 EUR", for: "R1").creditNote("K1", "20 EUR", for: "R1").credits() == "20.00 for R1")
    #expect(closed.creditNote("K1", "100 EUR", for: "R1").credits() == "")
    // Its payments may be older than the payments' file.
    #expect(closed.creditNote("K1", "20 EUR", for: "R1").credits() == "20.00 for R1")
  }

  @Test("a credit note under its invoice's number is about that invoice, and the payments are the invoice's")
  func noteWithinNumber() {
    let noted = one.invoice("R1", "20 EUR", due: "2026-02-05", item: "CN") {
      $0.kind = .creditNote
      $0.issued = "2026-02-05"
    }
    #expect(noted.payment("80 EUR", for: "R1").open() == "R1 20.00")
    #expect(noted.payment("80 EUR", for: "R1").credits() == "20.00 for R1")
  }

  @Test("as of a day: a document dated later does not exist yet")
  func later() {
    #expect(one.open("2026-02-01") == "")
    #expect(one.creditNote("K1", "25 EUR", on: "2026-03-11").credits() == "")
    #expect(one.payment("25 EUR", for: "R1", on: "2026-03-11").open() == "R1 100.00")
    #expect(one.payment("25 EUR", on: "2026-03-11").credits() == "")
  }

  @Test("as of a day: settled after the day means still open on it")
  func settledLater() {
    let paid = Ledgers().invoice("R1") {
      $0.settled = "2026-03-12"
      $0.open = "0 EUR"
    }
    #expect(paid.open("2026-03-11") == "R1 100.00")
    #expect(paid.open("2026-03-12") == "R1 0.00")
  }

  @Test("a settled invoice without an amount, or with `open`, leaves no credit behind")
  func settledWithoutAmount() {
    let bare = Ledgers().invoice("R1", nil) {
      $0.open = "0 EUR"
      $0.settled = "2026-03-01"
    }
    #expect(bare.payment("70 EUR", for: "R1").credits() == "")
    #expect(Ledgers().invoice("R1") { $0.settled = "2026-03-01" }.payment("100 EUR", for: "R1").credits() == "")
  }

  @Test("part payments count against the undisputed part first")
  func disputedPart() {
    let part = Ledgers().invoice("R1") { $0.disputed = .part("40 EUR") }
    func disputed(_ ledger: Ledgers) -> Money? { ledger.accounts().first?.items.first?.disputed }
    #expect(disputed(part.payment("50 EUR", for: "R1")) == "40 EUR")
    #expect(disputed(part.payment("70 EUR", for: "R1")) == "30 EUR")
    #expect(disputed(Ledgers().invoice("R1") { $0.disputed = .whole }) == "100 EUR")
  }

  @Test("days past due are civil days after the due date")
  func daysPastDue() {
    func days(_ day: Day) -> Int? { one.accounts(day).first?.items.first?.daysPastDue }
    #expect(days("2026-03-04") == nil && days("2026-03-05") == 1 && days("2026-04-04") == 31)
  }
}

/// Design, section 12: a payment short by the discount inside the window settles the invoice.
@Suite("Early-payment discount")
struct DiscountSettlementTests {
  /// Dated 2026-02-02, so the tenth day is the 12th.
  private let terms: Ledgers = Ledgers().invoice("R1", "100 EUR", due: "2026-03-04") {
    $0.terms = PaymentTerms(
      text: "3/5 2/10 net 30",
      discounts: [.init(basisPoints: 300, days: 5), .init(basisPoints: 200, days: 10)], netDays: 30)
  }

  @Test("paid short by the discount by its last day: nothing is open")
  func inTime() {
    #expect(terms.payment("98 EUR", for: "R1", on: "2026-02-12").open() == "R1 0.00")
    #expect(terms.payment("97 EUR", for: "R1", on: "2026-02-07").open() == "R1 0.00")
    #expect(
      terms.payment("50 EUR", for: "R1", on: "2026-02-04").payment("48 EUR", for: "R1", on: "2026-02-12").open()
        == "R1 0.00")
  }

  @Test("a day late, or a cent too little: the shortfall is open")
  func tooLate() {
    #expect(terms.payment("98 EUR", for: "R1", on: "2026-02-13").open() == "R1 2.00")
    #expect(terms.payment("97.99 EUR", for: "R1", on: "2026-02-12").open() == "R1 2.01")
    #expect(terms.payment("97 EUR", for: "R1", on: "2026-02-08").open() == "R1 3.00")
  }

  @Test("a returned payment opens it again")
  func returned() {
    #expect(
      terms.payment("98 EUR", for: "R1", on: "2026-02-12").payment("-98 EUR", for: "R1", on: "2026-02-20").open()
        == "R1 100.00")
  }

  @Test("what was returned was not paid in time, also where it was paid again")
  func returnedAndPaidAgain() {
    let back = terms.payment("98 EUR", for: "R1", on: "2026-02-12").payment("-98 EUR", for: "R1", on: "2026-02-14")
    #expect(back.payment("98 EUR", for: "R1", on: "2026-02-20").open() == "R1 2.00")
    let twice = terms.payment("98 EUR", for: "R1", on: "2026-02-12").payment("98 EUR", for: "R1", on: "2026-02-20")
    #expect(twice.payment("-98 EUR", for: "R1", on: "2026-02-23").open() == "R1 0.00")
  }

  @Test("the discount is taken of what a credit note leaves")
  func afterCreditNote() {
    let noted = terms.creditNote("K1", "10 EUR", for: "R1")
    let paid = noted.payment("88.20 EUR", for: "R1", on: "2026-02-12")
    #expect(paid.open() == "R1 0.00" && paid.credits() == "")
    #expect(noted.payment("88.19 EUR", for: "R1", on: "2026-02-12").open() == "R1 11.81")
    let late = noted.payment("88.20 EUR", for: "R1", on: "2026-02-13")
    #expect(late.open() == "R1 11.80" && late.credits() == "10.00 for R1")
    let whole = noted.payment("98 EUR", for: "R1", on: "2026-02-12")
    #expect(whole.open() == "R1 0.00" && whole.credits() == "10.00 for R1")
  }
}
