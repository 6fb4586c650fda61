import ArgumentParser
import Daemon
import Glibc
import Journal
import Storage
import Units

struct JournalExport: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Writes whole records as they stand in the journal, so that they verify on their own.",
    discussion: """
      The head, said on standard error, vouches for every record before it: note it where the export is kept. \
      `dunningd journal verify FILE` checks an export.

      Examples:
        dunningd journal export > journal.jsonl
        dunningd journal export --since 2026-03-01 --until 2026-04-01 --output march.jsonl
        dunningd journal export --from 100 --to 250
      """)

  @OptionGroup var common: CommonOptions
  /// What was written is what it is; it is there for scripts that pass it to all commands.
  @OptionGroup var asOf: AsOfOption

  @Option(help: ArgumentHelp("From that record on.", valueName: "seq"))
  var from: Int?

  @Option(help: ArgumentHelp("Up to that record.", valueName: "seq"))
  var to: Int?

  @OptionGroup var period: JournalPeriod

  @Option(help: ArgumentHelp("A new file; standard output without.", valueName: "file"))
  var output: String?

  func run() throws {
    try reporting {
      let session = try Session(common, asOf: asOf.time)
      let (since, until) = period.instants(in: session.policy.company.zone)
      let sink = try ExportSink(output)
      var last: Entry?
      try session.search(JournalSearch(since: since)) { entry, line in
        guard entry.seq >= from ?? 1, entry.seq <= to ?? .max else { return }
        if let since, entry.time < since { return }
        if let until, entry.time >= until { return }
        sink.write(line)
        last = entry
      }
      try sink.finish()
      try Output.finish()
      guard let last else { throw CommandFailure(.data, "no record is in that range") }
      // What follows it in the chain; nobody can tell it without the key.
      let head = (try? Chain(session.readersTrust, from: last.line[...])).flatMap { chain in
        var chain = chain
        return (try? chain.take(last.line[...])).flatMap { chain.head?.digest }
      }
      let digest = head.map { $0.isEmpty ? "unknown without the key" : $0 } ?? "unknown"
      Output.error("\(sink.count) records up to \(last.seq) of \(last.time), head \(digest)")
    }
  }
}

/// Where an export goes.
private final class ExportSink {
  private var pending: [UInt8] = []
  private let file: (any AppendFile)?
  private var failure: DiskError?
  private(set) var count = 0

  init(_ path: String?) throws(CommandFailure) {
    guard let path else {
      file = nil
      return
    }
    do throws(DiskError) {
      let isThere = try PosixDisk().status(path) != nil
      file = isThere ? nil : try PosixDisk().openAppending(path)
    } catch {
      throw CommandFailure(.inputOutput, error.description)
    }
    guard file != nil else { throw CommandFailure(.usage, "\(path) exists already: name a new file") }
  }

  func write(_ line: ArraySlice<UInt8>) {
    count += 1
    pending += line
    pending.append(UInt8(ascii: "\n"))
    if pending.count >= 1 << 20 { flush() }
  }

  func finish() throws(CommandFailure) {
    flush()
    do throws(DiskError) {
      if let failure { throw failure }
      try file?.sync()
    } catch {
      throw CommandFailure(.inputOutput, error.description)
    }
  }

  private func flush() {
    defer { pending = [] }
    guard let file else { return Output.bytes(pending) }
    guard failure == nil else { return }
    do throws(DiskError) { try file.append(pending) } catch { failure = error }
  }
}
