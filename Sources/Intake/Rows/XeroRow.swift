import Ledger

/// What is special about the sales export of Xero: one row a line item, and rows that nobody owes.
///
/// Columns: `*ContactName`, `EmailAddress`, `*InvoiceNumber`, `Reference`, `*InvoiceDate`, `*DueDate`, `Total`,
/// `InvoiceAmountDue`, `Currency`, `Type`, `Status`, with or without the stars. The contact's name is the customer,
/// since the export has no other id. Dates are `d/M/yyyy` unless `date_format` says otherwise.
struct XeroRow: Sendable {
  enum State { case owed, paid, none }

  /// By our word, the headers in the order in which they are looked for.
  static let columns: [String: [String]] = [
    InvoiceColumn.customer.rawValue: ["ContactName"], InvoiceColumn.name.rawValue: ["ContactName"],
    InvoiceColumn.email.rawValue: ["EmailAddress"], InvoiceColumn.number.rawValue: ["InvoiceNumber"],
    InvoiceColumn.issued.rawValue: ["InvoiceDate"], InvoiceColumn.due.rawValue: ["DueDate"],
    InvoiceColumn.amount.rawValue: ["Total"], InvoiceColumn.open.rawValue: ["InvoiceAmountDue"],
    InvoiceColumn.kind.rawValue: ["Type"],
  ]
  static let dates = "d/M/yyyy"

  private let status: Int
  private let type: Int

  init(_ table: Table) {
    status = table.extras.first { $0.name.lowercased() == "status" }?.position ?? -1
    type = table.position(InvoiceColumn.kind.rawValue)
  }

  /// Whether a row is of an invoice that a customer owes, or has paid, or of something else: a draft, a voided
  /// invoice, a bill that the company itself owes.
  func state(_ row: borrowing CSVReader) throws(RowFault) -> State {
    let type = String(decoding: row.field(type), as: UTF8.self).lowercased()
    if type.hasPrefix("bill") || type.hasPrefix("purchase") { return .none }
    let cell = row.field(status)
    switch String(decoding: cell, as: UTF8.self).lowercased() {
    case "", "awaiting payment", "authorised", "authorized", "approved", "sent", "overdue": return .owed
    case "paid": return .paid
    case "draft", "submitted", "awaiting approval", "voided", "deleted": return .none
    default:
      throw RowFault(
        position: status,
        reason: "the status \(Text.shown(cell)) is not known; expected Draft, Submitted, Awaiting Approval, Awaiting "
          + "Payment, Approved, Paid, Voided or Deleted", mayBeCredit: true)
    }
  }
}
