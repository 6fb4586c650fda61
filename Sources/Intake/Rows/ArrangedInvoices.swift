import Ledger
import Units

/// What stands twice among the invoices of a customer.
enum ArrangedInvoices {
  /// One customer's invoices by number and item, once it is settled what stands twice: the same row is taken once, rows
  /// that say different things are all quarantined, and so are instalments of one number in two currencies.
  ///
  /// Where one row is one line of an invoice (Xero), the rows of an item may differ in the columns that dunningd does not
  /// know, and are no cause for a warning.
  static func settled(_ invoices: [Invoice], of rows: InvoiceRows, _ findings: inout Findings) -> [Invoice] {
    let all = invoices.sorted(by: isBefore)
    let column = rows.table.header(at: rows.columns.number)
    var settled: [Invoice] = []
    var at = 0
    while at < all.count {
      // One number at a time.
      var end = at + 1
      while end < all.count, all[end].key.number == all[at].key.number { end += 1 }
      settled += end == at + 1 ? [all[at]] : taken(Array(all[at..<end]), column, rows.xero != nil, &findings)
      at = end
    }
    return settled
  }

  /// Of one customer; rows of the same item in the order of the file.
  private static func isBefore(_ a: Invoice, _ b: Invoice) -> Bool {
    if a.key.number != b.key.number { return a.key.number < b.key.number }
    return a.key.item == b.key.item ? a.place.line < b.place.line : a.key.item < b.key.item
  }

  /// The rows of one customer and number that can be taken: all or none.
  private static func taken(
    _ group: [Invoice], _ column: String, _ isByLine: Bool, _ findings: inout Findings
  ) -> [Invoice] {
    var kept: [Invoice] = []
    var faults: [(Invoice, String)] = []
    for invoice in group {
      // They are sorted: a twin comes right after.
      guard let twin = kept.last, twin.key == invoice.key else {
        if let first = kept.first, first.currency != invoice.currency {
          faults.append(
            (
              invoice,
              "\"\(invoice.key.number)\" has items in \(first.currency) (line \(first.place.line)) and "
                + "in \(invoice.currency); expected one currency"
            ))
        }
        kept.append(invoice)
        continue
      }
      if same(twin, invoice, isByLine) {
        if !isByLine { findings.warn(invoice.place, column, "the same row stands on line \(twin.place.line)") }
      } else {
        faults.append(
          (
            invoice,
            "\"\(invoice.key.number)\" stands on line \(twin.place.line) with other content; keep "
              + "one of them, or tell instalments apart by the column item"
          ))
      }
    }
    if faults.isEmpty { return kept }
    // A credit among them may be what is lost.
    let key = group[0].key
    let reach: BadRow.Reach =
      group.contains { $0.kind == .creditNote }
      ? .customer(key.customer) : .invoice(customer: key.customer, number: key.number)
    for (invoice, reason) in faults {
      findings.add(BadRow(place: invoice.place, column: column, reason: reason, reach: reach))
    }
    return []
  }

  private static func same(_ a: Invoice, _ b: Invoice, _ isByLine: Bool) -> Bool {
    var b = b
    b.place = a.place
    if isByLine { b.details = a.details }
    return a == b
  }
}
