import Units

/// A consistent snapshot of the accounting side: every fact with the place that it came from.
///
///     customers ──< invoices (and credit notes)
///          └─────< payments ──(number)── invoices
///     badRows: what could not be read, and how far its silence reaches
package struct Books: Sendable {
  /// `[ledger] name`.
  package var name = "main"
  /// By id.
  package var customers: [Customer] = []
  /// By customer, number, item.
  package var invoices: [Invoice] = []
  /// By customer, date, then place in the file.
  package var payments: [Payment] = []
  /// By place.
  package var badRows: [BadRow] = []
  /// When the older of invoices and payments was last written.
  package var modified: Instant
  /// The last day whose bank statements are posted, where `cash_through` is configured.
  package var cashThrough: Day?

  package init(modified: Instant) { self.modified = modified }
}

/// A ledger row that could not be taken, and what rests because of it.
package struct BadRow: Sendable, Equatable {
  /// How far the silence reaches that a bad row asks for.
  package enum Reach: Hashable, Sendable {
    /// That invoice, all its instalments.
    case invoice(customer: String, number: String)
    /// Every invoice of that customer: a lost payment or credit must not dun a payer.
    case customer(String)
    /// Its customer cannot be read: nothing is sent.
    case everything
  }

  /// `file:line` where the row starts.
  package let place: Place
  /// The column at fault, by its name in the file; empty when it is the whole row.
  package let column: String
  package let reason: String
  package let reach: Reach

  package init(place: Place, column: String, reason: String, reach: Reach) {
    self.place = place
    self.column = column
    self.reason = reason
    self.reach = reach
  }

  /// `invoices.csv:12: due`: without what stands in the row, which may be a name or an address.
  package var heading: String { column.isEmpty ? "\(place)" : "\(place): \(column)" }
  /// `due: "2026-02-30" is no day of the calendar`
  package var words: String { column.isEmpty ? reason : "\(column): \(reason)" }
  /// `invoices.csv:12: due: "2026-02-30" is no day of the calendar`
  package var description: String { "\(place): \(words)" }
}
