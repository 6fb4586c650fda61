import Ledger
import Units

/// One customer's payments once each that went back stands with the money that it takes back, so that no invoice counts as
/// paid by what is no longer there.
///
/// A return that names an invoice takes back what was paid on it. What that does not explain, and every return that names
/// none, takes back money that came in before it: unapplied payments first, then credit notes that no invoice uses, then
/// what was paid beyond an invoice; only one that names no invoice takes payments of invoices. What is of just its amount
/// goes first, else the newest: banks return whole payments, and soon. Where no amount fits, credit notes that the ledger
/// calls used, and payments of invoices that are gone from the ledger, go before others: nobody must be asked for what may
/// never have gone back.
struct ReturnPlacement {
  /// By date, then as the ledger has them.
  private(set) var payments: [Payment] = []
  /// What went back and opened no invoice, since none was found that it may have paid.
  private(set) var unplaced: [Payment] = []

  /// A payment that came in.
  private struct Receipt {
    let payment: Payment
    /// How much of it still is what its row says.
    var amount: Int
    /// How much of it did not go back.
    var left: Int
  }

  /// What the ledger has under one number.
  private struct Bill {
    /// Nil when the ledger does not say.
    var amount: Int? = 0
    /// Whether the ledger says what is open, so that no payment changes it.
    var isFinal = false
  }

  private struct Note {
    let number: String
    let date: Day?
    var left: Int
    /// Whether the ledger itself says how much of it is used.
    let isFinal: Bool
  }

  private let currency: Currency
  private var receipts: [Receipt] = []
  /// By the invoice that they name, "" for none.
  private var byNumber: [String: [Int]] = [:]
  private var bills: [String: Bill] = [:]
  private var noteNumbers: Set<String> = []
  /// Those that are about no invoice of the ledger.
  private var notes: [Note] = []

  /// Whether any money went back by that day; nearly always none did.
  static func isNeeded(_ payments: ArraySlice<Payment>, posted: Day) -> Bool {
    for index in payments.indices where payments[index].amount.isNegative && payments[index].date <= posted {
      return true
    }
    return false
  }

  /// - Parameters:
  ///   - invoices: one customer's rows.
  ///   - payments: the same customer's.
  init(_ invoices: ArraySlice<Invoice>, _ payments: ArraySlice<Payment>, _ currency: Currency, posted: Day) {
    self.currency = currency
    var returns: [(payment: Payment, left: Int)] = []
    for payment in payments where payment.amount.currency == currency && payment.date <= posted {
      if payment.amount.isNegative {
        returns.append((payment, -payment.amount.minor))
        if payment.invoice != nil { self.payments.append(payment) }
      } else {
        byNumber[payment.invoice ?? "", default: []].append(receipts.count)
        receipts.append(Receipt(payment: payment, amount: payment.amount.minor, left: payment.amount.minor))
      }
    }
    readBills(invoices, posted: posted)
    for index in returns.indices { takeOwn(&returns[index].left, returns[index].payment) }
    // What a payment that came in uses of a note is no more there either.
    for number in noteNumbers {
      for index in byNumber[number] ?? [] {
        var used = receipts[index].amount
        useUp(number, &used)
      }
    }
    for (back, left) in returns where left > 0 {
      var rest = left
      if let number = back.invoice, noteNumbers.contains(number) {
        // More than the credit note was: what else it paid out nobody can say.
        unplaced.append(changed(back, -rest, number))
        continue
      }
      takeUnapplied(&rest, back)
      if back.invoice == nil { takeNotes(&rest, back, final: false) }
      takeSurplus(&rest, back)
      if back.invoice == nil { takePayments(&rest, back) }
      if rest > 0 { unplaced.append(changed(back, -rest, back.invoice)) }
    }
    for one in receipts where one.amount > 0 {
      self.payments.append(changed(one.payment, one.amount, one.payment.invoice))
    }
    self.payments.sort { ($0.date, $0.place) < ($1.date, $1.place) }
  }

