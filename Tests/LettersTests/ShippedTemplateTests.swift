import Decisions
import Defaults
import Foundation
import Ledger
import Testing
import Units

@testable import Letters

/// Contacts as the shipped schedules make them, for one invoice and for several.
enum ShippedSamples {
  static let names = ["invoice", "discount", "upcoming", "first", "second", "final"]
  static let languages = ["en", "de"]

  static func payer(_ language: String) -> Customer {
    language == "de"
      ? Samples.customer("10042", name: "Müller & Söhne KG", language: "de", country: "DE") : Samples.customer()
  }

  static func contact(_ name: String, _ language: String, many: Bool) -> PlannedContact {
    let payer = payer(language)
    let code = language == "de" ? "EUR" : "GBP"
    let currency = Currency(code: code)!
    let overdue = ["first": 5, "second": 15, "final": 35][name] ?? 0
    let due = Samples.day("2026-03-02") - overdue + (overdue == 0 ? 7 : 0)
    let level = ["first": 1, "second": 2, "final": 3][name] ?? 0
    func discount(_ reduced: String) -> PlannedContact.OpenDiscount? {
      guard name == "discount" || (name == "invoice" && many) else { return nil }
      return PlannedContact.OpenDiscount(
        lastDay: Samples.day("2026-03-04"), basisPoints: 200, reduced: Samples.money("\(reduced) \(code)"))
    }
    var listed = [
      Samples.line(
        "R-1001", "1234.50 \(code)", due: due.description, overdue: overdue, level: level,
        details: InvoiceDetails(purchaseOrder: "PO-77"), discount: discount("1209.81"), customer: payer.id)
    ]
    var apart: [PlannedContact.Line] = []
    if many {
      listed.append(
        Samples.line(
          "R-1002", "88.00 \(code)", due: (due + (overdue == 0 ? 3 : overdue - 1)).description,
          overdue: overdue == 0 ? 0 : 1, level: level, amount: "100.00 \(code)",
          details: InvoiceDetails(reference: "Unit 7", link: "https://portal.example.com/R-1002"),
          discount: discount("86.24"), customer: "C-200", item: "2"))
      apart = [
        Samples.line("R-1003", "50.00 \(code)", due: "2026-03-20", apart: .notDue, customer: payer.id),
        Samples.line("R-0990", "70.00 \(code)", due: "2026-02-01", apart: .disputed, customer: payer.id),
        Samples.line("R-0991", "71.00 \(code)", due: "2026-02-01", apart: .promised, customer: payer.id),
        Samples.line("R-0992", "72.00 \(code)", due: "2026-02-01", apart: .other, customer: payer.id),
      ]
    }
    return Samples.contact(
      name, listed, apart: apart, payer: payer, level: level,
      anchor: name == "invoice" ? .issued : name == "discount" ? .discount : .due,
      credit: many ? Money(minor: 1200, currency) : nil, otherCredits: many ? [Samples.money("20.00 USD")] : [],
      deadline: ["second": "2026-03-09", "final": "2026-03-12"][name],
      thread: level > 1 ? ["<0123456789abcdef.0f1e2d3c@example.com>"] : [])
  }

  static func letter(_ name: String, _ language: String, many: Bool) throws -> Letter {
    let pdf = try Attachment(
      name: language == "de" ? "Rechnung Müller.pdf" : "R-1001.pdf", bytes: Array("%PDF-1.4\n".utf8))
    return try Samples.compose(
      contact(name, language, many: many), Samples.shipped, attachments: name == "invoice" ? [pdf] : [])
  }
}

@Suite("The templates that dunningd comes with")
struct ShippedTemplateTests {
  @Test("make these messages", arguments: ShippedSamples.names, ShippedSamples.languages)
  func golden(name: String, language: String) throws {
    for many in [false, true] {
      let letter = try ShippedSamples.letter(name, language, many: many)
      let file = "\(name).\(language).\(many ? "many" : "one")"
      try GoldenFiles.expect("\(file).eml", letter.bytes)
      try GoldenFiles.expect("\(file).txt", Array("Subject: \(letter.subject)\n\n\(letter.text)".utf8))
      try GoldenFiles.expect("\(file).html", Array((letter.html ?? "").utf8))
    }
  }

  @Test(
    "name customer, invoices, amounts, dates, total, how to pay and whom to ask, in both parts",
    arguments: ShippedSamples.names, ShippedSamples.languages)
  func complete(name: String, language: String) throws {
    for many in [false, true] {
      let contact = ShippedSamples.contact(name, language, many: many)
      let letter = try ShippedSamples.letter(name, language, many: many)
      let html = try #require(letter.html)
      let formats = LocaleFormats()
      let locale = language == "de" ? "de_DE" : "en_GB"
      var wanted = [contact.payer.name, contact.payer.id, formats.amount(contact.total, locale)]
      wanted += ["DE89 3704 0044 0532 0130 00", "COBADEFFXXX", "accounts@example.com", "Example GmbH"]
      for line in contact.listed {
        wanted += [line.invoice.key.number, formats.amount(line.open, locale)]
        #expect(letter.text.contains(formats.date(line.invoice.due, locale)))
        #expect(html.contains(formats.date(line.invoice.due, locale, short: true)))
      }
      for line in contact.apart { wanted.append(line.invoice.key.number) }
      if let deadline = contact.deadline { wanted.append(formats.date(deadline, locale)) }
      for value in wanted {
        #expect(letter.text.contains(value), "\(value) in the text")
        #expect(html.contains(Word.escaped(value)), "\(value) in the HTML")
      }
      let ignore = language == "de" ? "gegenstandslos" : "please ignore this message"
      #expect(letter.text.contains(ignore) == (name != "invoice"))
      #expect(html.contains(ignore) == (name != "invoice"))
      #expect(letter.subject.count <= 110)
      #expect(!html.contains("<img") && !html.contains("<script") && !html.contains("http://"))
    }
  }

