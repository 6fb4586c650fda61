import Ledger
import Testing
import Units

@testable import Intake

@Suite("A snapshot that cannot be right is rejected, and says why")
struct RejectionTests {
  private static let head = "number,customer,due,amount\n"
  private static func invoices(_ count: Int, bad: Int = 0) -> String {
    head + (0..<count).map { "\($0),C,2026-01-01,\($0 < bad ? "x" : "1")\n" }.joined()
  }

  @Test("without invoices nothing is read")
  func noInvoices() throws {
    #expect(
      try Folder().rejection().reasons.map(\.description) == [
        "there is no invoices.csv in /ledger; found there: notes.txt; put the open invoices there, or name their file by "
          + "[ledger.files] invoices"
      ])
  }

  @Test(
    "a file without a usable header",
    arguments: [
      (
        "",
        [
          "invoices.csv: the file is empty; expected a header row with the columns "
            + "number, item, customer, due, amount, open, currency, issued, kind, terms, reference, purchase_order, link, document, "
            + "disputed, autopay, settled, email, name"
        ]
      ),
      (
        "Invoice Number,custmer,due\n1,C,2026-01-01\n",
        [
          "invoices.csv:1: the required column number is missing; name it by [ledger.columns.invoices] number = \"…\"; found: "
            + "\"Invoice Number\", \"custmer\", \"due\"",
          "invoices.csv:1: the required column customer is missing; is it \"custmer\"? name it by [ledger.columns.invoices] "
            + "customer = \"custmer\"; found: \"Invoice Number\", \"custmer\", \"due\"",
          "invoices.csv:1: the required column amount or open is missing; name it by [ledger.columns.invoices] amount = \"…\"; "
            + "found: \"Invoice Number\", \"custmer\", \"due\"",
        ]
      ),
      (
        "number,customer,due,amount,Due \n",
        [
          "invoices.csv:1: two columns are named \"Due\" (3 and 5); rename one"
        ]
      ),
      (
        "number,\"customer,due,amount\n1,C,2026-01-01,1\n",
        [
          "invoices.csv:1: the header row is broken: a quote is opened and never closed, so that the rest of the file is one "
            + "field; close it, or double the quotes that belong to the text"
        ]
      ),
    ])
  func headers(text: String, expected: [String]) throws {
    #expect(try Folder(invoices: text).rejection().reasons.map(\.description) == expected)
  }

  @Test("a renamed column that the file lacks is told with the nearest one")
  func renamed() throws {
    var folder = Folder(invoices: "Invoice No.,customer,due,amount\n")
    folder.format.columns[.invoices] = ["number": "Invoice No"]
    #expect(
      try folder.rejection().reasons.map(\.description) == [
        "invoices.csv:1: [ledger.columns.invoices] says number = \"Invoice No\", but the file has no such column; the "
          + "nearest is \"Invoice No.\"; found: \"Invoice No.\", \"customer\", \"due\", \"amount\""
      ])
  }

  @Test("UTF-16 is told to be that")
  func utf16() throws {
    let file = LedgerFile(name: "invoices.csv", bytes: [0xFF, 0xFE, 0x6E, 0], modified: Instant(seconds: 0))
    let reading = Folder.read(LedgerFiles(folder: "/l", invoices: file), IntakeFormat(currency: Folder.eur))
    guard case .rejected(let rejection) = reading else { throw Folder.NotRejected() }
    #expect(
      rejection.description
        == "ledger rejected: invoices.csv: the file is UTF-16; export it as \"CSV UTF-8\", or convert it: iconv -f UTF-16 "
        + "-t UTF-8")
  }

  // `max_bad_rows`: default 1 %, at least 5 rows.
  @Test(
    "more bad rows than max_bad_rows lets pass",
    arguments: [
      (5, 5, nil, true), (6, 6, nil, false), (1000, 10, nil, true), (1000, 11, nil, false), (599, 6, nil, false),
      (600, 6, nil, true), (100, 2, .rows(2), true), (100, 3, .rows(2), false),
      (100, 10, .share(basisPoints: 1000), true),
      (100, 11, .share(basisPoints: 1000), false), (100, 1, .share(basisPoints: 0), false), (100, 1, .rows(0), false),
    ] as [(Int, Int, IntakeFormat.Allowance?, Bool)])
  func badRows(rows: Int, bad: Int, allowance: IntakeFormat.Allowance?, isAccepted: Bool) throws {
    var folder = Folder(invoices: RejectionTests.invoices(rows, bad: bad))
    if let allowance { folder.format.badRowsMax = allowance }
    if isAccepted {
      #expect(try folder.books().badRows.count == bad)
    } else {
      #expect(try folder.rejection().badRows.count == bad)
    }
  }

  @Test("a rejection shows the first twenty bad rows and counts the others")
  func text() throws {
    let lines = try Folder(invoices: RejectionTests.invoices(100, bad: 23)).rejection().description
      .split(separator: "\n")
    #expect(lines.count == 22)
    #expect(
      lines[0]
        == "ledger rejected: 23 of 100 rows are bad, more than max_bad_rows (1 %, at least 5 rows) lets pass; the export or "
        + "the format declared for it is wrong")
    #expect(lines[1] == "  invoices.csv:2: amount: \"x\" is no amount: expected a number like 1234.50")
    #expect(lines[21] == "  … and 3 more bad rows")
  }

  // `max_shrink`: default 20 %.
  @Test(
    "a file that shrank by more than max_shrink",
    arguments: [
      (100, 80, nil, true), (100, 79, nil, false), (1, 0, nil, false), (0, 0, nil, true), (10, 100, nil, true),
      (100, 95, .rows(5), true), (100, 94, .rows(5), false), (100, 0, .share(basisPoints: 10_000), true),
    ] as [(Int, Int, IntakeFormat.Allowance?, Bool)])
  func shrink(before: Int, now: Int, allowance: IntakeFormat.Allowance?, isAccepted: Bool) throws {
    var folder = Folder(invoices: RejectionTests.invoices(now), last: [.invoices: before])
    if let allowance { folder.format.shrinkMax = allowance }
    if isAccepted {
      #expect(try folder.accepted().rowCounts == [.invoices: now])
    } else {
      let text = try folder.rejection().description
      #expect(text.contains("invoices.csv has \(now) rows, the last accepted snapshot had \(before)"))
    }
  }

  @Test("a file that was there and is gone shrank to nothing; one that the configuration names must be there")
  func gone() throws {
    let folder = Folder(invoices: RejectionTests.invoices(1), last: [.invoices: 1, .payments: 3, .customers: 0])
    #expect(
      try folder.rejection().reasons.map(\.description) == [
        "payments.csv is gone from /ledger; it had 3 rows in the last accepted snapshot; export it again, or put one "
          + "with its header there, and raise max_shrink for one cycle if it is really empty"
      ])
    var named = Folder(invoices: RejectionTests.invoices(1))
    named.format.files[.payments] = "cash.csv"
    #expect(
      try named.rejection().reasons.map(\.description) == [
        "[ledger.files] names cash.csv, but there is none in /ledger; export it, or drop the entry"
      ])
  }

  @Test("dates that prove no format reject the snapshot")
  func ambiguous() throws {
    var folder = Folder(invoices: "number,customer,due,amount\n1,C,1/2/2026,1\n")
    folder.format.dates = .proven
    #expect(try folder.rejection().reasons.count == 1)
    #expect(try folder.rejection().description.contains("invoices.csv:2: due: "))
    folder.invoices = "number,customer,due,amount\n1,C,1/2/2026,1\n2,C,1/31/2026,1\n"
    #expect(try folder.books().invoices.map(\.due) == [.of("2026-01-02"), .of("2026-01-31")])
  }
}
