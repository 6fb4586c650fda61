import Ledger
import Units

/// Who has money that may be somebody else's, among customers of whom nobody can say who pays for them: what names no
/// invoice, is over the invoices that it names, or cannot be read; and what names an invoice that is none of theirs, since
/// it goes to one of the same payer's. What only pays their own invoices is theirs.
struct LooseMoney {
  private(set) var owners: Set<String> = []

  private struct Bill: Hashable {
    let customer: String
    let number: String
  }

  /// What is known of one of their invoices.
  private struct Paid {
    /// By the ledger's amounts less payments and credit notes; nil when the ledger itself says what is open, so that nobody
    /// can say that more was paid.
    var owed: Int? = 0
  }

  init(of doubts: [PayerDoubt], _ books: Books, _ findings: Findings) {
    guard let file = doubts.first?.place.file else { return }
    let ids = Set(doubts.flatMap(\.ids))
    // Bad rows of the customers' file are no money.
    for row in findings.badRows + findings.consequences where row.place.file != file {
      if case .customer(let id) = row.reach, ids.contains(id) { owners.insert(id) }
    }
    var bills: [Bill: Paid] = [:]
    for invoice in books.invoices where invoice.kind == .invoice && ids.contains(invoice.key.customer) {
      let bill = Bill(customer: invoice.key.customer, number: invoice.key.number)
      var paid = bills[bill] ?? Paid()
      let isStated = invoice.open != nil && !(invoice.settled != nil && invoice.open?.isZero == true)
      paid.owed = isStated ? nil : invoice.amount.flatMap { amount in paid.owed.map { $0 + amount.minor } }
      bills[bill] = paid
    }
    addNotes(books, ids, &bills)
    var elsewhere: [String: Set<String>] = [:]
    for payment in books.payments where payment.amount.isPositive && ids.contains(payment.customer) {
      guard let number = payment.invoice else {
        owners.insert(payment.customer)
        continue
      }
      let bill = Bill(customer: payment.customer, number: number)
      if bills[bill] == nil {
        elsewhere[number, default: []].insert(payment.customer)
      } else {
        bills[bill]?.owed? -= payment.amount.minor
      }
    }
    for (bill, paid) in bills where (paid.owed ?? 0) < 0 { owners.insert(bill.customer) }
    if elsewhere.isEmpty { return }
    for invoice in books.invoices {
      if let payers = elsewhere[invoice.key.number] { owners.formUnion(payers) }
    }
  }

  /// A credit note about one of their invoices, whose amounts the ledger leaves to us, is free where nothing is left of that;
  /// any other is free from the beginning.
  private mutating func addNotes(_ books: Books, _ ids: Set<String>, _ bills: inout [Bill: Paid]) {
    for note in books.invoices where note.kind == .creditNote && ids.contains(note.key.customer) {
      let left = (note.open ?? note.amount)?.minor ?? 0
      if left <= 0 { continue }
      let reference = note.details?.reference ?? ""
      let bill = Bill(customer: note.key.customer, number: reference.isEmpty ? note.key.number : reference)
      if bills[bill]?.owed != nil {
        bills[bill]?.owed? -= left
      } else {
        owners.insert(note.key.customer)
      }
    }
  }
}
