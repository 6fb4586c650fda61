import Ledger
import Units

/// One file of the ledger folder as the edge read it: whole, and not changed meanwhile.
package struct LedgerFile: Sendable {
  /// As places name it: `invoices.csv`.
  package let name: String
  package let bytes: [UInt8]
  package let modified: Instant

  package init(name: String, bytes: [UInt8], modified: Instant) {
    self.name = name
    self.bytes = bytes
    self.modified = modified
  }
}

/// The files of one snapshot; nil is a file that is not there.
package struct LedgerFiles: Sendable {
  /// The folder, for messages.
  package var folder: String
  /// What else lies in the folder, for messages; need not be sorted.
  package var found: [String]
  package var invoices: LedgerFile?
  package var customers: LedgerFile?
  package var payments: LedgerFile?
  package var cashThrough: LedgerFile?

  package init(
    folder: String, found: [String] = [], invoices: LedgerFile? = nil, customers: LedgerFile? = nil,
    payments: LedgerFile? = nil, cashThrough: LedgerFile? = nil
  ) {
    self.folder = folder
    self.found = found
    self.invoices = invoices
    self.customers = customers
    self.payments = payments
    self.cashThrough = cashThrough
  }

  package subscript(file: IntakeFormat.File) -> LedgerFile? {
    switch file {
    case .invoices: invoices
    case .customers: customers
    case .payments: payments
    }
  }
}

/// How many rows each file had, to be remembered for the next snapshot's `max_shrink`. A file that was not there has
/// no entry.
package typealias RowCounts = [IntakeFormat.File: Int]

/// Something in the ledger that a person should look at, though nothing rests because of it.
package struct LedgerWarning: Sendable, Equatable, CustomStringConvertible {
  package let place: Place
  /// Empty when it is about the whole row or file.
  package let column: String
  package let text: String
  /// As long as it stands, no notice goes.
  package var stopsNotices = false

  /// `email: "a.b" has no @: it is left out`
  package var words: String { column.isEmpty ? text : "\(column): \(text)" }
  /// `customers.csv:12: email: "a.b" has no @: it is left out`
  package var description: String { "\(place): \(words)" }
}

/// What became of a snapshot.
package enum LedgerReading: Sendable {
  case accepted(AcceptedLedger)
  /// Nothing may be sent on it.
  case rejected(LedgerRejection)
}

/// A snapshot that was taken, perhaps with some rows quarantined (`books.badRows`).
package struct AcceptedLedger: Sendable {
  package let books: Books
  /// By place.
  package let warnings: [LedgerWarning]
  package let rowCounts: RowCounts
}

/// Why a snapshot was not taken.
package struct LedgerRejection: Sendable, Error, Equatable, CustomStringConvertible {
  package struct Reason: Sendable, Equatable, CustomStringConvertible {
    /// Nil where it is about the folder, or about all files together.
    package let place: Place?
    /// What is wrong and what to do; its own place is not in it.
    package let words: String

    init(_ place: Place?, _ words: String) {
      self.place = place
      self.words = words
    }

    package var description: String { place.map { "\($0): \(words)" } ?? words }
  }

  /// All of them.
  package let reasons: [Reason]
  /// By place; empty when the reading did not come that far.
  package let badRows: [BadRow]

  /// The reasons and the first 20 bad rows, one a line.
  package var description: String { words(\.description) }

  /// The same without what stands in any cell, which may be a name or an address: for a log.
  package var discreet: String { words(\.heading) }

  private func words(_ row: (BadRow) -> String) -> String {
    var lines = reasons.map { "ledger rejected: \($0)" }
    lines += badRows.prefix(20).map { "  \(row($0))" }
    if badRows.count > 20 { lines.append("  … and \(badRows.count - 20) more bad rows") }
    return lines.joined(separator: "\n")
  }
}
