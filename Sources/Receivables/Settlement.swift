import Ledger
import Units

/// What is open on the invoices of one customer on a day, once the payments that name them are taken off.
struct Settlement {
  /// By due date, number, item.
  private(set) var items: [OpenItem] = []
  /// By date.
  private(set) var credits: [UnappliedCredit] = []
  private let terms: PaymentTerms?
  private let posted: Day
  private let payments: PaymentsByNumber

  /// - Parameters:
  ///   - invoices: one customer's rows, credit notes among them, by number; those in other currencies are passed over.
  ///   - payments: the same customer's payments.
  ///   - terms: the customer's, for invoices that have none of their own.
  ///   - posted: money and credits dated up to this day are there.
  init(
    invoices: ArraySlice<Invoice>, payments: ArraySlice<Payment>, terms: PaymentTerms?, currency: Currency, on day: Day,
    posted: Day
  ) {
    self.terms = terms
    self.posted = posted
    self.payments = PaymentsByNumber(payments, currency, posted: posted)
    var hasCreditNotes = false
    var run: [Int] = []
    let noted = Settlement.noted(invoices)
    items.reserveCapacity(invoices.count)
    for index in invoices.indices {
      if invoices[index].kind == .creditNote {
        hasCreditNotes = true
        continue
      }
      guard invoices[index].currency == currency, invoices[index].issued.map({ $0 <= day }) ?? true else { continue }
      if let last = run.last, invoices[last].key.number != invoices[index].key.number {
        settle(run, of: invoices, noted: noted, currency, on: day)
        run.removeAll(keepingCapacity: true)
      }
      run.append(index)
    }
    if !run.isEmpty { settle(run, of: invoices, noted: noted, currency, on: day) }
    if hasCreditNotes {
      for note in invoices where note.kind == .creditNote && note.currency == currency {
        if note.issued.map({ $0 <= posted }) ?? true { take(note) }
      }
    }
    takeUnapplied(currency)
    if items.count > 1 { items.sort(by: OpenItem.isBefore) }
    if credits.count > 1 {
      credits.sort { ($0.date ?? day, $0.reference ?? "") < ($1.date ?? day, $1.reference ?? "") }
    }
  }

  /// Numbers that credit notes name; nearly always there are none.
  private static func noted(_ invoices: ArraySlice<Invoice>) -> Set<String> {
    var noted: Set<String> = []
    for index in invoices.indices where invoices[index].kind == .creditNote {
      if let number = invoices[index].details?.reference, !number.isEmpty { noted.insert(number) }
    }
    return noted
  }

  /// The instalments of one number share its payments, oldest due date first.
  ///
  /// - Parameter noted: numbers that credit notes name.
  private mutating func settle(
    _ run: [Int], of invoices: ArraySlice<Invoice>, noted: Set<String>, _ currency: Currency, on day: Day
  ) {
    let paid = payments[invoices[run[0]].key.number]
    // A return without the payment that it takes back must not make the customer owe more than the invoice.
    var money = max(0, payments.sum(paid))
    let returned = payments.lastReturn(paid)
    var allByAmount = true
    var owed: Int? = 0
    let ordered =
      run.count == 1
      ? run : run.sorted { (invoices[$0].due, invoices[$0].key) < (invoices[$1].due, invoices[$1].key) }
    for index in ordered {
      let invoice = invoices[index]
      owed = invoice.amount.flatMap { amount in owed.map { $0 + amount.minor } }
      if let settled = invoice.settled, settled <= posted {
        // Where the ledger tells what is open, or no amount, nobody can say that it was paid beyond.
        if invoice.open != nil || invoice.amount == nil { allByAmount = false }
        money -= min(money, invoice.amount?.minor ?? 0)
        // What a credit note is about and no payment names was not paid.
        let isPaid = !paid.isEmpty || noted.isEmpty || !noted.contains(invoice.key.number)
        items.append(
          OpenItem(invoice, open: .zero(currency), returned: returned, paid: isPaid ? settled : nil, on: day))
        continue
      }
      // Settled only later, so a zero in `open` speaks of a later day than this one.
      let final = invoice.settled != nil && invoice.open?.isZero == true ? nil : invoice.open
      if let final {
        allByAmount = false
        let last = final.isPositive || paid.isEmpty ? nil : payments.covered(paid, owed)
        items.append(OpenItem(invoice, open: final, returned: returned, paid: last, on: day))
        continue
      }
      let amount = invoice.amount?.minor ?? 0
      let taken = min(money, amount)
      money -= taken
      let isSettled = run.count == 1 && !paid.isEmpty && isPaidLessDiscount(invoice, paid)
      let left = Money(minor: isSettled ? 0 : amount - taken, currency)
      let last = left.isPositive || paid.isEmpty ? nil : payments.covered(paid, owed)
      items.append(OpenItem(invoice, open: left, returned: returned, paid: last, on: day))
    }
    // What was paid beyond the invoice is the customer's credit.
    if allByAmount { addCredit(money, currency, reference: nil, date: payments.lastDate(paid)) }
  }

