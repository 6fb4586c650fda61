import Ledger
import Units

/// A bad row of payments.csv that may pay an invoice of somebody else than its customer.
struct BrokenPayment: Sendable {
  let place: Place
  /// Nil when nobody can say who paid.
  let payer: String?
  let number: String
  /// Whether its cells may stand in other columns than they should.
  var isRagged = false

  /// Rests the owners of the invoices that such rows name: what cannot be read may have paid them.
  ///
  /// - Parameters:
  ///   - owners: by number, the customers with such an invoice.
  ///   - column: that of the invoice, as the file calls it.
  static func rest(
    _ rows: [BrokenPayment], _ homes: PaymentHomes, _ owners: [String: [Int]], column: String,
    _ findings: inout Findings
  ) {
    let directory = homes.directory
    var reaches: [Place: BadRow.Reach] = [:]
    for row in rows {
      let payer = row.payer.flatMap { directory.number(of: $0) }
      guard payer.flatMap({ homes.own(row.number, of: $0) }) == nil,
        let home = homes.elsewhere(owners[row.number] ?? [], row.number, for: row.payer ?? "", payer)
      else { continue }
      let owner = directory.customers[home.customer].id
      if payer == nil, !row.isRagged {
        // An unknown customer has nothing that could rest.
        reaches[row.place] = .customer(owner)
      } else if payer.map(directory.payer) != directory.payer(home.customer) {
        findings.addConsequence(
          BadRow(
            place: row.place, column: column, reason: "the row may pay \"\(row.number)\", an invoice of \(owner)",
            reach: .customer(owner)))
      }
    }
    findings.redirect(reaches)
  }
}
