import Ledger
import Units

/// The truth about a made-up company's customers, and the ledger that shows it.
///
/// What is owed and what is contested is kept here in the simplest form there is, so that the watch can ask it without
/// any of the code that it watches.
struct SimulatedTrade {
  struct Item {
    let key: ItemKey
    let issued: Day
    let due: Day
    let amount: Int
    var paid = 0
    var isDisputed = false
    var isSettled: Bool { paid >= amount }
  }

  private(set) var customers: [Customer] = []
  private(set) var items: [Item] = []
  private var payments: [Payment] = []
  /// Goes up with every change: what the files' times and sizes are to the real daemon.
  private(set) var version = 0
  private var invoicesWritten = 0
  private let place = Place(file: "simulated.csv", line: 2)

  init(_ chance: inout SplitMix64, today: Day, currency: Currency) {
    for number in 1...chance.pick(2...5) {
      var customer = Customer(id: "C\(number)", place: place)
      customer.name = "Customer \(number)"
      customer.emails = ["ar@c\(number).example"]
      if chance.chance(300) { customer.emails.append("boss@c\(number).example") }
      if chance.chance(100) { customer.cc = ["copy@c\(number).example"] }
      customers.append(customer)
    }
    for _ in 1...chance.pick(3...10) { write(&chance, on: today - chance.pick(0...45), currency) }
  }

  func item(_ key: ItemKey) -> Item? { items.first { $0.key == key } }

  /// One thing that happens in the accounts department.
  mutating func happen(_ chance: inout SplitMix64, on today: Day, _ currency: Currency) {
    version += 1
    let open = items.indices.filter { !items[$0].isSettled }
    guard chance.chance(650), !open.isEmpty else { return write(&chance, on: today, currency) }
    let index = chance.pick(open)
    switch chance.pick(0...9) {
    case 0...5: pay(index, items[index].amount - items[index].paid, on: today, currency)
    case 6, 7: pay(index, chance.pick(1...(items[index].amount - items[index].paid)), on: today, currency)
    default: items[index].isDisputed.toggle()
    }
  }

  private mutating func write(_ chance: inout SplitMix64, on day: Day, _ currency: Currency) {
    invoicesWritten += 1
    let customer = chance.pick(customers)
    items.append(
      Item(
        key: ItemKey(customer: customer.id, number: "I\(invoicesWritten)"), issued: day,
        due: day + chance.pick([0, 7, 14]), amount: chance.pick(100...90_000)))
  }

  private mutating func pay(_ index: Int, _ amount: Int, on day: Day, _ currency: Currency) {
    items[index].paid += amount
    var payment = Payment(
      customer: items[index].key.customer, date: day, amount: Money(minor: amount, currency), place: place)
    payment.invoice = items[index].key.number
    payments.append(payment)
  }

  /// As the ledger's reader would hand it over.
  func books(modified: Instant, _ currency: Currency) -> Books {
    var books = Books(modified: modified)
    books.customers = customers.sorted { $0.id < $1.id }
    books.invoices = items.sorted { $0.key < $1.key }.map { item in
      var invoice = Invoice(key: item.key, currency: currency, due: item.due, place: place)
      invoice.issued = item.issued
      invoice.amount = Money(minor: item.amount, currency)
      invoice.disputed = item.isDisputed ? .whole : .none
      return invoice
    }
    books.payments = payments.enumerated().sorted {
      ($0.element.customer, $0.element.date, $0.offset) < ($1.element.customer, $1.element.date, $1.offset)
    }.map(\.element)
    return books
  }
}
