import Decisions
import Foundation
import Ledger
import Testing
import Units

@testable import Letters

@Suite("The page of a letter")
struct PageTests {
  static let stationery = Stationery(
    sender: ["Hauptstraße 12", "10115 Berlin"], place: "Berlin", footer: ["Example GmbH · HRB 12345 B"])

  static func composer(_ stationery: Stationery = stationery) throws -> Composer {
    Composer(
      templates: try TemplateSet(Samples.templateFiles), identity: Samples.identity, pay: Samples.pay,
      company: Samples.company, stationery: stationery)
  }

  static func contact(_ name: String, _ language: String, many: Bool, country: String? = nil, address: String)
    -> PlannedContact
  {
    var contact = ShippedSamples.contact(name, language, many: many)
    contact.channel = .letter
    contact.payer.address = address
    if let country { contact.payer.country = country }
    contact.to = PostalAddress(of: contact.payer).lines
    contact.cc = []
    return contact
  }

  @Test("is what the shipped templates make of it", arguments: ["second", "final"], ShippedSamples.languages)
  func golden(name: String, language: String) throws {
    for many in [false, true] {
      let contact = Self.contact(name, language, many: many, address: "Hauptstr. 1; 10115 Berlin")
      let letter = try Self.composer().page(contact, id: "4k2m9q0r7t1v3x5z")
      try GoldenFiles.expect("letter-\(name).\(language).\(many ? "many" : "one").html", letter.bytes)
      let page = try #require(letter.html)
      let formats = LocaleFormats()
      let locale = language == "de" ? "de_DE" : "en_GB"
      var wanted =
        contact.to + [
          "Hauptstraße 12", "DE89 3704 0044 0532 0130 00", "accounts@example.com", "HRB 12345 B",
          formats.amount(contact.total, locale), formats.date(contact.day, locale), letter.subject,
        ]
      for line in contact.listed {
        wanted += [
          line.invoice.key.number, formats.amount(line.open, locale),
          formats.date(line.invoice.due, locale, short: true),
        ]
      }
      if let deadline = contact.deadline { wanted.append(formats.date(deadline, locale)) }
      for value in wanted { #expect(page.contains(Word.escaped(value)), "\(value)") }
      #expect(!page.contains("{{") && !page.contains("<script") && !page.contains("http://") && !page.contains("<img"))
      #expect(!letter.subject.contains("Example GmbH"))
    }
  }

  @Test("bears nobody's address where all mail is redirected")
  func redirected() throws {
    var identity = Samples.identity
    identity.redirectTo = try MailAddress(name: "", address: "training@example.com")
    let composer = Composer(
      templates: try TemplateSet(Samples.templateFiles), identity: identity, pay: Samples.pay, company: Samples.company,
      stationery: Self.stationery)
    let contact = Self.contact("final", "en", many: false, address: "Hauptstr. 1; 10115 Berlin")
    let letter = try composer.page(contact, id: "4k2m9q0r7t1v3x5z")
    #expect(letter.html?.contains("Hauptstr. 1") == false)
    #expect(letter.html?.contains("NOT TO BE POSTED") == true)
    #expect(PageNote.read(letter.bytes)?["address"]?.array?.first?.string == "NOT TO BE POSTED")
    // Of the record's address it is told whether the customer has moved.
    #expect(letter.to == contact.to)
  }

  @Test(
    "is made for the envelopes of the payer's country",
    arguments: [
      ("DE", LetterForm.din), ("AT", .din), ("SE", .din), ("CH", .swiss), ("LI", .swiss), ("FR", .french),
      ("GB", .british), ("IE", .british), ("US", .american), ("CA", .american),
    ])
  func form(country: String, form: LetterForm) throws {
    #expect(LetterForm(country: country) == form)
    let contact = Self.contact("final", "en", many: false, country: country, address: "1 Road; Town")
    let page = try #require(try Self.composer().page(contact, id: "x").html)
    #expect(page.contains("size: letter") == (form == .american))
    #expect(page.contains("class=\"return\"") == (form == .din || form == .swiss))
  }

  @Test("bears the country, in capitals, where mail goes abroad, as the post at home reads it")
  func abroad() throws {
    func address(_ country: String) throws -> String {
      let contact = Self.contact("final", "en", many: false, country: country, address: "1 Road; Town")
      let page = try #require(try Self.composer().page(contact, id: "x").html)
      return String(page[try #require(page.range(of: "<div class=\"address\">")).upperBound...].prefix(200))
    }
    #expect(Samples.company.country == "DE" && Samples.company.language == "en")
    #expect(try !address("DE").contains("GERMANY"))
    #expect(try address("FR").contains("<div>FRANCE</div>"))
  }

  @Test("an address that would not fit is written small")
  func long() throws {
    for (address, isLong) in [("1 Road; Town", false), ("A; B; C; D; E; F; G; H", true)] {
      let contact = Self.contact("final", "en", many: false, country: "GB", address: address)
      let page = try #require(try Self.composer().page(contact, id: "x").html)
      #expect(page.contains("<div class=\"long\">") == isLong)
    }
  }

  @Test("an address that fits in no print is known")
  func tooLong() {
    var payer = Samples.customer(country: "GB")
    for (address, isHidden) in [("A; B; C; D; E", false), ("A; B; C; D; E; F", true), ("1 Road; Town", false)] {
      payer.address = address
      #expect(LetterForm.hides(payer, company: Samples.company) == isHidden, "\(address)")
    }
  }

  @Test("says of itself what the manifest needs, and nothing in it can end the remark")
  func note() throws {
    var contact = Self.contact("final", "en", many: true, address: "1 Road; Town")
    contact.payer.name = "Evil --> <b>\" & Sons--"
    contact.to = PostalAddress(of: contact.payer).lines
    let letter = try Self.composer().page(contact, id: "4k2m9q0r7t1v3x5z")
    let note = try #require(PageNote.read(letter.bytes))
    #expect(note["contact"]?.string == "4k2m9q0r7t1v3x5z")
    #expect(note["name"]?.string == "Evil --> <b>\" & Sons--")
    #expect(note["amount"]?.string == contact.total.decimal)
    #expect(note["invoices"]?.array?.count == contact.listed.count)
    let first = String(decoding: letter.bytes.prefix { $0 != 0x0A }, as: UTF8.self)
    #expect(first.components(separatedBy: "--").count == 3, "it opens and closes the comment, and no more")
    #expect(PageNote.read(Array("<!DOCTYPE html>\n".utf8)) == nil)
  }

  @Test("no mark behind a bracket or a hyphen makes it another one to a browser")
  func combined() throws {
    var contact = Self.contact("final", "en", many: true, address: "1 Road; Town")
    contact.payer.name = "B\u{600}-\u{338}-\u{338}>\u{338}\u{600}<\u{338}script>\u{338}"
    contact.to = PostalAddress(of: contact.payer).lines
    let letter = try Self.composer().page(contact, id: "4k2m9q0r7t1v3x5z")
    let first = letter.bytes.prefix { $0 != 0x0A }
    #expect(first.filter { $0 == UInt8(ascii: "<") }.count == 1)
    #expect(first.filter { $0 == UInt8(ascii: ">") }.count == 1)
    #expect(PageNote.read(letter.bytes)?["name"]?.string == contact.payer.name)
  }

  @Test("a payer cannot write markup into it")
  func injection() throws {
    var contact = Self.contact("final", "en", many: false, address: "<script>alert(1)</script>; Town")
    contact.payer.name = "<img src=x>"
    contact.to = PostalAddress(of: contact.payer).lines
    let page = try #require(try Self.composer().page(contact, id: "x").html)
    #expect(!page.contains("<script>") && !page.contains("<img"))
  }

  @Test("no address, no page; no template of a letter, no page")
  func refused() throws {
    var contact = Self.contact("final", "en", many: false, address: "")
    contact.to = []
    #expect(throws: LetterError.noPostalAddress) { try Self.composer().page(contact, id: "x") }
    let other = Self.contact("upcoming", "en", many: false, address: "1 Road; Town")
    #expect(throws: LetterError.noTemplate(name: "upcoming.letter", language: "en")) {
      try Self.composer().page(other, id: "x")
    }
  }

  @Test("a policy that needs one that is not there is told so")
  func missing() throws {
    let set = try TemplateSet(Samples.templateFiles)
    func problems(_ steps: Step...) -> [String] {
      set.problems(for: Policy(company: Samples.company, schedules: [Schedule(name: "s", steps: steps)]), columns: nil)
        .map(\.description)
    }
    #expect(problems(Step(name: "final", day: 1, level: 1, channel: .letter, template: "final")).isEmpty)
    let upcoming = problems(Step(name: "up", day: 1, level: 1, channel: .letter, template: "upcoming"))
    #expect(upcoming.count == 1 && upcoming[0].contains("upcoming.letter.mustache"))
    #expect(problems(Step(name: "up", day: 1, level: 1, template: "upcoming", fallback: .letter)).count == 1)
    #expect(problems(Step(name: "text", day: 1, level: 1, channel: .webhook, template: "text")).count == 1)
  }
}

@Suite("What a webhook is told")
struct WebhookBodyTests {
  private func body(_ change: (inout PlannedContact) -> Void = { _ in }, redirected: Bool = false) throws -> (
    JSONObject, String
  ) {
    var identity = Samples.identity
    if redirected { identity.redirectTo = try MailAddress(name: "", address: "training@example.com") }
    let composer = try Samples.composer(identity: identity)
    var contact = ShippedSamples.contact("final", "en", many: true)
    contact.channel = .webhook
    contact.payer.phone = "+44 20 7946 0000"
    contact.to = [contact.payer.phone]
    change(&contact)
    let letter = try composer.webhook(contact, id: "4k2m9q0r7t1v3x5z", at: Samples.at)
    let text = String(decoding: letter.bytes, as: UTF8.self)
    return (try #require(try JSONReader.value(text).object), text)
  }

  @Test("has its members in one order")
  func members() throws {
    let (body, text) = try body()
    #expect(
      body.members.map(\.name) == [
        "contact", "time", "customer", "name", "phone", "email", "language", "currency", "amount", "step", "level",
        "deadline", "subject", "text", "invoices", "pay_link",
      ])
    #expect(
      body["invoices"]?.array?.first?.object?.members.map(\.name) == ["number", "item", "due", "open", "days_past_due"])
    #expect(body["phone"]?.string == "+44 20 7946 0000")
    #expect(body["amount"]?.string == "1322.50" && body["currency"]?.string == "GBP")
    #expect(body["deadline"]?.string == "2026-03-12")
    #expect(body["text"]?.string?.hasSuffix("\n") == false)
    #expect(!text.contains("\n"))
  }

  @Test("in training nobody's telephone rings")
  func redirected() throws {
    let (body, text) = try body(redirected: true)
    #expect(body["phone"]?.string == "" && body["email"]?.string == "training@example.com")
    #expect(!text.contains("payables@miller.example") && !text.contains("7946"))
  }

  @Test("without a deadline says null")
  func noDeadline() throws {
    #expect(try body { $0.deadline = nil }.0["deadline"] == .null)
  }
}
