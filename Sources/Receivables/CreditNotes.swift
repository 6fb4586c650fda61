import Ledger
import Units

/// One customer's credit notes in one currency, and what is left of each. Nearly always there are none.
struct CreditNotes {
  private struct Note {
    /// The invoice that it is about, if any.
    let invoice: String?
    let date: Day?
    var left: Int
    /// Whether the ledger says itself what is left: then nothing else uses it up.
    let isFinal: Bool
  }

  private var notes: [Note] = []
  let isEmpty: Bool

  /// - Parameters:
  ///   - invoices: the customer's rows, by number.
  ///   - used: what of its own the payments name that use up a credit note, by its number.
  init(_ invoices: ArraySlice<Invoice>, _ currency: Currency, posted: Day, used: (String) -> Int) {
    var uses: [String: Int] = [:]
    for index in invoices.indices where invoices[index].kind == .creditNote {
      let note = invoices[index]
      guard note.currency == currency, note.issued.map({ $0 <= posted }) ?? true else { continue }
      let number = note.key.number
      // One that stands under an invoice's number is about that invoice; what is paid under it is paid on the invoice.
      let isWithin = CreditNotes.hasInvoice(like: index, in: invoices)
      var left = note.settled.map { $0 <= posted } == true ? 0 : (note.open ?? note.amount)?.minor ?? 0
      if note.open == nil, !isWithin {
        let use = min(left, uses[number] ?? used(number))
        uses[number] = (uses[number] ?? used(number)) - use
        left -= use
      }
      let reference = note.details?.reference ?? ""
      notes.append(
        Note(
          invoice: !reference.isEmpty ? reference : isWithin ? number : nil, date: note.issued, left: left,
          isFinal: note.open != nil))
    }
    isEmpty = notes.isEmpty
  }

  /// Whether an invoice stands under the same number.
  private static func hasInvoice(like index: Int, in invoices: ArraySlice<Invoice>) -> Bool {
    let number = invoices[index].key.number
    var (low, high) = (index, index)
    while low > invoices.startIndex, invoices[low - 1].key.number == number { low -= 1 }
    while high + 1 < invoices.endIndex, invoices[high + 1].key.number == number { high += 1 }
    return invoices[low...high].contains { $0.kind == .invoice }
  }

  /// Whether any is about that invoice.
  func name(_ number: String) -> Bool { notes.contains { $0.invoice == number } }

  /// What is left of those that are about an invoice, and may be used up by it.
  func left(for number: String) -> Int {
    notes.reduce(0) { $0 + ($1.invoice == number && !$1.isFinal ? $1.left : 0) }
  }

  /// Uses up so much of those that are about an invoice, and were given by that day.
  mutating func use(_ amount: Int, for number: String, by day: Day? = nil) {
    var amount = amount
    for index in notes.indices where amount > 0 && notes[index].invoice == number && !notes[index].isFinal {
      if let day, let given = notes[index].date, given > day { continue }
      let part = min(amount, notes[index].left)
      notes[index].left -= part
      amount -= part
    }
  }

  /// What of them is the customer's credit.
  func credits(in currency: Currency) -> [UnappliedCredit] {
    notes.compactMap { note in
      note.left > 0
        ? UnappliedCredit(amount: Money(minor: note.left, currency), reference: note.invoice, date: note.date) : nil
    }
  }
}
