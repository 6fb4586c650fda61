import ArgumentParser
import Daemon
import Decisions
import Delivery
import Glibc
import Journal
import Logging
import Storage
import Supervision
import Units

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Reads the ledger, decides, sends, records: again and again, or once.",
    discussion: """
      Without --once it is the daemon: it runs a cycle at the times of [cycle]
      until SIGTERM, reloads on SIGHUP, and tells systemd how it does. With --once
      it runs one cycle and ends, for cron, a timer, and for hands. Only one of
      either can run on one state directory: a second ends at once with status 75.

      Exit status 65: the ledger is rejected, or the journal is damaged. 69: the
      mail server refuses TLS or the login. 74: the state directory cannot be
      written. 75: try later. A cycle in which single contacts failed is still 0.

      Examples:
        dunningd run
        dunningd run --once --format json
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var asOf: AsOfOption

  @Flag(help: "One cycle, then ends.")
  var once = false

  func validate() throws {
    guard once || asOf.time == nil else {
      throw ValidationError("--as-of is for looking and for run --once: the daemon runs by the real clock")
    }
  }

  func run() throws {
    Signals.listen()
    try reporting {
      guard once else { return try logging { () throws(CommandFailure) in try serve() } }
      let session = try Session(common, asOf: asOf.time)
      let (report, history) = try session.runCycle(isStopping: { Signals.isStopping })
      show(report, history)
      if let failure = CommandFailure(report) { throw failure }
    }
  }

  /// A daemon says on one line of its log why it ends, with the priority of an error; at a terminal a person reads more
  /// than one.
  private func logging(_ body: () throws(CommandFailure) -> Void) throws(CommandFailure) {
    do {
      try body()
    } catch {
      guard isatty(STDERR_FILENO) == 0 else { throw error }
      Session.log(.ended(error.message))
      throw CommandFailure(error.status, "")
    }
  }

  /// Runs until it is told to stop.
  private func serve() throws(CommandFailure) {
    let installation: Installation
    do throws(Installation.Fault) { installation = try .load(common.config) } catch { throw CommandFailure(error) }
    let journal: JournalFile
    do throws(JournalFault) {
      journal = try JournalFile(
        installation.state, on: PosixDisk(), as: .cycles, key: installation.key, now: Clock.real.now())
    } catch {
      throw CommandFailure(error)
    }
    defer { journal.close() }
    let control: ControlSocket
    do throws(ControlFault) {
      control = try ControlSocket(installation.state.control, group: "dunningd")
    } catch {
      throw CommandFailure(.inputOutput, "\(error): without it no command reaches the daemon")
    }
    let web: WebListener?
    do throws(ControlFault) {
      web = try installation.site.configuration.http.map { http throws(ControlFault) in
        switch http.listen {
        case .port(let port): try WebListener(.port(port))
        case .path(let path): try WebListener(.path(path))
        }
      }
    } catch {
      throw CommandFailure(
        error.isTaken ? .tryLater : .configuration, "http.listen: \(error); nothing is sent before the daemon runs")
    }
    let file = common.config
    let service = Service(
      installation, journal: journal,
      Service.Surroundings(
        control: control, web: web, answer: { ControlDesk(service: $0, configuration: file).answer($1, $2) },
        log: Session.log, digests: { DigestErrand(configuration: file).of($0) },
        load: { () throws(Installation.Fault) in try .load(file) }, version: dunningdVersion))
    switch service.run() {
    case .stopped: break
    case .journalBroken(let words): throw CommandFailure(.inputOutput, words)
    case .tryLater(let words): throw CommandFailure(.tryLater, words)
    }
  }

  private func show(_ report: CycleReport, _ history: ContactHistory) {
    let summary = report.summary
    switch common.format {
    case .json, .csv:
      let reasons = JSONObject(summary.byReason.map { ($0.reason.rawValue, .int($0.count)) })
      var listing = Listing([], empty: "")
      listing.rows = [
        Listing.Row(
          [],
          [
            ("contacts", .int(summary.contacts)), ("by_reason", .object(reasons)), ("failed", .int(summary.failed)),
            ("deferred", .int(summary.deferred)), ("in_doubt", .int(summary.inDoubt)),
            ("waiting", .int(report.waiting)), ("letters", .int(report.letters)),
          ])
      ]
      Output.text(listing.text(common.format, common.terminal))
    case .table:
      Output.line(
        "\(summary.contacts.of("contact")) made, \(summary.failed) failed, "
          + "\(summary.deferred) deferred, \(summary.inDoubt) in doubt.")
      if !summary.byReason.isEmpty { Output.line("Invoices by reason:") }
      for entry in summary.byReason { Output.line("  \(entry.reason.rawValue.padded(to: 18)) \(entry.count)") }
      if report.waiting > 0 {
        let contacts = report.waiting.of("contact waits", "contacts wait")
        Output.line("\(contacts) for a person's word: `dunningd approve` lists them.")
      }
      if report.letters > 0 {
        let letters = report.letters.of("letter waits", "letters wait")
        Output.line("\(letters) to be posted: `dunningd tasks --kind letter` names them.")
      }
      for line in DoubtList(history).lines { Output.line(line.printable) }
    }
  }
}

extension Session {
  /// One whole cycle in this process.
  ///
  /// - Parameters:
  ///   - log: hears what is worth a line in the log.
  ///   - isStopping: asked often; once true, nothing more is begun.
  func runCycle(
    log: @escaping (Remark) -> Void = Session.log, isStopping: @escaping () -> Bool = { false }
  ) throws(CommandFailure) -> (CycleReport, ContactHistory) {
    guard now <= Clock.real.now() + DatedEvent.clockTolerance else {
      throw CommandFailure(
        .usage, "--as-of is later than now: nothing can be sent before its time; `preview` looks ahead")
    }
    let installation: Installation
    do throws(Installation.Fault) { installation = try Installation(site) } catch { throw CommandFailure(error) }
    let clock = isFrozen ? Clock.frozen(at: now) : Clock.real
    let file: JournalFile
    do throws(JournalFault) {
      file = try JournalFile(state, on: PosixDisk(), as: .cycles, key: installation.key, now: now)
    } catch {
      throw CommandFailure(error)
    }
    defer { file.close() }
    let postman = Postman.smtp(installation.relay, webhook: installation.webhook)
    var runner = CycleRunner(
      installation, history: file.releaseHistory(), journal: file, postman: postman, clock: clock, log: log,
      isStopping: isStopping)
    let report = runner.run()
    _ = postman.close(.seconds(5))
    return (report, runner.history)
  }

  /// Says it on standard error, as systemd and people read it.
  static func log(_ remark: Remark) {
    logger.log(level: remark.severity.level, "\(remark.sentence)")
  }

  private static let logger = Logger(label: "dunningd") { _ in LogLines() }
}

extension CommandFailure {
  /// The exit status of a cycle; nil when all that was due was done, or left for a good reason.
  init?(_ report: CycleReport) {
    guard let trouble = report.trouble else {
      // A message that cannot be made for anybody is a template at fault, not a customer.
      let hasLetters = report.tally.keys.contains { $0.outcome == "outbox" }
      guard report.summary.contacts == 0, !hasLetters, let failure = report.failures.first else { return nil }
      self.init(
        .configuration,
        "no message could be made: customer \(failure.payer), step \(failure.step): \(failure.reason); "
          + "`dunningd check` shows what is wrong")
      return
    }
    let status: Status =
      switch report.ending {
      case .ledgerRejected: .data
      case .clockWentBack, .keepsChanging, .journalLocked: .tryLater
      case .journalBroken: .inputOutput
      case .contentRefused: .unavailable
      case .completed, .stopped, .relayAtFault:
        if let fault = report.relayFault ?? report.webhookFault {
          fault.isConfiguration ? .unavailable : .tryLater
        } else {
          report.outboxFault == nil ? .tryLater : .inputOutput
        }
      }
    self.init(status, trouble)
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