  /// Paid short by no more than an early-payment discount, within its days: then nothing is left to ask for.
  private func isPaidLessDiscount(_ invoice: Invoice, _ paid: [Int]) -> Bool {
    guard let issued = invoice.issued, let amount = invoice.amount, let terms = invoice.terms ?? terms else {
      return false
    }
    let all = payments.sum(paid)
    return terms.discounts.contains { discount in
      let asked = amount.minor - amount.times(Ratio(discount.basisPoints, 10_000), .halfUp).minor
      return payments.sum(paid, until: issued + discount.days) >= asked && all >= asked
    }
  }

  /// What is left of a credit note: its own word for it, or its amount less the payments that name it.
  private mutating func take(_ note: Invoice) {
    let left = note.settled.map { $0 <= posted } == true ? 0 : (note.open ?? note.amount)?.minor ?? 0
    let used = note.open == nil ? payments.magnitude(payments[note.key.number]) : 0
    let reference = note.details?.reference ?? ""
    addCredit(left - used, note.currency, reference: reference.isEmpty ? nil : reference, date: note.issued)
  }

  /// A returned payment takes back what the others brought, so unapplied payments count as one sum from the end.
  private mutating func takeUnapplied(_ currency: Currency) {
    let unapplied = payments[""]
    var returned = 0
    for index in unapplied where payments.minor(index) < 0 { returned -= payments.minor(index) }
    for index in unapplied.reversed() where payments.minor(index) > 0 {
      let taken = min(returned, payments.minor(index))
      returned -= taken
      addCredit(payments.minor(index) - taken, currency, reference: nil, date: payments.date(index))
    }
  }

  private mutating func addCredit(_ minor: Int, _ currency: Currency, reference: String?, date: Day?) {
    guard minor > 0 else { return }
    credits.append(UnappliedCredit(amount: Money(minor: minor, currency), reference: reference, date: date))
  }
}

/// A customer's payments in one currency that have come in, by the invoice that they name; in the order of the books.
private struct PaymentsByNumber {
  private let rows: ArraySlice<Payment>
  private let currency: Currency
  private let posted: Day
  /// Only where looking through all of them would take long.
  private var index: [String: [Int]]?

  private static let fewMax = 16

  init(_ rows: ArraySlice<Payment>, _ currency: Currency, posted: Day) {
    self.rows = rows
    self.currency = currency
    self.posted = posted
    guard rows.count > Self.fewMax else { return }
    var index: [String: [Int]] = [:]
    for row in rows.indices where counts(row) { index[rows[row].invoice ?? "", default: []].append(row) }
    self.index = index
  }

  /// The rows that name the invoice; those that name none for "".
  subscript(number: String) -> [Int] {
    if let index { return index[number] ?? [] }
    var found: [Int] = []
    for row in rows.indices where rows[row].invoice ?? "" == number && counts(row) { found.append(row) }
    return found
  }

  private func counts(_ row: Int) -> Bool { rows[row].date <= posted && rows[row].amount.currency == currency }

  func minor(_ row: Int) -> Int { rows[row].amount.minor }
  func date(_ row: Int) -> Day { rows[row].date }
  func sum(_ paid: [Int]) -> Int { paid.reduce(0) { $0 + minor($1) } }
  func sum(_ paid: [Int], until day: Day) -> Int { paid.reduce(0) { date($1) <= day ? $0 + minor($1) : $0 } }
  func magnitude(_ paid: [Int]) -> Int { paid.reduce(0) { $0 + Int(minor($1).magnitude) } }
  func lastDate(_ paid: [Int]) -> Day? { paid.last.map(date) }
  /// The day on which they came to so much and stayed there; the last payment's where they never do, since a discount or
  /// a credit note did the rest. Nil where nothing came in, in the end.
  ///
  /// - Parameter amount: nil where the ledger does not say.
  func covered(_ paid: [Int], _ amount: Int?) -> Day? {
    var sum = 0
    var day: Day?
    for row in paid {
      sum += minor(row)
      if sum < amount ?? .max { day = nil } else if day == nil { day = date(row) }
    }
    return sum > 0 ? day ?? paid.last { minor($0) > 0 }.map(date) : nil
  }
  /// The date of the last payment that was returned; nil when none was.
  func lastReturn(_ paid: [Int]) -> Day? { paid.last { minor($0) < 0 }.map(date) }
}
