import Decisions
import Foundation
import Ledger
import Testing
import Units

@testable import Letters

/// Statements and thanks as they are decided on a small ledger, on 2 March 2026.
private struct Account {
  var books = Books(modified: Samples.at)
  let payer: Customer
  let code: String

  init(_ language: String) {
    payer = ShippedSamples.payer(language)
    code = language == "de" ? "EUR" : "GBP"
    books.customers = [payer]
  }

  func money(_ amount: String) -> Money { Samples.money("\(amount) \(code)") }

  func invoice(
    _ number: String, _ amount: String, due: String, _ change: (inout Invoice) -> Void = { _ in }
  ) -> Account {
    var account = self
    var invoice = Invoice(
      key: ItemKey(customer: payer.id, number: number), currency: money(amount).currency, due: Samples.day(due),
      place: Place(file: "invoices.csv", line: account.books.invoices.count + 2))
    invoice.amount = money(amount)
    invoice.issued = Samples.day(due) - 30
    change(&invoice)
    account.books.invoices.append(invoice)
    return account
  }

  func payment(_ amount: String, on day: String, for number: String? = nil) -> Account {
    var account = self
    var payment = Payment(
      customer: payer.id, date: Samples.day(day), amount: money(amount),
      place: Place(file: "payments.csv", line: account.books.payments.count + 2))
    payment.invoice = number
    account.books.payments.append(payment)
    return account
  }

  static let thanks = Step(name: "thanks", anchor: .paid, day: 0, level: 0, template: "thank-you")

  var policy: Policy {
    var policy = Policy(
      company: Samples.company, schedules: [Schedule(name: "standard", steps: [Account.thanks])])
    policy.contact.firstCycle = .send
    return policy
  }

  /// The statement, with a hold on R-1004.
  var statement: PlannedContact {
    get throws {
      var history = ContactHistory()
      history.apply(
        .restPlaced(
          Rest(kind: .hold, scope: .invoice(customer: payer.id, number: "R-1004"), by: "anna", text: "wrong price")),
        at: Samples.at)
      return try #require(Statement.all(of: payer.id, books, history, policy, now: Samples.at).first)
    }
  }

  static func full(_ language: String) -> Account {
    Account(language)
      .invoice("R-1001", "1234.50", due: "2025-11-20") {
        $0.disputed = .part(Money(minor: 20_000, $0.currency))
        $0.details = InvoiceDetails(purchaseOrder: "PO-77", link: "https://portal.example.com/R-1001")
      }
      .invoice("R-1002", "88.00", due: "2026-03-01") { $0.details = InvoiceDetails(reference: "Unit 7") }
      .invoice("R-1003", "450.00", due: "2026-03-20")
      .invoice("R-1004", "70.00", due: "2026-01-10")
      .invoice("R-1005", "71.00", due: "2026-02-10") { $0.disputed = .whole }
      .invoice("R-1006", "99.00", due: "2026-03-21") { $0.autopay = Samples.day("2026-03-03") }
      .invoice("R-0990", "300.00", due: "2026-02-05")
      .payment("300.00", on: "2026-02-20", for: "R-0990").payment("-12.00", on: "2026-02-21", for: "R-1003")
      .payment("25.00", on: "2026-02-25").payment("20.00", on: "2026-02-26", for: "R-1002")
      .payment("500.00", on: "2025-12-01")
  }
}

