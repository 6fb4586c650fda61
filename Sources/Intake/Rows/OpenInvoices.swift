import Ledger
import Units

/// The open invoices of one customer, or of all with one payer, by what a payment that names none of them has in common with
/// one. Of several that are alike in that, the oldest stands for all.
struct OpenInvoices {
  private struct Look: Hashable {
    let currency: Currency
    /// The number in small letters, without signs.
    let plain: [UInt8]
  }

  private var numbers: [Look: Invoice] = [:]
  private var amounts: [Money: Invoice] = [:]
  private var first: [Currency: Day] = [:]

  mutating func add(_ invoice: Invoice) {
    let start = invoice.start
    first[invoice.currency] = min(first[invoice.currency] ?? start, start)
    add(invoice, as: invoice.key.number)
    if !invoice.key.item.isEmpty { add(invoice, as: invoice.key.number + invoice.key.item) }
    guard let amount = invoice.open ?? invoice.amount else { return }
    if amounts[amount].map({ start < $0.start }) ?? true { amounts[amount] = invoice }
  }

  private mutating func add(_ invoice: Invoice, as number: String) {
    let look = Look(currency: invoice.currency, plain: OpenInvoices.plain(number))
    guard !look.plain.isEmpty, numbers[look].map({ invoice.start < $0.start }) ?? true else { return }
    numbers[look] = invoice
  }

  /// Whether any was there by that day.
  func has(by day: Day, in currency: Currency) -> Bool { first[currency].map { $0 <= day } ?? false }

  /// One that was there by that day, and has the number but for signs and capitals, or with its instalment (`R-10/1`).
  func alike(_ number: String, by day: Day, in currency: Currency) -> Invoice? {
    numbers[Look(currency: currency, plain: OpenInvoices.plain(number))].flatMap { $0.start <= day ? $0 : nil }
  }

  /// One that was there by that day, of which just so much is open.
  func equal(_ amount: Money, by day: Day) -> Invoice? { amounts[amount].flatMap { $0.start <= day ? $0 : nil } }

  private static func plain(_ number: String) -> [UInt8] {
    number.utf8.compactMap { byte in
      byte >= 0x80 || Byte.isDigit(byte) ? byte : Byte.isLetter(byte) ? byte | 0x20 : nil
    }
  }
}

extension Invoice {
  /// Since when it is there.
  fileprivate var start: Day { issued ?? due - Invoice.usualTerm }

  /// So many days before it is due an invoice was issued, where nobody says when.
  static let usualTerm = 30
}
