import Ledger
import Units

/// Finds the invoice that a payment names: the customer's own, one of the same payer, or the only one of that number. A
/// parent pays for its daughter, a customer for a friend; money that names an invoice is that invoice's money.
struct PaymentHomes: Sendable {
  struct Home {
    /// In the directory.
    let customer: Int
    let currency: Currency
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
    return Home(customer: customer, currency: invoices[low].currency)
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
