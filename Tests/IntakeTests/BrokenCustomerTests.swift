import Ledger
import Testing
import Units

@testable import Intake

/// A customer's row that is broken as a row must neither hide whose payer it is nor make bad rows of the others.
@Suite("A broken row of customers.csv")
struct BrokenCustomerTests {
  /// A owes; D, whose row is broken, has paid for it.
  private func folder(
    _ row: String, header: String = "id,payer,name,phone", others: String = "A,,Anne,\nB,,Bert,\nC,B,Carl,\n"
  ) -> Folder {
    var folder = Folder(
      invoices: "number,customer,due,amount\nR-1,A,2026-06-01,100\nR-2,B,2026-06-01,100\n"
        + (1...6).map { "R-1\($0),D,2026-06-01,100\n" }.joined(),
      customers: header + "\n" + others + row + "\n", payments: "customer,date,amount,id\nD,2026-06-02,100.00,P-1\n")
    folder.latin1 = ["customers.csv"]
    folder.format.badRowsMax = .rows(1)
    return folder
  }

  private func reaches(_ folder: Folder) throws -> Set<BadRow.Reach> { Set(try folder.books().badRows.map(\.reach)) }

  @Test(
    "one that is not UTF-8, or has a field too many, rests its payer's group",
    arguments: ["D,A,M\u{FC}ller,", "D,A,Smith, Inc.,", "D,A,Dora\0,"])
  func payer(row: String) throws {
    #expect(try reaches(folder(row)) == [.customer("A"), .customer("D")])
  }

  @Test("what it makes of its customer's invoices and payments is no fault of theirs")
  func counting() throws {
    let books = try folder("D,A,M\u{FC}ller,").books()
    #expect(books.invoices.count == 8)
    #expect(books.payments.map(\.customer) == ["D"])
    #expect(books.customers.map(\.payer) == [nil, nil, "B", "A"])
  }

  @Test("so it is where nobody can say which cell of the row is its customer")
  func shifted() throws {
    let folder = folder("Smith, Inc.,D,A", header: "name,id,payer", others: "Anne,A,\nBert,B,\nCarl,C,B\n")
    let books = try folder.books()
    #expect(Set(books.badRows.map(\.reach)).isSuperset(of: [.customer("A"), .customer("D")]))
    #expect(!books.badRows.contains { $0.reach == .customer("B") || $0.reach == .everything })
    #expect(books.invoices.map(\.key.number) == ["R-1", "R-2"])
  }

  @Test("a payer's name that is not UTF-8 is read as Windows writes it")
  func garbledPayer() throws {
    var folder = folder("D,J\u{FC}rgen,Dora,", others: "A,,Anne,\nB,,Bert,\nC,B,Carl,\nJ\u{C3}\u{BC}rgen,,x,\n")
    #expect(try reaches(folder) == [.customer("D"), .customer("J\u{FC}rgen")])
    folder = self.folder("D,J\u{FC}rgen,Dora,")
    #expect(try reaches(folder) == [.customer("D"), .everything])
  }

  @Test("where its payer cannot be known, and it has paid, nobody knows whose money that is: nothing is sent")
  func unknowable() throws {
    var folder = folder("D,Dora,0171", header: "id,name,phone,email,payer", others: "A,,,,\nB,,,,\nC,,,,B\n")
    #expect(try reaches(folder) == [.customer("D"), .everything])
    folder.payments = nil
    #expect(try reaches(folder) == [.customer("D")])
    folder.invoices = "number,customer,due,amount,kind\nR-1,A,2026-06-01,100,\nG-1,D,2026-06-01,100,credit_note\n"
    #expect(try reaches(folder) == [.customer("D"), .everything])
  }

  @Test(
    "what it has paid of its own invoices, and credit notes about them, can be nobody else's",
    arguments: [
      ("R-11,60", false), ("R-11,100", false), ("gone,100", false), (",-100", false), (",100", true),
      ("R-11,101", true),
      ("R-3,100", true), ("R-11,x", true),
    ])
  func own(payment: String, isAnybodys: Bool) throws {
    var folder = folder("D,Dora,0171", header: "id,name,phone,email,payer", others: "A,,,,\nB,,,,\nC,,,,B\n")
    folder.format.badRowsMax = .rows(2)
    folder.invoices? += "R-3,A,2026-06-01,50\nR-3,B,2026-06-01,50\n"
    folder.payments = "customer,date,invoice,amount\nD,2026-06-02,\(payment)\n"
    #expect(try reaches(folder) == (isAnybodys ? [.customer("D"), .everything] : [.customer("D")]))
  }

  @Test("a credit note about one of its own invoices is free as far as payments leave nothing of that")
  func ownCreditNote() throws {
    var folder = folder("D,Dora,0171", header: "id,name,phone,email,payer", others: "A,,,,\nB,,,,\nC,,,,B\n")
    folder.invoices =
      "number,customer,due,amount,kind,reference\nR-1,D,2026-06-01,100,,\nG-1,D,2026-06-01,40,credit_note,R-1\n"
    folder.payments = "customer,date,invoice,amount\nD,2026-06-02,R-1,60\n"
    #expect(try reaches(folder) == [.customer("D")])
    folder.payments = "customer,date,invoice,amount\nD,2026-06-02,R-1,61\n"
    #expect(try reaches(folder) == [.customer("D"), .everything])
  }

  @Test("a snapshot with many such rows is rejected quickly")
  func many() throws {
    var folder = folder("", header: "id,name,payer", others: "A,,\nC,,A\n" + (1...3000).map { "D\($0),x\n" }.joined())
    folder.invoices = "number,customer,due,amount\nR-1,A,2026-06-01,100\n"
    folder.payments =
      "customer,date,amount,id\n" + (1...3000).map { "A,2026-06-02,100.00,P-\($0)\n" }.joined()
    folder.format.badRowsMax = .rows(0)
    guard case .rejected = folder.reading() else { throw Folder.NotRejected() }
  }

  @Test("where nobody has a payer, a row that was cut off hides none")
  func noPayers() throws {
    #expect(
      try reaches(folder("D,Dora", header: "id,name,phone,email,payer", others: "A,,,,\nB,,,,\n")) == [.customer("D")])
    #expect(try reaches(folder("D,Dora", header: "id,name,phone", others: "A,,\nB,,\n")) == [.customer("D")])
  }

  @Test("a customer that stands twice with two payers rests both groups")
  func twoPayers() throws {
    #expect(
      try reaches(folder("D,A,Dora,\nD,B,Dora,")) == [.customer("A"), .customer("B"), .customer("C"), .customer("D")])
  }
}
