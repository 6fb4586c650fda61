import Ledger
import Testing
import Units

@testable import Intake

@Suite("The IBM invoices import as they are", .enabled(if: SharedData.receivables != nil, "shared/data is absent"))
struct PublicInvoicesTests {
  private func read(_ dates: IntakeFormat.Dates) throws -> Books {
    var format = IntakeFormat(currency: Folder.usd)
    format.columns[.invoices] = [
      "customer": "customerID", "number": "invoiceNumber", "issued": "InvoiceDate", "due": "DueDate",
      "amount": "InvoiceAmount", "settled": "SettledDate",
    ]
    format.dates = dates
    let bytes = try #require(SharedData.receivables)
    let file = LedgerFile(name: "invoices.csv", bytes: bytes, modified: Instant(seconds: 0))
    guard case .accepted(let ledger) = Folder.read(LedgerFiles(folder: "/ledger", invoices: file), format) else {
      throw Folder.NotRejected()
    }
    #expect(ledger.rowCounts == [.invoices: 2466])
    return ledger.books
  }

  // Rows, sum, customers and disputes counted from the file with Python's csv and decimal.
  @Test("with M/d/yyyy declared, and by the proof that the file itself gives")
  func imports() throws {
    for dates in [IntakeFormat.Dates.pattern(try DatePattern("M/d/yyyy")), .proven] {
      let books = try read(dates)
      #expect(books.badRows.isEmpty)
      #expect(books.invoices.count == 2466)
      #expect(books.invoices.reduce(0) { $0 + ($1.amount?.minor ?? 0) } == 14_770_318)
      #expect(books.customers.count == 100)
      #expect(books.invoices.count { $0.disputed == .whole } == 561)
      let first = try #require(books.invoices.first { $0.key.number == "0000611365" })
      #expect(first.key.customer == "0379-NEVHP")
      #expect(first.due == .of("2013-02-01"))
      #expect(first.settled == .of("2013-01-15"))
      #expect(first.place.line == 2)
      #expect(first.details?.extra["countryCode"] == "391")
      #expect(zip(books.invoices, books.invoices.dropFirst()).allSatisfy { $0.key < $1.key })
    }
  }
}
