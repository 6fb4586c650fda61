import Ledger
import Testing
import Units

@testable import Intake

/// Money that names an invoice is that invoice's, whoever paid it: a payer must not be dunned for a column.
@Suite("Whose invoice a payment names")
struct PaymentHomeTests {
  private let folder: Folder = {
    var folder = Folder()
    folder.customers = "id,payer\nP,\nS,P\nX,\nY,\n"
    folder.invoices =
      "number,customer,due,amount\nA,S,2026-02-10,100\nB,P,2026-02-10,70\nC,X,2026-02-10,9\nD,X,2026-02-10,9\nD,Y,2026-02-10,9\n"
    return folder
  }()

  private func payments(_ rows: String...) throws -> AcceptedLedger {
    var folder = folder
    folder.payments = "customer,date,amount,invoice\n" + rows.map { $0 + "\n" }.joined()
    return try folder.accepted()
  }

  @Test("the payer pays for its customer, and a customer for its payer")
  func kin() throws {
    let ledger = try payments("P,2026-02-25,100,A", "S,2026-02-25,70,B")
    #expect(ledger.books.payments.map { "\($0.customer) \($0.invoice ?? "")" } == ["P B", "S A"])
    #expect(ledger.warnings.isEmpty)
  }

  @Test("a stranger's payment is taken for the one invoice of that number, and said")
  func stranger() throws {
    let ledger = try payments("P,2026-02-25,9,C")
    #expect(ledger.books.payments.map(\.customer) == ["X"])
    #expect(
      ledger.warnings.map(\.description).first?.contains("payments.csv:2: invoice: \"C\" is an invoice of X") == true)
  }

  @Test("a stranger's old payment is not taken for an invoice that was issued long after it, and that is said")
  func old() throws {
    let ledger = try strangers("A,2026-02-10,480,2026-01", "A,2026-02-10,900,2026-01")
    #expect(ledger.books.payments.map(\.customer) == ["A", "A"])
    #expect(ledger.books.badRows.isEmpty)
    #expect(
      ledger.warnings.map(\.description)
        == [2, 3].map {
          "payments.csv:\($0): invoice: \"2026-01\" is an invoice of B, not of A, and was issued on 2026-05-02, after this "
            + "payment (2026-02-10): it is not taken for it; if it is meant for it, correct customer or date"
        })
    #expect(try strangers("C,2026-02-10,900,2026-01").books.payments.map(\.customer) == ["B"])
  }

  @Test("one that does not fit, but may be meant all the same, rests the invoice: nobody is reminded after paying")
  func misfit() throws {
    let ledger = try strangers("A,2026-05-10,485,2026-01", "A,2026-05-01,480,2026-01", "A,2026-03-03,480,2026-01")
    #expect(ledger.books.payments.map(\.customer) == ["A", "A", "A"])
    #expect(ledger.warnings.isEmpty)
    #expect(
      Set(ledger.books.badRows.map(\.description)) == [
        "payments.csv:2: invoice: \"2026-01\" is an invoice of B, not of A, over no more than 480.00 EUR: the payment of "
          + "485.00 EUR is not taken for it, but may be meant for it, with a fee or interest; if it is, correct customer or "
          + "amount; if not, correct the number",
        "payments.csv:3: invoice: \"2026-01\" is an invoice of B, not of A, and was issued on 2026-05-02, shortly after this "
          + "payment (2026-05-01): it is not taken for it, but may be meant for it, paid in advance; if it is, correct customer "
          + "or date; if not, correct the number",
        "payments.csv:4: invoice: \"2026-01\" is an invoice of B, not of A, and was issued on 2026-05-02, shortly after this "
          + "payment (2026-03-03): it is not taken for it, but may be meant for it, paid in advance; if it is, correct customer "
          + "or date; if not, correct the number",
      ])
    #expect(Set(ledger.books.badRows.map(\.reach)) == [.invoice(customer: "B", number: "2026-01")])
  }

  @Test("it rests nothing where it went back, or where the ledger says that nothing is open, and is no bad row")
  func misfitOfNothing() throws {
    let back = try strangers("A,2026-05-10,900,2026-01", "A,2026-05-12,-900,2026-01")
    #expect(back.books.payments.map(\.customer) == ["A", "A"])
    #expect(back.books.badRows.isEmpty && back.warnings.count == 1)
    var folder = folder
    folder.invoices = "number,customer,due,issued,amount,open\n2026-01,X,2026-06-01,2026-05-02,480,0\n"
    folder.payments = "customer,date,amount,invoice\nY,2026-05-10,900,2026-01\n"
    #expect(try folder.books().badRows.isEmpty)
    folder.invoices = "number,customer,due,issued,amount,open\n2026-01,X,2026-06-01,2026-05-02,480,480\n"
    folder.format.badRowsMax = .rows(0)
    #expect(try folder.books().badRows.map(\.reach) == [.invoice(customer: "X", number: "2026-01")])
  }

  @Test("a stranger's payment uses up no credit note")
  func creditNote() throws {
    var folder = folder
    folder.invoices =
      "number,customer,due,amount,kind\n1001,X,2026-02-10,300,credit_note\n1002,X,2026-02-10,300,\n"
    folder.payments = "customer,date,amount,invoice\nY,2026-02-25,500,1001\n"
    let ledger = try folder.accepted()
    #expect(ledger.books.payments.map(\.customer) == ["Y"])
    #expect(
      ledger.warnings.map(\.description) == [
        "payments.csv:2: invoice: \"1001\" is a credit note of X, not of Y: this payment of 500.00 EUR is not taken for it; if "
          + "it is meant for it, correct the customer"
      ])
    folder.payments = "customer,date,amount,invoice\nX,2026-02-25,-300,1001\n"
    #expect(try folder.books().payments.map(\.customer) == ["X"])
  }

  /// Of A, and of C for whom B pays.
  private func strangers(_ rows: String...) throws -> AcceptedLedger {
    var folder = Folder()
    folder.customers = "id,payer\nA,\nB,\nC,B\n"
    folder.invoices = "number,customer,due,issued,amount\n2026-01,B,2026-06-01,2026-05-02,480\n"
    folder.payments = "customer,date,amount,invoice\n" + rows.map { $0 + "\n" }.joined()
    return try folder.accepted()
  }

  @Test("one's own invoice goes before others; which of several strangers' is meant nobody can say")
  func several() throws {
    let ledger = try payments("Y,2026-02-25,9,D", "P,2026-02-26,9,D", "X,2026-02-27,9,gone")
    #expect(ledger.books.payments.map(\.customer) == ["P", "X", "Y"])
  }

  @Test("the same row twice, with an id, counts once; a split payment has one id and says different things")
  func twice() throws {
    var folder = folder
    folder.payments = """
      customer,date,amount,invoice,id,note
      S,2026-02-25,50.00,A,P-4,
      S,2026-02-26,10.00,A,P-5,
      S, 2026-02-25 ,50,A,P-4,
      S,2026-02-25,50.00,A,P-4,
      S,2026-02-25,50.00,A,P-6,a
      S,2026-02-25,50.00,A,P-6,b
      S,2026-02-25,50.00,A,,
      S,2026-02-25,50.00,A,,
      Y,2026-02-25,4.00,C,P-7,
      Y,2026-02-25,4.00,C,P-7,
      X,2026-02-25,4.00,C,P-7,
      """
    let ledger = try folder.accepted()
    #expect(
      ledger.books.payments.map { "\($0.customer) \($0.place.line)" } == [
        "S 2", "S 6", "S 7", "S 8", "S 9", "S 3", "X 10", "X 12",
      ])
    #expect(
      ledger.warnings.filter { $0.column == "id" }.map(\.description) == [
        "payments.csv:4: id: the same row stands on line 2: it counts once",
        "payments.csv:5: id: the same row stands on line 2: it counts once",
        "payments.csv:11: id: the same row stands on line 10: it counts once",
      ])
    #expect(ledger.rowCounts[.payments] == 11)
  }

  @Test(
    "many rows of one id, or many overlapping ones, are told apart, which takes no time that grows with their square")
  func manyTwice() throws {
    var folder = folder
    let rows = (1...6000).map { "S,2026-02-25,1.00,A,P-\($0 / 2 * 2),\($0 % 3)\n" }.joined()
    folder.payments = "customer,date,amount,invoice,id,note\n" + rows + rows
    #expect(try folder.books().payments.count == 6000)
  }

  @Test("a payer who has a payer, or two who pay for each other, rest: nobody knows who is to be written to")
  func chains() throws {
    var folder = folder
    folder.customers = "id,payer\nP,Q\nQ,R\nR,\nX,Y\nY,X\nS,\n"
    let rows = try folder.books().badRows
    #expect(
      rows.filter { $0.reason.contains("has a payer itself") }.map(\.reach) == [
        .customer("P"), .customer("X"), .customer("Y"),
      ])
  }

  @Test(
    "a payment that cannot be read rests the owner of the invoice that it names, and who is named as its customer",
    arguments: [
      "Y,2026-02-25,\"9,00\",C", "Y,2026-02-25,9,00,C", "Y,2026-02-25,C", "Y,2026-02-25,9\0,C", "Y,2026-02-30,9,C",
    ])
  func unreadable(row: String) throws {
    #expect(Set(try payments(row).books.badRows.map(\.reach)) == [.customer("X"), .customer("Y")])
  }

  @Test("a payment that cannot be read, of the same payer's or of several strangers' invoice, rests nobody else")
  func unreadableAmongKin() throws {
    let ledger = try payments("P,2026-02-25,x,A", "P,2026-02-25,x,D", "P,2026-02-25,x,gone")
    #expect(ledger.books.badRows.map(\.reach) == [.customer("P"), .customer("P"), .customer("P")])
  }

  @Test("the payment of an unknown customer rests the owner of the invoice that it names")
  func unknown() throws {
    let ledger = try payments("Xx,2026-02-25,9,C", "Zz,2026-02-25,9,gone")
    #expect(ledger.books.badRows.map(\.reach) == [.customer("X"), .customer("Zz")])
  }
}
