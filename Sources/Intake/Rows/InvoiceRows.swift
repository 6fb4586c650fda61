import Ledger
import Units

/// Rows of invoices.csv into invoices, instalments and credit notes, and into customers where customers.csv is absent.
struct InvoiceRows {
  /// What the rows of one file are read with.
  struct Setting {
    /// `[company] currency`, for rows that name none.
    let currency: Currency
    let documentExists: (String) -> Bool
    /// By id, those of customers.csv; nil without that file.
    let customers: [String: Customer]?
  }

  /// A customer as invoices.csv knows it.
  struct Owner {
    let id: String
    let place: Place
    var name = ""
    var emails: [String] = []
    /// Whether a row gave an address, usable or not.
    var hasEmail = false
    let terms: PaymentTerms?
  }

  let table: Table
  let cells: CellReader
  let setting: Setting
  let columns: InvoicePositions
  let xero: XeroRow?

  /// In the order of the file, until `ArrangedInvoices` takes them.
  var invoices: [Invoice] = []
  /// For each of `invoices`, its place in `owners`.
  private(set) var ownerOf: [Int32] = []
  private(set) var owners: [Owner] = []
  private(set) var count = 0
  private var ownerIndex: [String: Int32] = [:]
  private var lastCurrency: (bytes: [UInt8], currency: Currency)?
  private var termsCache: [String: PaymentTerms] = [:]
  private var skipped = 0

  init(table: Table, cells: CellReader, setting: Setting, preset: IntakeFormat.Preset?) {
    self.table = table
    self.cells = cells
    self.setting = setting
    columns = InvoicePositions(table)
    xero = preset == .xero ? XeroRow(table) : nil
  }

  mutating func read(into findings: inout Findings) {
    // Another reader of the same bytes, so that the rows can be taken while they are read.
    let (table, columns, cells) = (table, columns, cells)
    invoices.reserveCapacity(table.lineCount)
    ownerOf.reserveCapacity(table.lineCount)
    count = findings.readRows(
      of: table, customerAt: columns.customer,
      reach: { row, fault in InvoiceRows.reach(row, fault, columns, cells) },
      take: { (row, place, findings) throws(RowFault) in try take(row, place, &findings) })
    if skipped > 0 {
      findings.warn(
        Place(file: table.file), "",
        "\(skipped) row\(skipped == 1 ? " is" : "s are") no invoice that a customer owes (drafts, voided, bills): "
          + "left out"
      )
    }
  }

  /// A bad invoice rests its number. A row that is a credit, or may be one, rests its customer, whom its loss would
  /// dun.
  private static func reach(
    _ row: borrowing CSVReader, _ fault: RowFault, _ columns: InvoicePositions, _ cells: CellReader
  ) -> BadRow.Reach {
    guard let customer = Findings.readable(row, columns.customer) else { return .everything }
    guard !fault.mayBeCredit, let kind = try? InvoiceRows.kind(row, columns.kind), kind == .invoice,
      let number = Findings.readable(row, columns.number)
    else { return .customer(customer) }
    return .invoice(customer: customer, number: number)
  }

  private mutating func take(_ row: borrowing CSVReader, _ place: Place, _ findings: inout Findings) throws(RowFault) {
    var paid = false
    if let xero {
      switch try xero.state(row) {
      case .owed: break
      case .paid: paid = true
      case .none:
        skipped += 1
        return
      }
    }
    let kind = try InvoiceRows.kind(row, columns.kind)
    let owner = try owner(row, place, &findings)
    let number = try cells.required(row, columns.number)
    let item = try cells.text(row, columns.item)
    let currency = try currency(row)
    let issued = try cells.day(row, columns.issued)
    let terms = try terms(row) ?? owners[owner].terms
    var invoice = Invoice(
      key: ItemKey(customer: owners[owner].id, number: number, item: item), currency: currency,
      due: try due(row, kind: kind, issued: issued, terms: terms), place: place)
    invoice.kind = kind
    invoice.issued = issued
    invoice.terms = terms
    invoice.amount = try amount(row, columns.amount, currency, kind)
    invoice.open = try amount(row, columns.open, currency, kind)
    if paid { invoice.open = invoice.open ?? Money.zero(currency) }
    if invoice.amount == nil, invoice.open == nil {
      throw RowFault(
        position: columns.amount >= 0 ? columns.amount : columns.open,
        reason: "it is empty; every row needs an amount or what is open of it")
    }
    invoice.disputed = try dispute(row, currency)
    invoice.autopay = try cells.day(row, columns.autopay)
    invoice.settled = try cells.day(row, columns.settled)
    invoice.details = try details(row)
    invoices.append(invoice)
    ownerOf.append(Int32(owner))
  }

