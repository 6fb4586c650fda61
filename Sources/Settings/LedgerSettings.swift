import Ledger
import TOML
import Units

/// `[ledger]`: where the open items are and how they are written.
package struct LedgerSettings: Sendable {
  package enum Source: String, Sendable, CaseIterable { case csv, sqlite, postgres, http }

  package var source = Source.csv
  /// The directory of the CSV files.
  package var path = "/var/lib/dunningd/ledger"
  /// Where `document` names are looked up, and nowhere else; nil has none.
  package var documents: String?
  /// How the files are written: names, columns, dates, numbers, guards.
  package var format: IntakeFormat
  package var maxAge = Span.hours(36)
  package var maxAgePlace: Place?
  package var cashThroughPlace: Place?
}

extension LedgerSettings {
  /// - Parameter currency: the company's, for rows that name none.
  init(_ reader: TableReader, currency: Currency) {
    format = IntakeFormat(currency: currency)
    if let source = reader.choice("source", Source.self) {
      self.source = source.value
      if source.value != .csv {
        reader.problems.error(
          source.place, key: "ledger.source",
          "ledger.source: found \"\(source.value.rawValue)\", which this version of dunningd cannot read yet; expected "
            + "\"csv\"")
      }
    }
    path = reader.path("path")?.value ?? path
    documents = reader.path("documents")?.value
    format.name = reader.text("name")?.value ?? format.name
    format.preset = reader.choice("preset", IntakeFormat.Preset.self)?.value
    readFiles(reader)
    readColumns(reader)
    readNotation(reader)
    let allowance = { (value: TOMLValue) -> IntakeFormat.Allowance? in
      if case .integer(let rows) = value.kind { return (0...1_000_000_000).contains(rows) ? .rows(Int(rows)) : nil }
      return value.line.flatMap { IntakeFormat.Allowance(text: $0) }
    }
    let expected = "a share of the rows such as \"1%\" (two decimals at most), or a whole number of rows"
    format.badRowsMax = reader.value("max_bad_rows", expected: expected, allowance)?.value ?? format.badRowsMax
    format.shrinkMax = reader.value("max_shrink", expected: expected, allowance)?.value ?? format.shrinkMax
    if let age = reader.span("max_age", atLeast: .seconds(1), atMost: .days(36_500)) {
      maxAge = age.value
      maxAgePlace = age.place
    }
    let cash = reader.path("cash_through")
    format.cashThrough = cash?.value
    cashThroughPlace = cash?.place
    reader.finish()
  }

  private mutating func readNotation(_ reader: TableReader) {
    format.dates = reader.checked("date_format", "\"iso\", \"auto\" or a pattern such as \"M/d/yyyy\"") {
      text throws(Refusal) in
      switch text {
      case "iso": return .iso
      case "auto": return .proven
      default:
        do throws(DatePattern.Fault) { return .pattern(try DatePattern(text)) } catch {
          throw Refusal(reason: error.description)
        }
      }
    }
    format.decimal = reader.choice("decimal", IntakeFormat.DecimalSign.self)?.value
    if let entry = reader.entry("encoding") {
      let names = IntakeFormat.Encoding.allCases.map(\.rawValue)
      format.encoding = entry.value.line.flatMap { IntakeFormat.Encoding(name: $0) }
      if format.encoding == nil {
        reader.refuse(
          "encoding", entry.value, expected: names.alternatives, remedy: reader.nearest(entry.value, in: names))
      }
    }
    format.delimiter =
      reader.value("delimiter", expected: "\",\", \";\" or \"\\t\"; without the key the header row tells") {
        value -> IntakeFormat.Delimiter? in
        if case .string(let text) = value.kind { IntakeFormat.Delimiter(rawValue: text) } else { nil }
      }?.value
  }

  private mutating func readFiles(_ ledger: TableReader) {
    guard let reader = ledger.reader("files") else { return }
    for file in IntakeFormat.File.allCases {
      let name = reader.value(file.rawValue, expected: "a file name within ledger.path, without a slash") { value in
        value.line.flatMap { $0.contains("/") || $0 == "." || $0 == ".." ? nil : $0 }
      }
      if let name { format.files[file] = name.value }
    }
    reader.finish()
    if Set(IntakeFormat.File.allCases.map { format.name(of: $0) }).count < IntakeFormat.File.allCases.count {
      reader.problems.error(
        reader.place, key: "ledger.files", "ledger.files: found one name for two files, expected three different names")
    }
  }

  private mutating func readColumns(_ ledger: TableReader) {
    guard let reader = ledger.reader("columns") else { return }
    for file in IntakeFormat.File.allCases {
      guard let table = reader.reader(file.rawValue) else { continue }
      for column in KnownKeys.keys(of: table.path) {
        if let header = table.text(column, expected: "the name of a column in the file") {
          format.columns[file, default: [:]][column] = header.value
        }
      }
      table.finish()
    }
    reader.finish()
  }
}
