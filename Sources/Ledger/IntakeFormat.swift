import Units

/// How the files of a ledger folder are written: `[ledger]` of the configuration as values.
///
/// Settings fills it and Intake reads by it; both see it here, because neither may see the other. What is nil was not
/// said: then the preset answers, then the default.
package struct IntakeFormat: Sendable, Equatable {
  /// The files of a ledger folder. The raw values are the words of `[ledger.files]` and `[ledger.columns.<file>]`.
  package enum File: String, CaseIterable, Sendable, Comparable {
    case invoices, customers, payments

    package static func < (a: File, b: File) -> Bool { a.rawValue < b.rawValue }
    /// `invoices.csv`, unless `[ledger.files]` says otherwise.
    package var defaultName: String { rawValue + ".csv" }
  }

  /// A bundle of file shape, column names, date and number formats that an accounting program exports.
  package enum Preset: String, CaseIterable, Sendable {
    /// The sales invoice export of Xero: one row a line item, `dd/MM/yyyy`.
    case xero
  }

  package enum Dates: Sendable, Equatable {
    /// `2026-03-01`; the default.
    case iso
    /// A declared CLDR pattern such as `M/d/yyyy`.
    case pattern(DatePattern)
    /// `auto`: the one format that the file proves, or none.
    case proven
  }

  /// The sign before the minor units; the other one may group.
  package enum DecimalSign: String, CaseIterable, Sendable { case point = ".", comma = "," }

  package enum Encoding: String, CaseIterable, Sendable {
    case utf8 = "utf-8"
    case windows1252 = "windows-1252"
    case latin1 = "iso-8859-1"
    case latin9 = "iso-8859-15"

    /// Also takes `utf8`, `cp1252`, `latin1`, `latin9`, in any case. Nil for any other name.
    package init?(name: String) {
      switch name.lowercased() {
      case "utf-8", "utf8": self = .utf8
      case "windows-1252", "cp1252": self = .windows1252
      case "iso-8859-1", "latin1", "latin-1": self = .latin1
      case "iso-8859-15", "latin9", "latin-9": self = .latin9
      default: return nil
      }
    }
  }

  package enum Delimiter: String, CaseIterable, Sendable {
    case comma = ","
    case semicolon = ";"
    case tab = "\t"
  }

  /// How many rows may be bad, or missing.
  package enum Allowance: Sendable, Equatable {
    case rows(Int)
    /// Hundredths of a percent of all rows: 100 is 1 %.
    case share(basisPoints: Int)

    /// Reads `1%`, `0.5 %` (two digits after the point at most, up to 100 %) or a number of rows such as `20`.
    package init?(text: String) {
      let trimmed = text.filter { $0 != " " }
      guard trimmed.hasSuffix("%") else {
        guard !trimmed.isEmpty, trimmed.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let rows = Int(trimmed) else {
          return nil
        }
        self = .rows(rows)
        return
      }
      let parts = trimmed.dropLast().split(separator: ".", omittingEmptySubsequences: false)
      guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } }),
        let whole = parts.first.flatMap({ Int($0) }), whole <= 100
      else { return nil }
      var hundredths = 0
      if parts.count == 2 {
        guard parts[1].utf8.count <= 2, let digits = Int(parts[1]) else { return nil }
        hundredths = parts[1].utf8.count == 1 ? digits * 10 : digits
      }
      guard whole * 100 + hundredths <= 10_000 else { return nil }
      self = .share(basisPoints: whole * 100 + hundredths)
    }
  }

  /// `[ledger] name`.
  package var name = "main"
  /// `[ledger.files]`: file names that differ from the default, within the ledger folder.
  package var files: [File: String] = [:]
  /// `[ledger.columns.<file>]`: by our word for a column, the header in the file.
  package var columns: [File: [String: String]] = [:]
  package var preset: Preset?
  package var dates: Dates?
  package var decimal: DecimalSign?
  package var encoding: Encoding?
  /// Nil: found out from the header row.
  package var delimiter: Delimiter?
  /// Beyond it the snapshot is rejected. A share always lets 5 rows pass, unless it is 0 %.
  package var badRowsMax = Allowance.share(basisPoints: 100)
  /// How much fewer rows than in the last accepted snapshot a file may have.
  package var shrinkMax = Allowance.share(basisPoints: 2000)
  /// `[ledger] cash_through`: the file that tells the last posted bank day; nil when none is configured.
  package var cashThrough: String?
  /// `[company] currency`, for rows that name none.
  package var currency: Currency

  package init(currency: Currency) { self.currency = currency }

  /// The name of `file` in the ledger folder.
  package func name(of file: File) -> String { files[file] ?? file.defaultName }
}
