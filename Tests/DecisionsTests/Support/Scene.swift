import Ledger
import Units

@testable import Decisions

/// A small ledger, what happened so far, a policy and a moment: one case of a table.
///
///     Scene(due: "2026-03-02").sent("first", "2026-03-09").at("2026-03-17").expect(.contact, step: "second")
///
/// It begins with customer `C` in Berlin, who owes one invoice `R1` of 100 EUR. Each call gives a changed copy.
struct Scene {
  var customers: [Customer]
  var invoices: [Invoice] = []
  var payments: [Payment] = []
  var badRows: [BadRow] = []
  var cashThrough: Day?
  var policy = Policy.example
  var history = ContactHistory()
  var now = Zone.berlin.time("2026-03-02")
  var ledgerAge = Span.zero
  /// Wall clocks in the case are those of this zone.
  var zone = Zone.berlin
  var contacts = 0

  init() { customers = [Scene.customer("C")] }

  init(due: Day, _ open: Money = "100 EUR", _ change: (inout Invoice) -> Void = { _ in }) {
    self = Scene().invoice("R1", due: due, open, change)
  }

  func with(_ change: (inout Scene) -> Void) -> Scene {
    var scene = self
    change(&scene)
    return scene
  }

  // MARK: - Ledger

  static func customer(_ id: String) -> Customer {
    var customer = Customer(id: id, place: Place(file: "customers.csv", line: 2))
    customer.name = "Customer \(id)"
    customer.emails = ["ap@\(id.lowercased()).example"]
    return customer
  }

  /// The customer that the case began with, changed; or another one.
  func customer(_ id: String = "C", _ change: (inout Customer) -> Void = { _ in }) -> Scene {
    with { scene in
      if let index = scene.customers.firstIndex(where: { $0.id == id }) {
        change(&scene.customers[index])
      } else {
        var customer = Scene.customer(id)
        change(&customer)
        scene.customers.append(customer)
      }
    }
  }

  func invoice(
    _ number: String, due: Day, _ open: Money = "100 EUR", of customer: String = "C", item: String = "",
    _ change: (inout Invoice) -> Void = { _ in }
  ) -> Scene {
    with { scene in
      var invoice = Invoice(
        key: ItemKey(customer: customer, number: number, item: item), currency: open.currency, due: due,
        place: Place(file: "invoices.csv", line: scene.invoices.count + 2))
      invoice.amount = open
      invoice.issued = due - 30
      change(&invoice)
      scene.invoices.append(invoice)
    }
  }

  func creditNote(_ number: String, _ amount: Money, on day: Day = "2026-01-05", for reference: String = "") -> Scene {
    invoice(number, due: day, amount) {
      $0.kind = .creditNote
      $0.issued = day
      $0.details = InvoiceDetails(reference: reference)
    }
  }

  func payment(_ amount: Money, on day: Day, for invoice: String? = nil, of customer: String = "C") -> Scene {
    with { scene in
      var payment = Payment(
        customer: customer, date: day, amount: amount,
        place: Place(file: "payments.csv", line: scene.payments.count + 2))
      payment.invoice = invoice
      scene.payments.append(payment)
    }
  }

  func badRow(_ reach: BadRow.Reach) -> Scene {
    with {
      $0.badRows.append(
        BadRow(place: Place(file: "invoices.csv", line: 9), column: "due", reason: "is no day", reach: reach))
    }
  }

  // MARK: - Policy

  func rules(_ change: (inout ContactRules) -> Void) -> Scene { with { change(&$0.policy.contact) } }
  func schedules(_ schedules: Schedule...) -> Scene { with { $0.policy.schedules = schedules } }
  func steps(_ steps: Step..., catchUp: Schedule.CatchUp = .next, grace: Int = 0) -> Scene {
    with {
      $0.policy.schedules = [Schedule(name: "standard", steps: steps, catchUp: catchUp, graceDays: grace)]
    }
  }

  // MARK: - Now

  func at(_ time: String) -> Scene { with { $0.now = $0.zone.time(time) } }

  /// A customer elsewhere; the clocks of the case are then those there.
  func inZone(_ zone: Zone, country: String? = nil) -> Scene {
    customer {
      $0.zone = zone
      $0.country = country
    }.with { $0.zone = zone }
  }

  var books: Books {
    var books = Books(modified: now)
    books.customers = customers.sorted { $0.id < $1.id }
    books.invoices = invoices.sorted { $0.key < $1.key }
    books.payments = payments.sorted { ($0.customer, $0.date, $0.place) < ($1.customer, $1.date, $1.place) }
    books.badRows = badRows
    books.cashThrough = cashThrough
    return books
  }

  var verdict: Verdict { decide(books, history, policy, now: now, ledgerAge: ledgerAge) }
}
