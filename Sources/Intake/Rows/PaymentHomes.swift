import Ledger
import Units

/// Finds the invoice that a payment names: the customer's own, one of the same payer, or the only one of that number if it
/// fits. A parent pays for its daughter, a customer for a friend; money that names an invoice is that invoice's money.
struct PaymentHomes: Sendable {
  struct Home {
    /// In the directory.
    let customer: Int
    let currency: Currency
    /// Among the invoices, the first of that number.
    let index: Int
  }

  let directory: Directory
  private let invoices: [Invoice]

  init(_ directory: Directory, _ invoices: [Invoice]) {
    self.directory = directory
    self.invoices = invoices
  }

  /// The customer's own invoice of that number; nil when there is none.
  func own(_ number: String, of customer: Int) -> Home? {
    var low = Int(directory.invoices[customer].lowerBound)
    let end = Int(directory.invoices[customer].upperBound)
    var high = end
    // They are by number, so that a customer may have any number of them; a few are looked through faster.
    while high - low > 8 {
      let middle = (low + high) / 2
      if invoices[middle].key.number < number { low = middle + 1 } else { high = middle }
    }
    while low < end, invoices[low].key.number != number {
      if low >= high { return nil }
      low += 1
    }
    guard low < end else { return nil }
    return Home(customer: customer, currency: invoices[low].currency, index: low)
  }

  /// The invoice of somebody else; nil when there is no such invoice (any more), or when several strangers have one.
  ///
  /// - Parameters:
  ///   - owners: customers with an invoice of that number, ascending.
  ///   - customer: who paid; nil when the ledger does not have him.
  func elsewhere(_ owners: [Int], _ number: String, for name: String, _ customer: Int?) -> Home? {
    let payer = customer.map(directory.payer) ?? name
    let kin = owners.filter { directory.payer($0) == payer }
    let found = kin.isEmpty ? owners : kin
    return found.count == 1 ? own(number, of: found[0]) : nil
  }

  /// Why a stranger's payment is not taken for what it names.
  struct Misfit {
    let words: String
    /// The invoice that it may be meant for all the same, so that nobody may be reminded of that.
    var resting: ItemKey?
  }

  /// Why a stranger's payment is not taken for an invoice; nil where it is. Numbers are unique only among one customer's
  /// invoices, and those that were paid are gone, while the payments of them are still there. But who pays a fee or interest
  /// too, or in advance, pays no less for it.
  ///
  /// - Parameter payer: who paid, as the row says.
  func misfit(of payer: String, _ date: Day, _ amount: Money, to home: Home) -> Misfit? {
    let key = invoices[home.index].key
    var issued: Day?
    var due: Day?
    var total: Int? = 0
    var isOpen = false
    for index in home.index..<Int(directory.invoices[home.customer].upperBound) {
      let invoice = invoices[index]
      guard invoice.key.number == key.number else { break }
      guard invoice.kind == .invoice else { continue }
      if let day = invoice.issued { issued = min(issued ?? day, day) }
      due = min(due ?? invoice.due, invoice.due)
      total = invoice.amount.flatMap { amount in total.map { $0 + amount.minor } }
      if invoice.isOpen { isOpen = true }
    }
    guard let due else {
      return Misfit(
        words:
          "\"\(key.number)\" is a credit note of \(key.customer), not of \(payer): this payment of \(amount) is not taken "
          + "for it; if it is meant for it, correct the customer")
    }
    let isRecent = date >= (issued ?? due - Invoice.usualTerm) - PaymentHomes.advanceMax
    let resting = isOpen && isRecent ? key : nil
    let words = "\"\(key.number)\" is an invoice of \(key.customer), not of \(payer), "
    if let issued, date < issued {
      let found =
        "and was issued on \(issued), \(isRecent ? "shortly " : "")after this payment (\(date)): it is not taken for it"
      return Misfit(words: words + found + wayOut(resting, "paid in advance", "customer or date"), resting: resting)
    }
    if let total, amount.minor > total {
      let found =
        "over no more than \(Money(minor: total, home.currency)): the payment of \(amount) is not taken for it"
      return Misfit(
        words: words + found + wayOut(resting, "with a fee or interest", "customer or amount"), resting: resting)
    }
    return nil
  }

  private func wayOut(_ resting: ItemKey?, _ how: String, _ columns: String) -> String {
    resting == nil
      ? "; if it is meant for it, correct \(columns)"
      : ", but may be meant for it, \(how); if it is, correct \(columns); if not, correct the number"
  }

  /// So many days before an invoice is issued it may be paid in advance.
  private static let advanceMax = 60

  /// Open invoices of customers, as far as their own rows say what is open.
  func open(of customers: [Int]) -> OpenInvoices {
    var open = OpenInvoices()
    for customer in customers {
      for index in directory.invoices[customer].ints where invoices[index].isOpen { open.add(invoices[index]) }
    }
    return open
  }

  /// By number, the customers with such an invoice, ascending; only of those numbers.
  func owners(of numbers: Set<String>) -> [String: [Int]] {
    var owners: [String: [Int]] = [:]
    guard !numbers.isEmpty else { return owners }
    for customer in directory.customers.indices {
      for index in directory.invoices[customer] {
        let number = invoices[Int(index)].key.number
        guard numbers.contains(number), owners[number]?.last != customer else { continue }
        owners[number, default: []].append(customer)
      }
    }
    return owners
  }
}

extension Invoice {
  /// As far as the row itself says.
  fileprivate var isOpen: Bool { kind == .invoice && settled == nil && (open ?? amount)?.isPositive == true }
}

extension Range<Int32> {
  fileprivate var ints: Range<Int> { Int(lowerBound)..<Int(upperBound) }
}
