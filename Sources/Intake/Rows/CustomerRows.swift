import Ledger
import Units

/// Rows of customers.csv into customers.
///
/// A bad row's customer stays in the list with what could be read of it, so that its invoices have an owner to rest
/// under.
struct CustomerRows {
  let table: Table
  let cells: CellReader
  /// `[company] currency`, for credit limits that name none.
  let currency: Currency
  let zones: (String) -> Zone?

  private(set) var customers: [Customer] = []
  private(set) var count = 0
  /// By id, those for whom the file gives an address, usable or not.
  private(set) var addressed: Set<String> = []
  private var zoneCache: [String: Zone?] = [:]
  private var bad: Set<String> = []

  init(table: Table, cells: CellReader, currency: Currency, zones: @escaping (String) -> Zone?) {
    self.table = table
    self.cells = cells
    self.currency = currency
    self.zones = zones
  }

  private func at(_ column: CustomerColumn) -> Int { table.position(column.rawValue) }

  mutating func read(into findings: inout Findings) {
    var all: [Customer] = []
    let id = at(.id)
    count = findings.readRows(
      of: table, customerAt: id,
      reach: { row, _ in Findings.readable(row, id).map(BadRow.Reach.customer) ?? .everything },
      take: { (row, place, findings) throws(RowFault) in
        var customer = Customer(id: try cells.required(row, id), place: place)
        do throws(RowFault) {
          try fill(&customer, row, place, &findings)
          all.append(customer)
        } catch {
          all.append(customer)
          bad.insert(customer.id)
          throw error
        }
      })
    dropDoubles(all, &findings)
    checkPayers(&findings)
  }

  private mutating func fill(
    _ customer: inout Customer, _ row: borrowing CSVReader, _ place: Place, _ findings: inout Findings
  ) throws(RowFault) {
    // The payer first: also of a bad row it should be known whose group it is in.
    customer.payer = try cells.word(row, at(.payer))
    if customer.payer == customer.id { customer.payer = nil }
    customer.name = try cells.text(row, at(.name))
    for column in [CustomerColumn.email, .cc] {
      let (good, faults) = try cells.addresses(row, at(column))
      if column == .email { customer.emails = good } else { customer.cc = good }
      if column == .email, !good.isEmpty || !faults.isEmpty { addressed.insert(customer.id) }
      for fault in faults { findings.warn(place, table.header(at: at(column)), fault) }
    }
    customer.phone = try cells.text(row, at(.phone))
    customer.address = try cells.text(row, at(.address))
    customer.language = try language(row)
    customer.zone = try zone(row)
    customer.country = try country(row)
    if let kind = try cells.word(row, at(.kind)) {
      guard let known = Customer.Kind(rawValue: kind.lowercased()) else {
        throw RowFault(position: at(.kind), reason: "\"\(kind)\" is not known; expected business or consumer")
      }
      customer.kind = known
    }
    for tag in try cells.list(row, at(.tags)).map({ $0.lowercased() }) where !customer.tags.contains(tag) {
      customer.tags.append(tag)
    }
    customer.creditLimit = try creditLimit(row)
    customer.terms = try cells.word(row, at(.terms)).map(PaymentTerms.init(reading:))
    customer.schedule = try cells.word(row, at(.schedule))
    customer.owner = try cells.word(row, at(.owner))
    if let level = try cells.word(row, at(.maxLevel)) {
      guard level.utf8.allSatisfy(Byte.isDigit), let number = Int(level), number <= 99 else {
        throw RowFault(position: at(.maxLevel), reason: "\"\(level)\" is no level; expected a number from 0 to 99")
      }
      customer.maxLevel = number
    }
    customer.doNotContact = try doNotContact(row)
    customer.extra = cells.extras(row, table.extras)
  }

  private func language(_ row: borrowing CSVReader) throws(RowFault) -> String? {
    guard let text = try cells.word(row, at(.language)) else { return nil }
    let parts = text.utf8.split(separator: Byte.minus, omittingEmptySubsequences: false)
    guard (2...3).contains(parts[0].count), parts[0].allSatisfy(Byte.isLetter),
      parts.allSatisfy({ (1...8).contains($0.count) && $0.allSatisfy { Byte.isLetter($0) || Byte.isDigit($0) } })
    else {
      throw RowFault(position: at(.language), reason: "\"\(text)\" is no language; expected a code such as de or en")
    }
    return text.lowercased()
  }

  private func country(_ row: borrowing CSVReader) throws(RowFault) -> String? {
    guard let text = try cells.word(row, at(.country)) else { return nil }
    guard text.utf8.count == 2, text.utf8.allSatisfy(Byte.isLetter) else {
      throw RowFault(
        position: at(.country), reason: "\"\(text)\" is no country; expected two letters of ISO 3166, such as DE")
    }
    return text.uppercased()
  }

