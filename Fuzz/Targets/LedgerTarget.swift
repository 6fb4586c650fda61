import Decisions
import Delivery
import Intake
import Ledger
import Letters
import Units

/// Parts: a few bytes of format, invoices, customers, payments, the posted day. What is accepted is decided and written,
/// so that an amount or a day that only reading can bear is found, too.
enum LedgerTarget {
  static func run(_ bytes: [UInt8]) throws(Finding) {
    let parts = files(bytes, most: 5)
    var format = IntakeFormat(currency: Office.configuration.policy.company.currency)
    let choices = parts[0]
    func choice(_ place: Int) -> UInt8? { choices.count > place ? choices[place] : nil }
    if let choice = choice(0), choice != UInt8(ascii: ".") {
      format.encoding = pick(choice, [nil, .utf8, .windows1252, .latin1, .latin9])
    }
    if let choice = choice(1), choice != UInt8(ascii: ".") {
      format.dates = pick(choice, [nil, .iso, .proven, pattern("d.M.yyyy"), pattern("M/d/yy")])
    }
    if let choice = choice(2), choice != UInt8(ascii: ".") { format.decimal = pick(choice, [nil, .point, .comma]) }
    if let choice = choice(3), choice != UInt8(ascii: ".") { format.preset = pick(choice, [nil, .xero]) }
    format.badRowsMax = .rows(1000)
    if parts.count > 4 { format.cashThrough = "posted.txt" }

    func file(_ name: String, _ place: Int) -> LedgerFile? {
      parts.count > place ? LedgerFile(name: name, bytes: parts[place], modified: Office.now) : nil
    }
    let reader = LedgerReader(
      format: format, zones: { $0 == "UTC" || $0 == "Europe/Berlin" ? .utc : nil },
      documentFault: { $0 == "there.pdf" ? nil : "it is not there" })
    let reading = reader.read(
      LedgerFiles(
        folder: "/ledger", invoices: file("invoices.csv", 1), customers: file("customers.csv", 2),
        payments: file("payments.csv", 3), cashThrough: file("posted.txt", 4)))
    let lines = bytes.count + 1
    switch reading {
    case .rejected(let rejection):
      try hold(!rejection.reasons.isEmpty && !rejection.description.isEmpty, "rejected without a reason")
      for row in rejection.badRows { try hold(row.place.line <= lines, "\(row) lies outside of the file") }
    case .accepted(let ledger):
      for row in ledger.books.badRows {
        try hold((1...lines).contains(row.place.line), "\(row) lies outside of the file")
      }
      for warning in ledger.warnings { try hold(warning.place.line <= lines, "\(warning) lies outside of the file") }
      try decideAndWrite(ledger.books)
    }
  }

  private static func decideAndWrite(_ books: Books) throws(Finding) {
    let policy = Office.configuration.policy
    let verdict = decide(books, ContactHistory(), policy, now: Office.now, ledgerAge: .seconds(0))
    try hold(
      Set(verdict.decisions.map(\.key)).count == verdict.decisions.count, "an item was decided twice: \(verdict)")
    var composer = Office.shippedComposer
    composer.columns = ExtraColumns(books)
    for contact in (verdict.contacts + verdict.waiting).prefix(8) {
      let letter: Letter
      do throws(LetterError) {
        letter = try Office.letter(contact, composer)
      } catch {
        throw Finding("a contact that nobody can write: \(error)")
      }
      let fault = MessageBytes.fault(in: letter.bytes)
      try hold(fault == nil, "a message that may not go out: \(fault ?? "")")
    }
  }

  private static func pick<Value>(_ byte: UInt8, _ values: [Value]) -> Value { values[Int(byte) % values.count] }

  private static func pattern(_ text: String) -> IntakeFormat.Dates? {
    (try? DatePattern(text)).map(IntakeFormat.Dates.pattern)
  }
}
