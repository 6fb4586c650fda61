import Decisions
import Testing
import Units

@Suite("Ways to pay")
struct PayOptionTests {
  /// Examples of the SWIFT IBAN Registry.
  @Test(
    "IBANs of the registry are right",
    arguments: [
      "DE89370400440532013000", "GB29 NWBK 6016 1331 9268 19", "FR1420041010050500013M02606", "nl91abna0417164300",
      "NO9386011117947", "MT84MALT011000012345MTLCAST001S", "CH9300762011623852957", "AT611904300234573201",
      "BE68539007547034", "PL61109010140000071219812874", "ES9121000418450200051332", "IT60X0542811101000000123456",
      "IE29AIBK93115212345678",
    ])
  func rightIBAN(text: String) throws { #expect(try IBAN(text).text == text.uppercased().filter { $0 != " " }) }

  @Test("wrong ones say what is wrong")
  func wrongIBAN() {
    #expect(throws: IBAN.Fault.badCheckDigits) { try IBAN("DE89370400440532013001") }
    #expect(throws: IBAN.Fault.badCheckDigits) { try IBAN("DE89370400440532010300") }
    #expect(throws: IBAN.Fault.badLength(country: "DE", found: 21, expected: 22)) { try IBAN("DE8937040044053201300") }
    #expect(throws: IBAN.Fault.unknownCountry("US")) { try IBAN("US89370400440532013000") }
    #expect(throws: IBAN.Fault.badCharacter("-")) { try IBAN("DE89-3704") }
    #expect(throws: IBAN.Fault.badCharacter("ß")) { try IBAN("DE89ß") }
    #expect(throws: IBAN.Fault.unknownCountry("")) { try IBAN("") }
  }

  @Test("an IBAN is printed in groups of four")
  func grouped() throws { #expect(try IBAN("NO9386011117947").grouped == "NO93 8601 1117 947") }

  @Test("a BIC has eight or eleven characters, letters where the country stands")
  func bic() {
    #expect(BIC("cobadeff xxx")?.text == "COBADEFFXXX")
    #expect(BIC("MARKDEF1")?.text == "MARKDEF1")
    for bad in ["", "COBADEF", "COBADEFFXX", "COBA1EFF", "COBADEFFXXÄ", "COBADEFFXXXX"] { #expect(BIC(bad) == nil) }
  }

  @Test("the reference is the invoice numbers, unless a transfer cannot carry them")
  func reference() throws {
    var account = BankAccount(name: "X", iban: try IBAN("NO9386011117947"))
    #expect(account.reference(invoices: ["R-1", "R-2"], customer: "C") == "R-1, R-2")
    #expect(account.reference(invoices: (1...40).map { "R-100\($0)" }, customer: "C") == "C")
    account.reference = "{customer} / {invoices}"
    #expect(
      account.reference(invoices: ["{customer}"], customer: "C") == "C / {customer}", "values are not looked into")
  }

  @Test("a link's values are percent-encoded and cannot leave their place")
  func link() throws {
    let link = try PayLink(url: "https://pay.example/{invoice}?a={amount}&c={currency}&k={customer}")
    #expect(
      link.filled(invoice: "R 1/2?&#\"<ü", amount: Money(minor: 5, Currency(code: "EUR")!), customer: "{invoice}")
        == "https://pay.example/R%201%2F2%3F%26%23%22%3C%C3%BC?a=0.05&c=EUR&k=%7Binvoice%7D")
    #expect(link.isPerInvoice)
    #expect(try !PayLink(url: "https://pay.example/?a={amount}").isPerInvoice)
  }

  @Test("a link that is unsafe or misspelt is refused")
  func badLink() {
    #expect(throws: PayLink.Fault.notHTTPS) { try PayLink(url: "http://pay.example/") }
    #expect(throws: PayLink.Fault.notHTTPS) { try PayLink(url: "javascript:alert(1)") }
    #expect(throws: PayLink.Fault.notHTTPS) { try PayLink(url: "https:///x") }
    #expect(throws: PayLink.Fault.placeholderInHost) { try PayLink(url: "https://{customer}.example/") }
    #expect(throws: PayLink.Fault.unknownPlaceholder("number")) { try PayLink(url: "https://pay.example/{number}") }
    #expect(throws: PayLink.Fault.badCharacter("\"")) { try PayLink(url: "https://pay.example/\"x") }
  }

  @Test("an option fits by currency and country; empty lists fit all")
  func fits() throws {
    let eur = Currency(code: "EUR")!
    let gbp = Currency(code: "GBP")!
    let account = BankAccount(name: "X", iban: try IBAN("NO9386011117947"))
    #expect(PayOption(.bankTransfer(account)).fits(currency: gbp, country: "GB"))
    let limited = PayOption(.bankTransfer(account), currencies: [eur], countries: ["DE", "AT"])
    #expect(limited.fits(currency: eur, country: "AT"))
    #expect(!limited.fits(currency: gbp, country: "AT"))
    #expect(!limited.fits(currency: eur, country: "CH"))
  }
}

@Suite("Mail addresses")
struct MailAddressTests {
  @Test("are read with and without a name")
  func parsing() throws {
    let named = try MailAddress(parsing: " Example Accounts <ar@example.com> ")
    #expect(named.name == "Example Accounts" && named.address == "ar@example.com" && named.domain == "example.com")
    #expect(try MailAddress(parsing: "ar@example.com").name == "")
    #expect(try MailAddress(parsing: "\"Doe, \\\"J\\\"\" <j@x.example>").name == "Doe, \"J\"")
  }

  /// RFC 5321 section 4.1.2, less what no customer has.
  @Test(
    "what no server takes is refused",
    arguments: [
      "", "a", "@b", "a@", "a@b@c", "a b@c", ".a@b", "a.@b", "a..b@c", "a@-b", "a@b-", "a@b..c", "a@b c",
      "a@[127.0.0.1]",
      "\"a b\"@c", "a@b,c@d", "a@b;c@d", "ä@b", "a@bü.de", "a@b\r\nRCPT TO:<x@y>", "a@b\0", "<a@b>", "a(c)@b",
      String(repeating: "a", count: 65) + "@b", "a@" + String(repeating: "b", count: 64),
    ])
  func refused(address: String) { #expect(MailAddress.fault(in: address) != nil) }

  @Test(
    "usual ones are taken", arguments: ["a@b", "first.last+tag@sub.example.co.uk", "o'neil@x-y.example", "1@2.example"])
  func taken(address: String) { #expect(MailAddress.fault(in: address) == nil) }

  @Test("a bounce address bears the contact's id before the @")
  func bounce() throws {
    #expect(try BounceAddress(pattern: "b+{contact}@x.example").address(contact: "abc") == "b+abc@x.example")
    #expect(try BounceAddress(pattern: "b@x.example").address(contact: "abc") == "b@x.example")
    for bad in ["b@{contact}.example", "b{c}@x.example", "b {contact}@x", "{contact}"] {
      #expect(throws: MailAddress.Fault.self) { try BounceAddress(pattern: bad) }
    }
  }

  @Test("only mailto and https can unsubscribe")
  func unsubscribe() {
    #expect(MailIdentity.isUnsubscribeURI("mailto:stop@x.example?subject=stop"))
    #expect(MailIdentity.isUnsubscribeURI("https://x.example/stop"))
    for bad in ["http://x.example", "mailto:a b", "https://x.example/>,<mailto:y", "javascript:x", "mailto:a\r\nb"] {
      #expect(!MailIdentity.isUnsubscribeURI(bad))
    }
  }
}
