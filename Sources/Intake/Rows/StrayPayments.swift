import Ledger
import Units

/// A payment that names an invoice which is none of its customer's own.
struct StrayPayment: Sendable {
  var row: OwnedRow
  var payer = ""
  /// Who paid, in the directory; nil when the ledger does not have him.
  var customer: Int?
  var number = ""
  /// The invoice of somebody else that it may be.
  var home: PaymentHomes.Home?
  /// Whether that is an invoice of the same payer's.
  var isKin = false
  /// Nil when it cannot be read.
  var date: Day?
  var amount: Money?

  init(row: OwnedRow) { self.row = row }
}

/// Where stray payments belong, and what a person should know of those that belong nowhere.
struct StrayPayments {
  /// All of them, with the owners of the invoices that they pay.
  private(set) var rows: [OwnedRow] = []

  private let homes: PaymentHomes
  private let file: String
  /// That of the invoice, as the file calls it.
  private let column: String

  init(_ homes: PaymentHomes, file: String, column: String) {
    self.homes = homes
    self.file = file
    self.column = column
  }

  private var directory: Directory { homes.directory }

  mutating func place(_ strays: [StrayPayment], _ findings: inout Findings) {
    guard !strays.isEmpty else { return }
    let returned = returned(strays)
    // A stranger's payment that went back goes where it was; so the returns come last.
    var taken: [String: Day] = [:]
    var lost: [StrayPayment] = []
    for isReturn in [false, true] {
      for stray in strays where (stray.amount?.isNegative == true) == isReturn {
        var row = stray.row
        if let home = stray.home {
          let key = stray.payer + "\n" + stray.number
          if isReturn ? stray.isKin || isAfter(taken[key], stray.date) : fits(stray, home, returned, &findings) {
            row.owner = Int32(home.customer)
            if let date = stray.date { taken[key] = min(taken[key] ?? date, date) }
          }
        } else if !isReturn {
          lost.append(stray)
        }
        rows.append(row)
      }
    }
    // A customer's rows come in the order of the file.
    rows.sort { $0.start < $1.start }
    tellLost(lost, &findings)
  }

  private func isAfter(_ first: Day?, _ day: Day?) -> Bool {
    guard let first, let day else { return false }
    return first <= day
  }

  /// What a payment and its return have in common.
  private struct Back: Hashable {
    let payer: String
    let number: String
    let amount: Money
  }

  /// The last day on which just so much went back.
  private func returned(_ strays: [StrayPayment]) -> [Back: Day] {
    var returned: [Back: Day] = [:]
    for stray in strays {
      guard let date = stray.date, let amount = stray.amount, amount.isNegative else { continue }
      let back = Back(payer: stray.payer, number: stray.number, amount: -amount)
      returned[back] = max(returned[back] ?? date, date)
    }
    return returned
  }

  private func fits(
    _ stray: StrayPayment, _ home: PaymentHomes.Home, _ returned: [Back: Day], _ findings: inout Findings
  ) -> Bool {
    // What cannot be read makes a bad row there.
    guard !stray.isKin, let date = stray.date, let amount = stray.amount,
      let misfit = homes.misfit(of: stray.payer, date, amount, to: home)
    else { return true }
    let back = returned[Back(payer: stray.payer, number: stray.number, amount: amount)]
    if let key = misfit.resting, back.map({ $0 < date }) ?? true {
      findings.addConsequence(
        BadRow(
          place: place(stray), column: column, reason: misfit.words,
          reach: .invoice(customer: key.customer, number: key.number)))
    } else {
      findings.warn(place(stray), column, misfit.words)
    }
    return false
  }

  private func place(_ stray: StrayPayment) -> Place { Place(file: file, line: Int(stray.row.line)) }

  /// Payments that name no invoice of the ledger. Most are old, of invoices that are gone; but who owes an invoice that
  /// was there already may have paid that one, under a number that somebody mistyped.
  private func tellLost(_ lost: [StrayPayment], _ findings: inout Findings) {
    guard !lost.isEmpty else { return }
    let kin = kin
    // Each is laid out once: a customer may have any number of invoices, and of such payments.
    var groups: [String: OpenInvoices] = [:]
    var single: [Int: OpenInvoices] = [:]
    var others: [StrayPayment] = []
    for stray in lost {
      guard let customer = stray.customer, let date = stray.date, let amount = stray.amount else { continue }
      let payer = directory.payer(customer)
      let group = groups[payer] ?? homes.open(of: kin[payer] ?? [customer])
      groups[payer] = group
      guard group.has(by: date, in: amount.currency) else { continue }
      let own = single[customer] ?? (kin[payer] == nil ? group : homes.open(of: [customer]))
      single[customer] = own
      let words = "\"\(stray.number)\" is no number of an invoice of \(stray.payer)"
      if let near = own.alike(stray.number, by: date, in: amount.currency)
        ?? group.alike(stray.number, by: date, in: amount.currency)
      {
        findings.warn(
          place(stray), column,
          "\(words), but \"\(near.key.number)\" is: this payment of \(amount) counts for none; correct the number if that one is "
            + "meant")
      } else if let equal = own.equal(amount, by: date) ?? group.equal(amount, by: date) {
        findings.warn(
          place(stray), column,
          "\(words): this payment of \(amount) counts for none, though \"\(equal.key.number)\" is over just that; correct the "
            + "number if that one is meant")
      } else {
        others.append(stray)
      }
    }
    guard let first = others.min(by: { $0.row.line < $1.row.line }) else { return }
    findings.warn(
      place(first), column,
      others.count.of("payment names an invoice that is", "payments name invoices that are")
        + " not in the ledger, of customers who owe older ones (the first: \"\(first.number)\" of \(first.payer)): they count for "
        + "none; correct the numbers that are wrong")
  }

  /// By payer, all whom it pays for and itself; only of those who pay for others.
  private var kin: [String: [Int]] {
    var kin: [String: [Int]] = [:]
    for customer in directory.customers.indices {
      guard let payer = directory.customers[customer].payer else { continue }
      kin[payer, default: directory.number(of: payer).map { [$0] } ?? []].append(customer)
    }
    return kin
  }

  /// Without customers.csv a customer is known by its invoices alone: who differs from one in capitals only may be that one.
  func tellTwins(_ unknown: [Payment], column: String, _ findings: inout Findings) {
    let twins = directory.twins(of: unknown.map(\.customer))
    if twins.isEmpty { return }
    var open: [Int: OpenInvoices] = [:]
    for twin in twins.values.joined() { open[twin] = homes.open(of: [twin]) }
    for payment in unknown where payment.amount.isPositive {
      for twin in twins[payment.customer.lowercased()] ?? []
      where open[twin]?.has(by: payment.date, in: payment.amount.currency) == true {
        findings.warn(
          payment.place, column,
          "\"\(payment.customer)\" is no customer of the invoices' file, but \"\(directory.customers[twin].id)\" is: this payment "
            + "of \(payment.amount) counts for nobody; correct the customer if that one is meant")
      }
    }
  }
}
