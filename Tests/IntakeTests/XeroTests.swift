import Ledger
import Testing
import Units

@testable import Intake

@Suite("The sales export of Xero imports by its preset")
struct XeroTests {
  private func folder(_ rows: String) -> Folder {
    var folder = Folder(
      invoices: "*ContactName,EmailAddress,*InvoiceNumber,Reference,*InvoiceDate,*DueDate,Total,InvoiceAmountPaid,"
        + "InvoiceAmountDue,*Description,LineAmount,Currency,Type,Sent,Status\n" + rows)
    folder.format.preset = .xero
    return folder
  }

  @Test("rows of one invoice are one invoice, drafts and bills are none, paid ones have nothing open")
  func export() throws {
    let ledger = try folder(
      """
      Anne Ltd,a@b.uk,INV-1,PO1,01/02/2026,03/03/2026,"1,200.00",200.00,1000.00,Tea,700.00,GBP,Sales invoice,Sent,Awaiting Payment
      Anne Ltd,a@b.uk,INV-1,PO1,01/02/2026,03/03/2026,"1,200.00",200.00,1000.00,Cake,500.00,GBP,Sales invoice,Sent,Awaiting Payment
      Anne Ltd,a@b.uk,INV-2,,13/02/2026,15/03/2026,10.00,10.00,0.00,Tea,10.00,GBP,Sales invoice,Sent,Paid
      Anne Ltd,a@b.uk,INV-3,,13/02/2026,15/03/2026,10.00,0.00,10.00,Tea,10.00,GBP,Sales invoice,,Draft
      Anne Ltd,a@b.uk,INV-4,,13/02/2026,15/03/2026,10.00,0.00,0.00,Tea,10.00,GBP,Sales invoice,,Voided
      Bob,,CN-1,,13/02/2026,,-5.00,0.00,-5.00,Back,-5.00,GBP,Sales credit note,,Awaiting Payment
      Mill,,B-1,,13/02/2026,15/03/2026,10.00,0.00,10.00,Flour,10.00,GBP,Bill,,Awaiting Payment

      """
    ).accepted()
    let books = ledger.books
    #expect(books.badRows.isEmpty)
    #expect(books.invoices.map(\.key.number) == ["INV-1", "INV-2", "CN-1"])
    #expect(books.invoices.map { $0.amount?.minor } == [120_000, 1000, 500])
    #expect(books.invoices.map { $0.open?.minor } == [100_000, 0, 500])
    #expect(books.invoices.map(\.kind) == [.invoice, .invoice, .creditNote])
    #expect(books.invoices.map(\.due) == [.of("2026-03-03"), .of("2026-03-15"), .of("2026-02-13")])
    #expect(books.customers.map(\.id) == ["Anne Ltd", "Bob"])
    #expect(books.customers[0].emails == ["a@b.uk"])
    #expect(books.invoices[0].details?.extra["*Description"] == "Tea")
    #expect(
      ledger.warnings.map(\.description) == [
        "invoices.csv: 3 rows are no invoice that a customer owes (drafts, voided, bills): left out"
      ])
  }

  @Test("rows of one number with other totals are quarantined, and so is a status that nobody knows")
  func faults() throws {
    let books = try folder(
      """
      Anne,,INV-1,,01/02/2026,03/03/2026,10.00,,10.00,Tea,5.00,GBP,,,
      Anne,,INV-1,,01/02/2026,03/03/2026,11.00,,11.00,Cake,5.00,GBP,,,
      Bob,,INV-2,,01/02/2026,03/03/2026,11.00,,11.00,Cake,5.00,GBP,,,Odd
      """
    ).books()
    #expect(books.badRows.map(\.reach) == [.invoice(customer: "Anne", number: "INV-1"), .customer("Bob")])
    #expect(books.invoices.isEmpty)
  }
}
