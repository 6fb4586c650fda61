import ArgumentParser
import Daemon
import Decisions
import Intake
import Ledger
import Settings
import Storage
import Units

struct TestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Runs policy tests: a small ledger, a moment, and the contacts and reasons that are expected.",
    discussion: """
      Uses the policy of --config. Prints what differs; exit status 1 if anything
      does. docs/policy-tests.md says how to write them.

      Example:
        dunningd test /etc/dunningd/policy-tests.toml
      """)

  @OptionGroup var common: CommonOptions
  /// Each case has its own moment; taken like everywhere, and not needed.
  @OptionGroup var asOf: AsOfOption

  @Argument(help: ArgumentHelp("A file of policy tests.", valueName: "file"))
  var file: String

  func run() throws {
    try reporting {
      let session = try Session(common)
      let bytes: [UInt8]
      do throws(SystemFault) {
        bytes = try FileReading.whole(file).bytes
      } catch {
        throw CommandFailure(.data, error.description)
      }
      var reader = PolicyTestReader(file: file)
      let tests = reader.read(bytes)
      guard reader.problems.isEmpty else {
        throw CommandFailure(.data, reader.problems.map(\.description).joined(separator: "\n"))
      }
      var failed = 0
      for test in tests {
        let differences = try PolicyTestRun(test: test, site: session.site).differences()
        if !differences.isEmpty { failed += 1 }
        report(test, differences)
      }
      if common.format == .table {
        Output.line("\(tests.count - failed) of \(tests.count) cases agree.")
      }
      if failed > 0 { throw CommandFailure(.differs, "") }
    }
  }

  private func report(_ test: PolicyTest, _ differences: [PolicyTestRun.Difference]) {
    switch common.format {
    case .table:
      let verdict =
        differences.isEmpty ? common.terminal.paint("ok     ", .green) : common.terminal.paint("differs", .red)
      Output.line("\(verdict)  \(test.name.printable)")
      for difference in differences {
        Output.line("  \(difference.place): \(difference.what.printable)")
        Output.line("    expected  \(difference.expected.printable)")
        Output.line("    found     \(difference.found.printable)")
      }
    case .json, .csv:
      let lines = differences.map { difference in
        JSONValue.object(
          JSONObject([
            ("what", .string(difference.what)), ("expected", .string(difference.expected)),
            ("found", .string(difference.found)), ("line", .int(difference.place.line)),
          ]))
      }
      Output.line(
        JSONObject([
          ("case", .string(test.name)), ("ok", .bool(differences.isEmpty)), ("differences", .array(lines)),
        ]).text)
    }
  }
}

/// Decides for one case and compares.
struct PolicyTestRun {
  struct Difference {
    let place: Place
    let what: String
    let expected: String
    let found: String
  }

  let test: PolicyTest
  let site: Site

  func differences() throws(CommandFailure) -> [Difference] {
    let books = try books()
    let zone = site.policy.company.zone
    var policy = site.policy
    // A case is about the steps; whether the very first wave was approved is not its subject.
    policy.contact.firstCycle = .send
    policy.freshness.needsPostedCash = false
    let history = try history(books, policy)
    let verdict = decide(books, history, policy, now: test.now.instant(in: zone), ledgerAge: .zero)
    return compare(verdict)
  }

  private func books() throws(CommandFailure) -> Books {
    func file(_ kind: IntakeFormat.File) -> LedgerFile? {
      test.files[kind].map { text in
        LedgerFile(
          name: "\(test.place.file) (\(test.name), \(kind.rawValue))", bytes: Array(text.utf8),
          modified: test.now.instant(in: site.policy.company.zone))
      }
    }
    var files = LedgerFiles(folder: test.place.file)
    files.invoices = file(.invoices)
    files.customers = file(.customers)
    files.payments = file(.payments)
    var format = IntakeFormat(currency: site.policy.company.currency)
    format.badRowsMax = .rows(1_000_000)
    let reader = LedgerReader(
      format: format, zones: { [zones = site.zones] in zones.zone($0) }, documentFault: { _ in nil })
    switch reader.read(files) {
    case .accepted(let ledger): return ledger.books
    case .rejected(let rejection): throw CommandFailure(.data, "\(test.place): \(test.name): \(rejection.description)")
    }
  }

