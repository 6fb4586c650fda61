import Ledger
import Units

/// The accounts of all payers of the books, each worked out when it is asked for: a million open items never stand side
/// by side.
///
/// Books are sorted by customer, so what belongs to one customer is a range of rows; all ranges are found in one walk.
package struct Accounts: Sendable {
  private let books: Books
  private let invoices: Extents
  private let payments: Extents
  /// By id of the payer.
  private let groups: PayerGroups

  package init(of books: Books) {
    let books = books.inOrder
    self.books = books
    invoices = Extents(of: books.invoices, among: books.customers) { $0.key.customer }
    payments = Extents(of: books.payments, among: books.customers) { $0.customer }
    groups = PayerGroups(books.customers)
  }

  /// All payers, by id. Every customer is its own payer or has one; some of them have no account.
  package var payers: Range<Int> { 0..<groups.count }

  /// What `body` makes of a payer. Customers are large: looking at one is cheaper than having it.
  package func readPayer<Result>(_ index: Int, _ body: (borrowing Customer) -> Result) -> Result {
    body(books.customers[groups.payer(index)])
  }

  /// Whether a customer has another payer than that, by a row of its own.
  package func hasOtherPayer(_ customer: String, than payer: String) -> Bool {
    guard let index = PayerGroups.index(of: customer, in: books.customers) else { return false }
    return books.customers[index].payer ?? customer != payer
  }

  /// Who is dunned for a customer, as its row says; itself where there is no such row.
  package func payer(of customer: String) -> String {
    PayerGroups.index(of: customer, in: books.customers).flatMap { books.customers[$0].payer } ?? customer
  }

  /// What a payer owes, by currency; empty where there is neither an invoice nor a payment.
  ///
  /// - Parameters:
  ///   - day: the civil day in the payer's zone.
  ///   - companyDay: the civil day at the company, which dates money: where a payer's day is still the one before, what
  ///     was paid is paid. Nil for the payer's own.
  package func accounts(of payer: Int, on day: Day, companyDay: Day? = nil) -> [Account] {
    let members = groups.members(payer)
    let currencies = currencies(of: members)
    guard !currencies.isEmpty else { return [] }
    let customer = books.customers[groups.payer(payer)]
    let posted = max(day, companyDay ?? day)
    return currencies.map { currency in
      var items: [OpenItem] = []
      var credits: [UnappliedCredit] = []
      var unplaced: [Payment] = []
      for index in 0..<members.count {
        let member = members.first + index
        let settlement = Settlement(
          invoices: books.invoices[invoices[groups.member(member)]],
          payments: books.payments[payments[groups.member(member)]],
          terms: books.customers[groups.member(member)].terms ?? customer.terms, currency: currency, on: day,
          posted: posted)
        if !settlement.unplaced.isEmpty { unplaced += settlement.unplaced }
        if members.count == 1 {
          items = settlement.items
          credits = settlement.credits
        } else {
          items += settlement.items
          credits += settlement.credits
        }
      }
      if members.count > 1 { items.sort(by: OpenItem.isBefore) }
      return Account(payer: customer, currency: currency, day: day, items: items, credits: credits, unplaced: unplaced)
    }
  }

  /// The same of a payer by id; empty where there is no such payer.
  package func accounts(of payer: String, on day: Day, companyDay: Day) -> [Account] {
    guard let index = index(ofPayer: payer) else { return [] }
    return accounts(of: index, on: day, companyDay: companyDay)
  }

  /// Whether money of a payer is dated on that day or later, in any currency. Quick to ask.
  package func hasPayment(_ payer: Int, from day: Day) -> Bool {
    let members = groups.members(payer)
    for index in 0..<members.count {
      // The latest stands last.
      let rows = payments[groups.member(members.first + index)]
      if let last = rows.last, books.payments[last].date >= day { return true }
    }
    return false
  }

  /// The payer of that id; nil where it is nobody's payer.
  package func index(ofPayer id: String) -> Int? {
    PayerGroups.index(of: id, in: books.customers).flatMap { groups.index(ofPayer: $0) }
  }

  /// Money of a payer in one currency that is dated from `first` to `last`; by date, then as the ledger has it.
  package func payments(of payer: Int, in currency: Currency, from first: Day, through last: Day) -> [Payment] {
    let members = groups.members(payer)
    var found: [Payment] = []
    for index in 0..<members.count {
      for row in payments[groups.member(members.first + index)] {
        let payment = books.payments[row]
        if payment.amount.currency == currency, payment.date >= first, payment.date <= last { found.append(payment) }
      }
    }
    return members.count > 1 ? found.sorted { ($0.date, $0.place) < ($1.date, $1.place) } : found
  }

  /// Invoices of customers that the books do not have: no payer's account shows them.
  package var strays: [Invoice] { invoices.strays.flatMap { books.invoices[$0] } }

  /// Ascending.
  private func currencies(of members: PayerGroups.Members) -> [Currency] {
    var found: [Currency] = []
    func see(_ currency: Currency) {
      // Nearly always there is one.
      if found.last != currency, !found.contains(currency) { found.append(currency) }
    }
    for index in 0..<members.count {
      let member = groups.member(members.first + index)
      for row in invoices[member] { see(books.invoices[row].currency) }
      for row in payments[member] { see(books.payments[row].amount.currency) }
    }
    return found.count > 1 ? found.sorted() : found
  }
}

