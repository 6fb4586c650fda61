import Daemon
import Decisions
import Intake
import Ledger
import Settings
import TOML
import Units

/// One case of a policy test, as a user writes it: a small ledger, what happened before, a moment, and what should
/// come out.
///
///     [[case]]
///     name = "a first notice after five days"
///     now = "2026-03-10T10:00"
///     invoices = """
///     number,customer,due,amount,email
///     R-1,K-1,2026-03-05,100.00,k1@customer.example
///     """
///     done = [ { invoice = "R-0", step = "first", at = "2026-03-01T10:00" } ]
///     expect = [ { invoice = "R-1", reason = "contact", step = "first" } ]
///     contacts = [ { customer = "K-1", step = "first", invoices = ["R-1"] } ]
struct PolicyTest {
  struct Expectation {
    let invoice: String
    let reason: String?
    let step: String?
    let until: String?
    let place: Place
  }

  struct ExpectedContact {
    let customer: String
    let step: String?
    let invoices: [String]?
    let place: Place
  }

  struct Done {
    let invoice: String
    let step: String
    let at: LocalTime
    let place: Place
  }

  let name: String
  let now: LocalTime
  /// CSV text by file.
  let files: [IntakeFormat.File: String]
  let done: [Done]
  let holds: [String]
  let expectations: [Expectation]
  /// Nil leaves the contacts open; an empty list says that there are none.
  let contacts: [ExpectedContact]?
  let place: Place
}

/// Reads a file of policy tests; every mistake at once.
struct PolicyTestReader {
  private let file: String
  private(set) var problems: [Problem] = []

  init(file: String) { self.file = file }

  mutating func read(_ bytes: [UInt8]) -> [PolicyTest] {
    let document: TOMLTable
    do throws(TOMLError) {
      document = try TOMLDocument.parse(bytes)
    } catch {
      note(error.position, "", error.message)
      return []
    }
    refuseUnknown(document, ["case"], "the file")
    guard let entry = document.entry("case"), case .array(let cases) = entry.value.kind else {
      note(document.position, "case", "found no [[case]], expected at least one")
      return []
    }
    return cases.compactMap { value in
      guard case .table(let table) = value.kind else {
        note(value.position, "case", "found \(value.kindName), expected a table: [[case]]")
        return nil
      }
      return test(table)
    }
  }

  private mutating func test(_ table: TOMLTable) -> PolicyTest? {
    refuseUnknown(
      table, ["name", "now", "invoices", "customers", "payments", "done", "hold", "expect", "contacts"], "a case")
    var files: [IntakeFormat.File: String] = [:]
    for file in IntakeFormat.File.allCases { files[file] = text(table, file.rawValue) }
    if files[.invoices] == nil {
      note(table.position, "invoices", "found no invoices, expected CSV text with a header row")
    }
    guard let now = time(table, "now") else {
      if table.entry("now") == nil {
        note(table.position, "now", "found no now, expected a time such as \"2026-03-10T10:00\"")
      }
      return nil
    }
    let done = tables(table, "done").compactMap { entry -> PolicyTest.Done? in
      refuseUnknown(entry, ["invoice", "step", "at"], "an entry of done")
      guard let invoice = required(entry, "invoice"), let step = required(entry, "step"), let at = time(entry, "at")
      else { return nil }
      return PolicyTest.Done(invoice: invoice, step: step, at: at, place: place(entry.position))
    }
    let expectations = tables(table, "expect").compactMap { entry -> PolicyTest.Expectation? in
      refuseUnknown(entry, ["invoice", "reason", "step", "until"], "an entry of expect")
      guard let invoice = required(entry, "invoice") else { return nil }
      let reason = text(entry, "reason")
      if let reason, ReasonCode(rawValue: reason) == nil {
        note(
          entry.entry("reason")?.value.position ?? entry.position, "reason",
          "found \"\(reason)\", expected one of " + ReasonCode.allCases.map(\.rawValue).joined(separator: ", "))
      }
      return PolicyTest.Expectation(
        invoice: invoice, reason: reason, step: text(entry, "step"), until: text(entry, "until"),
        place: place(entry.position))
    }
    let contacts =
      table.entry("contacts") == nil
      ? nil
      : tables(table, "contacts").compactMap { entry in
        refuseUnknown(entry, ["customer", "step", "invoices"], "an entry of contacts")
        return required(entry, "customer").map { customer in
          PolicyTest.ExpectedContact(
            customer: customer, step: text(entry, "step"), invoices: texts(entry, "invoices"),
            place: place(entry.position))
        }
      }
    return PolicyTest(
      name: text(table, "name") ?? "case in line \(table.position.line)", now: now, files: files, done: done,
      holds: texts(table, "hold") ?? [], expectations: expectations, contacts: contacts, place: place(table.position))
  }

  // MARK: - Values

  private func place(_ position: TOMLPosition) -> Place {
    Place(file: file, line: position.line, column: position.column)
  }

  private mutating func note(_ position: TOMLPosition, _ key: String, _ message: String) {
    problems.append(Problem(.error, place(position), key: key, key.isEmpty ? message : "\(key): \(message)"))
  }

  private mutating func refuseUnknown(_ table: TOMLTable, _ known: [String], _ what: String) {
    for entry in table.entries where !known.contains(entry.key) {
      note(entry.position, entry.key, "unknown in \(what); known are " + known.joined(separator: ", "))
    }
  }

  private mutating func text(_ table: TOMLTable, _ key: String) -> String? {
    guard let entry = table.entry(key) else { return nil }
    switch entry.value.kind {
    case .string(let text): return text
    default:
      note(entry.value.position, key, "found \(entry.value.kindName), expected a string")
      return nil
    }
  }

  private mutating func required(_ table: TOMLTable, _ key: String) -> String? {
    if table.entry(key) == nil { note(table.position, key, "is missing") }
    return text(table, key)
  }

  private mutating func texts(_ table: TOMLTable, _ key: String) -> [String]? {
    guard let entry = table.entry(key) else { return nil }
    guard case .array(let values) = entry.value.kind else {
      note(entry.value.position, key, "found \(entry.value.kindName), expected a list of strings")
      return nil
    }
    return values.compactMap { value in
      if case .string(let text) = value.kind { return text }
      note(value.position, key, "found \(value.kindName), expected a string")
      return nil
    }
  }

  private mutating func time(_ table: TOMLTable, _ key: String) -> LocalTime? {
    guard let words = text(table, key) else { return nil }
    if let time = LocalTime(argument: words) { return time }
    note(
      table.entry(key)?.value.position ?? table.position, key,
      "found \"\(words)\", expected a local time such as \"2026-03-10T10:00\"")
    return nil
  }

  private mutating func tables(_ table: TOMLTable, _ key: String) -> [TOMLTable] {
    guard let entry = table.entry(key) else { return [] }
    guard case .array(let values) = entry.value.kind else {
      note(entry.value.position, key, "found \(entry.value.kindName), expected a list of tables")
      return []
    }
    return values.compactMap { value in
      if case .table(let table) = value.kind { return table }
      note(value.position, key, "found \(value.kindName), expected a table")
      return nil
    }
  }
}
