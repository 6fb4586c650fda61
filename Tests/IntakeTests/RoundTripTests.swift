import Ledger
import Testing
import Units

@testable import Intake

/// SplitMix64: the same numbers in every run.
struct Dice: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }
  mutating func chance(_ percent: Int) -> Bool { below(100) < percent }
  mutating func pick<T>(_ list: [T]) -> T { list[below(list.count)] }
}

/// Books made up by dice, and the files that say the same.
private struct MadeUpBooks {
  var dice: Dice
  let delimiter: String
  let end: String
  let decimal: IntakeFormat.DecimalSign
  let dates: String

  init(seed: UInt64) {
    dice = Dice(state: seed)
    delimiter = dice.pick([",", ";", "\t"])
    end = dice.pick(["\n", "\r\n", "\r"])
    decimal = dice.pick([.point, .comma])
    dates = dice.pick(["yyyy-MM-dd", "M/d/yyyy", "d.M.yyyy", "d MMM yyyy"])
  }

  mutating func text() -> String {
    let parts = ["a", "Müller", "\"", ",", ";", " ", "x y", "€", "'", "=1", "日本", "e\u{301}", "|", "\u{200F}", "0"]
    let text = (0..<dice.below(5)).map { _ in dice.pick(parts) }.joined()
    return Text.trimmed(text)
  }

  mutating func name(_ prefix: String) -> String { prefix + String(dice.below(1000)) + (dice.chance(20) ? text() : "") }
  mutating func day() -> Day { Day(number: 15_000 + dice.below(8000)) }

  func written(_ day: Day?) -> String {
    guard let day else { return "" }
    let parts = day.components
    let month = "JanFebMarAprMayJunJulAugSepOctNovDec".dropFirst((parts.month - 1) * 3).prefix(3)
    switch dates {
    case "M/d/yyyy": return "\(parts.month)/\(parts.day)/\(parts.year)"
    case "d.M.yyyy": return "\(parts.day).\(parts.month).\(parts.year)"
    case "d MMM yyyy": return "\(parts.day) \(month.lowercased()) \(parts.year)"
    default: return day.description
    }
  }

  mutating func written(_ money: Money?) -> String {
    guard let money else { return "" }
    var parts = money.decimal.split(separator: ".").map(String.init)
    if dice.chance(30) {
      // Group by a sign that is none of the decimal's.
      let sign = dice.pick([decimal == .point ? "," : ".", " ", "'", "\u{A0}"])
      var digits = Array(parts[0].drop { $0 == "-" })
      var at = digits.count - 3
      while at > 0 {
        digits.insert(contentsOf: Array(sign), at: at)
        at -= 3
      }
      parts[0] = (money.isNegative ? "-" : "") + String(digits)
    }
    return parts.joined(separator: decimal.rawValue)
  }

  /// Rows under a header, the columns in any order, quoted where they must be and sometimes where not.
  mutating func file(_ columns: [String], _ rows: [[String: String]]) -> String {
    let order = columns.shuffled(using: &dice)
    var text = dice.chance(20) ? "\u{FEFF}" : ""
    func line(_ cells: [String]) -> String {
      cells.map { cell in
        let mustQuote = cell.contains(delimiter) || cell.hasPrefix("\"") || cell.contains { $0.isNewline }
        guard mustQuote || dice.chance(20) else { return cell }
        return "\"" + cell.replacing("\"", with: "\"\"") + "\""
      }.joined(separator: delimiter) + end
    }
    text += line(order)
    for row in rows { text += line(order.map { row[$0] ?? "" }) }
    return text
  }

  mutating func money(_ currency: Currency) -> Money {
    Money(minor: dice.chance(10) ? dice.below(1_000_000_000_000) : dice.below(1_000_000), currency)
  }
}

