import Decisions
import Units

/// How the demo looks on a terminal.
struct DemoPage {
  private let terminal: Terminal
  /// Names of the e-mail steps, by level.
  private let steps: [(name: String, level: Int)]
  /// Lines of text are broken there.
  private let width: Int

  init(_ terminal: Terminal, _ policy: Policy) {
    self.terminal = terminal
    width = min(terminal.width ?? 100, 110)
    var levels: [String: Int] = [:]
    for step in policy.schedules.flatMap(\.steps) where step.channel == .email {
      levels[step.name] = max(levels[step.name] ?? 0, step.level)
    }
    steps = levels.map { ($0.key, $0.value) }.sorted { ($0.level, $0.name) < ($1.level, $1.name) }
  }

  // MARK: - Beginning

  func opening(_ business: DemoBusiness, _ folder: DemoFolder) -> [String] {
    let countries = Set(business.customers.map(\.country)).count
    let title = "Two months of \(DemoConfiguration.company), \(business.firstDay) to \(business.lastDay)"
    let text =
      "\(business.customers.count) customers in \(countries) countries owe it \(business.invoices.count) invoices. "
      + "Three times a day the real cycle reads the ledger, decides, sends by SMTP to a mail server inside this program "
      + "that delivers nowhere, and records. Customers pay, or not; \(DemoClerk.name), the clerk, steps in by the commands "
      + "shown. Customers and ledger are made up; all else is what runs in earnest."
    return [terminal.paint(title, .bold)] + wrapped(text) + [
      "", terminal.paint(row("", steps.map(\.name), "paid"), .bold),
    ]
  }

  // MARK: - A day

  /// Nothing for a day on which nothing happened.
  func lines(of day: DemoDay) -> [String] {
    if day.isQuiet { return [] }
    let counts = steps.map { step in
      day.sent[step.name].map { String($0) } ?? "·"
    }
    let date = "\(day.day.weekday.short.capitalisedFirst) \(day.day.spoken.padded(left: 6))"
    let line = row(date, counts, day.payments.isEmpty ? "·" : String(day.payments.count))
    return [line] + day.notes.flatMap(lines)
  }

  private static let indent = String(repeating: " ", count: 12)

  private func lines(_ note: DemoNote) -> [String] {
    guard note.isCommand else { return wrapped(note.text, Self.indent).map { terminal.paint($0, .yellow) } }
    let about = note.about.isEmpty ? "" : "   # " + note.about
    return wrapped("$ " + note.text + about, Self.indent).map { terminal.paint($0, .green) }
  }

  private func row(_ date: String, _ counts: [String], _ paid: String) -> String {
    var line = date.padded(right: 12)
    for (step, count) in zip(steps, counts) { line += count.padded(left: max(step.name.columns, 4)) + "  " }
    return line + paid.padded(left: 5)
  }

  // MARK: - End

  func closing(_ summary: DemoSummary, _ folder: DemoFolder, mails: Int) -> [String] {
    var lines = ["", terminal.paint("What was sent, and what came of it", .bold)]
    var table = TextTable([
      .init("STEP"), .init("LEVEL", right: true), .init("MAILS", right: true), .init("INVOICES", right: true),
      .init("PAID WITHIN 7 DAYS", right: true),
    ])
    for row in summary.steps {
      let share = row.invoices == 0 ? "" : " (\(row.paid * 100 / row.invoices) %)"
      table.add([row.step, String(row.level), String(row.mails), String(row.invoices), "\(row.paid)\(share)"])
    }
    lines += table.lines(in: terminal).map { "  " + $0 }
    lines += ["", terminal.paint("Why, invoice by invoice", .bold)]
    let reasons = summary.reasons.map { "\($0.count) \($0.reason.rawValue)" }.joined(separator: ", ")
    lines += wrapped(
      "Every open item has one decision and its reason, silence included. On the last evening, of "
        + "\(summary.invoices) invoices: \(reasons).", "  ")
    for example in summary.examples {
      lines += [""] + wrapped(example.heading.capitalisedFirst, "  ").map { terminal.paint($0, .bold) }
      lines += wrapped(example.decision.sentence, "    ")
      lines += wrapped(example.way.joined(separator: " → "), "    ").map { terminal.paint($0, .dim) }
    }
    return lines + proof(summary, folder, mails) + next(summary, folder)
  }

  private func proof(_ summary: DemoSummary, _ folder: DemoFolder, _ mails: Int) -> [String] {
    [
      "", terminal.paint("Proof, in \(folder.path)", .bold),
      "  state/journal/   \(summary.records) records; the chain of hashes is whole (journal verify)",
      "  mails/           \(mails) messages as the mail server took them, for \(summary.sent) contacts sent",
      "  ledger/          the ledger of the last day, as CSV",
      "  dunningd.toml    the configuration: the shipped one with names, places and [[pay]] filled in",
    ]
  }

  private func next(_ summary: DemoSummary, _ folder: DemoFolder) -> [String] {
    let now = " --as-of \(LocalTime(summary.session.policy.company.zone, summary.session.now))"
    let program = CommandLine.arguments.first.map(Self.shellWord) ?? "dunningd"
    var commands = ["check", "preview --days 14\(now)"]
    commands += summary.examples.prefix(1).map { "explain \($0.decision.key.number)\(now)" }
    commands += summary.examples.suffix(1).map { "journal list --invoice \($0.decision.key.number)" }
    if summary.waiting != nil { commands.append("approve\(now)") }
    if let last = summary.examples.last {
      commands.append("hold \(last.decision.key.customer) --reason \"key account\"\(now)")
    }
    return ["", terminal.paint("Try next", .bold), "  C=\(Self.shellWord(folder.configuration))"]
      + commands.map { "  \(program) \($0) --config \"$C\"" }
  }

  /// As a shell reads it back.
  private static func shellWord(_ text: String) -> String {
    let plain = text.unicodeScalars.allSatisfy { scalar in
      scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || "/._-+:".unicodeScalars.contains(scalar)
    }
    return plain
      ? text : "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }

  private func wrapped(_ text: String, _ indent: String = "") -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.printable.split(separator: " ") {
      if !line.isEmpty, indent.columns + line.columns + 1 + word.description.columns > width {
        lines.append(indent + line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    return line.isEmpty ? lines : lines + [indent + line]
  }
}

extension String {
  fileprivate func padded(left width: Int) -> String { String(repeating: " ", count: max(0, width - columns)) + self }
  fileprivate func padded(right width: Int) -> String { self + String(repeating: " ", count: max(0, width - columns)) }
}

extension LocalTime: CustomStringConvertible {
  init(_ zone: Zone, _ instant: Instant) {
    let civil = zone.civil(instant)
    self.init(civil.day, civil.clock)
  }

  /// As `--as-of` reads it.
  var description: String { "\(day)T\(clock)" }
}
