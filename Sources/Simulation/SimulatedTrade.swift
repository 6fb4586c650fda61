import Ledger
import Units

/// The truth about a made-up company's customers, and the ledger that shows it.
///
/// What is owed and what is contested is kept here in the simplest form there is, so that the watch can ask it without
/// any of the code that it watches.
struct SimulatedTrade {
  struct Item {
    let key: ItemKey
    let currency: Currency
    let issued: Day
    var due: Day
    /// The day on which the ledger got it.
    let entered: Day
    let amount: Int
    /// By payments that name it.
    var paid = 0
    /// By credit notes that name it.
    var credited = 0
    /// Minor units that the ledger has as contested; nil is all of it.
    var disputed: Int? = 0
    /// The day on which it was paid in full.
    var settled: Day?
    var isBad = false

    var open: Int { max(0, amount - paid - credited) }
    /// What may be asked for.
    var undisputed: Int { disputed.map { max(0, open - $0) } ?? 0 }
    /// Nothing may be asked for.
    var isAtRest: Bool { undisputed == 0 || isBad }
  }

  private(set) var customers: [Customer] = []
  /// Where each lives, by id.
  private(set) var homes: [String: Home] = [:]
  private(set) var items: [Item] = []
  private var payments: [Payment] = []
  private var notes: [Invoice] = []
  /// Goes up with every change: what the files' times and sizes are to the real daemon.
  private(set) var version = 0
  private var invoicesWritten = 0
  private let currencies: [Currency]
  private let place = Place(file: "simulated.csv", line: 2)
  private var shown: (version: Int, books: Books)?

  init(_ chance: inout SplitMix64, today: Day, homes: [Home], currencies: [Currency]) {
    self.currencies = currencies
    for number in 1...chance.pick(2...4) {
      var customer = Customer(id: "C\(number)", place: place)
      customer.name = "Customer \(number)"
      customer.emails = ["ar@c\(number).example"]
      if chance.chance(300) { customer.emails.append("boss@c\(number).example") }
      if chance.chance(100) { customer.cc = ["copy@c\(number).example"] }
      if number > 1, chance.chance(150) { customer.emails = ["ar@c1.example"] }
      if number > 2, chance.chance(200) { customer.payer = "C2" }
      if chance.chance(200) { customer.kind = .consumer }
      if number % 3 != 1 { customer.phone = "+49 30 55 \(number)" }
      if number % 3 != 0 { customer.address = "\(number) Some Road; Some Town" }
      let home = chance.pick(homes)
      if home != homes[0] || chance.chance(500) {
        customer.zone = home.zone
        customer.country = home.country
      }
      self.homes[customer.id] = home
      customers.append(customer)
    }
    // Of chance of its own, like whatever was thought of later: the other histories stay what they were.
    var apart = chance
    for index in customers.indices where apart.chance(80) {
      customers[index].doNotContact =
        apart.chance(500) ? .everything : .channels([apart.pick([.email, .webhook, .letter])])
    }
    for _ in 1...chance.pick(2...6) { write(&chance, on: today - chance.pick(0...30), entered: today) }
  }

  func item(_ key: ItemKey) -> Item? { items.first { $0.key == key } }
  func payer(of customer: String) -> String { customers.first { $0.id == customer }?.payer ?? customer }
  func customer(_ id: String) -> Customer? { customers.first { $0.id == id } }

  /// What a payer owes in one currency once all its credit is taken off.
  func net(of payer: String, _ currency: Currency) -> Int {
    let members = Set(customers.filter { ($0.payer ?? $0.id) == payer }.map(\.id))
    var net = 0
    for item in items where members.contains(item.key.customer) && item.currency == currency {
      net += item.amount - item.paid - item.credited
    }
    for payment in payments where payment.invoice == nil && members.contains(payment.customer) {
      if payment.amount.currency == currency { net -= payment.amount.minor }
    }
    return max(0, net)
  }

  // MARK: - What happens

  /// - Returns: false when there was nobody whom it could befall.
  mutating func happen(_ deed: Happening.Deed, _ chance: inout SplitMix64, on today: Day) -> Bool {
    let open = items.indices.filter { items[$0].open > 0 }
    func some(_ indices: [Int]) -> Int? { indices.isEmpty ? nil : chance.pick(indices) }
    switch deed {
    case .invoice: write(&chance, on: today, entered: today)
    case .payment:
      guard let index = some(open) else { return false }
      pay(index, items[index].open, on: today)
    case .partPayment:
      guard let index = some(open) else { return false }
      pay(index, chance.pick(1...items[index].open), on: today)
    case .overpayment:
      guard let index = some(open) else { return false }
      pay(index, items[index].open + chance.pick(1...20_000), on: today)
    case .unappliedPayment:
      guard let index = some(open) else { return false }
      add(chance.chance(300) ? items[index].open : chance.pick(1...40_000), to: index, naming: nil, on: today)
    case .returnedPayment:
      guard let index = some(items.indices.filter { items[$0].paid > 0 }) else { return false }
      pay(index, -items[index].paid, on: today)
    case .creditNote:
      guard let index = some(open) else { return false }
      credit(index, chance.chance(500) ? items[index].open : chance.pick(1...items[index].open), on: today)
    case .ledgerDispute:
      guard let index = some(open) else { return false }
      items[index].disputed =
        items[index].disputed != 0 ? 0 : chance.chance(500) ? nil : chance.pick(1...items[index].open)
    case .badRow:
      guard let index = some(Array(items.indices)) else { return false }
      items[index].isBad.toggle()
    case .newAddress:
      let index = chance.pick(0...(customers.count - 1))
      customers[index].emails =
        chance.chance(150) ? [] : ["new\(chance.pick(1...99))@\(customers[index].id.lowercased()).example"]
      if chance.chance(500) {
        customers[index].address = chance.chance(200) ? "" : "\(chance.pick(1...99)) Other Road; Other Town"
      }
      if chance.chance(300) { customers[index].doNotContact = chance.chance(400) ? .channels([.email]) : .nothing }
      // Longer or shorter terms are agreed.
      if chance.chance(500), let moved = some(open) {
        items[moved].due = max(items[moved].issued, items[moved].due + chance.pick(-15...30))
      }
    case .importOld(let count):
      for _ in 0..<count { write(&chance, on: today - chance.pick(60...600), entered: today) }
    default: return false
    }
    version += 1
    return true
  }

