import Ledger
import Units

/// Rows of customers.csv into customers.
///
/// A bad row's customer stays in the list with what could be read of it, so that its invoices have an owner to rest
/// under.
struct CustomerRows: Sendable {
  /// By id, each once.
  private(set) var customers: [Customer] = []
  private(set) var count = 0
  /// By id, those for whom the file gives an address, usable or not; empty where nobody asks.
  private(set) var addressed: Set<String> = []

  private let table: Table
  private let cells: CellReader
  /// `[company] currency`, for credit limits that name none.
  private let currency: Currency
  private let zones: @Sendable (String) -> Zone?
  private let columns: CustomerPositions
  private let asksAddressed: Bool
  private var bad: Set<String> = []
  private var doubts: [PayerDoubt] = []
  /// Ids that may stand in a row that cannot be read: whoever has one, and is not listed, is missing for that alone.
  var missing: Set<String> { Set(doubts.flatMap(\.ids)) }
  /// Those of whose customers nobody knows who pays for them.
  private(set) var unplaced: [PayerDoubt] = []

  /// What one worker remembers from row to row.
  private struct Memory {
    var zones: [String: Zone?] = [:]
    var terms: [String: PaymentTerms] = [:]
    var addressed: Set<String> = []
  }

  /// What some rows of the file say beside their customers.
  private struct Read: Sendable {
    var count = 0
    var addressed: Set<String> = []
    var bad: Set<String> = []
    /// What could be read of customers whose row is broken as a row.
    var broken: [Customer] = []
    var doubts: [PayerDoubt] = []
    var findings = Findings()

    mutating func keep(_ id: String, _ place: Place, payer: String?) {
      var customer = Customer(id: id, place: place)
      customer.payer = payer == id ? nil : payer
      broken.append(customer)
      bad.insert(id)
    }
  }

  /// - Parameter asksAddressed: whether anybody wants to know who is `addressed`.
  init(
    table: Table, cells: CellReader, currency: Currency, asksAddressed: Bool,
    zones: @escaping @Sendable (String) -> Zone?
  ) {
    self.table = table
    self.cells = cells
    self.currency = currency
    self.asksAddressed = asksAddressed
    self.zones = zones
    columns = CustomerPositions(table)
  }

  mutating func read(into findings: inout Findings, _ workers: some Workers) {
    let (stretches, rows) = (table.parts(workers), self)
    var (all, parts) = workers.fill(stretches.map(\.rowsMax)) { rows.read(stretches[$0], into: &$1) }
    for part in parts {
      count += part.count
      addressed.formUnion(part.addressed)
      bad.formUnion(part.bad)
      all += part.broken
      doubts += part.doubts
      findings.join(part.findings)
    }
    dropDoubles(all, &findings)
    checkPayers(&findings)
  }

  private func read(_ stretch: Table.Stretch, into customers: inout OutputSpan<Customer>) -> Read {
    let id = columns.id
    var read = Read()
    var findings = Findings()
    var memory = Memory()
    read.count = findings.readRows(
      stretch, of: table, customerAt: id,
      reach: { row, fault in
        guard let id = Findings.readable(row, id) else { return .everything }
        let place = Place(file: table.file, line: row.line)
        if let doubt = PayerDoubt(of: id, row, place, columns.payer) { read.doubts.append(doubt) }
        if fault.position < 0 { read.keep(id, place, payer: Findings.readable(row, columns.payer)) }
        return .customer(id)
      },
      ragged: { row, place in
        let doubt = PayerDoubt(ofRagged: row, place, columns, expected: table.headers.count)
        read.doubts.append(doubt)
        // Nothing but a delimiter in the id itself can shift an id that stands first.
        guard id == 0, row.fieldCount > 1, let id = Findings.readable(row, id) else { return nil }
        read.keep(id, place, payer: nil)
        return .customer(id)
      },
      take: { (row, place, findings) throws(RowFault) in
        var customer = Customer(id: try cells.required(row, id), place: place)
        do throws(RowFault) {
          try fill(&customer, row, place, &findings, &memory)
          customers.append(customer)
        } catch {
          customers.append(customer)
          read.bad.insert(customer.id)
          throw error
        }
      })
    read.addressed = memory.addressed
    read.findings = findings
    return read
  }