  private mutating func readBills(_ invoices: ArraySlice<Invoice>, posted: Day) {
    for invoice in invoices where invoice.currency == currency && invoice.kind == .invoice {
      var bill = bills[invoice.key.number] ?? Bill()
      bill.amount = invoice.amount.flatMap { amount in bill.amount.map { $0 + amount.minor } }
      if invoice.open != nil || invoice.settled.map({ $0 <= posted }) == true { bill.isFinal = true }
      bills[invoice.key.number] = bill
    }
    for note in invoices where note.currency == currency && note.kind == .creditNote && bills[note.key.number] == nil {
      noteNumbers.insert(note.key.number)
      if let reference = note.details?.reference, bills[reference] != nil { continue }
      // Of one that the ledger calls used, just that may have been paid out.
      let isFinal = note.open != nil || note.settled.map { $0 <= posted } == true
      notes.append(
        Note(
          number: note.key.number, date: note.issued, left: (note.amount?.minor ?? 0) - (note.open?.minor ?? 0),
          isFinal: isFinal))
    }
  }

  /// What was paid on the invoice that a return names, whenever that was.
  private mutating func takeOwn(_ rest: inout Int, _ back: Payment) {
    guard let number = back.invoice else { return }
    if noteNumbers.contains(number) {
      // What is paid out on a credit note uses that up. One about an invoice is that invoice's matter, and of one whose use
      // the ledger tells it knows of the return.
      useUp(number, &rest)
      if !notes.contains(where: { $0.number == number && !$0.isFinal }) { rest = 0 }
    } else if bills[number]?.isFinal == true {
      // Where the ledger says what is open it knows of the return.
      rest = 0
    } else {
      for index in inOrder(byNumber[number] ?? [], rest) { _ = take(&rest, of: index) }
    }
  }

  private mutating func useUp(_ note: String, _ rest: inout Int) {
    for index in notes.indices where notes[index].number == note {
      let part = min(rest, notes[index].left)
      notes[index].left -= part
      rest -= part
    }
  }

  /// Whether its invoice is gone from the ledger. The payment that it takes back may be older than the payments' file, so
  /// only money of just its amount is taken for it.
  private func isOfGone(_ back: Payment) -> Bool { back.invoice.map { bills[$0] == nil } ?? false }

  private mutating func takeUnapplied(_ rest: inout Int, _ back: Payment) {
    for index in inOrder(byNumber[""] ?? [], rest, until: back.date)
    where !isOfGone(back) || receipts[index].left == rest { move(&rest, of: index, to: back.invoice) }
  }

  /// - Parameter final: those that the ledger calls used, else those of which it does not say.
  private mutating func takeNotes(_ rest: inout Int, _ back: Payment, final: Bool) {
    let free = notes.indices.filter {
      notes[$0].left > 0 && notes[$0].isFinal == final && notes[$0].date ?? back.date <= back.date
    }
    for index in free.sorted(by: { isBefore((notes[$0].left, notes[$0].date), (notes[$1].left, notes[$1].date), rest) })
    where rest > 0 {
      let part = min(rest, notes[index].left)
      notes[index].left -= part
      rest -= part
      // Nobody can say that it was paid out, and not only used.
      if final {
        unplaced.append(changed(back, -part, nil))
      } else {
        payments.append(changed(back, -part, notes[index].number))
      }
    }
  }

  private mutating func takeSurplus(_ rest: inout Int, _ back: Payment) {
    var found: [(number: String, surplus: Int, date: Day)] = []
    for (number, bill) in bills where number != back.invoice {
      guard let amount = bill.amount, let rows = byNumber[number] else { continue }
      let surplus = rows.reduce(-amount) { $0 + (receipts[$1].payment.date <= back.date ? receipts[$1].left : 0) }
      if surplus > 0, let last = rows.last { found.append((number, surplus, receipts[last].payment.date)) }
    }
    if isOfGone(back) { found.removeAll { $0.surplus != rest } }
    found.sort { $0.number < $1.number }
    for (number, surplus, _) in found.sorted(by: { isBefore(($0.surplus, $0.date), ($1.surplus, $1.date), rest) }) {
      var part = min(rest, surplus)
      rest -= part
      let isFinal = bills[number]?.isFinal == true
      if back.invoice == nil, !isFinal, part > 0 { payments.append(changed(back, -part, number)) }
      for index in inOrder(byNumber[number] ?? [], part, until: back.date) {
        if back.invoice == nil || isFinal {
          _ = take(&part, of: index)
        } else {
          move(&part, of: index, to: back.invoice)
        }
      }
    }
  }