@Suite("What is written is read back")
struct RoundTripTests {
  @Test("made-up books, quoted and parted at random, come back the same", arguments: 0..<200)
  func roundTrip(seed: Int) throws {
    var made = MadeUpBooks(seed: UInt64(seed))
    var format = IntakeFormat(currency: Folder.eur)
    format.decimal = made.decimal
    format.dates = .pattern(try DatePattern(made.dates))

    var customers: [String: Customer] = [:]
    for _ in 0..<(1 + made.dice.below(6)) {
      var customer = Customer(id: made.name("C"), place: Place(file: ""))
      customer.name = made.text()
      customer.emails = made.dice.chance(50) ? ["a@b.de", "x.y@xn--tda.org"] : []
      customer.country = made.dice.chance(50) ? "DE" : nil
      customer.tags = made.dice.chance(50) ? ["vip", "key"] : []
      customer.maxLevel = made.dice.chance(30) ? made.dice.below(9) : nil
      customer.creditLimit = made.dice.chance(30) ? made.money(Folder.eur) : nil
      customer.kind = made.dice.pick([.business, .consumer])
      customers[customer.id] = customer
    }
    let ids = customers.keys.sorted()
    var invoices: [ItemKey: Invoice] = [:]
    var currencies: [String: Currency] = [:]
    for _ in 0..<made.dice.below(40) {
      let key = ItemKey(
        customer: made.dice.pick(ids), number: made.name("R"), item: made.dice.chance(20) ? made.name("") : "")
      let currency =
        currencies[key.customer + key.number] ?? made.dice.pick(["EUR", "JPY", "KWD"].map(Folder.currency))
      currencies[key.customer + key.number] = currency
      let issued = made.dice.chance(70) ? made.day() : nil
      var invoice = Invoice(
        key: key, currency: currency, due: (issued ?? made.day()) + made.dice.below(90), place: Place(file: ""))
      invoice.issued = issued
      invoice.kind = made.dice.chance(15) ? .creditNote : .invoice
      invoice.amount = made.money(currency)
      invoice.open = made.dice.chance(30) ? made.money(currency) : nil
      invoice.settled = made.dice.chance(20) ? made.day() : nil
      invoice.autopay = made.dice.chance(20) ? made.day() : nil
      invoice.disputed = made.dice.pick([.none, .whole])
      let details = InvoiceDetails(
        reference: made.text(), purchaseOrder: made.text(), extra: ["Rep": made.text()].filter { !$0.value.isEmpty })
      invoice.details = details == InvoiceDetails() ? nil : details
      invoices[key] = invoice
    }
    let keys = invoices.keys.sorted()
    var payments: [Payment] = []
    for _ in 0..<made.dice.below(20) {
      let named = keys.isEmpty || made.dice.chance(50) ? nil : made.dice.pick(keys)
      let currency = named.flatMap { currencies[$0.customer + $0.number] } ?? Folder.eur
      let amount = made.dice.chance(10) ? -made.money(currency) : made.money(currency)
      var payment = Payment(
        customer: named?.customer ?? made.dice.pick(ids), date: made.day(), amount: amount, place: Place(file: ""))
      payment.invoice = named?.number
      payment.method = made.text()
      payments.append(payment)
    }

    var invoiceRows: [[String: String]] = []
    for key in keys.shuffled(using: &made.dice) {
      guard let invoice = invoices[key] else { continue }
      invoiceRows.append([
        "number": key.number, "item": key.item, "customer": key.customer, "due": made.written(invoice.due),
        "issued": made.written(invoice.issued),
        "kind": invoice.kind == .invoice ? made.dice.pick(["", "invoice"]) : "credit_note",
        "amount": made.written(invoice.amount), "open": made.written(invoice.open), "currency": invoice.currency.code,
        "settled": made.written(invoice.settled), "autopay": made.written(invoice.autopay),
        "disputed": invoice.disputed == .whole ? "yes" : made.dice.pick(["", "no", "0"]),
        "reference": invoice.details?.reference ?? "", "purchase_order": invoice.details?.purchaseOrder ?? "",
        "Rep": invoice.details?.extra["Rep"] ?? "",
      ])
    }
    let invoiceFile = made.file(
      [
        "number", "item", "customer", "due", "issued", "kind", "amount", "open", "currency", "settled", "autopay",
        "disputed",
        "reference", "purchase_order", "Rep",
      ], invoiceRows)
    var customerRows: [[String: String]] = []
    for id in ids {
      guard let customer = customers[id] else { continue }
      customerRows.append([
        "id": id, "name": customer.name, "email": customer.emails.joined(separator: "; "),
        "country": customer.country ?? "",
        "tags": customer.tags.joined(separator: ";"), "max_level": customer.maxLevel.map(String.init) ?? "",
        "credit_limit": made.written(customer.creditLimit), "kind": customer.kind.rawValue,
      ])
    }
    let customerFile = made.file(
      ["id", "name", "email", "country", "tags", "max_level", "credit_limit", "kind"], customerRows)
    var paymentRows: [[String: String]] = []
    for payment in payments {
      paymentRows.append([
        "customer": payment.customer, "date": made.written(payment.date), "amount": made.written(payment.amount),
        "invoice": payment.invoice ?? "", "method": payment.method,
      ])
    }
    let paymentFile = made.file(["customer", "date", "amount", "invoice", "method"], paymentRows)

    let books = try Folder(invoices: invoiceFile, customers: customerFile, payments: paymentFile, format: format)
      .books()
    #expect(books.badRows.isEmpty)
    #expect(
      books.customers.map { customer in with(customer) { $0.place = Place(file: "") } }
        == ids.compactMap { customers[$0] })
    #expect(
      books.invoices.map { invoice in with(invoice) { $0.place = Place(file: "") } } == keys.compactMap { invoices[$0] }
    )
    let expected = payments.enumerated().sorted {
      ($0.element.customer, $0.element.date, $0.offset) < ($1.element.customer, $1.element.date, $1.offset)
    }
    #expect(books.payments.map { payment in with(payment) { $0.place = Place(file: "") } } == expected.map(\.element))
  }

  private func with<T>(_ value: T, _ change: (inout T) -> Void) -> T {
    var value = value
    change(&value)
    return value
  }
}

