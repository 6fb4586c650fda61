import Foundation
import Testing

extension EndToEnd {
  /// One company and its customers, by real commands, a real mail server and the real journal: each does what customers
  /// do. `Stories/*.txt` is what was said, sent and recorded; `UPDATE_GOLDEN=1` writes it anew.
  @Suite("Stories") struct Stories {
    @Test("a winter: paid early, late, in part, as promised; promises and a plan broken; a dispute won; a call")
    func winter() async throws {
      try await scenario { office in
        let sink = try await office.sink()
        var setup = Setup(sink: sink)
        setup.hours = "10:00-16:00"
        setup.days = "mon-fri"
        setup.holidays = "\"country\""
        setup.schedules = Self.policy
        // One after the other, so that they come in one order.
        setup.mail = "connections = 1"
        try office.configure(setup)
        let story = Story(office)
        try story.ledger.write(to: office)

        try await story.work(until: "2026-01-20")
        try story.pays("early", "E-1", "200.00", on: "2026-01-20")
        try await story.work(until: "2026-02-10")
        try story.pays("late", "L-1", "300.00", on: "2026-02-10")
        try await story.says(
          "promise", "K-1", "--by", "2026-02-20", "--reason", "Ms Keeler, by phone", by: "--recorded-by")
        try await story.work(until: "2026-02-11")
        try await story.says("promise", "B-1", "--by", "2026-02-18", "--reason", "Mr Breaker", by: "--recorded-by")
        try await story.says(
          "dispute", "D-1", "--amount", "50.00 EUR", "--reason", "one box was missing", "--owner", "tom")
        try await story.work(until: "2026-02-12")
        try await story.says(
          "plan", "P-1", "--instalments", "3", "--every", "month", "--first", "2026-03-02", "--reason", "short of cash")
        try await story.work(until: "2026-02-13")
        try story.pays("part", "T-1", "200.00", on: "2026-02-13")
        try await story.work(until: "2026-02-16")
        try await story.says("dispute", "D-1", "--close", "--outcome", "accepted", "--reason", "it was")
        try await story.work(until: "2026-02-20")
        try story.pays("keep", "K-1", "400.00", on: "2026-02-20")
        try await story.work(until: "2026-02-25")
        try story.pays("part", "T-1", "300.00", on: "2026-02-25")
        try await story.looks("tasks")
        try await story.work(until: "2026-03-02")
        try story.pays("plan", "P-1", "300.00", on: "2026-03-02")
        try story.credits("dispute", "D-1", "50.00", on: "2026-03-02")
        try await story.says("call", "call", "--outcome", "no-answer", by: "--recorded-by")
        try await story.work(until: "2026-03-03")
        try story.pays("dispute", "D-1", "200.00", on: "2026-03-03")
        try await story.looks("tasks", "call")
        try await story.says(
          "call", "call", "--outcome", "promised", "--by", "2026-03-12", "--note", "Mr Caller was friendly",
          by: "--recorded-by")
        try await story.says(
          "promise", "B-1", "--by", "2026-03-10", "--reason", "Mr Breaker again", by: "--recorded-by")
        try await story.work(until: "2026-03-11")
        try story.pays("call", "C-1", "800.00", on: "2026-03-11")
        try await story.work(until: "2026-03-20")
        try await story.looks("tasks")
        try await story.looks("explain", "B-1")
        try await story.work(until: "2026-04-20")
        try await story.looks("tasks")
        try await story.looks("explain", "P-1")
        try await story.looks("journal", "verify")

        try await story.mails(sink)
        try await story.journal()
        try story.expect("a-winter.txt")
      }
    }

    static let policy = """
      [promise]
      steps = [{ name = "promise-confirmed", anchor = "issued", day = 0, level = 0 }]

      [plan]
      steps = [
        { name = "instalment", day = -3, level = 0 },
        { name = "instalment-late", day = 3, level = 1 },
      ]

      [[schedule]]
      name = "standard"
      steps = [
        { name = "upcoming", day = -7, level = 0 },
        { name = "first",    day = 5,  level = 1 },
        { name = "second",   day = 15, level = 2, deadline = 7 },
        { name = "call",     day = 26, level = 2, channel = "call", offer_plan = true },
        { name = "final",    day = 35, level = 3, deadline = 10 },
      ]
      """
  }
}

/// The books of the story's company, as its accounting exports them.
private struct StoryLedger {
  private var payments = "customer,date,amount,invoice\n"
  private var credits = ""

  mutating func pay(_ customer: String, _ invoice: String, _ amount: String, on day: String) {
    payments += "\(customer),\(day),\(amount),\(invoice)\n"
  }

  mutating func credit(_ customer: String, _ invoice: String, _ amount: String, on day: String) {
    credits += "G-\(invoice),\(customer),\(day),\(day),\(amount),credit_note,\(invoice)\n"
  }

  func write(to office: Office) throws {
    let rows = [
      ("E-1", "early", "200.00"), ("L-1", "late", "300.00"), ("T-1", "part", "500.00"), ("K-1", "keep", "400.00"),
      ("B-1", "break", "350.00"), ("P-1", "plan", "900.00"), ("D-1", "dispute", "250.00"), ("C-1", "call", "800.00"),
    ]
    let invoices = rows.map { "\($0.0),\($0.1),2026-01-05,2026-02-04,\($0.2),invoice,\n" }.joined()
    let customers = rows.map { row in
      "\(row.1),\(row.1.capitalized) Ltd,ap@\(row.1).test,+49 30 555,\(row.1 == "dispute" ? "tom" : "maria")\n"
    }.joined()
    try office.books(
      "number,customer,issued,due,amount,kind,reference\n" + invoices + credits,
      customers: "id,name,email,phone,owner\n" + customers, payments: payments)
  }
}

/// Tells a story, day by day, and keeps what came of it.
private final class Story {
  let office: Office
  var ledger = StoryLedger()
  private var lines: [String] = []
  private var today = "2026-01-12"
  private var names: [String: String] = [:]

  init(_ office: Office) { self.office = office }

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
    for line in outcome.out.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
      lines.append("    " + line)
    }
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
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Stories/\(name)")
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
    return line.replacing(/\b[0-9a-hjkmnp-tv-z]{16}\b/) { match in name(String(match.output), as: "contact") }
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