  private mutating func takePayments(_ rest: inout Int, _ back: Payment) {
    guard rest > 0 else { return }
    let named = receipts.indices.filter { index in
      receipts[index].payment.invoice.map { !noteNumbers.contains($0) } ?? false
    }
    let exact = exact(named, rest, until: back.date)
    if exact == nil { takeNotes(&rest, back, final: true) }
    for index in exact ?? anyhow(named, rest, until: back.date) {
      let part = take(&rest, of: index)
      guard part > 0, let number = receipts[index].payment.invoice else { continue }
      switch bills[number] {
      case nil: unplaced.append(changed(back, -part, nil))
      case let bill? where bill.isFinal: continue
      case _?: payments.append(changed(back, -part, number))
      }
    }
  }

  /// The newest payment of just that amount, or all of one day: one transfer may be several rows.
  private func exact(_ all: [Int], _ amount: Int, until day: Day) -> [Int]? {
    let open = all.filter { receipts[$0].left > 0 && receipts[$0].payment.date <= day }
    if let one = open.last(where: { receipts[$0].left == amount }) { return [one] }
    var days: [Day: (rows: [Int], sum: Int)] = [:]
    for index in open {
      days[receipts[index].payment.date, default: ([], 0)].rows.append(index)
      days[receipts[index].payment.date, default: ([], 0)].sum += receipts[index].left
    }
    return days.filter { $0.value.sum == amount }.max { $0.key < $1.key }?.value.rows
  }

  /// The newest first, those of invoices that are gone before all others.
  private func anyhow(_ all: [Int], _ amount: Int, until day: Day) -> [Int] {
    let rows = inOrder(all, amount, until: day)
    return rows.filter { bills[receipts[$0].payment.invoice ?? ""] == nil }
      + rows.filter { bills[receipts[$0].payment.invoice ?? ""] != nil }
  }

  /// Those of which something is left, the one of that amount first, else the newest.
  private func inOrder(_ rows: [Int], _ amount: Int, until day: Day? = nil) -> [Int] {
    var rows = rows.filter { receipts[$0].left > 0 && receipts[$0].payment.date <= day ?? receipts[$0].payment.date }
    rows.reverse()
    if let exact = rows.firstIndex(where: { receipts[$0].left == amount }) {
      rows.insert(rows.remove(at: exact), at: 0)
    }
    return rows
  }

  private func isBefore(_ a: (left: Int, date: Day?), _ b: (left: Int, date: Day?), _ amount: Int) -> Bool {
    if (a.left == amount) != (b.left == amount) { return a.left == amount }
    guard let b = b.date else { return a.date != nil }
    return a.date.map { $0 > b } ?? false
  }

  private mutating func take(_ rest: inout Int, of index: Int) -> Int {
    let part = min(rest, receipts[index].left)
    receipts[index].left -= part
    rest -= part
    return part
  }

  /// Takes back money that then was the invoice's; nobody's where there is none.
  private mutating func move(_ rest: inout Int, of index: Int, to invoice: String?) {
    let part = take(&rest, of: index)
    receipts[index].amount -= part
    if part > 0, let invoice { payments.append(changed(receipts[index].payment, part, invoice)) }
  }

  private func changed(_ payment: Payment, _ minor: Int, _ invoice: String?) -> Payment {
    var changed = payment
    changed.amount = Money(minor: minor, currency)
    changed.invoice = invoice
    return changed
  }
}