  @Test("speak of one and of many without plural hacks", arguments: ShippedSamples.names, ShippedSamples.languages)
  func plurals(name: String, language: String) throws {
    let one = try ShippedSamples.letter(name, language, many: false)
    let many = try ShippedSamples.letter(name, language, many: true)
    for letter in [one, many] {
      let html = letter.html?.components(separatedBy: "</style>").last ?? ""
      for part in [letter.subject, letter.text, html] {
        for hack in [
          "(s)", "(en)", "1 days", "1 invoices", "1 Tagen", "1 Rechnungen", "{{", "}}", " ,", " .", "  (", "()",
        ] {
          // Of "51 days" only the end looks like "1 days".
          let isFound = part.components(separatedBy: hack).dropLast().contains { $0.last?.isNumber != true }
          #expect(!isFound, "\(hack) in \(name).\(language)")
        }
      }
    }
    let words = language == "de" ? ("Rechnungen", "Rechnung ") : ("invoices", "invoice")
    #expect(!one.subject.contains(words.0) && one.subject.lowercased().contains(words.1.lowercased()))
    #expect(many.subject.contains(words.0))
  }

  @Test("claim earlier messages only if there were any", arguments: ShippedSamples.languages)
  func claims(language: String) throws {
    for name in ["second", "final"] {
      for many in [false, true] {
        var contact = ShippedSamples.contact(name, language, many: many)
        contact.thread = []
        let text = try Samples.compose(contact, Samples.shipped).text
        for claim in ["Despite our", "We wrote", "trotz unserer", "wir hatten"] { #expect(!text.contains(claim)) }
      }
    }
  }

  @Test(
    "about promises and plans name customer, invoices, amounts, days, how to pay and whom to ask, in both parts",
    arguments: ["instalment", "instalment-late", "plan-proposal", "promise-confirmed", "promise-tomorrow"],
    ShippedSamples.languages)
  func pledges(name: String, language: String) throws {
    let payer = ShippedSamples.payer(language)
    let code = language == "de" ? "EUR" : "GBP"
    func money(_ text: String) -> Money { Samples.money("\(text) \(code)") }
    let isPlan = !name.hasPrefix("promise")
    var rest = Rest(
      kind: isPlan ? .plan : .promise, id: isPlan ? "plan-7t1v3x5z" : "promise-4k2m9q0r", scope: .customer(payer.id),
      items: ["R-1001", "R-1002"].map {
        ListedItem(key: ItemKey(customer: payer.id, number: $0), open: money("450.00"))
      }, amount: money("900.00"), until: Samples.day("2026-03-20"), by: "anna", text: nil)
    if isPlan {
      rest.instalments = ["2026-04-01", "2026-05-01", "2026-06-01"].map {
        Instalment(due: Samples.day($0), amount: money("300.00"))
      }
    }
    let isInstalment = name.hasPrefix("instalment")
    let line = Samples.line(
      rest.id, isInstalment ? "300.00 \(code)" : "900.00 \(code)", due: isInstalment ? "2026-04-01" : "2026-03-20",
      overdue: name == "instalment-late" ? 3 : 0, level: 0, customer: payer.id, item: isInstalment ? "1" : "")
    var contact = Samples.contact(name, [line], payer: payer, level: name == "instalment-late" ? 1 : 0)
    contact.pledge = rest
    let letter = try Samples.compose(contact, Samples.shipped)
    let html = try #require(letter.html)
    let (formats, locale) = (LocaleFormats(), language == "de" ? "de_DE" : "en_GB")
    var wanted = [payer.name, "R-1001, R-1002", formats.amount(contact.total, locale), "DE89 3704 0044 0532 0130 00"]
    wanted += ["accounts@example.com", "Example GmbH", formats.date(line.invoice.due, locale)]
    for instalment in rest.instalments {
      wanted += [formats.date(instalment.due, locale), formats.amount(instalment.amount, locale)]
    }
    for value in wanted {
      #expect(letter.text.contains(value), "\(value) in the text")
      #expect(html.contains(Word.escaped(value)), "\(value) in the HTML")
    }
    #expect(!letter.text.contains(rest.id), "a customer knows invoices and no ids of ours")
    try GoldenFiles.expect("\(name).\(language).txt", Array("Subject: \(letter.subject)\n\n\(letter.text)".utf8))
    try GoldenFiles.expect("\(name).\(language).html", Array(html.utf8))
  }

  @Test(
    "the call script names what is owed, what may be offered and what must not be said",
    arguments: ShippedSamples.languages)
  func callScript(language: String) throws {
    var contact = ShippedSamples.contact("first", language, many: true)
    contact.step.template = "call"
    contact.step.offersPlan = true
    var company = Samples.company
    company.language = language
    let composer = try Samples.composer(company: company)
    let script = try composer.script(contact)
    for value in ["R-1001", "R-1002", contact.payer.id, "dunningd plan"] {
      #expect(script.text.contains(value), "\(value)")
    }
    #expect(script.text.contains(language == "de" ? "Was nicht gesagt wird" : "What must not be said"))
    contact.step.offersPlan = false
    #expect(try !composer.script(contact).text.contains("dunningd plan"))
  }
}
