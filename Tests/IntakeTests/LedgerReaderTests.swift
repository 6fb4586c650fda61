import Ledger
import Testing
import Units

@testable import Intake

@Suite("A ledger folder becomes books")
struct LedgerReaderTests {
  @Test("every column is read")
  func everything() throws {
    let books = try Folder(
      invoices: """
        Number; ITEM ;customer;due;amount;open;currency;issued;kind;terms;reference;purchase_order;link;document;disputed;\
        autopay;settled;email;name;Sales Rep
        R1;1;C1;2026-03-01;100;40,5;usd;2026-02-01;;2/10 net 30;ref;PO 7;https://x/1;2026/there.pdf;12,00;2026-03-05;\
        2026-03-06;x@y.de;Name;Anne
        """,
      customers: """
        id;payer;name;email;cc;phone;address;language;time_zone;country;kind;tags;credit_limit;terms;schedule;owner;max_level;\
        do_not_contact;Colour
        C0;;;;;;;;;;;;;;;;;;
        C1;C0;Müller & Söhne;a@b.de; c@d.de ;;+49 1;Weg 1;de-AT;Europe/Berlin;at;Consumer;VIP; key ;;1.000 USD;net 14;slow;\
        Otto;2;call;email;blue
        """.replacing("a@b.de; c@d.de", with: "\"a@b.de; c@d.de\"").replacing("VIP; key ;", with: "\"VIP; key ;vip\"")
          .replacing("call;email", with: "\"call;email\""),
      payments:
        "customer;date;amount;id;invoice;currency;method\nC1;2026-02-03;-5;p1;R1;;wire\nC0;2026-01-01;7,50;;;;\n",
      cashThrough: "2026-02-03\nposted by Otto\n",
      format: {
        var format = IntakeFormat(currency: Folder.eur)
        format.decimal = .comma
        format.name = "second"
        return format
      }()
    ).books()
    #expect(books.badRows.isEmpty)
    #expect(books.name == "second")
    #expect(books.modified == Instant(seconds: 100))
    #expect(books.cashThrough == .of("2026-02-03"))

    let invoice = try #require(books.invoices.first)
    #expect(invoice.key == ItemKey(customer: "C1", number: "R1", item: "1"))
    #expect(invoice.kind == .invoice)
    #expect(invoice.currency == Folder.usd)
    #expect(invoice.due == .of("2026-03-01"))
    #expect(invoice.issued == .of("2026-02-01"))
    #expect(invoice.amount == Money(minor: 10_000, Folder.usd))
    #expect(invoice.open == Money(minor: 4050, Folder.usd))
    #expect(invoice.disputed == .part(Money(minor: 1200, Folder.usd)))
    #expect(invoice.autopay == .of("2026-03-05"))
    #expect(invoice.settled == .of("2026-03-06"))
    #expect(invoice.terms == PaymentTerms(reading: "2/10 net 30"))
    #expect(
      invoice.details
        == InvoiceDetails(
          reference: "ref", purchaseOrder: "PO 7", link: "https://x/1", document: "2026/there.pdf",
          extra: ["Sales Rep": "Anne"]))
    #expect(invoice.place.description == "invoices.csv:2")

    #expect(books.customers.map(\.id) == ["C0", "C1"])
    var expected = Customer(id: "C1", place: Place(file: "customers.csv", line: 3))
    expected.payer = "C0"
    expected.name = "Müller & Söhne"
    expected.emails = ["a@b.de", "c@d.de"]
    expected.phone = "+49 1"
    expected.address = "Weg 1"
    expected.language = "de-at"
    expected.zone = .utc
    expected.country = "AT"
    expected.kind = .consumer
    expected.tags = ["vip", "key"]
    expected.creditLimit = Money(minor: 100_000, Folder.usd)
    expected.terms = PaymentTerms(text: "net 14", netDays: 14)
    expected.schedule = "slow"
    expected.owner = "Otto"
    expected.maxLevel = 2
    expected.doNotContact = .channels([.call, .email])
    expected.extra = ["Colour": "blue"]
    #expect(books.customers[1] == expected)

