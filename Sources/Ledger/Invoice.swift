import Units

/// Names one open item: the customer, the invoice's number, and the instalment where a number has several.
package struct ItemKey: Hashable, Comparable, Sendable {
  package let customer: String
  package let number: String
  /// Empty when the number has no instalments.
  package let item: String

  package init(customer: String, number: String, item: String = "") {
    self.customer = customer
    self.number = number
    self.item = item
  }

  package static func < (a: ItemKey, b: ItemKey) -> Bool {
    (a.customer, a.number, a.item) < (b.customer, b.number, b.item)
  }
}

/// One row of invoices.csv: an invoice, an instalment of one, or a credit note.
package struct Invoice: Sendable, Equatable {
  package enum Kind: String, Sendable { case invoice, creditNote = "credit_note" }

  /// What the customer contests, as the ledger says.
  package enum Dispute: Hashable, Sendable {
    case none
    case whole
    case part(Money)
  }

  package var key: ItemKey
  package var place: Place
  package var terms: PaymentTerms?
  /// Nil when none of the rarer columns is filled.
  package var details: InvoiceDetails?
  package var currency: Currency
  package var kind = Kind.invoice

  // There are millions of these, so what follows is kept short: days as four bytes, amounts without their currency,
  // which is the invoice's.
  private var amountMinor = Short.none
  private var openMinor = Short.none
  private var disputedMinor = Short.none
  private var dueDay: Int32
  private var issuedDay = Short.noDay
  private var autopayDay = Short.noDay
  private var settledDay = Short.noDay

  package init(key: ItemKey, currency: Currency, due: Day, place: Place) {
    self.key = key
    self.currency = currency
    dueDay = Int32(clamping: due.number)
    self.place = place
  }

  package var due: Day {
    get { Day(number: Int(dueDay)) }
    set { dueDay = Int32(clamping: newValue.number) }
  }
  package var issued: Day? {
    get { Short.day(issuedDay) }
    set { issuedDay = Short.day(newValue) }
  }
  /// The full amount; positive for a credit note too. Nil when the ledger gives only what is open.
  package var amount: Money? {
    get { money(amountMinor) }
    set { amountMinor = minor(newValue) }
  }
  /// What is open as of the file's day; final: no payment is taken from it again.
  package var open: Money? {
    get { money(openMinor) }
    set { openMinor = minor(newValue) }
  }
  package var disputed: Dispute {
    get {
      if disputedMinor == Short.whole { return .whole }
      return money(disputedMinor).map { .part($0) } ?? .none
    }
    set {
      switch newValue {
      case .none: disputedMinor = Short.none
      case .whole: disputedMinor = Short.whole
      case .part(let part): disputedMinor = minor(part)
      }
    }
  }
  /// The day on which a direct debit will collect it.
  package var autopay: Day? {
    get { Short.day(autopayDay) }
    set { autopayDay = Short.day(newValue) }
  }
  /// The day on which it was paid in full.
  package var settled: Day? {
    get { Short.day(settledDay) }
    set { settledDay = Short.day(newValue) }
  }

  private func money(_ minor: Int) -> Money? { minor == Short.none ? nil : Money(minor: minor, currency) }

  private func minor(_ money: Money?) -> Int {
    guard let money else { return Short.none }
    precondition(money.currency == currency, "\(money.currency) on an invoice in \(currency)")
    return money.minor
  }

  /// What stands for nothing, and for all of it, among numbers that are never so large.
  private enum Short {
    static let none = Int.min
    static let whole = Int.max
    static let noDay = Int32.min

    static func day(_ number: Int32) -> Day? { number == noDay ? nil : Day(number: Int(number)) }
    static func day(_ day: Day?) -> Int32 { day.map { Int32(clamping: $0.number) } ?? noDay }
  }
}

/// The columns of an invoice that only messages need; shared, so that a million invoices stay small.
package final class InvoiceDetails: Sendable, Equatable {
  package let reference: String
  package let purchaseOrder: String
  package let link: String
  /// File name of the invoice as sent, looked up under `[ledger] documents`.
  package let document: String
  package let extra: [String: String]

  package init(
    reference: String = "", purchaseOrder: String = "", link: String = "", document: String = "",
    extra: [String: String] = [:]
  ) {
    self.reference = reference
    self.purchaseOrder = purchaseOrder
    self.link = link
    self.document = document
    self.extra = extra
  }

  package static func == (a: InvoiceDetails, b: InvoiceDetails) -> Bool {
    a.reference == b.reference && a.purchaseOrder == b.purchaseOrder && a.link == b.link
      && a.document == b.document && a.extra == b.extra
  }
}
