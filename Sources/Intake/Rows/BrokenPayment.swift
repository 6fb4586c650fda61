import Ledger
import Units

/// A bad row of payments.csv that may pay an invoice of somebody else than its customer.
struct BrokenPayment: Sendable {
  let place: Place
  /// Nil when nobody can say who paid.
  let payer: String?
  let number: String?
  /// Whether its cells may stand in other columns than they should.
  var isRagged = false

  /// Rests the owners of the invoices that such rows name: what cannot be read may have paid them.
  ///
  /// - Parameters:
  ///   - owners: by number, the customers with such an invoice.
  ///   - columns: those of customer and invoice, as the file calls them.
  static func rest(
    _ rows: [BrokenPayment], _ homes: PaymentHomes, _ owners: [String: [Int]],
    columns: (customer: String, invoice: String),
    _ findings: inout Findings
  ) {
    let directory = homes.directory
    var reaches: [Place: BadRow.Reach] = [:]
    var unknown: [BrokenPayment] = []
    for row in rows {
      let payer = row.payer.flatMap { directory.number(of: $0) }
      let home = row.number.flatMap { number in
        payer.flatMap { homes.own(number, of: $0) } == nil
          ? homes.elsewhere(owners[number] ?? [], number, for: row.payer ?? "", payer) : nil
      }
      guard let home else {
        if payer == nil, !row.isRagged { unknown.append(row) }
        continue
      }
      let owner = directory.customers[home.customer].id
      if payer == nil, !row.isRagged {
        // An unknown customer has nothing that could rest.
        reaches[row.place] = .customer(owner)
      } else if payer.map(directory.payer) != directory.payer(home.customer) {
        findings.addConsequence(
          BadRow(
            place: row.place, column: columns.invoice,
            reason: "the row may pay \"\(row.number ?? "")\", an invoice of \(owner)", reach: .customer(owner)))
      }
    }
    let twins = directory.twins(of: unknown.compactMap(\.payer))
    for row in unknown {
      guard let payer = row.payer else { continue }
      for twin in twins[payer.lowercased()] ?? [] {
        let id = directory.customers[twin].id
        findings.addConsequence(
          BadRow(
            place: row.place, column: columns.customer,
            reason: "\"\(payer)\" differs from the customer \"\(id)\" only in capitals, and may be meant for it",
            reach: .customer(id)))
      }
    }
    findings.redirect(reaches)
  }
}
