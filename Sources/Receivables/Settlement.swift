import Ledger
import Units

/// What is open on the invoices of one customer on a day, once the payments that name them are taken off.
struct Settlement {
  /// By due date, number, item.
  private(set) var items: [OpenItem] = []
  /// By date.
  private(set) var credits: [UnappliedCredit] = []
  /// Money that went back, of which nobody can say what it had paid.
  let unplaced: [Payment]
  private let terms: PaymentTerms?
  private let posted: Day
  private let payments: PaymentsByNumber
  private var notes: CreditNotes

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
    if ReturnPlacement.isNeeded(payments, posted: posted) {
      let placed = ReturnPlacement(invoices, payments, currency, posted: posted)
      self.payments = PaymentsByNumber(placed.payments[...], currency, posted: posted)
      unplaced = placed.unplaced
    } else {
      self.payments = PaymentsByNumber(payments, currency, posted: posted)
      unplaced = []
    }
    notes = CreditNotes(invoices, currency, posted: posted) { [payments = self.payments] in
      payments.magnitude(payments[$0])
    }
    var run: [Int] = []
    items.reserveCapacity(invoices.count)
    for index in invoices.indices {
      if invoices[index].kind == .creditNote { continue }
      guard invoices[index].currency == currency, invoices[index].issued.map({ $0 <= day }) ?? true else { continue }
      if let last = run.last, invoices[last].key.number != invoices[index].key.number {
        settle(run, of: invoices, currency, on: day)
        run.removeAll(keepingCapacity: true)
      }
      run.append(index)
    }
    if !run.isEmpty { settle(run, of: invoices, currency, on: day) }
    if !notes.isEmpty { credits += notes.credits(in: currency) }
    takeUnapplied(currency)
    if items.count > 1 { items.sort(by: OpenItem.isBefore) }
    if credits.count > 1 {
      credits.sort { ($0.date ?? day, $0.reference ?? "") < ($1.date ?? day, $1.reference ?? "") }
    }
  }

  /// The instalments of one number share its payments, oldest due date first.
  private mutating func settle(
    _ run: [Int], of invoices: ArraySlice<Invoice>, _ currency: Currency, on day: Day
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
        let taken = min(money, invoice.amount?.minor ?? 0)
        money -= taken
        // What a credit note is about and no payment names was not paid.
        let isPaid = !paid.isEmpty || notes.isEmpty || !notes.name(invoice.key.number)
        if !notes.isEmpty, let amount = invoice.amount {
          notes.use(amount.minor - taken, for: invoice.key.number, by: settled)
        }
        items.append(
          OpenItem(invoice, open: .zero(currency), returned: returned, paid: isPaid ? settled : nil, on: day))
        continue
      }
      // Settled only later, so a zero in `open` speaks of a later day than this one.
      let final = invoice.settled != nil && invoice.open?.isZero == true ? nil : invoice.open
      if let final {
        allByAmount = false
        // What paid this instalment pays no other.
        if let amount = invoice.amount { useUp(&money, amount.minor - final.minor, for: invoice, paid) }
        let last = final.isPositive || paid.isEmpty ? nil : payments.covered(paid, owed)
        items.append(OpenItem(invoice, open: final, returned: returned, paid: last, on: day))
        continue
      }
      let amount = invoice.amount?.minor ?? 0
      let taken = min(money, amount)
      money -= taken
      let isSettled = run.count == 1 && !paid.isEmpty && settlesByDiscount(invoice, paid, taken)
      let left = Money(minor: isSettled ? 0 : amount - taken, currency)
      let last = left.isPositive || paid.isEmpty ? nil : payments.covered(paid, owed)
      items.append(OpenItem(invoice, open: left, returned: returned, paid: last, on: day))
    }
    // What was paid beyond the invoice is the customer's credit.
    if allByAmount { addCredit(money, currency, reference: nil, date: payments.lastDate(paid)) }
  }

  /// Takes from the money what the ledger says was paid of an invoice, and from credit notes what they must have done where
  /// nothing is open any more. Its payments may be older than the payments' file: of an invoice without any, only notes
  /// that explain all of it were used.
  private mutating func useUp(_ money: inout Int, _ gone: Int, for invoice: Invoice, _ paid: [Int]) {
    let taken = min(money, max(0, gone))
    money -= taken
    guard !notes.isEmpty, invoice.open?.isZero == true, gone > taken else { return }
    if !paid.isEmpty || notes.left(for: invoice.key.number) >= gone {
      notes.use(gone - taken, for: invoice.key.number)
    }
  }

  /// Whether no more than an early-payment discount is missing, within its days: then nothing is left to ask for. The
  /// discount is of the amount, or of what credit notes leave of it, which then are used up.
  private mutating func settlesByDiscount(_ invoice: Invoice, _ paid: [Int], _ taken: Int) -> Bool {
    guard let issued = invoice.issued, let amount = invoice.amount, let terms = invoice.terms ?? terms,
      !terms.discounts.isEmpty
    else { return false }
    if isPaidLessDiscount(amount, terms, issued, paid) { return true }
    let noted = notes.isEmpty ? 0 : notes.left(for: invoice.key.number)
    guard noted > 0, noted < amount.minor,
      isPaidLessDiscount(Money(minor: amount.minor - noted, amount.currency), terms, issued, paid)
    else { return false }
    notes.use(min(noted, amount.minor - taken), for: invoice.key.number)
    return true
  }

  private func isPaidLessDiscount(_ amount: Money, _ terms: PaymentTerms, _ issued: Day, _ paid: [Int]) -> Bool {
    let all = payments.sum(paid)
    return terms.discounts.contains { discount in
      let asked = amount.minor - amount.times(Ratio(discount.basisPoints, 10_000), .halfUp).minor
      return payments.kept(paid, until: issued + discount.days) >= asked && all >= asked
    }
  }

  /// Returns among them stand with what they took back (`ReturnPlacement`).
  private mutating func takeUnapplied(_ currency: Currency) {
    for index in payments[""].reversed() {
      addCredit(payments.minor(index), currency, reference: nil, date: payments.date(index))
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
  /// What came in up to a day and did not go back, then or later. A return takes back the payment of its amount, else the
  /// newest.
  func kept(_ paid: [Int], until day: Day) -> Int {
    var kept: [(date: Day, minor: Int)] = []
    for row in paid {
      var minor = minor(row)
      if minor < 0, let same = kept.lastIndex(where: { $0.minor == -minor }) {
        kept.remove(at: same)
        continue
      }
      while minor < 0, let last = kept.popLast() {
        if last.minor > -minor { kept.append((last.date, last.minor + minor)) }
        minor = min(0, minor + last.minor)
      }
      if minor > 0 { kept.append((date(row), minor)) }
    }
    return kept.reduce(0) { $1.date <= day ? $0 + $1.minor : $0 }
  }
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
