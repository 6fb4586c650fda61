import Ledger

/// The customers of a ledger, found by the cells that name them, and where each one's invoices stand.
struct Directory: Sendable {
  /// By id.
  private(set) var customers: [Customer]
  /// Numbers the customers in their order.
  private let index: NameIndex
  /// By customer, a range of the invoices; empty before they are read.
  var invoices: [Range<Int32>] = []

  /// - Parameter customers: by id, each once.
  init(_ customers: [Customer]) {
    self.customers = customers
    index = NameIndex(customers.lazy.map(\.id))
  }

  func number(of cell: Cell) -> Int? { index.number(of: cell) }
  func number(of id: String) -> Int? { index.number(of: id) }

  /// Who is dunned for a customer.
  func payer(_ customer: Int) -> String { customers[customer].payer ?? customers[customer].id }

  /// Takes name and addresses from what invoices.csv says, where customers.csv says nothing.
  mutating func complete(_ customer: Int, with words: CustomerWords, isAddressed: Bool) {
    if customers[customer].name.isEmpty { customers[customer].name = words.name }
    if !isAddressed { customers[customer].emails = words.emails }
  }

  /// By their ids in small letters, the customers whose ids are those but for capitals.
  func twins(of ids: [String]) -> [String: [Int]] {
    let wanted = Set(ids.map { $0.lowercased() })
    var twins: [String: [Int]] = [:]
    if wanted.isEmpty { return twins }
    for customer in customers.indices {
      let small = customers[customer].id.lowercased()
      if wanted.contains(small) { twins[small, default: []].append(customer) }
    }
    return twins
  }
}
