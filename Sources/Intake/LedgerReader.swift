import Ledger
import Units

/// Reads the files of a ledger folder into books, or tells why the snapshot cannot be used.
///
///     bytes ──► FileText ──► Table (header) ──► rows ──► cells ──► Customer, Invoice, Payment
///                                                └─► Findings: bad rows with their reach, warnings
///     all together ──► guards (bad rows, shrinking) ──► Books or LedgerRejection
///
/// Pure: the edge reads the files, and says what it knows of zones and documents.
package struct LedgerReader: Sendable {
  package let format: IntakeFormat
  /// A time zone by its IANA name; nil when there is none.
  private let zones: @Sendable (String) -> Zone?
  /// Why the document of that name could not go with a message; nil when it could. Asked only for names that stay within the
  /// folder.
  private let documentFault: @Sendable (String) -> String?

  package init(
    format: IntakeFormat, zones: @escaping @Sendable (String) -> Zone?,
    documentFault: @escaping @Sendable (String) -> String?
  ) {
    self.format = format
    self.zones = zones
    self.documentFault = documentFault
  }

  /// - Parameters:
  ///   - lastRowCounts: `rowCounts` of the last snapshot that was accepted; empty when there was none.
  ///   - workers: who reads; what comes of it does not depend on them.
  package func read(
    _ files: consuming LedgerFiles, lastRowCounts: RowCounts = [:], workers: some Workers = Alone()
  ) -> LedgerReading {
    var problems = Problems(reasons: missingFiles(files, lastRowCounts))
    var tables = tables(files, &problems)
    let dates = dates(tables, &problems)
    guard problems.reasons.isEmpty, let modified = files.invoices?.modified, tables[.invoices] != nil else {
      return .rejected(LedgerRejection(reasons: problems.reasons, badRows: []))
    }
    func cells(_ file: IntakeFormat.File) -> CellReader {
      CellReader(dates: dates[file] ?? .iso, decimal: format.decimal ?? .point)
    }

    var findings = Findings()
    for file in IntakeFormat.File.allCases { findings.add(tables[file]?.warnings ?? []) }
    var counts: RowCounts = [:]
    var books = Books(modified: modified)
    books.name = format.name

    // A file's bytes go as soon as all of it is read: together with the books, all of them would be too much.
    var listed: CustomerRows?
    if let table = tables[.customers] {
      var rows = CustomerRows(
        table: table, cells: cells(.customers), currency: format.currency,
        asksAddressed: tables[.invoices].map { $0.has("email") || $0.has("name") } ?? false, zones: zones)
      rows.read(into: &findings, workers)
      counts[.customers] = rows.count
      listed = rows
    }
    let (unplaced, missing) = (listed?.unplaced ?? [], listed?.missing ?? [])
    (tables[.customers], files.customers) = (nil, nil)

    // Whose each row is, then what it says, customer by customer.
    var directory = listed.map { Directory($0.customers) } ?? Directory([])
    let isListed = listed != nil
    if let table = tables[.invoices] {
      let rows = InvoiceRows(
        table: table, cells: cells(.invoices), currency: format.currency, preset: format.preset,
        documentFault: documentFault)
      var owners = InvoiceOwners.read(rows, isListed ? directory : nil, missing: missing, into: &findings, workers)
      counts[.invoices] = owners.count
      directory = LedgerReader.directory(isListed ? directory : nil, listed?.addressed ?? [], &owners)
      listed = nil
      books.invoices = LedgerReader.invoices(rows, owners.rows, &directory, &findings, workers)
      books.customers = directory.customers
    }
    (tables[.invoices], files.invoices) = (nil, nil)

    if let table = tables[.payments], let modified = files.payments?.modified {
      let rows = PaymentRows(
        table: table, cells: cells(.payments), currency: format.currency, directory: directory, isListed: isListed,
        missing: missing, homes: PaymentHomes(directory, books.invoices))
      (books.payments, counts[.payments]) = rows.read(into: &findings, workers)
      books.modified = min(books.modified, modified)
    }
    if let file = files.cashThrough {
      books.cashThrough = LedgerReader.cashThrough(file, &findings)
    } else if let name = format.cashThrough {
      findings.warn(
        Place(file: name), "", "it is not there; until it is, no notice goes (cash_not_posted)", stopsNotices: true)
    }

    let ownFaults = findings.count
    findings.settleRagged { directory.number(of: $0) != nil }
    let reasons = guards(counts, last: lastRowCounts, bad: ownFaults)
    guard reasons.isEmpty else { return .rejected(LedgerRejection(reasons: reasons, badRows: findings.allBad)) }
    let loose = LooseMoney(of: unplaced, books, findings)
    for doubt in unplaced { doubt.rest(loose, &findings) }
    findings.tellBlanks()
    books.badRows = findings.allBad
    return .accepted(
      AcceptedLedger(
        books: books,
        warnings: findings.warnings.sorted { ($0.place, $0.column, $0.text) < ($1.place, $1.column, $1.text) },
        rowCounts: counts))
  }

  /// Reasons to reject, as they come up.
  private struct Problems { var reasons: [LedgerRejection.Reason] }

  /// What must be there: the invoices, each file that the configuration names, and each that the last snapshot had.
  private func missingFiles(_ files: LedgerFiles, _ last: RowCounts) -> [LedgerRejection.Reason] {
    IntakeFormat.File.allCases.compactMap { file in
      guard files[file] == nil else { return nil }
      let name = format.name(of: file)
      if file == .invoices {
        let found =
          files.found.isEmpty
          ? "nothing is there" : "found there: " + files.found.sorted().prefix(20).joined(separator: ", ")
        return .init(
          nil,
          "there is no \(name) in \(files.folder); \(found); put the open invoices there, or name their file by "
            + "[ledger.files] invoices")
      }
      if format.files[file] != nil {
        return .init(
          nil, "[ledger.files] names \(name), but there is none in \(files.folder); export it, or drop the entry")
      }
      guard let rows = last[file], rows > 0 else { return nil }
      return .init(
        nil,
        "\(name) is gone from \(files.folder); it had \(rows.of("row")) in the last accepted snapshot; export it again, "
          + "or put one with its header there, and raise max_shrink for one cycle if it is really empty")
    }
  }

  private func tables(_ files: LedgerFiles, _ problems: inout Problems) -> [IntakeFormat.File: Table] {
    var tables: [IntakeFormat.File: Table] = [:]
    for kind in IntakeFormat.File.allCases {
      guard let file = files[kind] else { continue }
      do throws(Table.Fault) {
        let preset = format.preset == .xero && kind == .invoices ? XeroRow.columns : [:]
        let table = try Table(file, kind: kind, words: kind.columnWords, preset: preset, format: format)
        let missing = table.missing(LedgerReader.required(kind), kind: kind)
        problems.reasons += missing
        if missing.isEmpty { tables[kind] = table }
      } catch {
        problems.reasons += error.reasons
      }
    }
    return tables
  }

  /// Of each list one column must be there.
  private static func required(_ file: IntakeFormat.File) -> [[String]] {
    switch file {
    case .invoices: [["number"], ["customer"], ["due", "issued"], ["amount", "open"]]
    case .customers: [["id"]]
    case .payments: [["customer"], ["date"], ["amount"]]
    }
  }

  private func dates(_ tables: [IntakeFormat.File: Table], _ problems: inout Problems) -> [IntakeFormat.File:
    DateFormat]
  {
    var formats: [IntakeFormat.File: DateFormat] = [:]
    for file in IntakeFormat.File.allCases {
      guard let table = tables[file] else { continue }
      let declared = format.dates ?? (format.preset == .xero ? LedgerReader.xeroDates : .iso)
      switch declared {
      case .iso: formats[file] = .iso
      case .pattern(let pattern): formats[file] = .pattern(pattern)
      case .proven:
        switch LedgerReader.provenDates(table, file) {
        case .success(let proven): formats[file] = proven
        case .failure(let refusal): problems.reasons.append(refusal.reason)
        }
      }
    }
    return formats
  }

  private static let xeroDates = (try? DatePattern(XeroRow.dates)).map(IntakeFormat.Dates.pattern) ?? .iso

  private static func provenDates(_ table: Table, _ file: IntakeFormat.File) -> Result<DateFormat, DateProof.Refusal> {
    let words =
      switch file {
      case .invoices: [InvoiceColumn.due, .issued, .autopay, .settled].map(\.rawValue)
      case .customers: [String]()
      case .payments: [PaymentColumn.date.rawValue]
      }
    let positions = words.map(table.position).filter { $0 >= 0 }
    return table.read { reader in
      var proof = DateProof()
      while reader.next() {
        // A row that is broken as a row is quarantined later; its cells prove nothing.
        guard reader.fault == nil, reader.fieldCount == table.headers.count else { continue }
        let line = reader.line
        for position in positions {
          let cell = reader.field(position)
          proof.look(at: cell) { .init(line: line, column: table.header(at: position), text: Text.shown(cell)) }
        }
      }
      return proof.verdict(file: table.file)
    }
  }

  /// Those of customers.csv, which win, with name and address from invoices.csv where they say nothing; without that
  /// file, those whom invoices.csv names. Who is `addressed` there, if only by a broken address, keeps that answer.
  private static func directory(_ listed: Directory?, _ addressed: Set<String>, _ owners: inout InvoiceOwners)
    -> Directory
  {
    if var directory = listed {
      for (owner, words) in owners.words {
        directory.complete(owner, with: words, isAddressed: addressed.contains(directory.customers[owner].id))
      }
      return directory
    }
    let names = owners.names.names
    let order = names.indices.sorted { names[$0] < names[$1] }
    var numbers = [Int](repeating: 0, count: names.count)
    for (number, owner) in order.enumerated() { numbers[owner] = number }
    let customers = order.compactMap { owner in
      owners.words[owner].map { words in
        var customer = Customer(id: names[owner], place: words.place)
        customer.name = words.name
        customer.emails = words.emails
        return customer
      }
    }
    owners.renumber(numbers)
    return Directory(customers)
  }

  /// By customer, number, item.
  private static func invoices(
    _ rows: InvoiceRows, _ owned: [OwnedRow], _ directory: inout Directory, _ findings: inout Findings,
    _ workers: some Workers
  ) -> [Invoice] {
    let known = directory
    let byOwner = RowsByOwner.parts(owned, of: known.customers.indices, workers)
    let (invoices, parts) = workers.fill(byOwner.map(\.count)) { rows.read(byOwner[$0], into: &$1, in: known) }
    directory.invoices.reserveCapacity(known.customers.count)
    var start = Int32(0)
    for part in parts {
      for count in part.counts {
        directory.invoices.append(start..<start + count)
        start += count
      }
      findings.join(part.findings)
    }
    return invoices
  }

  /// The first line of `file`, which holds nothing else than an ISO date. Nil, with a warning, for anything else: then
  /// no notice goes, as if nothing were posted.
  private static func cashThrough(_ file: LedgerFile, _ findings: inout Findings) -> Day? {
    let bytes = file.bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? file.bytes.dropFirst(3) : file.bytes[...]
    let line = bytes.prefix { $0 != Byte.lf && $0 != Byte.cr }
    if let day = Day(iso: Text.trimmed(String(decoding: line, as: UTF8.self))) { return day }
    findings.warn(
      Place(file: file.name, line: 1), "",
      "\(Text.shown(line)) is no date like 2026-03-01; until it is, no notice goes (cash_not_posted)",
      stopsNotices: true)
    return nil
  }

  /// Whether so many bad or missing rows can be right.
  private func guards(_ counts: RowCounts, last: RowCounts, bad: Int) -> [LedgerRejection.Reason] {
    var reasons: [LedgerRejection.Reason] = []
    let total = counts.values.reduce(0, +)
    let allowed: Int
    let allowance: String
    switch format.badRowsMax {
    case .rows(let rows): (allowed, allowance) = (rows, "\(rows)")
    case .share(let basisPoints):
      let share = total * basisPoints / 10_000
      (allowed, allowance) = (
        basisPoints == 0 ? 0 : max(5, share), "\(LedgerReader.percent(basisPoints)), at least 5 rows"
      )
    }
    if bad > allowed {
      reasons.append(
        .init(
          nil,
          "\(bad) of \(total) rows are bad, more than max_bad_rows (\(allowance)) lets pass; the export or the format "
            + "declared for it is wrong"))
    }
    for file in IntakeFormat.File.allCases {
      guard let now = counts[file], let before = last[file], now < before else { continue }
      let lost = before - now
      let isTooMuch: Bool
      let allowance: String
      switch format.shrinkMax {
      case .rows(let rows): (isTooMuch, allowance) = (lost > rows, "\(rows) rows")
      case .share(let basisPoints):
        (isTooMuch, allowance) = (lost * 10_000 > before * basisPoints, LedgerReader.percent(basisPoints))
      }
      guard isTooMuch else { continue }
      reasons.append(
        .init(
          nil,
          "\(format.name(of: file)) has \(now.of("row")), the last accepted snapshot had \(before): it shrank by more than "
            + "max_shrink (\(allowance)), as a half-written export does; export it again, or raise max_shrink for one "
            + "cycle if this is right"))
    }
    return reasons
  }

  private static func percent(_ basisPoints: Int) -> String {
    let rest = basisPoints % 100
    let fraction = rest == 0 ? "" : rest < 10 ? ".0\(rest)" : rest % 10 == 0 ? ".\(rest / 10)" : ".\(rest)"
    return "\(basisPoints / 100)\(fraction) %"
  }
}
