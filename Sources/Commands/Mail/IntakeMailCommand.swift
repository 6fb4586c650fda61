import ArgumentParser
import Daemon
import Incoming
import Journal
import Storage
import Units

struct IntakeMailCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "intake-mail",
    abstract: "Reads messages that came back: bounces, answers, auto-replies, unsubscribe wishes.",
    discussion: """
      Without arguments, one message from standard input. A Maildir: what lies in
      its new and cur; what was taken is marked as read. Any other folder: its
      .eml files, which stay as they are.

      An address that certainly does not exist is marked as bad. A person's
      answer rests the customer for `pause_on_reply` and is kept with an excerpt
      and with what it may be about (a promise, a dispute, ...), for a person to
      look at. Auto-replies and delays are only counted. The same message is
      recorded once. What belongs to nobody that we know stays where it is.
      docs/incoming.md shows how mail gets here from Postfix, fetchmail and cron.

      Examples:
        dunningd intake-mail /var/mail/ar/Maildir
        dunningd intake-mail --dry-run bounces/*.eml
        dunningd intake-mail --format json <message.eml
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var asOf: AsOfOption

  @Argument(
    help: ArgumentHelp(
      "Files, Maildirs, folders with .eml files; none is standard input.", valueName: "file|maildir|folder"))
  var paths: [String] = []

  @Flag(name: .customLong("dry-run"), help: "Shows what each message is, and records nothing.")
  var isDry = false

  /// Messages that were read by whoever called the daemon, as `FoundMail` writes them.
  @Option(name: .customLong("found"), help: .hidden)
  var found: [String] = []

  func run() throws {
    try reporting {
      // The daemon reads no file on behalf of a caller.
      if AuthorOption.caller != nil || !found.isEmpty { return try takeFound() }
      var report = IntakeReport()
      var misplaced: [String] = []
      for batch in try batches(&report) {
        let rows = try take(batch.map(\.mail))
        for (one, row) in zip(batch, rows) {
          let result = row["result"]?.string.flatMap(MailDesk.Result.init(rawValue:)) ?? .left
          if !one.source.isSeen || result == .recorded { report.add(row, at: one.place) }
          guard !isDry, [.recorded, .known, .counted].contains(result) else { continue }
          do throws(SystemFault) { try one.source.markTaken() } catch { misplaced.append(error.description) }
        }
      }
      Output.text(report.listing.text(common.format, common.terminal))
      if common.format == .table, !report.rows.isEmpty { Output.line(report.summary(isDry: isDry)) }
      if report.unreadable > 0, report.unreadable == report.rows.count {
        throw CommandFailure(.data, "nothing of it could be read as a message: nothing was recorded")
      }
      if !misplaced.isEmpty {
        throw CommandFailure(
          .inputOutput,
          misplaced.joined(separator: "\n")
            + "\nWhat they say is recorded; the next run finds them again and records nothing twice")
      }
    }
  }

  private func takeFound() throws(CommandFailure) {
    let mails = found.compactMap(FoundMail.init)
    guard paths.isEmpty, !mails.isEmpty, mails.count == found.count else {
      throw CommandFailure(.usage, "the daemon reads no files for others: this program reads them and tells it")
    }
    for row in try MailDesk(session: Session(common, asOf: asOf.time), isDry: isDry).take(mails) {
      Output.line(row.text)
    }
  }

  // MARK: - Reading

  private struct Read {
    /// Which one it is of all.
    let place: Int
    let source: MailSource
    let mail: FoundMail
  }

  /// So many are recorded at once, and fit into what is said to the daemon at once.
  private static let batchMax = 50
  private static let lineMax = 60_000

  private func batches(_ report: inout IntakeReport) throws(CommandFailure) -> [[Read]] {
    var sources: [MailSource] = paths.isEmpty ? [.input] : []
    for path in paths {
      do throws(SystemFault) {
        sources += try MailSource.at(path, now: Clock.real.now().milliseconds / 1000)
      } catch {
        Output.error("dunningd: \(error)")
        report.addUnreadable(path, at: sources.count)
      }
    }
    var batches: [[Read]] = []
    var size = Self.lineMax
    for (place, source) in sources.enumerated() {
      if source.mayVanish, !FileReading.exists(source.name) { continue }
      guard let mail = read(source) else {
        report.addUnreadable(source.name, at: place)
        continue
      }
      let length = JSONValue.string(mail.text).text.utf8.count + 20
      if batches.isEmpty || size + length > Self.lineMax || batches[batches.count - 1].count >= Self.batchMax {
        batches.append([])
        size = 400
      }
      batches[batches.count - 1].append(Read(place: place, source: source, mail: mail))
      size += length
    }
    return batches
  }

  private func read(_ source: MailSource) -> FoundMail? {
    let bytes: [UInt8]
    do throws(SystemFault) { bytes = try source.bytes() } catch {
      Output.error("dunningd: \(error)")
      return nil
    }
    guard let arrival = Arrival(bytes) else {
      Output.error("dunningd: \(source.name): this is no message: it has no header")
      return nil
    }
    return FoundMail(
      file: source.name, mail: arrival.messageID ?? "sha256:" + Digest.sha256(bytes), arrival: arrival)
  }

  // MARK: - Recording

  /// By the daemon where one runs, else here.
  private func take(_ mails: [FoundMail]) throws -> [JSONObject] {
    var words = ["intake-mail", "--format", "json"]
    if let time = asOf.time { words += ["--as-of", "\(time.day)T\(time.clock)"] }
    if isDry { words.append("--dry-run") }
    for mail in mails { words += ["--found", mail.text] }
    guard let answer = try Call(common).answer(to: words) else {
      return try MailDesk(session: Session(common, asOf: asOf.time), isDry: isDry).take(mails)
    }
    Output.errorText(answer.err)
    guard answer.status == 0 else { throw ExitCode(answer.status) }
    let rows = answer.out.split(separator: "\n").compactMap { (try? JSONReader.value(String($0)))?.object }
    guard rows.count == mails.count else {
      throw CommandFailure(.unavailable, "the daemon's answer is not one; `dunningd journal list` shows what it did")
    }
    return rows
  }
}
