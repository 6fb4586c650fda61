import Ledger
import Units

@testable import Receivables

extension Day: ExpressibleByStringLiteral {
  package init(stringLiteral text: String) { self = Day(iso: text)! }
}

extension Money: ExpressibleByStringLiteral {
  package init(stringLiteral text: String) { self = Money(text: text)! }
}

/// The books of customer `C`, and of whoever else is named, row by row.
struct Ledgers {
  var books = Books(modified: Instant(seconds: 0))

  func with(_ change: (inout Books) -> Void) -> Ledgers {
    var copy = self
    change(&copy.books)
    return copy
  }

  func customer(_ id: String, payer: String? = nil) -> Ledgers {
    with {
      var customer = Customer(id: id, place: Place(file: "customers.csv"))
      customer.payer = payer
      $0.customers.append(customer)
      $0.customers.sort { $0.id < $1.id }
    }
  }

  func invoice(
    _ number: String, _ amount: Money? = "100 EUR", due: Day = "2026-03-04", item: String = "",
    of customer: String = "C",
    _ change: (inout Invoice) -> Void = { _ in }
  ) -> Ledgers {
    with {
      var invoice = Invoice(
        key: ItemKey(customer: customer, number: number, item: item),
        currency: amount?.currency ?? Money("1 EUR").currency, due: due, place: Place(file: "invoices.csv"))
      invoice.amount = amount
      invoice.issued = due - 30
      change(&invoice)
      $0.invoices.append(invoice)
      $0.invoices.sort { $0.key < $1.key }
    }
  }

  func creditNote(_ number: String, _ amount: Money, on day: Day = "2026-02-02", for reference: String = "") -> Ledgers
  {
    invoice(number, amount, due: day) {
      $0.kind = .creditNote
      $0.issued = day
      $0.details = InvoiceDetails(reference: reference)
    }
  }

  func payment(_ amount: Money, for invoice: String? = nil, on day: Day = "2026-03-01") -> Ledgers {
    with {
      var payment = Payment(customer: "C", date: day, amount: amount, place: Place(file: "payments.csv"))
      payment.invoice = invoice
      $0.payments.append(payment)
      $0.payments.sort { $0.date < $1.date }
    }
  }

  func accounts(_ day: Day = "2026-03-10") -> [Account] {
    (books.customers.isEmpty ? customer("C") : self).books.accounts(day)
  }

  /// `R1 40.00 EUR, R2 0.00 EUR` of the first account.
  func open(_ day: Day = "2026-03-10") -> String {
    (accounts(day).first?.items ?? []).map { item in
      item.key.number + (item.key.item.isEmpty ? "" : "/" + item.key.item) + " " + item.open.decimal
    }.joined(separator: ", ")
  }

  /// `60.00, 10.00 for R1`
  func credits(_ day: Day = "2026-03-10") -> String {
    (accounts(day).first?.credits ?? []).map { $0.amount.decimal + ($0.reference.map { " for " + $0 } ?? "") }
      .joined(separator: ", ")
  }

  /// What each item gets of the credits; `resting` take it last.
  func applied(resting: Set<String> = [], contested: [String: Money] = [:]) -> String {
    guard let account = accounts().first else { return "" }
    let allocation = CreditAllocation(
      account.credits, to: account.items, in: account.currency,
      contested: { contested[account.items[$0].key.number] }
    ) {
      resting.contains(account.items[$0].key.number)
    }
    return zip(account.items, allocation.applied).map { $0.key.number + " " + $1.decimal }.joined(separator: ", ")
      + (allocation.left.isPositive ? ", left \(allocation.left.decimal)" : "")
  }
}

extension Books {
  /// Of all payers.
  func accounts(_ day: Day, companyDay: Day? = nil) -> [Account] {
    let accounts = Accounts(of: self)
    return accounts.payers.flatMap { accounts.accounts(of: $0, on: day, companyDay: companyDay) }
  }
}
