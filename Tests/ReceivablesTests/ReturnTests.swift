import Ledger
import Testing
import Units

@testable import Receivables

/// Money that went back takes other money with it: no invoice may count as paid by what is no longer there.
@Suite("Returns and refunds")
struct ReturnTests {
  private let one: Ledgers = Ledgers().invoice("R1")
  private let two: Ledgers = Ledgers().invoice("R1").invoice("R2", due: "2026-03-05")

  /// `R1 100.00, R2 0.00; 50.00`: what is open, then the credit.
  private func stand(_ ledger: Ledgers, _ day: Day = "2026-03-10") -> String {
    ledger.open(day) + (ledger.credits(day).isEmpty ? "" : "; " + ledger.credits(day))
  }

  @Test("a return that names no invoice opens the one whose payment it takes back")
  func ofNamed() {
    let back = one.payment("100 EUR", for: "R1").payment("-100 EUR", on: "2026-03-05")
    #expect(stand(back) == "R1 100.00")
    #expect(stand(back, "2026-03-04") == "R1 0.00")
    #expect(back.accounts().first?.items.first?.returned == "2026-03-05")
  }

  @Test("a return that names an invoice takes back money that names none")
  func ofUnapplied() {
    let back = one.payment("100 EUR").payment("-100 EUR", for: "R1", on: "2026-03-05")
    #expect(stand(back) == "R1 100.00")
    #expect(back.accounts().first?.items.first?.returned == "2026-03-05")
    #expect(stand(one.payment("150 EUR").payment("-100 EUR", for: "R1", on: "2026-03-05")) == "R1 100.00; 50.00")
  }

