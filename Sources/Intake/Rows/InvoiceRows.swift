import Ledger
import Units

/// Rows of invoices.csv into invoices, instalments and credit notes, of customers who are known by now.
struct InvoiceRows: Sendable {
  let table: Table
  let cells: CellReader
  let columns: InvoicePositions
  let xero: XeroRow?
  /// `[company] currency`, for rows that name none.
  private let currency: Currency
  private let documentFault: @Sendable (String) -> String?

  init(
    table: Table, cells: CellReader, currency: Currency, preset: IntakeFormat.Preset?,
    documentFault: @escaping @Sendable (String) -> String?
  ) {
    self.table = table
    self.cells = cells
    self.currency = currency
    self.documentFault = documentFault
    columns = InvoicePositions(table)
    xero = preset == .xero ? XeroRow(table) : nil
  }

  /// What one worker remembers from row to row.
  private struct Memory {
    /// The last one, and how it was written.
    var currency: (cell: ShortCell, currency: Currency)?
    var terms: [String: PaymentTerms] = [:]
  }

  /// How many invoices each of some customers has, and what is wrong with the others.
  struct Read: Sendable {
    var counts: [Int32] = []
    var findings = Findings()
  }

  /// Reads the rows of some customers into invoices by number and item, one customer after the other.
  func read(_ rows: RowsByOwner, into invoices: inout OutputSpan<Invoice>, in directory: Directory) -> Read {
    table.read { reader in
      var read = Read()
      read.counts.reserveCapacity(rows.owners.count)
      var memory = Memory()
      rows.forEach(with: &reader) { reader, owner, rows in
        let first = invoices.count
        // Most exports have a customer's invoices in order, each number once.
        var isArranged = true
        for row in rows {
          read.findings.readRow(
            row, with: &reader, of: table, reach: { InvoiceRows.reach($0, $1, columns, cells) },
            take: { (row, place, _) throws(RowFault) in
              let invoice = try take(row, place, directory.customers[owner], &memory)
              let last = invoices.count - 1
              if last >= first, invoices[last].key.number >= invoice.key.number { isArranged = false }
              invoices.append(invoice)
            })
        }
        if !isArranged {
          var own: [Invoice] = []
          while invoices.count > first { own.append(invoices.removeLast()) }
          own.reverse()
          for invoice in ArrangedInvoices.settled(own, of: self, &read.findings) { invoices.append(invoice) }
        }
        read.counts.append(Int32(invoices.count - first))
      }
      return read
    }
  }

  /// A bad invoice rests its number. A row that is a credit, or may be one, rests its customer, whom its loss would
  /// dun.
  static func reach(
    _ row: borrowing CSVReader, _ fault: RowFault, _ columns: InvoicePositions, _ cells: CellReader
  ) -> BadRow.Reach {
    guard let customer = Findings.readable(row, columns.customer) else { return .everything }
    guard !fault.mayBeCredit, let kind = try? InvoiceRows.kind(row, columns.kind), kind == .invoice,
      let number = Findings.readable(row, columns.number)
    else { return .customer(customer) }
    return .invoice(customer: customer, number: number)
  }

  private func take(
    _ row: borrowing CSVReader, _ place: Place, _ customer: borrowing Customer, _ memory: inout Memory
  ) throws(RowFault) -> Invoice {
    let kind = try InvoiceRows.kind(row, columns.kind)
    let number = try cells.required(row, columns.number)
    let item = try cells.text(row, columns.item)
    let currency = try currency(row, &memory)
    let issued = try cells.day(row, columns.issued)
    let terms = try terms(row, &memory) ?? customer.terms
    var invoice = Invoice(
      key: ItemKey(customer: customer.id, number: number, item: item), currency: currency,
      due: try due(row, kind: kind, issued: issued, terms: terms), place: place)
    invoice.kind = kind
    invoice.issued = issued
    invoice.terms = terms
    invoice.amount = try amount(row, columns.amount, currency, kind)
    invoice.open = try amount(row, columns.open, currency, kind)
    if let xero, try xero.state(row) == .paid { invoice.open = invoice.open ?? Money.zero(currency) }
    if invoice.amount == nil, invoice.open == nil {
      throw RowFault(
        position: columns.amount >= 0 ? columns.amount : columns.open,
        reason: "it is empty; every row needs an amount or what is open of it")
    }
    if columns.disputed >= 0 { invoice.disputed = try dispute(row, currency) }
    invoice.autopay = try cells.day(row, columns.autopay)
    invoice.settled = try cells.day(row, columns.settled)
    if columns.hasDetails { invoice.details = try details(row) }
    return invoice
  }

  /// Empty is an invoice.
  static func kind(_ row: borrowing CSVReader, _ position: Int) throws(RowFault) -> Invoice.Kind {
    let cell = row.field(position)
    if cell.isEmpty || ShortCell(cell) == InvoiceRows.invoice { return .invoice }
    let word = String(
      decoding: cell.map { $0 == Byte.blank || $0 == Byte.minus ? UInt8(ascii: "_") : $0 }, as: UTF8.self)
    switch word.lowercased() {
    case "invoice", "sales_invoice": return .invoice
    case "credit_note", "creditnote", "credit", "sales_credit_note", "sales_overpayment", "sales_prepayment":
      return .creditNote
    default:
      throw RowFault(
        position: position, reason: "\(Text.shown(cell)) is not known; expected invoice or credit_note",
        mayBeCredit: true)
    }
  }

  private static let invoice = ShortCell("invoice")