  private func fill(
    _ customer: inout Customer, _ row: borrowing CSVReader, _ place: Place, _ findings: inout Findings,
    _ memory: inout Memory
  ) throws(RowFault) {
    // The payer first: also of a bad row it should be known whose group it is in.
    customer.payer = try cells.word(row, columns.payer)
    if customer.payer == customer.id { customer.payer = nil }
    customer.name = try cells.text(row, columns.name)
    customer.emails = try addresses(row, columns.email, place, &findings)
    if asksAddressed, !row.field(columns.email).isEmpty, try !cells.list(row, columns.email).isEmpty {
      memory.addressed.insert(customer.id)
    }
    customer.cc = try addresses(row, columns.cc, place, &findings)
    customer.escalationEmails = try addresses(row, columns.escalationEmail, place, &findings)
    customer.phone = try cells.text(row, columns.phone)
    customer.address = try cells.text(row, columns.address)
    customer.language = try language(row)
    customer.zone = try zone(row, &memory)
    customer.country = try country(row)
    if let kind = try cells.word(row, columns.kind) {
      guard let known = Customer.Kind(rawValue: kind.lowercased()) else {
        throw RowFault(position: columns.kind, reason: "\"\(kind)\" is not known; expected business or consumer")
      }
      customer.kind = known
    }
    for tag in try cells.list(row, columns.tags) where !customer.tags.contains(tag.lowercased()) {
      customer.tags.append(tag.lowercased())
    }
    customer.creditLimit = try creditLimit(row)
    customer.terms = try terms(row, &memory)
    customer.schedule = try cells.word(row, columns.schedule)
    customer.owner = try cells.word(row, columns.owner)
    if let level = try cells.word(row, columns.maxLevel) {
      guard level.utf8.allSatisfy(Byte.isDigit), let number = Int(level), number <= 99 else {
        throw RowFault(position: columns.maxLevel, reason: "\"\(level)\" is no level; expected a number from 0 to 99")
      }
      customer.maxLevel = number
    }
    customer.doNotContact = try doNotContact(row)
    customer.extra = cells.extras(row, table.extras)
  }

  /// The usable ones; the others are told.
  private func addresses(
    _ row: borrowing CSVReader, _ position: Int, _ place: Place, _ findings: inout Findings
  ) throws(RowFault) -> [String] {
    let (good, faults) = try cells.addresses(row, position)
    for fault in faults { findings.warn(place, table.header(at: position), fault) }
    return good
  }

  private func language(_ row: borrowing CSVReader) throws(RowFault) -> String? {
    guard let text = try cells.word(row, columns.language) else { return nil }
    // Nearly all are two small letters.
    if text.utf8.count == 2, text.utf8.allSatisfy({ $0 >= 0x61 && $0 <= 0x7A }) { return text }
    let parts = text.utf8.split(separator: Byte.minus, omittingEmptySubsequences: false)
    guard (2...3).contains(parts[0].count), parts[0].allSatisfy(Byte.isLetter),
      parts.allSatisfy({ (1...8).contains($0.count) && $0.allSatisfy { Byte.isLetter($0) || Byte.isDigit($0) } })
    else {
      throw RowFault(position: columns.language, reason: "\"\(text)\" is no language; expected a code such as de or en")
    }
    return text.utf8.contains { $0 >= 0x41 && $0 <= 0x5A } ? text.lowercased() : text
  }

  private func country(_ row: borrowing CSVReader) throws(RowFault) -> String? {
    guard let text = try cells.word(row, columns.country) else { return nil }
    guard text.utf8.count == 2, text.utf8.allSatisfy(Byte.isLetter) else {
      throw RowFault(
        position: columns.country, reason: "\"\(text)\" is no country; expected two letters of ISO 3166, such as DE")
    }
    return text.utf8.contains { $0 >= 0x61 } ? text.uppercased() : text
  }