  /// What the case says was done before, as if the journal had it.
  private func history(_ books: Books, _ policy: Policy) throws(CommandFailure) -> ContactHistory {
    var history = ContactHistory()
    let zone = policy.company.zone
    for (index, done) in test.done.enumerated() {
      guard let invoice = books.invoices.first(where: { $0.key.number == done.invoice }) else {
        throw CommandFailure(.data, "\(done.place): done: there is no invoice \"\(done.invoice)\" in this case")
      }
      let customer = books.customers.first { $0.id == invoice.key.customer }
      let payer =
        books.customers.first { $0.id == customer?.payer } ?? customer
        ?? Customer(id: invoice.key.customer, place: done.place)
      guard
        let found = policy.schedules.lazy.compactMap({ schedule in
          schedule.steps.first { $0.name == done.step }.map { (schedule, $0) }
        }).first
      else {
        throw CommandFailure(.data, "\(done.place): done: no schedule has a step \"\(done.step)\"")
      }
      let (schedule, step) = found
      let at = done.at.instant(in: zone)
      let open = invoice.open ?? invoice.amount ?? .zero(invoice.currency)
      let item = AdvancedItem(
        key: invoice.key, schedule: schedule.name, step: step.name, level: step.level, anchor: step.anchor,
        anchorDate: invoice.due, day: step.day, repetition: 0, open: open, ledgerSchedule: payer.schedule)
      let deadline = step.deadlineDays.map { zone.day(at) + $0 }
      let id = "done-\(index + 1)"
      history.apply(
        .contactIntended(
          IntendedContact(
            contact: id, attempt: 1, customer: payer.id, currency: invoice.currency, kind: step.kind,
            schedule: schedule.name, step: step.name, level: step.level, channel: step.channel, template: step.template,
            invoices: [item], listed: [ListedItem(key: invoice.key, open: open)], amount: open, deadline: deadline,
            messageID: "", sha256: "", policy: "", to: payer.emails.isEmpty ? ["nobody"] : payer.emails)), at: at)
      history.apply(.contactSent(Attempt(contact: id, recipient: 0, attempt: 1)), at: at)
    }
    let finder = TargetFinder(books)
    for name in test.holds {
      do throws(TargetFinder.Fault) {
        let scope = try finder.scope(of: name)
        history.apply(
          .restPlaced(Rest(kind: .hold, scope: scope, by: "test", text: nil)), at: test.now.instant(in: zone))
      } catch {
        throw CommandFailure(.data, "\(test.place): hold: \(error.description)")
      }
    }
    return history
  }

  private func compare(_ verdict: Verdict) -> [Difference] {
    var differences: [Difference] = []
    func expect(_ place: Place, _ what: String, _ expected: String?, _ found: String) {
      guard let expected, expected != found else { return }
      differences.append(Difference(place: place, what: what, expected: expected, found: found))
    }
    for expectation in test.expectations {
      let decisions = verdict.decisions.filter { $0.key.number == expectation.invoice }
      guard let decision = decisions.first else {
        expect(
          expectation.place, "invoice \(expectation.invoice)", "a decision", "none: it is not in the ledger that day")
        continue
      }
      let what = "invoice \(expectation.invoice)"
      expect(expectation.place, "\(what), reason", expectation.reason, decision.reason.rawValue)
      expect(expectation.place, "\(what), step", expectation.step, decision.step?.name ?? "none")
      expect(expectation.place, "\(what), until", expectation.until, decision.until?.json.string ?? "none")
    }
    guard let contacts = test.contacts else { return differences }
    var left = verdict.contacts
    for expected in contacts {
      let index = left.firstIndex { contact in
        contact.payer.id == expected.customer && (expected.step.map { $0 == contact.step.name } ?? true)
          && (expected.invoices.map { Set($0) == Set(contact.advancing.map(\.key.number)) } ?? true)
      }
      if let index {
        left.remove(at: index)
      } else {
        let of = verdict.contacts.filter { $0.payer.id == expected.customer }.map(Self.words)
        let invoices = expected.invoices.map { ": " + $0.joined(separator: " ") } ?? ""
        expect(
          expected.place, "contact", "\(expected.customer) \(expected.step ?? "")\(invoices)",
          of.isEmpty ? "none to this customer" : of.joined(separator: "; "))
      }
    }
    for contact in left { expect(test.place, "contact", "no other", Self.words(contact)) }
    return differences
  }

  private static func words(_ contact: PlannedContact) -> String {
    "\(contact.payer.id) \(contact.step.name): " + contact.advancing.map(\.key.number).joined(separator: " ")
  }
}
