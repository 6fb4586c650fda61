import ArgumentParser
import Daemon
import Decisions
import Delivery
import Journal
import Ledger
import Letters
import Receivables
import Settings
import Storage
import Units

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Tests the configuration, the templates, the ledger and the journal, and changes nothing.",
    discussion: """
      Exit status 78: the configuration or a template is wrong. 65: the ledger is
      rejected, or the journal is damaged.

      Examples:
        dunningd check
        dunningd check --config new.toml --format json
        dunningd check --online        also connects to the mail server and logs in,
                                       and to the webhook's service
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var asOf: AsOfOption

  @Flag(help: "Also connects to the mail server and logs in, and to the webhook's service. Sends nothing.")
  var online = false

  func run() throws {
    try reporting {
      var findings = Findings(file: common.config)
      let site: Site
      do throws(Site.Fault) {
        site = try Site.load(common.config)
      } catch {
        switch error {
        case .unreadable where common.format == .table: throw CommandFailure(.configuration, error.description)
        case .unreadable: findings.add(.error, "configuration", error.description)
        case .wrong(let problems): findings.add(problems)
        }
        return try show(findings, status: .configuration)
      }
      let session = Session(site: site, common, asOf: asOf.time)
      findings.add(site.configuration.warnings)
      var status: CommandFailure.Status?
      if !checkLedger(session, &findings) { status = .data }
      if findings.hasErrors, status == nil { status = .configuration }
      if let worse = checkJournal(session, &findings) { status = status ?? worse }
      if let worse = checkSecrets(session, &findings) { status = status ?? worse }
      if online, let worse = checkRelay(session, &findings) { status = status ?? worse }
      if online, let worse = checkWebhook(session, &findings) { status = status ?? worse }
      try show(findings, status: status)
    }
  }

  /// False when the snapshot is rejected, or nothing that matters could go on it.
  private func checkLedger(_ session: Session, _ findings: inout Findings) -> Bool {
    let folder = LedgerFolder(session.site.configuration.ledger, zones: session.site.zones)
    do throws(LedgerFolder.Fault) {
      let ledger = try folder.read(lastRowCounts: LedgerState(session.state).rowCounts).ledger
      let freshness = session.policy.freshness
      if let words = freshness.staleness(Clock.real.now() - ledger.books.modified) {
        findings.add(.warning, "ledger.max_age", freshness.maxAgePlace ?? Place(file: session.site.file), words)
      }
      for row in ledger.books.badRows {
        let isAll = row.reach == .everything
        findings.add(
          isAll ? .error : .warning, "ledger", row.place,
          "\(row.words): \(isAll ? row.reach.words : "it rests")")
      }
      for warning in ledger.warnings {
        findings.add(
          warning.stopsNotices ? .error : .warning, "ledger", warning.place,
          warning.words)
      }
      let company = session.policy.company
      findings.add(
        Coverage.problems(
          of: session.site.configuration, for: ledger.books,
          templateLanguages: Set(session.site.templates.languages),
          year: company.zone.day(session.now).components.year, file: session.site.file))
      findings.add(
        session.site.templates.problems(for: session.policy, columns: ExtraColumns(ledger.books)).map(Problem.init))
      reportUnreachable(session, ledger.books, &findings)
      reportUnwritable(session, ledger.books, &findings)
      reportComing(session, ledger.books, &findings)
      reportReturns(session, ledger.books, &findings)
      findings.facts.append(
        "ledger: \(ledger.books.invoices.count.of("invoice")) of \(ledger.books.customers.count.of("customer")), "
          + ledger.books.payments.count.of("payment"))
      return !ledger.warnings.contains { $0.stopsNotices } && !ledger.books.badRows.contains { $0.reach == .everything }
    } catch {
      guard case .rejected(let rejection, let folder) = error else {
        findings.add(.error, "ledger", Place(file: session.site.configuration.ledger.path), error.description)
        return false
      }
      for reason in rejection.reasons {
        let place = reason.place.map { Place(file: "\(folder)/\($0.file)", line: $0.line) } ?? Place(file: folder)
        findings.add(
          .error, "ledger", place, "ledger rejected: \(reason.words); nothing is sent on it before it is corrected")
      }
      for row in rejection.badRows {
        findings.add(.error, "ledger", row.place, row.words)
      }
      return false
    }
  }

  /// Customers whom no step can reach: somebody should know before an invoice is overdue.
  private func reportUnreachable(_ session: Session, _ books: Books, _ findings: inout Findings) {
    let silent = books.customers.filter { $0.emails.isEmpty && $0.payer == nil }
    guard let first = silent.first else { return }
    let names = silent.prefix(5).map(\.id).joined(separator: ", ") + (silent.count > 5 ? ", …" : "")
    findings.add(
      .warning, "ledger", first.place,
      silent.count.of("customer has", "customers have") + " no e-mail address and cannot be reached: " + names)
  }

  /// Customers whom no letter can reach, where some step is one.
  private func reportUnwritable(_ session: Session, _ books: Books, _ findings: inout Findings) {
    let steps = (session.policy.schedules + session.policy.pledgeSchedules).flatMap(\.steps)
    guard steps.contains(where: { $0.channel == .letter || $0.fallback == .letter }) else { return }
    let payers = books.customers.filter { $0.payer == nil }
    func warn(_ customers: [Customer], _ words: String) {
      guard let first = customers.first else { return }
      let names = customers.prefix(5).map(\.id).joined(separator: ", ") + (customers.count > 5 ? ", …" : "")
      let count = customers.count.of("customer has", "customers have")
      findings.add(.warning, "ledger", first.place, "\(count) \(words): \(names)")
    }
    warn(payers.filter { !PostalAddress(of: $0).isUsable }, "no postal address, and a step is a letter")
    let company = session.policy.company
    warn(
      payers.filter { LetterForm.hides($0, company: company) },
      "a postal address that is too long for the window of an envelope")
  }

  /// Money that is dated later than today, and does not count before its day.
  private func reportComing(_ session: Session, _ books: Books, _ findings: inout Findings) {
    let today = session.policy.company.zone.day(session.now)
    let coming = books.coming(after: today)
    guard let first = coming.min(by: { $0.place < $1.place }) else { return }
    findings.add(
      .warning, "ledger", first.place,
      coming.count.of("payment is", "payments are")
        + " dated later than today (\(first.date)): until that day the customer is asked for it")
  }

  /// Money that went back, while no invoice is open again for it.
  private func reportReturns(_ session: Session, _ books: Books, _ findings: inout Findings) {
    let customers = Set(books.payments.lazy.filter(\.amount.isNegative).map(\.customer))
    guard !customers.isEmpty else { return }
    let (accounts, today) = (Accounts(of: books), session.policy.company.zone.day(session.now))
    for payer in Set(customers.map(accounts.payer)).sorted() {
      for back in accounts.accounts(of: payer, on: today, companyDay: today).flatMap(\.unplaced) {
        let words =
          back.invoice.map {
            ", named \"\($0)\", and nothing is found that it takes back there: no more is open for it; if it had paid another "
              + "invoice, correct the number; if its payment is missing, export payments from longer ago"
          }
          ?? ", and no invoice of the ledger is found that it had paid: none is open again for it; if one is meant, name it in "
          + "the row's column for the invoice"
        findings.add(.warning, "ledger", back.place, "\(-back.amount) went back to \(back.customer)\(words)")
      }
    }
  }

  private func checkJournal(_ session: Session, _ findings: inout Findings) -> CommandFailure.Status? {
    do throws(CommandFailure) {
      let reading = try session.journalReading()
      findings.facts.append(
        reading.head == nil
          ? "journal: none yet in \(session.state.journal)" : "journal: \(reading.count) records, whole")
      findings.facts += DoubtList(reading.history).lines
      return nil
    } catch {
      findings.add(.error, "journal", error.message)
      return error.status
    }
  }

  private func checkSecrets(_ session: Session, _ findings: inout Findings) -> CommandFailure.Status? {
    let configuration = session.site.configuration
    for secret in [configuration.mail?.password, configuration.webhook?.secret, configuration.journal.key] {
      guard let secret else { continue }
      // A credential is there only for the service itself.
      if case .credential = secret.source, !online { continue }
      do throws(CommandFailure) {
        _ = try Session.read(secret)
      } catch {
        findings.add(.error, secret.key, secret.place, error.message)
        return .configuration
      }
    }
    return nil
  }

  /// Connects and logs in; what the server says is the finding.
  private func checkRelay(_ session: Session, _ findings: inout Findings) -> CommandFailure.Status? {
    guard let mail = session.site.configuration.mail else { return nil }
    do throws(CommandFailure) {
      let report = Postman.smtp(try session.relay(mail)).probe()
      if report.result.verdict == .accepted {
        findings.facts.append(
          "mail server: \(report.result.server) is ready" + (report.isLoggedIn ? ", logged in" : ""))
        return nil
      }
      findings.add(.error, "mail.url", mail.place, report.result.sentence)
      return .unavailable
    } catch {
      findings.add(.error, "mail", mail.place, error.message)
      return error.status
    }
  }

  /// Connects and encrypts; nothing is posted.
  private func checkWebhook(_ session: Session, _ findings: inout Findings) -> CommandFailure.Status? {
    guard let webhook = session.site.configuration.webhook, let mail = session.site.configuration.mail else {
      return nil
    }
    do throws(Installation.Fault) {
      let postman = Postman.smtp(try Installation.relay(mail), webhook: try Installation.endpoint(webhook))
      guard let result = postman.probeWebhook() else { return nil }
      if result.verdict == .accepted {
        findings.facts.append("webhook: \(result.server) can be reached")
        return nil
      }
      findings.add(.error, "webhook.url", webhook.place, result.sentence)
      return .unavailable
    } catch {
      findings.add(.error, "webhook", webhook.place, error.description)
      return .configuration
    }
  }

  private func show(_ findings: Findings, status: CommandFailure.Status?) throws(CommandFailure) {
    switch common.format {
    case .table:
      for problem in findings.problems {
        let colour: Terminal.Colour = problem.severity == .error ? .red : .yellow
        let words = problem.description.split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in words.enumerated() {
          Output.line(index == 0 ? common.terminal.paint(String(line).printable, colour) : String(line).printable)
        }
      }
      for fact in findings.facts { Output.line(fact.printable) }
      if status == nil {
        let count = findings.problems.count
        Output.line(count == 0 ? "All is well." : "No error, \(count.of("warning")).")
      }
    case .json, .csv:
      var listing = Listing([], names: ["severity", "file", "line", "column", "key", "message", "remedy"], empty: "")
      for problem in findings.problems {
        listing.rows.append(
          Listing.Row(
            [],
            [
              ("severity", .string(problem.severity.rawValue)), ("file", .string(problem.place.file)),
              ("line", .int(problem.place.line)), ("column", .int(problem.place.column)), ("key", .string(problem.key)),
              ("message", .string(problem.message)), ("remedy", problem.remedy.map(JSONValue.string) ?? .null),
            ]))
      }
      Output.text(listing.text(common.format, common.terminal))
    }
    if let status { throw CommandFailure(status, "") }
  }
}

/// What a check found: problems, and facts for a person.
private struct Findings {
  let file: String
  private(set) var problems: [Problem] = []
  var facts: [String] = []

  init(file: String) { self.file = file }

  var hasErrors: Bool { problems.contains { $0.severity == .error } }

  mutating func add(_ more: [Problem]) { problems += more }

  mutating func add(_ severity: Problem.Severity, _ key: String, _ message: String) {
    add(severity, key, Place(file: file), message)
  }

  mutating func add(_ severity: Problem.Severity, _ key: String, _ place: Place, _ message: String) {
    problems.append(Problem(severity, place, key: key, message))
  }
}
