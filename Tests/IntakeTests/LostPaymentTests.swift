import Ledger
import Testing
import Units

@testable import Intake

/// A payment that belongs nowhere is told where it may be meant for an invoice that somebody is reminded of.
@Suite("Payments that name no invoice")
struct LostPaymentTests {
  private func folder(_ rows: String..., customers: String? = "id,payer\nD,\nK-7,D\nE,\n") -> Folder {
    Folder(
      invoices:
        "number,item,customer,issued,due,amount\nR-3,,D,2026-05-02,2026-06-01,200\nR-10,1,D,2026-05-02,2026-06-01,50\n"
        + "R-10,2,D,2026-05-02,2026-07-01,50\nK-1,,K-7,2026-05-02,2026-06-01,70\n",
      customers: customers, payments: "customer,date,amount,invoice\n" + rows.map { $0 + "\n" }.joined())
  }

  private func warnings(_ folder: Folder) throws -> [String] { try folder.accepted().warnings.map(\.description) }

  @Test(
    "a number that is an invoice's but for signs and capitals, or with its instalment, is told",
    arguments: [
      ("R3", "R-3"), ("r-3", "R-3"), ("R-10/1", "R-10"), ("k 1", "K-1"),
    ])
  func alike(number: String, meant: String) throws {
    #expect(
      try warnings(folder("D,2026-06-05,33.00,\(number)")) == [
        "payments.csv:2: invoice: \"\(number)\" is no number of an invoice of D, but \"\(meant)\" is: this payment of 33.00 "
          + "EUR counts for none; correct the number if that one is meant"
      ])
  }

  @Test("so is the amount of an open invoice; all others are counted")
  func others() throws {
    #expect(
      try warnings(folder("D,2026-06-05,200.00,X", "D,2026-06-05,7,Y", "D,2026-06-05,8,Z", "E,2026-06-05,9,Z")) == [
        "payments.csv:2: invoice: \"X\" is no number of an invoice of D: this payment of 200.00 EUR counts for none, though "
          + "\"R-3\" is over just that; correct the number if that one is meant",
        "payments.csv:3: invoice: 2 payments name invoices that are not in the ledger, of customers who owe older ones (the "
          + "first: \"Y\" of D): they count for none; correct the numbers that are wrong",
      ])
  }

  @Test("an old payment is of an invoice that is gone: nothing is told")
  func old() throws {
    #expect(try warnings(folder("D,2026-05-01,200.00,R3", "D,2026-02-05,200.00,X", "D,2026-06-05,-200,R3")).isEmpty)
  }

  @Test("an amount is looked for among one's own invoices first, then among those of the same payer")
  func nearest() throws {
    let told = try warnings(folder("D,2026-06-05,200,R10", "K-7,2026-06-05,200,X", "K-7,2026-06-05,70,X"))
    #expect(told.count == 3)
    for (words, meant) in zip(told, ["R-10", "R-3", "K-1"]) { #expect(words.contains("\"\(meant)\"")) }
  }

  @Test("many of them, among many open invoices, are looked through quickly")
  func many() throws {
    var folder = folder()
    folder.invoices =
      "number,customer,issued,due,amount\n"
      + (1...4000).map { "N-\($0),K-7,2026-05-02,2026-06-01,\($0)\n" }.joined()
    folder.payments =
      "customer,date,amount,invoice\n" + (1...4000).map { "D,2026-06-05,\($0 + 5000),gone \($0)\n" }.joined()
    guard case .accepted(let ledger) = folder.reading() else { throw Folder.NotRejected() }
    #expect(ledger.warnings.count == 1)
  }

  @Test("without customers.csv, a customer who differs from one in capitals only is told")
  func capitals() throws {
    #expect(
      try warnings(folder("k-7,2026-06-05,70,", "k-7,2026-02-05,70,", "z,2026-06-05,70,", customers: nil)) == [
        "payments.csv:2: customer: \"k-7\" is no customer of the invoices' file, but \"K-7\" is: this payment of 70.00 EUR "
          + "counts for nobody; correct the customer if that one is meant"
      ])
  }

  @Test("with it, that customer rests")
  func unknown() throws {
    let rows = try folder("k-7,2026-06-05,70,").books().badRows
    #expect(
      rows.map(\.description) == [
        "payments.csv:2: customer: \"k-7\" differs from the customer \"K-7\" only in capitals, and may be meant for it",
        "payments.csv:2: customer: \"k-7\" is no known customer",
      ])
    #expect(rows.map(\.reach) == [.customer("K-7"), .customer("k-7")])
  }
}
