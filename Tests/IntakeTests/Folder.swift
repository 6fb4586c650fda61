import Foundation
import Ledger
import Testing
import Units

@testable import Intake

/// A ledger folder in a few lines of text, and what reading it gives.
struct Folder {
  var invoices: String?
  var customers: String?
  var payments: String?
  var cashThrough: String?
  var format = IntakeFormat(currency: Folder.eur)
  var last: RowCounts = [:]
  /// These are written in ISO 8859-1.
  var latin1: Set<String> = []

  static let eur = currency("EUR")
  static let usd = currency("USD")

  static func currency(_ code: String) -> Currency {
    guard let currency = Currency(code: code) else { fatalError("no currency \(code)") }
    return currency
  }

  /// Read whole, and again in parts, which must come to the same.
  static func read(_ files: LedgerFiles, _ format: IntakeFormat, last: RowCounts = [:]) -> LedgerReading {
    let reader = LedgerReader(
      format: format, zones: { ["UTC", "Europe/Berlin"].contains($0) ? .utc : nil },
      documentFault: { name in
        ["there.pdf", "2026/there.pdf"].contains(name)
          ? nil : "there is no file \"\(name)\" in the folder of documents ([ledger] documents)"
      })
    let whole = reader.read(files, lastRowCounts: last)
    let parted = reader.read(files, lastRowCounts: last, workers: Parted(count: 3))
    #expect(whole.isSame(as: parted), "read in parts, it is another ledger")
    return whole
  }

  /// So many workers, one after the other.
  private struct Parted: Workers {
    let count: Int
    func map<Part: Sendable>(_ parts: Int, _ body: @Sendable (Int) -> Part) -> [Part] { (0..<parts).map(body) }
  }

  func reading() -> LedgerReading {
    func file(_ name: String, _ text: String?, _ modified: Int) -> LedgerFile? {
      text.map { text in
        let bytes = latin1.contains(name) ? text.unicodeScalars.map { UInt8($0.value) } : Array(text.utf8)
        return LedgerFile(name: name, bytes: bytes, modified: Instant(seconds: modified))
      }
    }
    return Folder.read(
      LedgerFiles(
        folder: "/ledger", found: ["notes.txt"],
        invoices: file(format.name(of: .invoices), invoices, 200),
        customers: file(format.name(of: .customers), customers, 50),
        payments: file(format.name(of: .payments), payments, 100),
        cashThrough: file("posted.txt", cashThrough, 10)),
      format, last: last)
  }

  /// What was accepted; a rejection fails the test with its text.
  func accepted(_ location: SourceLocation = #_sourceLocation) throws -> AcceptedLedger {
    switch reading() {
    case .accepted(let ledger): return ledger
    case .rejected(let rejection):
      Issue.record("\(rejection.description)", sourceLocation: location)
      throw rejection
    }
  }

  func books(_ location: SourceLocation = #_sourceLocation) throws -> Books { try accepted(location).books }

  /// The text of a rejection; an accepted ledger fails the test.
  func rejection(_ location: SourceLocation = #_sourceLocation) throws -> LedgerRejection {
    guard case .rejected(let rejection) = reading() else {
      Issue.record("the ledger was accepted", sourceLocation: location)
      throw NotRejected()
    }
    return rejection
  }

  struct NotRejected: Error {}
}

extension LedgerReading {
  fileprivate func isSame(as other: LedgerReading) -> Bool {
    switch (self, other) {
    case (.accepted(let a), .accepted(let b)):
      a.books.customers == b.books.customers && a.books.invoices == b.books.invoices
        && a.books.payments == b.books.payments && a.books.badRows == b.books.badRows && a.warnings == b.warnings
        && a.rowCounts == b.rowCounts && a.books.cashThrough == b.books.cashThrough
    case (.rejected(let a), .rejected(let b)): a == b
    default: false
    }
  }
}

extension Day {
  /// A day of a test's own text.
  static func of(_ text: String) -> Day {
    guard let day = Day(iso: text) else { fatalError("\(text) is no day") }
    return day
  }
}

/// The public data that lie beside the repository, not in it.
enum SharedData {
  /// The IBM accounts receivable set, 2,466 invoices of 2012 and 2013; nil where it is absent.
  static let receivables: [UInt8]? = {
    var candidates: [URL] = []
    if let given = ProcessInfo.processInfo.environment["DUNNINGD_SHARED_DATA"] {
      candidates.append(URL(fileURLWithPath: given))
    }
    var folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    while folder.path != "/" {
      folder.deleteLastPathComponent()
      candidates.append(folder.appendingPathComponent("shared/data"))
    }
    return candidates.lazy
      .compactMap { try? Data(contentsOf: $0.appendingPathComponent("ibm-ar/WA_Fn-UseC_-Accounts-Receivable.csv")) }
      .first.map { Array($0) }
  }()
}

extension String {
  /// What `body` makes of its bytes.
  func bytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    var text = self
    return text.withUTF8(body)
  }
}
