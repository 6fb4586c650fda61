import Decisions
import Foundation
import Ledger
import Testing
import Units

@testable import Letters

@Suite("Composing")
struct ComposerTests {
  static let line = Samples.line("R-1", "10.00 EUR", due: "2026-02-01", overdue: 29)

  static func contact(_ template: String = "first", payer: Customer = Samples.customer()) -> PlannedContact {
    Samples.contact(template, [line], payer: payer)
  }

  @Test("the same contact gives the same bytes, and their hash")
  func deterministic() throws {
    let first = try Samples.compose(Self.contact(), Samples.shipped)
    let again = try Samples.compose(Self.contact(), Samples.composer())
    #expect(first == again)
    #expect(first.sha256.count == 64)
    #expect(first.names == ["Miller Trading Ltd"])
  }

  @Test("every line ends in CRLF, is ASCII and no longer than 998")
  func wire() throws {
    for name in ShippedSamples.names {
      let bytes = try ShippedSamples.letter(name, "de", many: true).bytes
      #expect(bytes.allSatisfy { $0 < 0x80 && $0 != 0 })
      #expect(bytes.suffix(2) == [0x0D, 0x0A])
      var previous: UInt8 = 0
      var length = 0
      for byte in bytes {
        if byte == 0x0A { #expect(previous == 0x0D) }
        if previous == 0x0D { #expect(byte == 0x0A) }
        length = byte == 0x0A ? 0 : length + 1
        #expect(length <= 998)
        previous = byte
      }
    }
  }

  @Test("bounces go to an address with the contact's id; without one, to the sender")
  func envelope() throws {
    let letter = try Samples.compose(Self.contact(), Samples.shipped)
    let id = ContactID.of(
      instance: Samples.instance, customer: "C-100", currency: Samples.eur, items: Self.contact().advancing)
    #expect(letter.envelopeSender == "bounce+\(id)@example.com")
    #expect(letter.messageID == "<\(id).0f1e2d3c@example.com>")
    var identity = Samples.identity
    identity.bounce = nil
    #expect(
      try Samples.compose(Self.contact(), Samples.composer(identity: identity)).envelopeSender == "ar@example.com")
  }

  @Test("redirect_to takes all mail, and a header says whose it was")
  func redirected() throws {
    var identity = Samples.identity
    identity.redirectTo = try MailAddress(name: "Training", address: "training@example.com")
    var payer = Samples.customer()
    payer.cc = ["boss@miller.example"]
    let letter = try Samples.compose(Self.contact(payer: payer), Samples.composer(identity: identity))
    #expect(letter.to == ["training@example.com"] && letter.cc == [])
    let text = String(decoding: letter.bytes, as: UTF8.self)
    #expect(text.contains("To: Training <training@example.com>\r\n"))
    #expect(text.contains("X-Redirected-From: payables@miller.example boss@miller.example\r\n"))
    #expect(!text.contains("\r\nCc:"))
  }

  @Test("a message stands in the thread of the earlier ones, never of itself")
  func thread() throws {
    var contact = Self.contact()
    let own = try Samples.compose(contact, Samples.shipped).messageID
    contact.thread = ["<one@example.com>", "bad id", "two@example.com", own]
    let text = String(decoding: try Samples.compose(contact, Samples.shipped).bytes, as: UTF8.self)
    #expect(text.contains("In-Reply-To: <two@example.com>\r\nReferences: <one@example.com> <two@example.com>\r\n"))
    contact.thread = (1...50).map { "<\($0)@example.com>" }
    let long = String(decoding: try Samples.compose(contact, Samples.shipped).bytes, as: UTF8.self)
    #expect(long.contains("References: <1@example.com> <32@example.com>"))
  }

  @Test("only ways to pay that fit are shown, in their order; without any the letter still says how")
  func ways() throws {
    let pay = [
      PayOption(.bankTransfer(Samples.account), currencies: [Samples.usd]),
      PayOption(.link(try PayLink(url: "https://pay.example.com/?a={amount}", label: "Card")), countries: ["GB"]),
      PayOption(.bankTransfer(Samples.account), currencies: [Samples.eur]),
    ]
    let text = try Samples.compose(Self.contact(), Samples.composer(pay: pay)).text
    let card = try #require(text.range(of: "Card: https://pay.example.com/?a=10.00"))
    let bank = try #require(text.range(of: "IBAN: DE89"))
    #expect(card.lowerBound < bank.lowerBound)
    #expect(text.components(separatedBy: "IBAN").count == 2)
    #expect(try Samples.compose(Self.contact(), Samples.composer(pay: [])).text.contains("bank details on the invoice"))
  }

  @Test("a column of the ledger resolves when the letter is written; an unknown one stops this letter only")
  func columns() throws {
    let files = Samples.template(
      "subject: x\n\n{{extra.cost_centre}}|{{#invoices}}{{extra.site}}{{#extra.site}}!{{/extra.site}}{{extra.cost_centre}}{{/invoices}}|"
    )
    var payer = Samples.customer()
    payer.extra = ["Cost Centre": "<4711>"]
    var contact = Self.contact("t", payer: payer)
    let columns = ExtraColumns(ofCustomers: ["cost_centre"], ofInvoices: ["site"])
    let composer = try Samples.composer(files, columns: columns)
    #expect(try Samples.compose(contact, composer).text == "<4711>|<4711>|\n", "known but empty is empty")
    contact.listed[0].invoice.details = InvoiceDetails(extra: ["Site": "A"])
    #expect(try Samples.compose(contact, composer).text == "<4711>|A!<4711>|\n")
    contact.listed[0].invoice.details = nil
    #expect(
      throws: LetterError.noColumn(template: "templates/en/t.mustache", column: "site", known: ["cost_centre"])
    ) { try Samples.compose(contact, Samples.composer(files, columns: ExtraColumns(ofCustomers: ["cost_centre"]))) }
  }