  private func currency(_ row: borrowing CSVReader, _ memory: inout Memory) throws(RowFault) -> Currency {
    let cell = row.field(columns.currency)
    if cell.isEmpty { return currency }
    let head = ShortCell(cell)
    if let last = memory.currency, last.cell == head { return last.currency }
    let read = try cells.currency(row, columns.currency) ?? currency
    memory.currency = (head, read)
    return read
  }

  private func terms(_ row: borrowing CSVReader, _ memory: inout Memory) throws(RowFault) -> PaymentTerms? {
    guard columns.terms >= 0, let text = try cells.word(row, columns.terms) else { return nil }
    if let known = memory.terms[text] { return known }
    let terms = PaymentTerms(reading: text)
    memory.terms[text] = terms
    return terms
  }

  /// The column `due`, else the invoice's date and its terms; a credit note is due when it is issued.
  private func due(_ row: borrowing CSVReader, kind: Invoice.Kind, issued: Day?, terms: PaymentTerms?) throws(RowFault)
    -> Day
  {
    if let due = try cells.day(row, columns.due) {
      if let issued, due < issued, kind == .invoice {
        throw RowFault(
          position: columns.due, reason: "due \(due) is before the day it was issued, \(issued); correct one of them")
      }
      return due
    }
    guard let issued else {
      throw RowFault(
        position: columns.due >= 0 ? columns.due : columns.issued,
        reason: "there is no due date, and no date of issue to work it out from")
    }
    if kind == .creditNote { return issued }
    guard let days = terms?.netDays else {
      let found =
        terms.map { "the terms \"\($0.text)\" do not give one that is understood" } ?? "there are no terms either"
      throw RowFault(
        position: columns.due >= 0 ? columns.due : columns.terms >= 0 ? columns.terms : columns.issued,
        reason: "there is no due date, and \(found); expected a date, or terms such as net 30")
    }
    return issued + days
  }

  private func amount(_ row: borrowing CSVReader, _ position: Int, _ currency: Currency, _ kind: Invoice.Kind)
    throws(RowFault) -> Money?
  {
    guard let amount = try cells.money(row, position, currency) else { return nil }
    guard amount.isNegative else { return amount }
    // Xero writes what it owes as a negative number of a row that says what it is.
    if xero != nil, kind == .creditNote { return -amount }
    throw RowFault(
      position: position,
      reason: kind == .creditNote
        ? "\(amount) is negative; a credit note has a positive amount, its kind says the rest"
        : "\(amount) is negative; write a credit as a positive amount with kind = credit_note",
      mayBeCredit: true)
  }

  private func dispute(_ row: borrowing CSVReader, _ currency: Currency) throws(RowFault) -> Invoice.Dispute {
    if let truth = cells.truth(row, columns.disputed) { return truth ? .whole : .none }
    do throws(RowFault) {
      guard let part = try cells.money(row, columns.disputed, currency), !part.isZero else { return .none }
      if !part.isNegative { return .part(part) }
    } catch {}
    throw RowFault(
      position: columns.disputed,
      reason: "\(Text.shown(row.field(columns.disputed))) is neither yes, no nor the disputed amount in \(currency)")
  }

  /// Nil when none of the rarer columns is filled.
  private func details(_ row: borrowing CSVReader) throws(RowFault) -> InvoiceDetails? {
    let reference = try cells.text(row, columns.reference)
    let purchaseOrder = try cells.text(row, columns.purchaseOrder)
    let link = try cells.text(row, columns.link)
    let document = try cells.text(row, columns.document)
    let extra = table.extras.isEmpty ? [:] : cells.extras(row, table.extras)
    if !document.isEmpty {
      guard InvoiceRows.isSafe(document) else {
        throw RowFault(
          position: columns.document,
          reason: "\"\(document)\" leads out of the folder of documents; expected a name within it")
      }
      if let fault = documentFault(document) { throw RowFault(position: columns.document, reason: fault) }
    }
    guard !(reference.isEmpty && purchaseOrder.isEmpty && link.isEmpty && document.isEmpty && extra.isEmpty) else {
      return nil
    }
    return InvoiceDetails(
      reference: reference, purchaseOrder: purchaseOrder, link: link, document: document, extra: extra)
  }

  /// Whether a document's name stays within its folder: no absolute path, no `..`, no backslash, no hidden file.
  static func isSafe(_ document: String) -> Bool {
    !document.utf8.contains(UInt8(ascii: "\\")) && document.utf8.count <= 1024
      && document.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        .allSatisfy { !$0.isEmpty && $0.count <= 255 && $0.first != Byte.point }
  }
}

/// Where the columns of invoices.csv stand, looked up once; -1 for one that the file lacks.
struct InvoicePositions: Sendable {
  let number, item, customer, due, amount, open, currency, issued, kind, terms, reference, purchaseOrder, link: Int
  let document, disputed, autopay, settled, email, name: Int
  /// Whether the file has any of the rarer columns.
  let hasDetails: Bool

  init(_ table: Table) {
    func at(_ column: InvoiceColumn) -> Int { table.position(column.rawValue) }
    (number, item, customer) = (at(.number), at(.item), at(.customer))
    (due, amount, open, currency) = (at(.due), at(.amount), at(.open), at(.currency))
    (issued, kind, terms, reference) = (at(.issued), at(.kind), at(.terms), at(.reference))
    (purchaseOrder, link, document) = (at(.purchaseOrder), at(.link), at(.document))
    (disputed, autopay, settled) = (at(.disputed), at(.autopay), at(.settled))
    (email, name) = (at(.email), at(.name))
    hasDetails = !table.extras.isEmpty || max(at(.reference), at(.purchaseOrder), at(.link), at(.document)) >= 0
  }
}
