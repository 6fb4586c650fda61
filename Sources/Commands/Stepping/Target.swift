import Decisions
import Ledger

/// Finds out what a person means by a name: a customer, or an invoice.
struct TargetFinder {
  /// Why a name means nothing, or too much.
  enum Fault: Error, Equatable {
    case unknown(String)
    case both(String)
    case several(String, customers: [String])

    var description: String {
      switch self {
      case .unknown(let name):
        "there is no customer and no invoice \"\(name)\" in the ledger: check the spelling, or the ledger's folder"
      case .both(let name):
        "\"\(name)\" is a customer and an invoice: write customer:\(name) or invoice:\(name)"
      case .several(let name, let customers):
        "invoice \"\(name)\" exists for several customers: write one of "
          + customers.map { "invoice:\($0)/\(name)" }.joined(separator: ", ")
      }
    }
  }

  private let customers: Set<String>
  private let owners: [String: [String]]

  /// - Parameters:
  ///   - known: items that only the journal knows, since they are paid and gone from the ledger.
  ///   - payers: customers that only the journal knows, since nothing of them is in the ledger any more.
  init(_ books: Books, known: [ItemKey] = [], payers: [String] = []) {
    customers = Set(books.customers.map(\.id) + payers)
    var owners: [String: Set<String>] = [:]
    for invoice in books.invoices { owners[invoice.key.number, default: []].insert(invoice.key.customer) }
    for key in known { owners[key.number, default: []].insert(key.customer) }
    for row in books.badRows {
      if case .invoice(let customer, let number) = row.reach { owners[number, default: []].insert(customer) }
    }
    self.owners = owners.mapValues { $0.sorted() }
  }

  func scope(of name: String) throws(Fault) -> Scope {
    if let id = name.without(prefix: "customer:") {
      guard customers.contains(id) else { throw .unknown(id) }
      return .customer(id)
    }
    if let number = name.without(prefix: "invoice:") { return try invoice(number) }
    switch (customers.contains(name), owners[name] != nil) {
    case (true, true): throw .both(name)
    case (true, false): return .customer(name)
    case (false, true): return try invoice(name)
    case (false, false): throw .unknown(name)
    }
  }

  /// Every customer that a person can mean by that name.
  static func customers(in name: String) -> [String] { [name.without(prefix: "customer:") ?? name] }

  /// Every invoice number that a person can mean by that name.
  static func numbers(in name: String) -> [String] {
    let bare = name.without(prefix: "invoice:") ?? name
    return [bare] + bare.indices.filter { bare[$0] == "/" }.map { String(bare[bare.index(after: $0)...]) }
  }

  private func invoice(_ name: String) throws(Fault) -> Scope {
    if let found = owners[name] {
      guard found.count == 1, let customer = found.first else { throw .several(name, customers: found) }
      return .invoice(customer: customer, number: name)
    }
    // CUSTOMER/NUMBER, for a number that several customers have; either may hold a slash itself.
    for index in name.indices where name[index] == "/" {
      let customer = String(name[..<index])
      let number = String(name[name.index(after: index)...])
      if owners[number]?.contains(customer) == true { return .invoice(customer: customer, number: number) }
    }
    throw .unknown(name)
  }
}

extension String {
  fileprivate func without(prefix: String) -> String? { hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil }
}
