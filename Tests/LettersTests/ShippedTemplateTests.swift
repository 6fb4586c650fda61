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
}
