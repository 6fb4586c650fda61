import ArgumentParser
import Daemon
import Glibc
import Journal
import Storage
import Units

struct JournalVerify: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Checks the whole chain: nothing changed, missing or reordered.",
    discussion: """
      Exit status 65 names the first line that is wrong. With a file, that export is verified on its own; what stood \
      before its first record is then taken on trust.

      Examples:
        dunningd journal verify
        dunningd journal verify march.jsonl
      """)

  @OptionGroup var common: CommonOptions
  /// The chain is one whatever the moment, so this changes nothing; it is there for scripts that pass it to all commands.
  @OptionGroup var asOf: AsOfOption

  @Argument(help: ArgumentHelp("What `journal export` wrote.", valueName: "file"))
  var file: String?

  func run() throws {
    try reporting {
      let session = try Session(common, asOf: asOf.time)
      if let file { return try verify(file, .key(try session.journalKey())) }
      let key = try session.journalKey()
      let result: JournalCheck.Result
      do throws(JournalFault) {
        result = try JournalCheck.whole(of: session.state, on: PosixDisk(), trust: .key(key))
      } catch {
        if common.format == .json {
          Output.line(JSONObject([("ok", .bool(false)), ("problem", .string(error.description))]).text)
        }
        throw CommandFailure(error)
      }
      if let note = result.note { Output.error(note) }
      for number in result.damagedHistories {
        Output.error(
          "journal/\(StateDirectory.name(number, "history")): warning: it was changed or cannot be read\n  meaning: nothing is "
            + "lost\n  remedy: remove it; the next command that writes draws it from the records again")
      }
      guard let head = result.head else { return show(nil, in: session.state.journal) }
      show(head, in: session.state.journal)
    }
  }

  private func show(_ head: JournalHead?, in place: String) {
    switch common.format {
    case .json:
      Output.line(
        JSONObject([
          ("records", .int(head?.seq ?? 0)), ("head", .string(head?.digest ?? "")),
          ("last", head.map { .instant($0.time) } ?? .null), ("ok", .bool(true)),
        ]).text)
    default:
      guard let head else { return Output.line("There is no journal in \(place) yet.") }
      let count = head.seq.of("record")
      Output.line("The journal is whole: \(count), the last of \(head.time).")
      Output.line("head \(head.digest)")
    }
  }

  /// An export: records of a journal, from any one on.
  private func verify(_ file: String, _ trust: Chain.Trust) throws(CommandFailure) {
    var number = 0
    var first: Int?
    var last: JournalHead?
    do {
      let bytes = try PosixDisk().read(file, limit: .max, followingLinks: true).bytes
      var chain: Chain?
      for line in bytes.split(separator: UInt8(ascii: "\n")) {
        number += 1
        var next = try chain ?? Chain(trust, from: line)
        try next.take(line)
        first = first ?? next.head?.seq
        last = next.head
        chain = next
      }
    } catch let error as LineFault {
      throw CommandFailure(.data, "\(JournalProblem(file: file, line: number, offset: 0, fault: error))")
    } catch {
      throw CommandFailure(.inputOutput, "\(error)")
    }
    guard let first, let last else { throw CommandFailure(.data, "\(file): there is no record in it") }
    Output.line("The export is whole: records \(first) to \(last.seq), the last of \(last.time).")
    Output.line("head \(last.digest)")
  }
}