  @Test("what cannot be sent says why")
  func refusals() throws {
    #expect(throws: LetterError.noTemplate(name: "nope", language: "en")) {
      try Samples.compose(Self.contact("nope"), Samples.shipped)
    }
    var payer = Samples.customer()
    payer.emails = []
    #expect(throws: LetterError.noRecipient) { try Samples.compose(Self.contact(payer: payer), Samples.shipped) }
    payer.emails = ["a@b\r\nRCPT TO:<x@y>"]
    #expect(throws: LetterError.badAddress(payer.emails[0], .controlCharacter("\r"))) {
      try Samples.compose(Self.contact(payer: payer), Samples.shipped)
    }
    payer = Samples.customer(name: "Smith\nBcc: x@y.example")
    #expect(throws: LetterError.header(HeaderFault(header: "To", scalar: "\n"))) {
      try Samples.compose(Self.contact(payer: payer), Samples.shipped)
    }
    var contact = Self.contact()
    contact.listed[0] = Samples.line("R-1\r\nBcc: x@y.example", "10.00 EUR", due: "2026-02-01", overdue: 29)
    #expect(throws: LetterError.header(HeaderFault(header: "Subject", scalar: "\r"))) {
      try Samples.compose(contact, Samples.shipped)
    }
    #expect(throws: LetterError.noSubject(template: "templates/en/t.mustache")) {
      try Samples.compose(Self.contact("t"), Samples.composer(Samples.template("subject: {{deadline}}\n\nx")))
    }
  }

  @Test("a payer without a name is greeted without one, and named by the id")
  func nameless() throws {
    let letter = try Samples.compose(Self.contact(payer: Samples.customer(name: "")), Samples.shipped)
    #expect(letter.text.hasPrefix("Hello,\n"))
    #expect(letter.names == [])
  }
}

@Suite("Shapes")
struct ShapeTests {
  private static let company = Samples.company

  /// Messages of many kinds through one book, each against the engine alone.
  @Test("a message comes out as the template engine writes it, whatever came before it")
  func same() throws {
    let book = ShapeBook()
    var shapes = 0
    for name in ["upcoming", "first", "second", "final", "discount", "invoice"] {
      for language in ["en", "de"] {
        for many in [false, true, false, true] {
          shapes += 1
          var contact = ShippedSamples.contact(name, language, many: many)
          contact.payer.name =
            ["Ann", "A & <B>", "ends with a blank ", "\u{202E}", "", "O\u{301}x\u{F0003}y"][shapes % 6]
          let template = try #require(
            Samples.shipped.templates.template(contact.step.template, payer: language, company: "en"))
          let rendering = Rendering(locale: "en_GB", formats: LocaleFormats())
          let writer = FactWriter(rendering: rendering, columns: ExtraColumns())
          var facts = Shape.Facts(
            writer.message(
              contact, language: language, company: Self.company, identity: Samples.identity, pay: Samples.pay,
              hasAttachment: many), rendering)
          facts.add(subject: writer.word("about & <it>"))
          for part in [template.text, template.html].compactMap(\.self) {
            rendering.form = part.form
            let alone = ShapeBook.tidy(part.render(RootContext(values: facts.named, rendering: rendering)))
            #expect(
              book.render(part, of: template.file, &facts, rendering) == alone, "\(name) \(language) \(part.form)")
            #expect(book.render(part, of: template.file, &facts, rendering) == alone)
            #expect(
              book.quoted(part, of: template.file, &facts, rendering) == TransferEncoding.quotedPrintable(alone))
          }
        }
      }
    }
  }

  /// Values of all lengths behind beginnings of all lengths: whatever decides on a soft break or on what begins a line.
  @Test("in a mail a message stands as its text does in quoted-printable")
  func quoted() {
    let rendering = Rendering(locale: "en_GB", formats: LocaleFormats())
    let words = ["x", ".", "=", "From ", "m y", "é", "€ 1", "a=b c. From", String(repeating: "long ", count: 40) + "."]
    let between = ["", ".", "From ", "F", " = ", "ü", "\n", "\n.\nFrom here\n\n", String(repeating: "xy =", count: 30)]
    for word in words {
      for left in between {
        for right in between {
          for count in [0, 2, 68, 70, 71, 72, 73, 74, 75, 76, 150] {
            let beginning = left + String(repeating: "b", count: count)
            let shape = Shape("\(beginning)\(Shape.mark(0))\(right)\(Shape.mark(0))\n\(right)\n")
            var facts = Shape.Facts([Fact("x", .text(word))], rendering)
            let text = shape.filled(&facts, .text)
            #expect(shape.quoted(&facts, .text) == text.map(TransferEncoding.quotedPrintable))
          }
        }
      }
    }
  }

  @Test("lines are tidied: no blanks at their ends, no two empty ones in a row")
  func tidy() {
    #expect(ShapeBook.tidy("\n\n a \t\n \n\n\nb\r\n\n \n") == " a\n\nb\n")
    #expect(ShapeBook.tidy("") == "\n")
  }
}
