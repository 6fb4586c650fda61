import Foundation
import Ledger
import Settings
import Testing
import Units

@Suite("Coverage")
struct CoverageTests {
  private static func problems(_ lines: String, _ change: (inout Customer, inout Invoice) -> Void) throws -> [String] {
    let configuration = try Configuration.sample(lines)
    var books = Books(modified: Instant(seconds: 0))
    let place = Place(file: "customers.csv", line: 2)
    let currency = try #require(Currency(code: "EUR"))
    var customer = Customer(id: "C1", place: place)
    var invoice = Invoice(
      key: ItemKey(customer: "C1", number: "1"), currency: currency, due: Day(number: 20_000), place: place)
    change(&customer, &invoice)
    books.customers = [customer]
    books.invoices = [invoice]
    return Coverage.problems(
      of: configuration, for: books, templateLanguages: ["de", "en"], year: 2026, file: "dunningd.toml"
    ).map { "\($0.severity.rawValue) \($0.key)" }
  }

  private static let pay = "[[pay]]\nkind = \"link\"\nurl = \"https://pay.example.com/{invoice}\"\ncurrency = \"EUR\"\n"

  @Test("a ledger for which there are all rules gives no warning")
  func nothing() throws {
    let found = try CoverageTests.problems(CoverageTests.pay + "[contact]\nmin_balance = \"5.00 EUR\"") {
      customer, _ in
      customer.country = "DE"
      customer.language = "de"
    }
    #expect(found.isEmpty)
  }

  @Test("a currency without a minimum or a way to pay is named")
  func currency() throws {
    let found = try CoverageTests.problems(CoverageTests.pay + "[contact]\nmin_balance = \"5.00 EUR\"") { _, invoice in
      invoice.currency = Currency(code: "USD") ?? invoice.currency
    }
    #expect(found.sorted() == ["warning contact.min_balance", "warning pay"])
  }

  @Test("a country without calendar, a language without templates and a schedule that nobody hears are named")
  func customers() throws {
    let found = try CoverageTests.problems(CoverageTests.pay) { customer, _ in
      customer.country = "IS"
      customer.language = "is"
      customer.schedule = "gold"
    }
    #expect(
      found.sorted() == ["warning company.language", "warning contact.holidays", "warning schedule.match.schedule"])
    #expect(
      try CoverageTests.problems(CoverageTests.pay + "[contact]\nholidays = []") { customer, _ in
        customer.country = "IS"
      }.isEmpty)
  }

  @Test(
    "fixed times that never meet the hours of a zone are an error, those that miss it for a season a warning",
    arguments: [
      ("10:00", "10:00-16:00", "Pacific/Auckland", ["error cycle.at"]),
      ("10:00", "10:00-16:00", "America/New_York", ["error cycle.at"]),
      ("15:00", "10:00-16:00", "America/New_York", []), ("14:00", "10:00-16:00", "Europe/London", []),
      // 09:30 in winter and 10:30 in summer.
      ("09:30", "09:00-10:00", "Europe/London", ["warning cycle.at"]),
    ])
  func zones(_ utc: String, _ hours: String, _ name: String, _ expected: [String]) throws {
    let url = URL(fileURLWithPath: "/usr/share/zoneinfo/\(name)")
    let zone = try Zone(name: name, tzif: Array(try Data(contentsOf: url)))
    let lines = "[cycle]\nat = \"\(utc)\"\n[contact]\nhours = \"\(hours)\""
    let found = try CoverageTests.problems(CoverageTests.pay + lines) { customer, _ in customer.zone = zone }
    #expect(found == expected)
  }
}