  private mutating func zone(_ row: borrowing CSVReader) throws(RowFault) -> Zone? {
    guard let name = try cells.word(row, at(.timeZone)) else { return nil }
    let zone = zoneCache[name] ?? (Zone.isValidName(name) ? zones(name) : nil)
    zoneCache[name] = .some(zone)
    guard let zone else {
      throw RowFault(
        position: at(.timeZone), reason: "\"\(name)\" is no known time zone; expected a name such as Europe/Berlin")
    }
    return zone
  }

  /// `1000` in the company's currency, or `1000 USD`.
  private func creditLimit(_ row: borrowing CSVReader) throws(RowFault) -> Money? {
    let position = at(.creditLimit)
    guard let text = try cells.word(row, position) else { return nil }
    let code = text.uppercased().suffix(3)
    let own = Currency(code: String(code)) ?? currency
    guard let limit = try cells.money(row, position, own), !limit.isNegative else {
      throw RowFault(position: position, reason: "\"\(text)\" is negative; expected an amount such as 1000 \(own)")
    }
    return limit
  }

  private func doNotContact(_ row: borrowing CSVReader) throws(RowFault) -> DoNotContact {
    let position = at(.doNotContact)
    if let truth = cells.truth(row, position) { return truth ? .everything : .nothing }
    var channels: Set<Channel> = []
    for word in try cells.list(row, position) {
      guard let channel = Channel(rawValue: word.lowercased()) else {
        throw RowFault(
          position: position,
          reason: "\"\(word)\" is neither a truth value nor a channel; expected yes, no, or some of "
            + Channel.allCases.map(\.rawValue).joined(separator: "; "))
      }
      channels.insert(channel)
    }
    return .channels(channels.sorted())
  }

  /// Keeps one of each id, sorted. Rows that say different things of one id are all bad.
  private mutating func dropDoubles(_ all: [Customer], _ findings: inout Findings) {
    let sorted = all.sorted { ($0.id, $0.place) < ($1.id, $1.place) }
    var at = 0
    while at < sorted.count {
      var end = at + 1
      while end < sorted.count, sorted[end].id == sorted[at].id { end += 1 }
      let first = sorted[at]
      customers.append(first)
      for other in sorted[(at + 1)..<end] where !bad.contains(first.id) {
        var same = other
        same.place = first.place
        if same == first {
          findings.warn(other.place, table.header(at: self.at(.id)), "the same row stands on line \(first.place.line)")
        } else {
          findings.add(
            BadRow(
              place: other.place, column: table.header(at: self.at(.id)),
              reason: "\"\(other.id)\" stands on line \(first.place.line) with other content; keep one of them",
              reach: .customer(other.id)))
        }
      }
      if sorted[(at + 1)..<end].contains(where: { other in
        var same = other
        same.place = first.place
        return same != first
      }) {
        bad.insert(first.id)
      }
      at = end
    }
  }

  /// A payer that nobody knows, or that has a payer itself, makes a bad row; and who shares a payer with a bad row rests with it, because what is
  /// owed and paid is netted over the payer's group.
  private mutating func checkPayers(_ findings: inout Findings) {
    let payers = Dictionary(customers.map { ($0.id, $0.payer) }) { first, _ in first }
    for customer in customers {
      guard let payer = customer.payer, !bad.contains(customer.id) else { continue }
      let reason: String
      switch payers[payer] {
      case nil: reason = "\"\(payer)\" is no customer of \(table.file)"
      case .some(nil): continue
      case .some(let next?):
        reason = "\"\(payer)\" has a payer itself, \"\(next)\"; name the one who is really written to"
      }
      bad.insert(customer.id)
      findings.add(
        BadRow(
          place: customer.place, column: table.header(at: at(.payer)), reason: reason, reach: .customer(customer.id)))
    }
    var worst: [String: Customer] = [:]
    for customer in customers where bad.contains(customer.id) {
      let payer = customer.payer ?? customer.id
      if worst[payer] == nil { worst[payer] = customer }
      // A bad row's own answer to who pays is not to be trusted: those that it pays for rest too.
      if worst[customer.id] == nil { worst[customer.id] = customer }
    }
    for customer in customers where !bad.contains(customer.id) {
      guard let cause = worst[customer.payer ?? customer.id] else { continue }
      findings.addConsequence(
        BadRow(
          place: customer.place, column: "",
          reason: "it is dunned together with \"\(cause.id)\", whose row (\(cause.place)) is bad",
          reach: .customer(customer.id)))
    }
  }
}
