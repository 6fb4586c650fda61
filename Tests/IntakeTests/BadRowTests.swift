import Ledger
import Testing
import Units

@testable import Intake

/// One bad row in a small ledger, and what must be said of it.
struct BadRowCase: Sendable, CustomTestStringConvertible {
  enum Column: Sendable { case invoice, customer, payment }
  let name: String
  let file: IntakeFormat.File
  let header: String
  let row: String
  let expected: String
  let reach: BadRow.Reach
  var testDescription: String { name }

  init(
    _ name: String, _ file: IntakeFormat.File, _ header: String, _ row: String, _ expected: String,
    _ reach: BadRow.Reach
  ) {
    (self.name, self.file, self.header, self.row, self.expected, self.reach) = (
      name, file, header, row, expected, reach
    )
  }
}

private let invoice = BadRow.Reach.invoice(customer: "C1", number: "9")
private let c1 = BadRow.Reach.customer("C1")
private let head = "number,customer,due,amount"

/// Design, section 4: what a bad row is and how far it reaches.
private let cases: [BadRowCase] = [
  .init(
    "30 February", .invoices, head, "9,C1,2026-02-30,1.00",
    "due: \"2026-02-30\" is no day of the calendar between 1970 and 2199", invoice),
  .init(
    "a year that is a slip", .invoices, head, "9,C1,0226-02-03,1.00",
    "due: \"0226-02-03\" is no day of the calendar between 1970 and 2199", invoice),
  .init(
    "another date format", .invoices, head, "9,C1,3/2/2026,1.00",
    "due: \"3/2/2026\" is no date like 2026-03-01; if the file writes its dates otherwise, declare date_format, such as \"d.M.yyyy\"",
    invoice),
  .init(
    "due before issued", .invoices, head + ",issued", "9,C1,2026-01-01,1.00,2026-01-02",
    "due: due 2026-01-01 is before the day it was issued, 2026-01-02; correct one of them", invoice),
  .init(
    "no due date and no terms", .invoices, head + ",issued", "9,C1,,1.00,2026-01-02",
    "due: there is no due date, and there are no terms either; expected a date, or terms such as net 30", invoice),
  .init(
    "terms that are not understood", .invoices, head + ",issued,terms", "9,C1,,1.00,2026-01-02,30 EOM",
    "due: there is no due date, and the terms \"30 EOM\" do not give one that is understood; expected a date, or terms such as net 30",
    invoice),
  .init(
    "neither due nor issued", .invoices, head, "9,C1,,1.00",
    "due: there is no due date, and no date of issue to work it out from", invoice),
  .init(
    "a negative invoice", .invoices, head, "9,C1,2026-01-01,-1.00",
    "amount: -1.00 EUR is negative; write a credit as a positive amount with kind = credit_note", c1),
  .init(
    "a negative credit note", .invoices, head + ",kind", "9,C1,2026-01-01,-1.00,credit_note",
    "amount: -1.00 EUR is negative; a credit note has a positive amount, its kind says the rest", c1),
  .init(
    "a bad credit note", .invoices, head + ",kind", "9,C1,2026-13-01,1.00,credit_note",
    "due: \"2026-13-01\" is no day of the calendar between 1970 and 2199", c1),
  .init(
    "an unknown kind", .invoices, head + ",kind", "9,C1,2026-01-01,1.00,receipt",
    "kind: \"receipt\" is not known; expected invoice or credit_note", c1),
  .init("no number", .invoices, head, ",C1,2026-01-01,1.00", "number: it is empty; every row must have it", c1),
  .init(
    "no customer", .invoices, head, "9,,2026-01-01,1.00", "customer: it is empty; every row must have it", .everything),
  .init(
    "no amount", .invoices, head, "9,C1,2026-01-01,",
    "amount: it is empty; every row needs an amount or what is open of it",
    invoice),
  .init(
    "more digits than the currency has", .invoices, head, "9,C1,2026-01-01,1.005",
    "amount: \"1.005\" has 3 digits after the decimal sign, EUR has 2; if \",\" is the decimal sign, set decimal = \",\"",
    invoice),
  .init(
    "digits of a currency without any", .invoices, head + ",currency", "9,C1,2026-01-01,1.5,JPY",
    "amount: \"1.5\" has 1 digits after the decimal sign, JPY has 0; if \",\" is the decimal sign, set decimal = \",\"",
    invoice),
  .init(
    "an absurd amount", .invoices, head, "9,C1,2026-01-01,10000000000.01",
    "amount: \"10000000000.01\" is beyond the largest amount, 10000000000.00 EUR: surely a slip", invoice),
  .init(
    "a binary float", .invoices, head, "9,C1,2026-01-01,1e3",
    "amount: \"1e3\" is no amount: expected a number like 1234.50", invoice),
  .init(
    "an unknown currency", .invoices, head + ",currency", "9,C1,2026-01-01,1,EURO",
    "currency: \"EURO\" is no currency of ISO 4217; expected a code such as EUR", invoice),
  .init(
    "CR LF in a name", .invoices, head + ",name", "9,C1,2026-01-01,1,\"Smith\r\nBcc: x\"",
    "name: \"Smith��Bcc: x\" holds a line break (CR); write it on one line, without", invoice),
  .init(
    "an escape character in a number", .invoices, head, "9\u{1B}[2J,C1,2026-01-01,1",
    "number: \"9�[2J\" holds the control character U+001B; write it on one line, without", c1),
  .init(
    "a control character in a customer", .invoices, head, "9,C\u{7F}1,2026-01-01,1",
    "customer: \"C�1\" holds the control character U+007F; write it on one line, without", .everything),
  .init(
    "a mark that turns the writing over", .invoices, head + ",name", "9,C1,2026-01-01,1,\u{202E}oops",
    "name: \"�oops\" holds the control character U+202E; write it on one line, without", invoice),
  .init(
    "a line break in an e-mail address", .invoices, head + ",email", "9,C1,2026-01-01,1,\"a@b.de\nx\"",
    "email: \"a@b.de�x\" holds a line break (LF)", invoice),
  .init(
    "a dispute that is no amount", .invoices, head + ",disputed", "9,C1,2026-01-01,1,maybe",
    "disputed: \"maybe\" is neither yes, no nor the disputed amount in EUR", invoice),
  .init(
    "a document that is not there", .invoices, head + ",document", "9,C1,2026-01-01,1,gone.pdf",
    "document: there is no file \"gone.pdf\" in the folder of documents ([ledger] documents)", invoice),
  .init(
    "a document outside its folder", .invoices, head + ",document", "9,C1,2026-01-01,1,../there.pdf",
    "document: \"../there.pdf\" leads out of the folder of documents; expected a name within it", invoice),
  .init(
    "a document of a credit note", .invoices, head + ",kind,document", "9,C1,2026-01-01,1,credit_note,/etc/passwd",
    "document: \"/etc/passwd\" leads out of the folder of documents; expected a name within it", c1),
  .init(
    "a customer that customers.csv lacks", .invoices, head, "9,C7,2026-01-01,1",
    "customer: \"C7\" is no customer of the customers' file; add it there", .invoice(customer: "C7", number: "9")),
  .init(
    "a NUL byte", .invoices, head, "9,C1,2026-01-01,1\0",
    "a NUL byte is in the row, as after a broken copy; export the file again", invoice),
  .init(
    "text after the closing quote", .invoices, head, "9,\"C1\"x,2026-01-01,1",
    "text follows the closing quote of field 2; double the quotes that belong to the text", .everything),
  .init(
    "a blank before the opening quote", .invoices, head, "9, \"C1\",2026-01-01,1",
    "a blank stands before the opening quote of field 2; drop it, or double the quotes of the text", .everything),
  .init(
    "a quote that is never closed", .invoices, head, "9,C1,2026-01-01,\"1",
    "a quote is opened and never closed, so that the rest of the file is one field; close it, or double the quotes that belong to the text",
    .everything),
  .init(
    "a row that was cut off", .invoices, head, "9,C1,2026",
    "the row has 3 fields, the header has 4; quote fields that hold the delimiter, or look for a row that was cut off",
    c1),
  .init(
    "a row cut off in its customer", .invoices, head, "9,C1",
    "the row has 2 fields, the header has 4; quote fields that hold the delimiter, or look for a row that was cut off",
    .everything),
  .init(
    "a decimal comma that is not quoted", .invoices, head, "9,C1,2026-01-01,1,50",
    "the row has 5 fields, the header has 4; quote fields that hold the delimiter, or look for a row that was cut off",
    c1),
  .init(
    "a delimiter in a name before the customer", .invoices, "name,customer,number,due,amount",
    "Smith, Inc.,C1,9,2026-01-01,1",
    "the row has 6 fields, the header has 5; quote fields that hold the delimiter, or look for a row that was cut off",
    c1),
  .init(
    "a row in which two customers stand", .invoices, "name,customer,number,due,amount", "C2,C2,C1,2026-01-01,1,1",
    "the row has 6 fields, the header has 5; quote fields that hold the delimiter, or look for a row that was cut off",
    .everything),

  .init(
    "an unknown zone", .customers, "id,time_zone", "C1,Europe/Berlín",
    "time_zone: \"Europe/Berlín\" is no known time zone; expected a name such as Europe/Berlin", c1),
  .init(
    "a zone that is a path", .customers, "id,time_zone", "C1,../UTC",
    "time_zone: \"../UTC\" is no known time zone; expected a name such as Europe/Berlin", c1),
  .init("an unknown payer", .customers, "id,payer", "C1,C9", "payer: \"C9\" is no customer of customers.csv", c1),
  .init(
    "a country that is a name", .customers, "id,country", "C1,Germany",
    "country: \"Germany\" is no country; expected two letters of ISO 3166, such as DE", c1),
  .init(
    "a language that is a name", .customers, "id,language", "C1,german!",
    "language: \"german!\" is no language; expected a code such as de or en", c1),
  .init(
    "an unknown kind of customer", .customers, "id,kind", "C1,firm",
    "kind: \"firm\" is not known; expected business or consumer", c1),
  .init(
    "an unknown channel", .customers, "id,do_not_contact", "C1,email; fax",
    "do_not_contact: \"fax\" is neither a truth value nor a channel; expected yes, no, or some of email; call; letter; statement; handover; webhook",
    c1),
  .init(
    "a level that is none", .customers, "id,max_level", "C1,-1",
    "max_level: \"-1\" is no level; expected a number from 0 to 99", c1),
  .init(
    "a negative credit limit", .customers, "id,credit_limit", "C1,-5 EUR",
    "credit_limit: \"-5 EUR\" is negative; expected an amount such as 1000 EUR", c1),
  .init(
    "a line break in a postal address", .customers, "id,address", "C1,\"Hauptstr. 1\nBerlin\"",
    "address: \"Hauptstr. 1�Berlin\" holds a line break (LF); write it on one line, without", c1),
  .init("an empty id", .customers, "id,name", ",Smith", "id: it is empty; every row must have it", .everything),

  .init(
    "a payment of nobody", .payments, "customer,date,amount", ",2026-01-01,1",
    "customer: it is empty; every row must have it", .everything),
  .init(
    "a payment of an unknown customer", .payments, "customer,date,amount", "C9,2026-01-01,1",
    "customer: \"C9\" is no known customer", .customer("C9")),
  .init(
    "a payment without a date", .payments, "customer,date,amount", "C1,,1",
    "date: it is empty; every payment has a date", c1),
  .init(
    "a payment without an amount", .payments, "customer,date,amount", "C1,2026-01-01,",
    "amount: it is empty; every payment has an amount", c1),
  .init(
    "a payment in another currency than its invoice", .payments, "customer,date,amount,invoice,currency",
    "C1,2026-01-01,1,1,USD",
    "currency: the payment is in USD, its invoice \"1\" in EUR; a payment and the invoice that it names have one currency",
    c1),
]

