import Ledger
import Units

/// What is open on the invoices of one customer on a day, once the payments that name them are taken off.
struct Settlement {
  private(set) var items: [OpenItem] = []
  private(set) var credits: [UnappliedCredit] = []
  private let terms: PaymentTerms?
  private let posted: Day

  /// - Parameters:
  ///   - invoices: one customer's rows in one currency, credit notes among them.
  ///   - payments: the same customer's payments in that currency.
  ///   - terms: the customer's, for invoices that have none of their own.
  ///   - posted: money and credits dated up to this day are there.
  init(invoices: [Invoice], payments: [Payment], terms: PaymentTerms?, currency: Currency, on day: Day, posted: Day) {
    self.terms = terms
    self.posted = posted
    let paid = Dictionary(grouping: payments.filter { $0.date <= posted }, by: { $0.invoice ?? "" })
    let existing = invoices.filter { invoice in
      invoice.issued.map { $0 <= (invoice.kind == .invoice ? day : posted) } ?? true
    }
    let numbers = Dictionary(grouping: existing.filter { $0.kind == .invoice }, by: { $0.key.number })
    for number in numbers.keys.sorted() {
      settle(numbers[number] ?? [], with: paid[number] ?? [], currency, on: day)
    }
    for note in existing where note.kind == .creditNote {
      let used = (paid[note.key.number] ?? []).reduce(0) { $0 + $1.amount.minor.magnitude }
      let left = note.settled.map { $0 <= posted } == true ? 0 : (note.open ?? note.amount)?.minor ?? 0
      let rest = note.open == nil ? left - Int(used) : left
      let reference = note.details?.reference ?? ""
      addCredit(rest, currency, reference: reference.isEmpty ? nil : reference, date: note.issued)
    }
    // A returned payment takes back what the others brought, so unapplied payments count as one sum from the end.
    var returned = 0
    for payment in paid[""] ?? [] where payment.amount.isNegative { returned -= payment.amount.minor }
    for payment in (paid[""] ?? []).reversed() where payment.amount.isPositive {
      let taken = min(returned, payment.amount.minor)
      returned -= taken
      addCredit(payment.amount.minor - taken, currency, reference: nil, date: payment.date)
    }
    items.sort { ($0.invoice.due, $0.key) < ($1.invoice.due, $1.key) }
    credits.sort { ($0.date ?? day, $0.reference ?? "") < ($1.date ?? day, $1.reference ?? "") }
  }

  /// The instalments of one number share its payments, oldest due date first.
  private mutating func settle(_ invoices: [Invoice], with payments: [Payment], _ currency: Currency, on day: Day) {
    // A return without the payment that it takes back must not make the customer owe more than the invoice.
    var money = max(0, payments.reduce(0) { $0 + $1.amount.minor })
    let returned = payments.last { $0.amount.isNegative }?.date
    var allByAmount = true
    for invoice in invoices.sorted(by: { ($0.due, $0.key) < ($1.due, $1.key) }) {
      if let settled = invoice.settled, settled <= posted {
        // Where the ledger tells what is open, or no amount, nobody can say that it was paid beyond.
        if invoice.open != nil || invoice.amount == nil { allByAmount = false }
        money -= min(money, invoice.amount?.minor ?? 0)
        items.append(OpenItem(invoice, open: .zero(currency), on: day))
        continue
      }
      // Settled only later, so a zero in `open` speaks of a later day than this one.
      let final = invoice.settled != nil && invoice.open?.isZero == true ? nil : invoice.open
      if let final {
        allByAmount = false
        items.append(OpenItem(invoice, open: final, on: day))
        continue
      }
      let amount = invoice.amount?.minor ?? 0
      let taken = min(money, amount)
      money -= taken
      let isSettled = invoices.count == 1 && isPaidLessDiscount(invoice, payments)
      items.append(OpenItem(invoice, open: Money(minor: isSettled ? 0 : amount - taken, currency), on: day))
    }
    if let returned {
      for index in items.indices.suffix(invoices.count) { items[index].returned = returned }
    }
    // What was paid beyond the invoice is the customer's credit.
    if allByAmount { addCredit(money, currency, reference: nil, date: payments.last?.date) }
  }

  /// Paid short by no more than an early-payment discount, within its days: then nothing is left to ask for.
  private func isPaidLessDiscount(_ invoice: Invoice, _ payments: [Payment]) -> Bool {
    guard let issued = invoice.issued, let amount = invoice.amount, let terms = invoice.terms ?? terms else {
      return false
    }
    let all = payments.reduce(0) { $0 + $1.amount.minor }
    return terms.discounts.contains { discount in
      let asked = amount.minor - amount.times(Ratio(discount.basisPoints, 10_000), .halfUp).minor
      let inTime = payments.filter { $0.date <= issued + discount.days }.reduce(0) { $0 + $1.amount.minor }
      return inTime >= asked && all >= asked
    }
  }

  private mutating func addCredit(_ minor: Int, _ currency: Currency, reference: String?, date: Day?) {
    guard minor > 0 else { return }
    credits.append(UnappliedCredit(amount: Money(minor: minor, currency), reference: reference, date: date))
  }
}
