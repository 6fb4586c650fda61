import Foundation
import Testing

/// The books of the story's company, as its accounting exports them.
struct StoryLedger {
  struct Customer {
    var id: String
    var email: String
    var owner = "maria"
    var kind = "business"
    var address = ""
  }

  var customers: [Customer]
  /// number, customer, issued, due, amount
  var invoices: [(number: String, customer: String, issued: String, due: String, amount: String)]
  private var payments = "customer,date,amount,invoice\n"
  private var credits = ""

  init(customers: [Customer], invoices: [(String, String, String, String, String)]) {
    self.customers = customers
    self.invoices = invoices.map { (number: $0.0, customer: $0.1, issued: $0.2, due: $0.3, amount: $0.4) }
  }

  mutating func pay(_ customer: String, _ invoice: String, _ amount: String, on day: String) {
    payments += "\(customer),\(day),\(amount),\(invoice)\n"
  }

  mutating func credit(_ customer: String, _ invoice: String, _ amount: String, on day: String) {
    credits += "G-\(invoice),\(customer),\(day),\(day),\(amount),credit_note,\(invoice)\n"
  }

  func write(to office: Office) throws {
    let rows = invoices.map {
      "\($0.number),\($0.customer),\($0.issued),\($0.due),\($0.amount),invoice,\n"
    }.joined()
    let people = customers.map { who in
      "\(who.id),\(who.id.capitalized) Ltd,\(who.email),+49 30 555,\(who.owner),\(who.kind),\"\(who.address)\"\n"
    }.joined()
    try office.books(
      "number,customer,issued,due,amount,kind,reference\n" + rows + credits,
      customers: "id,name,email,phone,owner,kind,address\n" + people, payments: payments)
  }
}

/// Tells a story, day by day, and keeps what came of it.
final class Story {
  let office: Office
  var ledger: StoryLedger
  private var lines: [String] = []
  private(set) var today: String
  private var names: [String: String] = [:]

  /// - Parameter today: the day before the first cycle.
  init(_ office: Office, _ ledger: StoryLedger, from today: String) {
    self.office = office
    self.ledger = ledger
    self.today = today
  }

  /// A cycle at eleven on each day after today, up to and with that one.
  func work(until last: String) async throws {
    while today < last {
      today = Story.dayAfter(today)
      try await office.expect(0, "run", "--once", "--as-of", today + "T11:00")
    }
  }

  func pays(_ customer: String, _ invoice: String, _ amount: String, on day: String) throws {
    lines.append("\n\(day)  \(customer) pays \(amount) for \(invoice)")
    ledger.pay(customer, invoice, amount, on: day)
    try ledger.write(to: office)
  }

  func credits(_ customer: String, _ invoice: String, _ amount: String, on day: String) throws {
    lines.append("\n\(day)  accounting credits \(amount) to \(customer) for \(invoice)")
    ledger.credit(customer, invoice, amount, on: day)
    try ledger.write(to: office)
  }

  /// A clerk's command, after the day's cycle.
  func says(_ words: String..., by option: String = "--by") async throws { try await tell(words + [option, "erika"]) }
  func looks(_ words: String...) async throws { try await tell(words) }

  private func tell(_ words: [String]) async throws {
    lines.append("\n\(today)  $ dunningd " + words.map { $0.contains(" ") ? "\"\($0)\"" : $0 }.joined(separator: " "))
    // What is read from the journal alone knows no other day than its own.
    let asOf = words[0] == "journal" ? [] : ["--as-of", today + "T12:00"]
    let outcome = try await office.start(words + asOf).finish()
    #expect(outcome.status == 0, "\(outcome)")
    // A table is as wide as its widest cell, and where this runs is in nobody's story.
    let isWide = outcome.out.contains(office.folder.path)
    for line in outcome.out.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
      let indent = line.prefix { $0 == " " }
      let rest = line.dropFirst(indent.count)
      lines.append("    " + indent + (isWide ? rest.replacing(/\ {2,}/, with: "  ") : rest))
    }
  }

  func happens(_ words: String) { lines.append("\n\(today)  \(words)") }

  /// The newest contact with that customer.
  func contact(_ customer: String, channel: String = "email") throws -> JSON {
    try #require(
      office.records("contact.intended").last { $0["customer"].text == customer && $0["channel"].text == channel },
      "no \(channel) to \(customer) up to \(today)")
  }

  /// A message that came back lies in the mailbox, and the clerk's cron job takes it in.
  func comesBack(_ message: String) async throws {
    let name = "back/\(today).eml"
    try office.write(message, to: name)
    try await tell(["intake-mail", name])
  }

  /// The id of the contact with that customer that waits for a person's word.
  func waitingContact(_ customer: String) async throws -> String {
    let waiting = try await office.expect(0, "approve", "--as-of", today + "T12:00", "--format", "json").lines
    return waiting.first { $0["customer"].text == customer }?["contact"].text ?? "none"
  }

  func mails(_ sink: Sink) async throws {
    lines += ["", "", "The mails", ""]
    for letter in try await office.letters(sink) {
      lines.append("\(letter["Date"] ?? "")  \(letter.recipients.joined(separator: " "))  \(letter["Subject"] ?? "")")
    }
  }

  func journal() async throws {
    lines += ["", "", "The journal, but for cycles and what servers answered", ""]
    let outcome = try await office.expect(0, "journal", "list")
    for line in outcome.out.split(separator: "\n")
    where !line.contains("cycle.completed") && !line.contains("contact.sent") && !line.contains("journal.opened") {
      // Numbers of records count the cycles.
      lines.append(String(line.drop { $0 == " " }.drop { $0.isNumber }.drop { $0 == " " }))
    }
  }

  func expect(_ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let text = lines.map(masked).joined(separator: "\n") + "\n"
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../Stories/\(name)")
      .standardized
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil {
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
    let golden = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    for (new, old) in zip(text.split(separator: "\n"), golden.split(separator: "\n")) where new != old {
      Issue.record("the story is another one: \(new), and not \(old)", sourceLocation: sourceLocation)
      return
    }
    #expect(text == golden, "the story is longer or shorter", sourceLocation: sourceLocation)
  }

  /// Ids differ from run to run: each gets a name of its own, in the order of its appearance.
  private func masked(_ line: String) -> String {
    var line = line.replacing(office.folder.path + "/", with: "").replacing(/\b[0-9a-f]{64}\b/) { _ in "HASH" }
    line = line.replacing(/\b(promise|plan|dispute)-([0-9a-z]{8})\b/) { match in
      name(String(match.output.0), as: String(match.output.1))
    }
    // Simple boundaries: a dot after an id ends it, as in the name of a file.
    return line.replacing(/\b[0-9a-hjkmnp-tv-z]{16}\b/.wordBoundaryKind(.simple)) { match in
      name(String(match.output), as: "contact")
    }
  }

  private func name(_ id: String, as kind: String) -> String {
    if let known = names[id] { return known }
    let count = names.values.count { $0.hasPrefix(kind) } + 1
    names[id] = "\(kind)-\(count)"
    return "\(kind)-\(count)"
  }

  private static func dayAfter(_ day: String) -> String {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    let parts = day.split(separator: "-").compactMap { Int($0) }
    let date = calendar.date(from: DateComponents(year: parts[0], month: parts[1], day: parts[2] + 1)) ?? Date()
    let next = calendar.dateComponents([.year, .month, .day], from: date)
    return String(format: "%04d-%02d-%02d", next.year ?? 0, next.month ?? 0, next.day ?? 0)
  }
}