  private func terms(_ row: borrowing CSVReader, _ memory: inout Memory) throws(RowFault) -> PaymentTerms? {
    guard let text = try cells.word(row, columns.terms) else { return nil }
    if let known = memory.terms[text] { return known }
    let terms = PaymentTerms(reading: text)
    memory.terms[text] = terms
    return terms
  }

  private func zone(_ row: borrowing CSVReader, _ memory: inout Memory) throws(RowFault) -> Zone? {
    guard let name = try cells.word(row, columns.timeZone) else { return nil }
    let zone = memory.zones[name] ?? (Zone.isValidName(name) ? zones(name) : nil)
    memory.zones[name] = .some(zone)
    guard let zone else {
      throw RowFault(
        position: columns.timeZone, reason: "\"\(name)\" is no known time zone; expected a name such as Europe/Berlin")
    }
    return zone
  }

  /// `1000` in the company's currency, or `1000 USD`.
  private func creditLimit(_ row: borrowing CSVReader) throws(RowFault) -> Money? {
    let position = columns.creditLimit
    guard let text = try cells.word(row, position) else { return nil }
    let code = text.uppercased().suffix(3)
    let own = Currency(code: String(code)) ?? currency
    guard let limit = try cells.money(row, position, own), !limit.isNegative else {
      throw RowFault(position: position, reason: "\"\(text)\" is negative; expected an amount such as 1000 \(own)")
    }
    return limit
  }

  private func doNotContact(_ row: borrowing CSVReader) throws(RowFault) -> DoNotContact {
    let position = columns.doNotContact
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
    // Most exports are in order, and have everybody once.
    if all.indices.dropFirst().allSatisfy({ all[$0 - 1].id < all[$0].id }) {
      customers = all
      return
    }
    let sorted = all.sorted { ($0.id, $0.place) < ($1.id, $1.place) }
    var at = 0
    while at < sorted.count {
      var end = at + 1
      while end < sorted.count, sorted[end].id == sorted[at].id { end += 1 }
      let first = sorted[at]
      customers.append(first)
      for other in sorted[(at + 1)..<end] where other.payer != first.payer {
        doubts.append(PayerDoubt(ids: [first.id], place: other.place, payers: [other.payer ?? other.id]))
      }
      for other in sorted[(at + 1)..<end] where !bad.contains(first.id) {
        var same = other
        same.place = first.place
        if same == first {
          findings.warn(other.place, table.header(at: columns.id), "the same row stands on line \(first.place.line)")
        } else {
          findings.add(
            BadRow(
              place: other.place, column: table.header(at: columns.id),
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

  /// A payer that nobody knows, or that has a payer itself, makes a bad row; and who shares a payer with a bad row rests
  /// with it, because what is owed and paid is netted over the payer's group.
  private mutating func checkPayers(_ findings: inout Findings) {
    let hasPayers = customers.contains { $0.payer != nil }
    if bad.isEmpty, doubts.isEmpty, !hasPayers { return }
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
          place: customer.place, column: table.header(at: columns.payer), reason: reason, reach: .customer(customer.id))
      )
    }
    var worst: [String: (id: String, place: Place)] = [:]
    func rest(_ payer: String, with id: String, _ place: Place) {
      if worst[payer] == nil { worst[payer] = (id, place) }
    }
    for customer in customers where bad.contains(customer.id) {
      rest(customer.payer ?? customer.id, with: customer.id, customer.place)
      // A bad row's own answer to who pays is not to be trusted: those that it pays for rest too.
      rest(customer.id, with: customer.id, customer.place)
    }
    for doubt in doubts {
      let known = doubt.payers.filter { payers[$0] != nil }
      for payer in known {
        rest(payer, with: doubt.ids.first ?? payer, doubt.place)
        if let next = payers[payer] ?? nil { rest(next, with: doubt.ids.first ?? payer, doubt.place) }
      }
      if doubt.isCut ? hasPayers : doubt.isGarbled && known.isEmpty { unplaced.append(doubt) }
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
