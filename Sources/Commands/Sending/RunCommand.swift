import ArgumentParser
import Daemon
import Decisions
import Delivery
import Journal
import Logging
import Storage
import Units

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Runs one cycle: reads the ledger, decides, sends, records.",
    discussion: """
      Meant for cron or a systemd timer, and for hands: a cycle that finds nothing due does nothing. A second one that is
      started meanwhile ends at once with status 75.

      Exit status 65: the ledger is rejected, or the journal is damaged. 69: the mail server refuses TLS or the login.
      74: the state directory cannot be written. 75: try later. A cycle in which single contacts failed is still 0.

      Examples:
        dunningd run --once
        dunningd run --once --format json
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var asOf: AsOfOption

  @Flag(help: "One cycle, then ends.")
  var once = false

  func validate() throws {
    guard once else {
      throw ValidationError(
        "this version runs one cycle at a time: use run --once, from cron or a systemd timer")
    }
  }

  func run() throws {
    StopSignal.listen()
    try reporting {
      let session = try Session(common, asOf: asOf.time)
      let report = try session.runCycle(isStopping: { StopSignal.isRaised })
      show(report)
      if let failure = CommandFailure(report) { throw failure }
    }
  }

  private func show(_ report: CycleReport) {
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
            ("waiting", .int(report.waiting)),
          ])
      ]
      Output.text(listing.text(common.format, common.terminal))
    case .table:
      Output.line(
        "\(summary.contacts) \(summary.contacts == 1 ? "contact" : "contacts") made, \(summary.failed) failed, "
          + "\(summary.deferred) deferred, \(summary.inDoubt) in doubt.")
      for entry in summary.byReason { Output.line("  \(entry.reason.rawValue.padded(to: 18)) \(entry.count)") }
      if report.waiting > 0 {
        let contacts = report.waiting == 1 ? "1 contact waits" : "\(report.waiting) contacts wait"
        Output.line("\(contacts) for a person's word: `dunningd approve` lists them.")
      }
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
  ) throws(CommandFailure) -> CycleReport {
    guard now <= Clock.real.now() + .seconds(60) else {
      throw CommandFailure(
        .usage, "--as-of is later than now: nothing can be sent before its time; `preview` looks ahead")
    }
    guard let mail = site.configuration.mail else {
      throw CommandFailure(.configuration, "\(site.file): there is no [mail]: nothing can be sent")
    }
    let relay = try relay(mail)
    let clock = isFrozen ? Clock.frozen(at: now) : Clock.real
    let file: JournalFile
    let key = try journalKey()
    do throws(JournalFault) {
      file = try JournalFile(state, on: PosixDisk(), as: .cycles, key: key, now: now)
    } catch {
      throw CommandFailure(error)
    }
    defer { file.close() }
    let postman = Postman.smtp(relay)
    var runner = CycleRunner(
      site: site, identity: mail.identity, connections: relay.connections, journal: file, postman: postman,
      clock: clock,
      log: log, isStopping: isStopping)
    let report = runner.run()
    _ = postman.close(.seconds(5))
    return report
  }

  /// Says it on standard error, as systemd and people read it.
  static func log(_ remark: Remark) {
    Logger(label: "dunningd") { _ in LogLines() }.log(level: remark.severity.level, "\(remark.sentence)")
  }
}

extension CommandFailure {
  /// The exit status of a cycle; nil when all that was due was done, or left for a good reason.
  init?(_ report: CycleReport) {
    switch report.ending {
    case .ledgerRejected(let words): self.init(.data, words)
    case .clockWentBack(let last, let now):
      self.init(
        .tryLater,
        "the clock says \(now), but the journal's last record is of \(last): nothing is sent before the clock is right")
    case .journalBroken(let words): self.init(.inputOutput, words)
    case .keepsChanging:
      self.init(.tryLater, "the ledger or the journal changed again and again during the cycle: the rest waits")
    case .contentRefused(let result):
      self.init(.unavailable, "several messages in a row were refused for their content: \(result.sentence)")
    case .completed, .stopped, .relayAtFault:
      guard let fault = report.relayFault else { return nil }
      self.init(
        fault.isConfiguration ? .unavailable : .tryLater,
        "the mail server is at fault, no customer is: \(fault.sentence); what is due goes in a later cycle")
    }
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