    #expect(books.payments.map(\.customer) == ["C0", "C1"])
    #expect(books.payments[0].amount == Money(minor: 750, Folder.eur))
    // Without a currency of its own a payment is in that of the invoice that it names.
    #expect(books.payments[1].amount == Money(minor: -500, Folder.usd))
    #expect(books.payments[1].invoice == "R1")
    #expect(books.payments[1].id == "p1")
    #expect(books.payments[1].method == "wire")
  }

  @Test("without customers.csv the invoices name the customers, whose payments need no invoice any more")
  func customersFromInvoices() throws {
    let books = try Folder(
      invoices:
        "number,customer,due,amount,name,email\n2,B,2026-01-01,1,,\n1,A,2026-01-01,1,Anne,a@b.de\n3,B,2026-01-01,1,Bert,b@c.de\n",
      payments: "customer,date,amount,invoice\nZ,2026-01-01,1,gone\nA,2026-01-01,1,gone too\n"
    ).books()
    #expect(books.badRows.isEmpty)
    #expect(books.customers.map(\.id) == ["A", "B"])
    #expect(books.customers.map(\.name) == ["Anne", "Bert"])
    #expect(books.customers.map(\.emails) == [["a@b.de"], ["b@c.de"]])
    #expect(books.invoices.map(\.key.number) == ["1", "2", "3"])
    #expect(books.payments.map(\.customer) == ["A", "Z"])
  }

  @Test("with customers.csv its values win, and what it leaves empty comes from the invoices")
  func customersFileWins() throws {
    let books = try Folder(
      invoices:
        "number,customer,due,amount,name,email\n1,A,2026-01-01,1,Other,o@b.de\n2,B,2026-01-01,1,Bert,b@c.de\n3,C,2026-01-01,1,,c@d.de\n",
      customers: "id,name,email\nA,Anne,a@b.de\nB,,\nC,Carl,broken\n"
    ).books()
    #expect(books.customers.map(\.name) == ["Anne", "Bert", "Carl"])
    #expect(books.customers.map(\.emails) == [["a@b.de"], ["b@c.de"], []])
  }

  @Test("a due date comes from the invoice's date and its own or its customer's terms; a credit note needs none")
  func dueFromTerms() throws {
    let books = try Folder(
      invoices: """
        number,customer,issued,terms,amount,kind
        1,A,2026-01-31,net 30,1,
        2,A,2026-01-31,,1,
        3,A,2026-01-31,net 30 EOM,1,credit_note
        """,
      customers: "id,terms\nA,14 days\n"
    ).books()
    // What a credit note is due on means nothing, so it cannot be wrong either.
    let credit = Folder(invoices: "number,customer,issued,due,amount,kind\n1,A,2026-02-01,2026-01-01,1,credit_note\n")
    #expect(try credit.books().badRows.isEmpty)
    #expect(books.badRows.isEmpty)
    #expect(books.invoices.map(\.due) == [.of("2026-03-02"), .of("2026-02-14"), .of("2026-01-31")])
    #expect(books.invoices.map { $0.terms?.netDays } == [30, 14, nil])
  }

  @Test("a broken address is left out with a warning; nobody rests for it")
  func brokenAddress() throws {
    let ledger = try Folder(
      invoices: "number,customer,due,amount\n1,A,2026-01-01,1\n", customers: "id,email\nA,a.b.de;ok@b.de;x@y@z.de\n"
    ).accepted()
    #expect(ledger.books.customers[0].emails == ["ok@b.de"])
    #expect(ledger.books.badRows.isEmpty)
    #expect(
      ledger.warnings.map(\.description) == [
        "customers.csv:2: email: \"a.b.de\" has no @: this address is left out",
        "customers.csv:2: email: \"x@y@z.de\" has more than one @; expected one address, several separated by \";\": "
          + "this address is left out",
      ])
  }

  @Test(
    "truth values",
    arguments: [("yes", true), ("TRUE", true), ("1", true), ("no", false), ("False", false), ("0", false), ("", false)])
  func truth(word: String, isTrue: Bool) throws {
    let books = try Folder(invoices: "number,customer,due,amount,disputed\n1,A,2026-01-01,1,\(word)\n").books()
    #expect(books.invoices[0].disputed == (isTrue ? .whole : .none))
  }

  @Test(
    "a file is read whatever its encoding, its delimiter and its line ends",
    arguments: [
      (
        "utf-8 with a byte order mark", [0xEF, 0xBB, 0xBF], IntakeFormat.Encoding.utf8, ",", "\r\n",
        [0xC3, 0xBC, 0xE2, 0x82, 0xAC]
      ),
      ("windows-1252", [], .windows1252, ";", "\r\n", [0xFC, 0x80]),
      ("iso-8859-15", [], .latin9, "\t", "\r", [0xFC, 0xA4]),
      (
        "utf-8 in spite of a declared windows-1252", [0xEF, 0xBB, 0xBF], .windows1252, ";", "\n",
        [0xC3, 0xBC, 0xE2, 0x82, 0xAC]
      ),
    ] as [(String, [UInt8], IntakeFormat.Encoding, String, String, [UInt8])])
  func encodings(
    name: String, mark: [UInt8], encoding: IntakeFormat.Encoding, delimiter: String, end: String, letters: [UInt8]
  ) throws {
    var bytes =
      mark + Array("number,customer,due,amount,name\(end)1,A,2026-01-01,1,".replacing(",", with: delimiter).utf8)
    bytes += letters + Array(end.utf8)
    var format = IntakeFormat(currency: Folder.eur)
    format.encoding = encoding
    let file = LedgerFile(name: "invoices.csv", bytes: bytes, modified: Instant(seconds: 0))
    guard case .accepted(let ledger) = Folder.read(LedgerFiles(folder: "/l", invoices: file), format) else {
      throw Folder.NotRejected()
    }
    #expect(ledger.books.customers.map(\.name) == ["ü€"], "\(name)")
  }

  @Test("a row that is not UTF-8 is bad, and its customer is read where its own cell can be")
  func notUTF8() throws {
    let file = LedgerFile(
      name: "invoices.csv",
      bytes: Array("number,customer,due,amount,name\n1,A,2026-01-01,1,M".utf8) + [0xFC] + Array("ller\n2,".utf8) + [
        0xFC
      ]
        + Array(",2026-01-01,1,\n".utf8), modified: Instant(seconds: 0))
    let reading = Folder.read(LedgerFiles(folder: "/l", invoices: file), IntakeFormat(currency: Folder.eur))
    guard case .accepted(let ledger) = reading else { throw Folder.NotRejected() }
    #expect(ledger.books.badRows.map(\.reach) == [.invoice(customer: "A", number: "1"), .everything])
    #expect(
      ledger.books.badRows.first?.description
        == "invoices.csv:2: it is not UTF-8; if the whole file is in another encoding, declare it, such as encoding = "
        + "\"windows-1252\"")
  }

  @Test("columns go by other names where the configuration says so, and Excel's sep= line is passed over")
  func renaming() throws {
    var folder = Folder(
      invoices: "sep=;\n Invoice No ;Client;Due;Amount;Number\n1;A;2026-01-01;1;extra\n\n;;;;\n2;A;2026-01-01;1;\n")
    folder.format.columns[.invoices] = ["number": "invoice no", "customer": "CLIENT"]
    folder.format.files[.invoices] = "ar.csv"
    let ledger = try folder.accepted()
    #expect(ledger.books.invoices.map(\.key.number) == ["1", "2"])
    #expect(ledger.books.invoices.map(\.place.description) == ["ar.csv:3", "ar.csv:6"])
    #expect(ledger.books.invoices[0].details?.extra == ["Number": "extra"])
    #expect(ledger.warnings.map(\.description) == ["ar.csv: 1 empty row is passed over"])
    #expect(ledger.rowCounts == [.invoices: 2])
  }

  @Test("a file of cash_through that holds no date is a warning, and no cash counts as posted")
  func noCashThrough() throws {
    let ledger = try Folder(invoices: "number,customer,due,amount\n", cashThrough: "yesterday\n").accepted()
    #expect(ledger.books.cashThrough == nil)
    #expect(
      ledger.warnings.map(\.description) == [
        "posted.txt:1: \"yesterday\" is no date like 2026-03-01; until it is, no notice goes (cash_not_posted)"
      ])
  }
}
