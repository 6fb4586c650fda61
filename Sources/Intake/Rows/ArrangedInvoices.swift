import Ledger
import Units

/// Invoices in the order of the books, each item once.
struct ArrangedInvoices {
  private(set) var invoices: [Invoice]

  /// Sorts what was read by customer, number and item, and settles what stands twice: the same row is taken once, rows
  /// that say different things are all quarantined, and so are instalments of one number in two currencies.
  ///
  /// `isByLine`: one row is one line of an invoice; then the rows of an item may differ in the columns that dunningd
  /// does not know, and are no cause for a warning.
  /// `rows` is left without its invoices, so that no second copy of a million of them is made.
  init(taking rows: inout InvoiceRows, isByLine: Bool, findings: inout Findings) {
    let numberColumn = rows.table.header(at: rows.columns.number)
    invoices = []
    swap(&invoices, &rows.invoices)
    ArrangedInvoices.sort(&invoices, ownerOf: rows.ownerOf, owners: rows.owners)

    var kept = 0
    var at = 0
    while at < invoices.count {
      // One number of one customer at a time.
      var end = at + 1
      while end < invoices.count, invoices[end].key.number == invoices[at].key.number,
        invoices[end].key.customer == invoices[at].key.customer
      {
        end += 1
      }
      if end == at + 1 {
        if kept != at { invoices.swapAt(kept, at) }
        kept += 1
        at = end
        continue
      }
      for invoice in ArrangedInvoices.settled(Array(invoices[at..<end]), numberColumn, isByLine, &findings) {
        invoices[kept] = invoice
        kept += 1
      }
      at = end
    }
    invoices.removeSubrange(kept...)
  }

  /// The rows of one customer and number that can be taken: all or none.
  private static func settled(
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

  /// Sorts in place: by bucket of the customer, then the few of each by number and item, then by line.
  private static func sort(_ invoices: inout [Invoice], ownerOf: [Int32], owners: [InvoiceRows.Owner]) {
    let byName = owners.indices.sorted { owners[$0].id < owners[$1].id }
    var rank = [Int](repeating: 0, count: owners.count)
    for (position, owner) in byName.enumerated() { rank[owner] = position }
    var starts = [Int](repeating: 0, count: owners.count + 1)
    for owner in ownerOf { starts[rank[Int(owner)] + 1] += 1 }
    for index in 1..<max(1, starts.count) { starts[index] += starts[index - 1] }

    // `order[i]` is the index of the invoice that belongs to place i.
    var order = [Int](repeating: 0, count: invoices.count)
    var next = starts
    for (index, owner) in ownerOf.enumerated() {
      let bucket = rank[Int(owner)]
      order[next[bucket]] = index
      next[bucket] += 1
    }
    invoices.withUnsafeBufferPointer { invoices in
      for bucket in owners.indices where starts[bucket + 1] - starts[bucket] > 1 {
        order[starts[bucket]..<starts[bucket + 1]].sort {
          if invoices[$0].key.number != invoices[$1].key.number {
            return invoices[$0].key.number < invoices[$1].key.number
          }
          if invoices[$0].key.item != invoices[$1].key.item { return invoices[$0].key.item < invoices[$1].key.item }
          return $0 < $1
        }
      }
    }
    // Follow each cycle of the permutation, so that no second copy of a million invoices is needed.
    invoices.withUnsafeMutableBufferPointer { invoices in
      for start in order.indices where order[start] != start && order[start] >= 0 {
        var at = start
        while order[at] != start {
          let from = order[at]
          invoices.swapAt(at, from)
          order[at] = -1
          at = from
        }
        order[at] = -1
      }
    }
  }

  /// The currency of a customer's invoice of that number; nil when there is none.
  func currency(customer: String, number: String) -> Currency? {
    let wanted = ItemKey(customer: customer, number: number)
    var low = 0
    var high = invoices.count
    while low < high {
      let middle = (low + high) / 2
      if invoices[middle].key < wanted { low = middle + 1 } else { high = middle }
    }
    guard low < invoices.count, invoices[low].key.customer == customer, invoices[low].key.number == number else {
      return nil
    }
    return invoices[low].currency
  }
}