  /// Empty is an invoice.
  private static func kind(_ row: borrowing CSVReader, _ position: Int) throws(RowFault) -> Invoice.Kind {
    let cell = row.field(position)
    if cell.isEmpty { return .invoice }
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

  /// The row's customer, who is remembered at the first row that names it.
  private mutating func owner(_ row: borrowing CSVReader, _ place: Place, _ findings: inout Findings) throws(RowFault)
    -> Int
  {
    let id = try cells.required(row, columns.customer)
    let name = try cells.text(row, columns.name)
    var emails: (good: [String], faults: [String]) = ([], [])
    let known = ownerIndex[id]
    if let fault = Text.controlFault(in: row.field(columns.email)) {
      throw RowFault(position: columns.email, reason: "\(Text.shown(row.field(columns.email))) \(fault)")
    }
    let givesEmail = !row.field(columns.email).isEmpty && known.map { !owners[Int($0)].hasEmail } ?? true
    if givesEmail {
      emails = try cells.addresses(row, columns.email)
      for fault in emails.faults { findings.warn(place, table.header(at: columns.email), fault) }
    }
    let index: Int
    if let known {
      index = Int(known)
    } else {
      if let customers = setting.customers, customers[id] == nil {
        throw RowFault(
          position: columns.customer, reason: "\"\(id)\" is no customer of the customers' file; add it there")
      }
      index = owners.count
      owners.append(Owner(id: id, place: place, terms: setting.customers?[id]?.terms))
      ownerIndex[id] = Int32(index)
    }
    if owners[index].name.isEmpty { owners[index].name = name }
    if givesEmail {
      owners[index].emails = emails.good
      owners[index].hasEmail = true
    }
    return index
  }

  private mutating func currency(_ row: borrowing CSVReader) throws(RowFault) -> Currency {
    let cell = row.field(columns.currency)
    if cell.isEmpty { return setting.currency }
    if let lastCurrency, cell.elementsEqual(lastCurrency.bytes) { return lastCurrency.currency }
    let currency = try cells.currency(row, columns.currency) ?? setting.currency
    lastCurrency = (Array(cell), currency)
    return currency
  }

  private mutating func terms(_ row: borrowing CSVReader) throws(RowFault) -> PaymentTerms? {
    guard let text = try cells.word(row, columns.terms) else { return nil }
    if let known = termsCache[text] { return known }
    let terms = PaymentTerms(reading: text)
    termsCache[text] = terms
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
      guard setting.documentExists(document) else {
        throw RowFault(
          position: columns.document,
          reason: "there is no file \"\(document)\" in the folder of documents ([ledger] documents)")
      }
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
struct InvoicePositions {
  let number, item, customer, due, amount, open, currency, issued, kind, terms, reference, purchaseOrder, link: Int
  let document, disputed, autopay, settled, email, name: Int

  init(_ table: Table) {
    func at(_ column: InvoiceColumn) -> Int { table.position(column.rawValue) }
    (number, item, customer) = (at(.number), at(.item), at(.customer))
    (due, amount, open, currency) = (at(.due), at(.amount), at(.open), at(.currency))
    (issued, kind, terms, reference) = (at(.issued), at(.kind), at(.terms), at(.reference))
    (purchaseOrder, link, document) = (at(.purchaseOrder), at(.link), at(.document))
    (disputed, autopay, settled) = (at(.disputed), at(.autopay), at(.settled))
    (email, name) = (at(.email), at(.name))
  }
}