  @Test("a refund takes what was paid beyond an invoice")
  func ofSurplus() {
    #expect(stand(one.payment("150 EUR", for: "R1").payment("-50 EUR", on: "2026-03-05")) == "R1 0.00")
    #expect(stand(one.payment("150 EUR", for: "R1").payment("-20 EUR", on: "2026-03-05")) == "R1 0.00; 30.00")
    #expect(
      stand(two.payment("150 EUR", for: "R1").payment("-50 EUR", for: "R2", on: "2026-03-05")) == "R1 0.00, R2 100.00")
  }

  @Test("a refund takes a credit note that no invoice uses")
  func ofCreditNote() {
    #expect(stand(one.creditNote("K1", "25 EUR").payment("-25 EUR", on: "2026-03-05")) == "R1 100.00")
    #expect(stand(one.creditNote("K1", "25 EUR").payment("-25 EUR", for: "R1", on: "2026-03-05")) == "R1 100.00; 25.00")
  }

  @Test("a credit note is paid out once: what went back after that opens the invoice that was paid")
  func ofCreditNoteOnce() {
    let used = one.payment("100 EUR", for: "R1").creditNote("G1", "100 EUR")
    let out = used.payment("-100 EUR", for: "G1", on: "2026-03-04")
    #expect(stand(out) == "R1 0.00")
    #expect(stand(out.payment("-100 EUR", on: "2026-03-05")) == "R1 100.00")
    let more = used.payment("-130 EUR", for: "G1", on: "2026-03-04")
    #expect(stand(more) == "R1 0.00")
    #expect(more.accounts().flatMap(\.unplaced).map(\.amount) == ["-30 EUR"])
  }

  @Test(
    "of a credit note that the ledger calls used just that may have been paid out; a payment of that amount goes first")
  func ofFinalCreditNote() {
    let note = one.invoice("G1", "100 EUR", due: "2026-02-02") {
      ($0.kind, $0.issued, $0.open) = (.creditNote, "2026-02-02", "0 EUR")
    }
    #expect(stand(note.payment("100 EUR", for: "R1").payment("-100 EUR", on: "2026-03-05")) == "R1 100.00")
    let other = note.payment("90 EUR", for: "R1").payment("-100 EUR", on: "2026-03-05")
    #expect(stand(other) == "R1 10.00")
    #expect(other.accounts().flatMap(\.unplaced).map(\.amount) == ["-100 EUR"])
  }

  @Test("free money first, then surplus, then payments of invoices: the one of its amount, else the newest")
  func order() {
    let paid = two.payment("100 EUR", for: "R1", on: "2026-03-01")
    #expect(
      stand(paid.payment("60 EUR", on: "2026-03-01").payment("-60 EUR", on: "2026-03-05")) == "R1 0.00, R2 100.00")
    #expect(
      stand(paid.payment("150 EUR", for: "R2", on: "2026-03-01").payment("-50 EUR", on: "2026-03-05"))
        == "R1 0.00, R2 0.00")
    let both = paid.payment("90 EUR", for: "R2", on: "2026-03-02")
    #expect(stand(both.payment("-100 EUR", on: "2026-03-05")) == "R1 100.00, R2 10.00")
    #expect(stand(both.payment("-80 EUR", on: "2026-03-05")) == "R1 0.00, R2 90.00")
    #expect(stand(both.payment("-180 EUR", on: "2026-03-05")) == "R1 90.00, R2 100.00")
  }

  @Test("nothing takes back what came in after it")
  func later() {
    #expect(
      stand(one.payment("-100 EUR", on: "2026-03-05").payment("100 EUR", for: "R1", on: "2026-03-06")) == "R1 0.00")
    #expect(stand(one.payment("-80 EUR", on: "2026-03-05").payment("80 EUR", on: "2026-03-06")) == "R1 100.00; 80.00")
    #expect(
      stand(
        one.payment("100 EUR", for: "R1", on: "2026-03-01").payment("-100 EUR", on: "2026-03-05")
          .payment("100 EUR", on: "2026-03-06")) == "R1 100.00; 100.00")
  }

  @Test("what the ledger says is open stays so, whatever was returned")
  func final() {
    let given = Ledgers().invoice("R1") { $0.open = "40 EUR" }
    #expect(stand(given.payment("60 EUR", for: "R1").payment("-60 EUR", on: "2026-03-05")) == "R1 40.00")
    #expect(stand(given.payment("-60 EUR", for: "R1", on: "2026-03-05").payment("10 EUR")) == "R1 40.00; 10.00")
  }

  @Test("what went back and opened no invoice is told")
  func unplaced() {
    func unplaced(_ ledger: Ledgers) -> [Money] {
      ledger.accounts().flatMap(\.unplaced).map(\.amount)
    }
    #expect(unplaced(one.payment("-80 EUR", on: "2026-03-05")) == ["-80 EUR"])
    #expect(unplaced(one.payment("100 EUR", for: "R1").payment("-120 EUR", on: "2026-03-05")) == ["-20 EUR"])
    #expect(unplaced(one.payment("-80 EUR", for: "R1", on: "2026-03-05")) == ["-80 EUR"])
    #expect(unplaced(one.payment("100 EUR", for: "R1").payment("-100 EUR", for: "R1", on: "2026-03-05")) == [])
    #expect(unplaced(one.payment("-80 EUR", on: "2026-03-15")) == [])
    // An invoice that is gone may be the one; who has paid another is not asked for it.
    let gone = one.payment("100 EUR", for: "R1", on: "2026-03-02").payment("90 EUR", for: "R0", on: "2026-03-01")
    #expect(stand(gone.payment("-90 EUR", on: "2026-03-05")) == "R1 0.00")
    #expect(unplaced(gone.payment("-90 EUR", on: "2026-03-05")) == ["-90 EUR"])
    #expect(stand(gone.payment("-40 EUR", on: "2026-03-05")) == "R1 0.00")
    #expect(stand(gone.payment("-100 EUR", on: "2026-03-05")) == "R1 100.00")
  }

  @Test(
    "a return of an invoice that is gone takes only money of just its amount: its payment may be older than the file")
  func ofGone() {
    let back = one.payment("80 EUR").payment("-100 EUR", for: "R0", on: "2026-03-05")
    #expect(stand(back) == "R1 100.00; 80.00")
    #expect(stand(one.payment("100 EUR").payment("-100 EUR", for: "R0", on: "2026-03-05")) == "R1 100.00")
    #expect(
      stand(two.payment("150 EUR", for: "R1").payment("-50 EUR", for: "R0", on: "2026-03-05")) == "R1 0.00, R2 100.00")
  }

  @Test("one transfer that went back whole may have paid several invoices")
  func severalRows() {
    let day: Day = "2026-03-02"
    let paid = two.payment("100 EUR", for: "R1", on: day).payment("100 EUR", for: "R2", on: day)
      .payment("10 EUR", for: "R0", on: "2026-03-01")
    #expect(stand(paid.payment("-200 EUR", on: "2026-03-05")) == "R1 100.00, R2 100.00")
  }
}
