import Units

/// The accounting side of the made-up company: what its export shows on a day, as the three CSV files.
struct DemoLedger {
  let business: DemoBusiness
  /// Payments that came in so far, by invoice number.
  private(set) var payments: [Payment] = []
  /// Invoices that will be paid because they were asked for.
  private var moved: Set<String> = []
  /// Addresses that were found wrong and corrected, by customer.
  private var corrected: [String: String] = [:]

  struct Payment {
    let id: String
    let invoice: DemoBusiness.Invoice
    let day: Day
    let amount: Money
  }

  init(_ business: DemoBusiness) {
    self.business = business
    for invoice in business.invoices {
      switch invoice.customer.habit {
      case .pays(let days): pay(invoice, invoice.amount, on: invoice.due + days)
      case .paysInHalves(let days):
        let half = Money(minor: invoice.amount.minor / 2, invoice.amount.currency)
        pay(invoice, half, on: invoice.due)
        pay(invoice, invoice.amount - half, on: invoice.due + days)
      case .paysWhenAsked, .silent, .disputes, .announces: break
      }
    }
  }

  /// A customer was asked for an invoice; the kind that pays then does so, some days later.
  mutating func asked(_ number: String, level: Int, on day: Day) {
    guard !moved.contains(number), let invoice = business.invoices.first(where: { $0.number == number }),
      case .paysWhenAsked(let wanted) = invoice.customer.habit, level >= wanted
    else { return }
    moved.insert(number)
    pay(invoice, invoice.amount, on: day + 2 + payments.count % 4)
  }

  mutating func correct(email: String, of customer: String) { corrected[customer] = email }

  /// Banks post on working days.
  private mutating func pay(_ invoice: DemoBusiness.Invoice, _ amount: Money, on day: Day) {
    let posted = day + (day.weekday == .saturday ? 2 : day.weekday == .sunday ? 1 : 0)
    payments.append(Payment(id: "P-\(payments.count + 1)", invoice: invoice, day: posted, amount: amount))
  }

  var customersCSV: String {
    var text = CSVText.line(["id", "name", "email", "country", "language", "time_zone", "kind", "tags"])
    for customer in business.customers {
      text += CSVText.line([
        customer.id, customer.name, corrected[customer.id] ?? customer.email, customer.country, customer.language,
        customer.zone, customer.kind,
        customer.tags,
      ])
    }
    return text
  }

  func invoicesCSV(on day: Day) -> String {
    var text = CSVText.line(["number", "customer", "issued", "due", "amount", "currency"])
    for invoice in business.invoices where invoice.issued <= day {
      text += CSVText.line([
        invoice.number, invoice.customer.id, invoice.issued.description, invoice.due.description,
        invoice.amount.decimal, invoice.amount.currency.code,
      ])
    }
    return text
  }

  func paymentsCSV(on day: Day) -> String {
    var text = CSVText.line(["id", "customer", "date", "amount", "currency", "invoice"])
    for payment in payments where payment.day <= day {
      text += CSVText.line([
        payment.id, payment.invoice.customer.id, payment.day.description, payment.amount.decimal,
        payment.amount.currency.code, payment.invoice.number,
      ])
    }
    return text
  }
}