@Suite("No bytes crash the reader, and no broken row is lost in silence")
struct MutationTests {
  private static let invoices = """
    number,item,customer,due,amount,open,currency,issued,kind,terms,reference,disputed,autopay,settled,email,name,document,Rep
    R1,,C1,2026-03-01,100.00,,EUR,2026-02-01,,"2/10, net 30",ref,,,,a@b.de,Anne,there.pdf,x
    R2,1,C1,2026-03-01,"1,100.00",50.00,USD,,invoice,,,12.00,2026-03-05,,a@b.de,"Müller ""& Co"",
    Köln",,y
    R3,,C2,,5,,,2026-02-01,credit_note,,,yes,,2026-03-01,,,,

    """
  private static let customers =
    "id,payer,name,email,time_zone,terms,do_not_contact\nC1,C2,Anne,a@b.de,UTC,net 30,call\nC2,,,,,,\n"
  private static let payments = "customer,date,amount,invoice\nC1,2026-02-02,5.00,R1\nC2,2026-02-03,-7.00,\n"

  private func mutated(_ text: String, _ dice: inout Dice) -> [UInt8] {
    var bytes = Array(text.utf8)
    for _ in 0..<(1 + dice.below(4)) where !bytes.isEmpty {
      let at = dice.below(bytes.count)
      switch dice.below(6) {
      case 0: bytes[at] = UInt8(dice.below(256))
      case 1: bytes.remove(at: at)
      case 2:
        bytes.insert(contentsOf: dice.pick(["\"", ",", "\n", "\r", "\0", "-", ".", "99999999999", "é"]).utf8, at: at)
      case 3: bytes.removeSubrange(at...)
      case 4: bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + 20)], at: dice.below(bytes.count))
      default: bytes[at] = dice.pick(Array("\",;\t\n\r0/-. ".utf8))
      }
    }
    return bytes
  }

  @Test("mutated files", arguments: 0..<8)
  func mutations(part: Int) throws {
    var dice = Dice(state: UInt64(1000 + part))
    var accepted = 0
    for _ in 0..<500 {
      func file(_ name: String, _ text: String) -> LedgerFile {
        let bytes = dice.chance(60) ? mutated(text, &dice) : Array(text.utf8)
        return LedgerFile(name: name, bytes: bytes, modified: Instant(seconds: 0))
      }
      var format = IntakeFormat(currency: Folder.eur)
      format.dates = dice.pick([nil, .proven])
      format.encoding = dice.pick([nil, nil, .windows1252])
      format.preset = dice.pick([nil, nil, .xero])
      format.badRowsMax = .rows(100)
      let files = LedgerFiles(
        folder: "/l", invoices: file("invoices.csv", MutationTests.invoices),
        customers: dice.chance(70) ? file("customers.csv", MutationTests.customers) : nil,
        payments: file("payments.csv", MutationTests.payments),
        cashThrough: file("posted.txt", "2026-01-01\n"))
      switch Folder.read(files, format) {
      case .rejected(let rejection): #expect(!rejection.reasons.isEmpty)
      case .accepted(let ledger):
        accepted += 1
        let books = ledger.books
        let known = Set(books.customers.map(\.id))
        #expect(zip(books.invoices, books.invoices.dropFirst()).allSatisfy { $0.key < $1.key })
        #expect(zip(books.customers, books.customers.dropFirst()).allSatisfy { $0.id < $1.id })
        #expect(books.invoices.allSatisfy { known.contains($0.key.customer) && !($0.amount?.isNegative ?? false) })
        for row in books.badRows where row.description.utf8.contains(where: { $0 < 0x20 }) {
          Issue.record("a control character in \(row.description.debugDescription)")
        }
        // Every row is an item, a bad row, or told of as a double; only xero's lines become fewer in silence.
        if format.preset == nil, books.badRows.allSatisfy({ $0.reach != .everything }) {
          let ofInvoices = books.badRows.count { $0.place.file == "invoices.csv" }
          let doubles = ledger.warnings.count { $0.text.hasPrefix("the same row") && $0.place.file == "invoices.csv" }
          let doubledOnes = books.badRows.contains {
            $0.reason.contains("stands on line") || $0.reason.contains("has items in")
          }
          #expect(doubledOnes || books.invoices.count + ofInvoices + doubles == ledger.rowCounts[.invoices])
        }
      }
    }
    // Else the mutations would say nothing.
    #expect(accepted > 150)
  }

  @Test("a payment or a credit note that is damaged is still counted, or its customer rests", arguments: 0..<2000)
  func nothingLost(seed: Int) throws {
    var dice = Dice(state: UInt64(seed))
    let row = "C1,2026-02-02,5.00,R1,wire"
    var bytes = Array(row.utf8)
    for _ in 0..<(1 + dice.below(3)) where !bytes.isEmpty {
      let at = dice.below(bytes.count)
      switch dice.below(3) {
      case 0: bytes[at] = UInt8(dice.below(256))
      case 1: bytes.remove(at: at)
      default: bytes.insert(contentsOf: dice.pick(["\"", ",", "\n", "\r", "\0", "x"]).utf8, at: at)
      }
    }
    let file = LedgerFile(
      name: "payments.csv",
      bytes: Array("customer,date,amount,invoice,method\n".utf8) + bytes + Array("\nC2,2026-02-03,6.00,,\n".utf8),
      modified: Instant(seconds: 0))
    let invoices = LedgerFile(
      name: "invoices.csv", bytes: Array("number,customer,due,amount\nR1,C1,2026-01-01,5\nR2,C2,2026-01-01,6\n".utf8),
      modified: Instant(seconds: 0))
    let customers = LedgerFile(name: "customers.csv", bytes: Array("id\nC1\nC2\n".utf8), modified: Instant(seconds: 0))
    let files = LedgerFiles(folder: "/l", invoices: invoices, customers: customers, payments: file)
    guard case .accepted(let ledger) = Folder.read(files, IntakeFormat(currency: Folder.eur)) else { return }
    let reaches = ledger.books.badRows.map(\.reach)
    // A name that the damage turned into another customer's is beyond any reader; a name that became nobody's is told.
    let told = !reaches.isEmpty
    let counted = ledger.books.payments.count == 2
    #expect(told || counted, "\(String(decoding: bytes, as: UTF8.self))")
    if ledger.books.payments.contains(where: { $0.customer == "C1" }) == false {
      #expect(told || bytes.starts(with: Array("C2".utf8)))
    }
  }
}