@Suite("Statements and thanks as messages")
struct StatementLetterTests {
  private func golden(_ name: String, _ language: String, _ page: (title: String, text: String, html: String?)) throws {
    let html = try #require(page.html)
    try GoldenFiles.expect("\(name).\(language).txt", Array("Subject: \(page.title)\n\n\(page.text)".utf8))
    try GoldenFiles.expect("\(name).\(language).html", Array(html.utf8))
    for part in [page.title, page.text, html.components(separatedBy: "</style>").last ?? ""] {
      for hack in ["{{", "}}", " ,", " .", "  (", "()", ", ,", ": \n"] { #expect(!part.contains(hack), "\(hack)") }
    }
    #expect(!html.contains("<img") && !html.contains("<script") && !html.contains("http://"))
  }

  @Test(
    "a statement names items, ages, credit, payments, balance, how to pay and whom to ask, in both parts",
    arguments: ShippedSamples.languages)
  func full(language: String) throws {
    let account = Account.full(language)
    let contact = try account.statement
    let page = try Samples.shipped.unaddressed(contact)
    try golden("statement.full", language, page)
    let (formats, locale) = (LocaleFormats(), language == "de" ? "de_DE" : "en_GB")
    func amount(_ text: String) -> String { formats.amount(account.money(text), locale) }
    let statement = try #require(contact.statement)
    #expect(statement.balance == account.money("1479.50"))
    var wanted =
      statement.lines.map(\.invoice.key.number) + ["PO-77", "Unit 7", "Example GmbH", "accounts@example.com"]
    wanted += [amount("1992.50"), amount("513.00"), amount("1479.50"), amount("1039.50"), amount("12.00")]
    wanted += statement.ageing.buckets.map { formats.amount($0.amount, locale) }
    wanted += ["1–30", "31–60", "61–90", "90", account.payer.name, account.payer.id, "DE89 3704 0044 0532 0130 00"]
    for value in wanted {
      #expect(page.text.contains(value), "\(value) in the text")
      #expect(page.html?.contains(Word.escaped(value)) == true, "\(value) in the HTML")
    }
    #expect(!page.text.contains(amount("500.00")) || statement.payments.count == 4, "what is older than a month")
  }

  @Test(
    "a statement of somebody who has something to get says so, and asks for nothing",
    arguments: ShippedSamples.languages)
  func credit(language: String) throws {
    let account = Account(language).invoice("R-1001", "100.00", due: "2026-02-10")
      .payment("100.00", on: "2026-02-10", for: "R-1001").payment("40.00", on: "2026-02-20")
    let contact = try account.statement
    #expect(contact.listed.isEmpty && contact.total.isZero)
    let page = try Samples.shipped.unaddressed(contact)
    try golden("statement.credit", language, page)
    #expect(!page.text.contains("IBAN"))
    #expect(page.text.contains(language == "de" ? "zu Ihren Gunsten" : "in your favour"))
  }

  @Test("a statement without payments says since when; hostile names stay text", arguments: ShippedSamples.languages)
  func quiet(language: String) throws {
    let account = Account(language).invoice("<b>R & 1", "100.00", due: "2026-03-10")
    let page = try Samples.shipped.unaddressed(try account.statement)
    try golden("statement.quiet", language, page)
    #expect(page.html?.contains("&lt;b&gt;R &amp; 1") == true && page.html?.contains("<b>R") == false)
  }

  @Test("thanks name what was paid and ask for nothing", arguments: ShippedSamples.languages)
  func thanks(language: String) throws {
    let one = Account(language).invoice("R-1001", "1234.50", due: "2026-02-10")
      .payment("1234.50", on: "2026-02-27", for: "R-1001")
    let many = one.invoice("R-1002", "88.00", due: "2026-02-12") { $0.details = InvoiceDetails(purchaseOrder: "PO-77") }
      .payment("88.00", on: "2026-03-01", for: "R-1002")
    for (account, name) in [(one, "thank-you.one"), (many, "thank-you.many")] {
      let verdict = decide(account.books, ContactHistory(), account.policy, now: Samples.at, ledgerAge: .zero)
      let contact = try #require(verdict.contacts.first)
      let letter = try Samples.compose(contact, Samples.shipped)
      try golden(name, language, (letter.subject, letter.text, letter.html))
      let (formats, locale) = (LocaleFormats(), language == "de" ? "de_DE" : "en_GB")
      for line in contact.listed {
        let amount = formats.amount(try #require(line.invoice.amount), locale)
        for part in [letter.text, letter.html ?? ""] {
          #expect(part.contains(line.invoice.key.number) && part.contains(amount))
        }
        #expect(letter.text.contains(formats.date(try #require(line.paid), locale)))
      }
      #expect(!letter.text.contains("IBAN"))
      #expect(contact.to == account.payer.emails && contact.listed.count == (name == "thank-you.one" ? 1 : 2))
    }
  }
}
