import Decisions
import Defaults
import Foundation
import Ledger
import Units

@testable import Letters

/// Made-up customers, invoices and contacts.
enum Samples {
  static let eur = Currency(code: "EUR")!
  static let gbp = Currency(code: "GBP")!
  static let usd = Currency(code: "USD")!

  static func day(_ text: String) -> Day { Day(iso: text)! }
  static func money(_ text: String) -> Money { Money(text: text)! }

  static let company = CompanyDefaults(name: "Example GmbH", zone: .utc, country: "DE", language: "en", currency: eur)

  static let identity = try! MailIdentity(
    from: MailAddress(name: "Example Accounts", address: "ar@example.com"),
    replyTo: MailAddress(address: "accounts@example.com"), listUnsubscribe: ["mailto:stop@example.com"],
    bounce: BounceAddress(pattern: "bounce+{contact}@example.com"))

  static let account = try! BankAccount(
    name: "Example GmbH", iban: IBAN("DE89370400440532013000"), bic: BIC("COBADEFFXXX"))

  static let pay = [
    PayOption(.bankTransfer(account)),
    PayOption(.link(try! PayLink(url: "https://pay.example.com/{invoice}?amount={amount}&currency={currency}"))),
  ]

  static func customer(
    _ id: String = "C-100", name: String = "Miller Trading Ltd", language: String? = "en", country: String? = "GB"
  ) -> Customer {
    var customer = Customer(id: id, place: Place(file: "customers.csv", line: 2))
    customer.name = name
    customer.emails = ["payables@miller.example"]
    customer.language = language
    customer.country = country
    return customer
  }

  static func line(
    _ number: String, _ open: String, due: String, issued: String? = "2026-01-15", overdue: Int = 0, level: Int = 0,
    amount: String? = nil, details: InvoiceDetails? = nil, apart: PlannedContact.Line.Apart? = nil,
    discount: PlannedContact.OpenDiscount? = nil, customer: String = "C-100", item: String = ""
  ) -> PlannedContact.Line {
    let owed = money(open)
    var invoice = Invoice(
      key: ItemKey(customer: customer, number: number, item: item), currency: owed.currency, due: day(due),
      place: Place(file: "invoices.csv", line: 2))
    invoice.issued = issued.map { day($0) }
    invoice.amount = amount.map { money($0) } ?? owed
    invoice.details = details
    return PlannedContact.Line(
      invoice: invoice, open: owed, daysPastDue: overdue, level: level, advances: apart == nil, apart: apart,
      discount: discount)
  }

  static func contact(
    _ template: String, _ listed: [PlannedContact.Line], apart: [PlannedContact.Line] = [], payer: Customer,
    level: Int = 1, anchor: Step.Anchor = .due, stepDay: Int = 5, credit: Money? = nil, otherCredits: [Money] = [],
    deadline: String? = nil, day: String = "2026-03-02", thread: [String] = []
  ) -> PlannedContact {
    let currency = listed[0].open.currency
    let step = Step(name: template, anchor: anchor, day: stepDay, level: level, template: template)
    let total = listed.reduce(Money.zero(currency)) { $0 + $1.open }
    let advancing = listed.map {
      AdvancedItem(
        key: $0.invoice.key, schedule: "standard", step: template, level: level, anchor: anchor,
        anchorDate: $0.invoice.due, day: stepDay, repetition: 0, open: $0.open, ledgerSchedule: nil)
    }
    return PlannedContact(
      payer: payer, currency: currency, kind: step.kind, schedule: "standard", step: step, channel: .email,
      to: payer.emails, cc: payer.cc, advancing: advancing, listed: listed, apart: apart,
      credit: credit ?? .zero(currency), otherCredits: otherCredits, total: total,
      deadline: deadline.map { Samples.day($0) }, day: Samples.day(day),
      window: ContactWindow(
        zone: .utc, day: Samples.day(day), opens: ClockTime(text: "00:00")!, closes: ClockTime(text: "24:00")!),
      thread: thread)
  }

  static let templateFiles = ShippedFiles.below("templates").map {
    TemplateFile(path: $0.path, bytes: Array($0.text.utf8))
  }

  /// The shipped templates, read once.
  static let shipped = try! composer()

  static func composer(
    _ files: [TemplateFile] = templateFiles, identity: MailIdentity = identity, pay: [PayOption] = pay,
    company: CompanyDefaults = company, columns: ExtraColumns = ExtraColumns()
  ) throws -> Composer {
    Composer(templates: try TemplateSet(files), identity: identity, pay: pay, company: company, columns: columns)
  }

  static let at = Instant(rfc3339: "2026-03-02T10:15:00Z")!
  static let instance = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"

  /// As the daemon would: id from the items, Date in Berlin's winter time.
  static func compose(
    _ contact: PlannedContact, _ composer: Composer, attachments: [Attachment] = []
  ) throws(LetterError) -> Letter {
    let id = ContactID.of(
      instance: instance, customer: contact.payer.id, currency: contact.currency, items: contact.advancing)
    return try composer.compose(
      contact, id: id, instance: instance, at: at, offsetSeconds: 3600, attachments: attachments)
  }

  /// A one-template set, for tests of single sentences.
  static func template(_ text: String, html: String? = nil, parts: [String: String] = [:]) -> [TemplateFile] {
    var files = [TemplateFile(path: "en/t.mustache", bytes: Array(text.utf8))]
    if let html { files.append(TemplateFile(path: "en/t.html.mustache", bytes: Array(html.utf8))) }
    for (name, text) in parts { files.append(TemplateFile(path: "en/\(name).mustache", bytes: Array(text.utf8))) }
    return files
  }
}