  /// All is put right: no bad row, nothing contested, everybody has an address and may be written to.
  mutating func mend() {
    version += 1
    for index in items.indices { (items[index].isBad, items[index].disputed) = (false, 0) }
    for index in customers.indices { customers[index].doNotContact = .nothing }
    for index in customers.indices where customers[index].emails.isEmpty {
      customers[index].emails = ["again@\(customers[index].id.lowercased()).example"]
    }
  }

  /// What was paid a while ago is no longer exported, nor what was never paid and written off.
  mutating func archive(on today: Day) {
    let gone = items.filter { item in
      let isOver = item.settled.map { $0 < today - 15 } ?? (item.entered < today - 75)
      return isOver && item.paid + item.credited <= item.amount
    }.map(\.key)
    guard !gone.isEmpty else { return }
    version += 1
    let numbers = Set(gone.map(\.number))
    items.removeAll { numbers.contains($0.key.number) }
    payments.removeAll { numbers.contains($0.invoice ?? "") }
    notes.removeAll { numbers.contains($0.details?.reference ?? "") }
  }

  private mutating func write(_ chance: inout SplitMix64, on day: Day, entered: Day) {
    invoicesWritten += 1
    let customer = chance.pick(customers)
    let currency = chance.chance(800) ? currencies[0] : chance.pick(currencies)
    items.append(
      Item(
        key: ItemKey(customer: customer.id, number: "I\(invoicesWritten)"), currency: currency, issued: day,
        due: day + chance.pick([0, 7, 14]), entered: entered,
        amount: chance.pick(chance.chance(100) ? 100...3000 : 3000...90_000)))
  }

  private mutating func pay(_ index: Int, _ amount: Int, on day: Day) {
    items[index].paid += amount
    items[index].settled = items[index].open == 0 ? day : nil
    add(amount, to: index, naming: items[index].key.number, on: day)
  }

  private mutating func add(_ amount: Int, to index: Int, naming number: String?, on day: Day) {
    var payment = Payment(
      customer: items[index].key.customer, date: day, amount: Money(minor: amount, items[index].currency), place: place)
    payment.invoice = number
    payments.append(payment)
  }

  private mutating func credit(_ index: Int, _ amount: Int, on day: Day) {
    items[index].credited += amount
    items[index].settled = items[index].open == 0 ? day : nil
    invoicesWritten += 1
    let item = items[index]
    var note = Invoice(
      key: ItemKey(customer: item.key.customer, number: "N\(invoicesWritten)"), currency: item.currency, due: day,
      place: place)
    note.kind = .creditNote
    note.issued = day
    note.amount = Money(minor: amount, item.currency)
    note.details = InvoiceDetails(reference: item.key.number)
    notes.append(note)
  }

  // MARK: - What the ledger shows

  /// As the ledger's reader would hand it over.
  mutating func books(modified: Instant, cashThrough: Day?) -> Books {
    if let shown, shown.version == version {
      var books = shown.books
      books.modified = modified
      books.cashThrough = cashThrough
      return books
    }
    var books = Books(modified: modified)
    books.cashThrough = cashThrough
    books.customers = customers.sorted { $0.id < $1.id }
    let invoices = items.map { item in
      var invoice = Invoice(key: item.key, currency: item.currency, due: item.due, place: place)
      invoice.issued = item.issued
      invoice.amount = Money(minor: item.amount, item.currency)
      invoice.disputed = item.disputed.map { $0 == 0 ? .none : .part(Money(minor: $0, item.currency)) } ?? .whole
      return invoice
    }
    books.invoices = (invoices + notes).sorted { $0.key < $1.key }
    books.payments = payments.enumerated().sorted {
      ($0.element.customer, $0.element.date, $0.offset) < ($1.element.customer, $1.element.date, $1.offset)
    }.map(\.element)
    books.badRows = items.filter(\.isBad).map { item in
      BadRow(
        place: place, column: "amount", reason: "simulated",
        reach: .invoice(customer: item.key.customer, number: item.key.number))
    }
    shown = (version, books)
    return books
  }
}