@Suite("A bad row is named, and reaches as far as the ledger's rules say")
struct BadRowTests {
  @Test("each kind of bad row", arguments: cases)
  func badRow(_ bad: BadRowCase) throws {
    var folder = Folder(
      invoices: "number,customer,due,amount\n1,C1,2026-01-01,5\n2,C2,2026-01-01,6\n", customers: "id\nC1\nC2\n")
    var line = 2
    switch bad.file {
    case .invoices:
      let fields = bad.header.split(separator: ",").count
      let column = try #require(bad.header.split(separator: ",").firstIndex(of: "customer"))
      _ = column
      var good = ""
      for (number, customer) in [("1", "C1"), ("2", "C2")] {
        let cells = bad.header.split(separator: ",").map {
          ["number": number, "customer": customer, "due": "2026-01-01", "amount": "5"][String($0)] ?? ""
        }
        #expect(cells.count == fields)
        good += cells.joined(separator: ",") + "\n"
      }
      folder.invoices = bad.header + "\n" + good + bad.row + "\n"
      line = 4
    case .customers:
      let blanks = String(repeating: ",", count: bad.header.split(separator: ",").count - 1)
      folder.customers = bad.header + "\n" + bad.row + "\nC2\(blanks)\n"
      if bad.row.hasPrefix(",") { folder.customers = folder.customers.map { $0 + "C1\(blanks)\n" } }
    case .payments:
      folder.payments = bad.header + "\n" + bad.row + "\n"
    }
    let books = try folder.books()
    #expect(books.badRows.map(\.description) == ["\(bad.file.rawValue).csv:\(line): \(bad.expected)"])
    #expect(books.badRows.map(\.reach) == [bad.reach])
    #expect(books.invoices.map(\.key.number) == ["1", "2"])
  }