extension Books {
  /// The same, with its rows in the order that `Books` promises; were they not, no row may be lost for it.
  fileprivate var inOrder: Books {
    var books = self
    if !customers.isAscending({ $0.id < $1.id }) { books.customers.sort { $0.id < $1.id } }
    let keys = { (a: Invoice, b: Invoice) in
      a.key.customer == b.key.customer ? a.key.number < b.key.number : a.key.customer < b.key.customer
    }
    if !invoices.isAscending(keys) { books.invoices.sort { $0.key < $1.key } }
    if !payments.isAscending({ $0.customer < $1.customer }) { books.payments.sort { $0.customer < $1.customer } }
    return books
  }
}

extension Array {
  /// Whether none stands before one that belongs before it.
  fileprivate func isAscending(_ isBefore: (Element, Element) -> Bool) -> Bool {
    for index in indices.dropFirst() where isBefore(self[index], self[index - 1]) { return false }
    return true
  }
}

/// Where the rows of each customer stand in one list of the books.
private struct Extents {
  /// By customer.
  private var bounds: [Range<Int32>]
  /// Rows of customers that are not among them.
  private(set) var strays: [Range<Int>] = []

  init<Row>(of rows: [Row], among customers: [Customer], _ id: (Row) -> String) {
    bounds = Array(repeating: 0..<0, count: customers.count)
    var customer = 0
    var start = 0
    while start < rows.count {
      let owner = id(rows[start])
      var end = start + 1
      while end < rows.count, id(rows[end]) == owner { end += 1 }
      while customer < customers.count, customers[customer].id < owner { customer += 1 }
      if customer < customers.count, customers[customer].id == owner {
        bounds[customer] = Int32(start)..<Int32(end)
      } else {
        strays.append(start..<end)
      }
      start = end
    }
  }

  subscript(customer: Int) -> Range<Int> { Int(bounds[customer].lowerBound)..<Int(bounds[customer].upperBound) }
}

/// Who is dunned for whom.
private struct PayerGroups {
  /// A payer's customers, itself among them, as a range of `member`.
  struct Members {
    let first: Int
    let count: Int
  }

  /// Customers in the order of their payers; nil where everyone answers for itself.
  private let order: [Int32]?
  /// By group, where it begins in `order`; one more at the end.
  private var starts: [Int32] = []
  /// By group, who pays.
  private var payers: [Int32] = []
  private let customers: Int

  init(_ customers: [Customer]) {
    self.customers = customers.count
    guard customers.contains(where: { $0.payer != nil }) else {
      order = nil
      return
    }
    let payerOf = customers.indices.map { index in
      customers[index].payer.flatMap { PayerGroups.index(of: $0, in: customers) } ?? index
    }
    let order = customers.indices.sorted { (payerOf[$0], $0) < (payerOf[$1], $1) }
    for (place, member) in order.enumerated() where payers.last.map({ Int($0) }) != payerOf[member] {
      payers.append(Int32(payerOf[member]))
      starts.append(Int32(place))
    }
    starts.append(Int32(order.count))
    self.order = order.map { Int32($0) }
  }

  var count: Int { order == nil ? customers : payers.count }
  func payer(_ group: Int) -> Int { order == nil ? group : Int(payers[group]) }
  func member(_ place: Int) -> Int { order.map { Int($0[place]) } ?? place }

  /// The group whose payer stands at that place among the customers; nil where it pays for nobody.
  func index(ofPayer customer: Int) -> Int? {
    guard order != nil else { return customer }
    // They ascend.
    var (low, high) = (0, payers.count)
    while low < high {
      let middle = (low + high) / 2
      if payers[middle] < Int32(customer) { low = middle + 1 } else { high = middle }
    }
    return low < payers.count && payers[low] == Int32(customer) ? low : nil
  }

  func members(_ group: Int) -> Members {
    guard order != nil else { return Members(first: group, count: 1) }
    return Members(first: Int(starts[group]), count: Int(starts[group + 1] - starts[group]))
  }

  static func index(of id: String, in customers: [Customer]) -> Int? {
    var low = 0
    var high = customers.count
    while low < high {
      let middle = (low + high) / 2
      if customers[middle].id < id { low = middle + 1 } else { high = middle }
    }
    return low < customers.count && customers[low].id == id ? low : nil
  }
}
