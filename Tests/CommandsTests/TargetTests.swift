import Decisions
import Ledger
import Testing
import Units

@testable import Commands

@Suite("What a person means by a name")
struct TargetTests {
  private let finder: TargetFinder = {
    let place = Place(file: "invoices.csv", line: 2)
    let euro = Currency(code: "EUR")!
    var books = Books(modified: Instant(seconds: 0))
    books.customers = ["A", "B", "same"].map { Customer(id: $0, place: place) }
    books.invoices = [("A", "1"), ("A", "same"), ("B", "2"), ("A", "shared"), ("B", "shared"), ("B", "x/y")].map {
      Invoice(key: ItemKey(customer: $0.0, number: $0.1), currency: euro, due: Day(number: 0), place: place)
    }
    books.badRows = [BadRow(place: place, column: "due", reason: "bad", reach: .invoice(customer: "B", number: "bad"))]
    return TargetFinder(books, known: [ItemKey(customer: "B", number: "paid")], payers: ["gone"])
  }()

  @Test(
    "a name that is one thing means that thing",
    arguments: [
      ("A", Scope.customer("A")), ("1", .invoice(customer: "A", number: "1")), ("customer:same", .customer("same")),
      ("invoice:same", .invoice(customer: "A", number: "same")),
      ("invoice:B/shared", .invoice(customer: "B", number: "shared")), ("x/y", .invoice(customer: "B", number: "x/y")),
      ("gone", .customer("gone")), ("customer:gone", .customer("gone")),
      ("bad", .invoice(customer: "B", number: "bad")), ("paid", .invoice(customer: "B", number: "paid")),
    ])
  func one(name: String, scope: Scope) throws { #expect(try finder.scope(of: name) == scope) }

  @Test(
    "a name that is nothing, or too much, says how to tell",
    arguments: [
      ("nobody", TargetFinder.Fault.unknown("nobody")), ("same", .both("same")),
      ("shared", .several("shared", customers: ["A", "B"])), ("customer:1", .unknown("1")),
      ("invoice:A", .unknown("A")), ("invoice:C/shared", .unknown("C/shared")),
    ])
  func fault(name: String, fault: TargetFinder.Fault) {
    #expect(throws: fault) { try finder.scope(of: name) }
    #expect(!fault.description.isEmpty)
  }

  @Test("the ways out are written out")
  func words() {
    #expect(
      TargetFinder.Fault.both("same").description
        == "\"same\" is a customer and an invoice: write customer:same or invoice:same")
    #expect(
      TargetFinder.Fault.several("7", customers: ["A", "B"]).description
        == "invoice \"7\" exists for several customers: write one of invoice:A/7, invoice:B/7")
  }
}