  @Test("a number that stands twice with other content is quarantined, all of it")
  func doubles() throws {
    let books = try Folder(
      invoices: """
        number,item,customer,due,amount
        1,a,C1,2026-01-01,5
        1,b,C1,2026-02-01,5
        2,,C1,2026-02-01,5
        1,a,C1,2026-01-01,6
        1,a,C2,2026-01-01,6
        """
    ).books()
    #expect(
      books.badRows.map(\.description) == [
        "invoices.csv:5: number: \"1\" stands on line 2 with other content; keep one of them, or tell instalments apart "
          + "by the column item"
      ])
    #expect(books.badRows.map(\.reach) == [.invoice(customer: "C1", number: "1")])
    #expect(
      books.invoices.map(\.key) == [
        ItemKey(customer: "C1", number: "2"), ItemKey(customer: "C2", number: "1", item: "a"),
      ])
  }

  @Test("the same row twice is taken once, with a warning")
  func sameRows() throws {
    let ledger = try Folder(
      invoices: "number,customer,due,amount\n1,C1,2026-01-01,5\n2,C1,2026-01-01,5\n1,C1, 2026-01-01 ,5.00\n"
    ).accepted()
    #expect(ledger.books.invoices.map(\.key.number) == ["1", "2"])
    #expect(ledger.books.badRows.isEmpty)
    #expect(ledger.warnings.map(\.description) == ["invoices.csv:4: number: the same row stands on line 2"])
  }

  @Test("a credit note and an invoice of one number rest the customer")
  func creditAmongDoubles() throws {
    let books = try Folder(
      invoices: "number,customer,due,amount,kind\n1,C1,2026-01-01,5,\n1,C1,2026-01-01,5,credit_note\n"
    ).books()
    #expect(books.badRows.map(\.reach) == [.customer("C1")])
    #expect(books.invoices.isEmpty)
  }

  @Test("instalments of one number in two currencies are quarantined")
  func twoCurrencies() throws {
    let books = try Folder(
      invoices: "number,item,customer,due,amount,currency\n1,a,C1,2026-01-01,5,EUR\n1,b,C1,2026-01-01,5,USD\n"
    ).books()
    #expect(
      books.badRows.map(\.description) == [
        "invoices.csv:3: number: \"1\" has items in EUR (line 2) and in USD; expected one currency"
      ])
    #expect(books.invoices.isEmpty)
  }

  @Test("a bad customer row rests everybody of its payer's group, and its customer keeps what could be read")
  func groups() throws {
    let books = try Folder(
      invoices: "number,customer,due,amount\n1,A,2026-01-01,5\n2,D,2026-01-01,5\n",
      customers: "id,payer,name,country\nHQ,,Head,DE\nA,HQ,Anne,Germany\nB,HQ,Bert,DE\nD,,Dora,DE\n"
    ).books()
    #expect(
      books.badRows.map(\.description) == [
        "customers.csv:2: it is dunned together with \"A\", whose row (customers.csv:3) is bad",
        "customers.csv:3: country: \"Germany\" is no country; expected two letters of ISO 3166, such as DE",
        "customers.csv:4: it is dunned together with \"A\", whose row (customers.csv:3) is bad",
      ])
    #expect(books.badRows.map(\.reach) == [.customer("HQ"), .customer("A"), .customer("B")])
    #expect(books.customers.map(\.id) == ["A", "B", "D", "HQ"])
    #expect(books.customers[0].name == "Anne")
    #expect(books.invoices.count == 2)
  }

  @Test("a customer that stands twice with other content is bad, with the same content it is not")
  func doubledCustomers() throws {
    let ledger = try Folder(
      invoices: "number,customer,due,amount\n", customers: "id,name\nA,x\nB,y\nA,z\nB,y\n"
    ).accepted()
    #expect(
      ledger.books.badRows.map(\.description) == [
        "customers.csv:4: id: \"A\" stands on line 2 with other content; keep one of them"
      ])
    #expect(ledger.warnings.map(\.description) == ["customers.csv:5: id: the same row stands on line 3"])
  }
}
