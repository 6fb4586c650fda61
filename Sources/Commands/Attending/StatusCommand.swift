import ArgumentParser
import Daemon
import Supervision
import Units

struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Shows what the running daemon does: last and next cycle, doubts, approvals, the mail server.",
    discussion: """
      Exit status 69 when no daemon runs.

      Examples:
        dunningd status
        dunningd status --format json | jq .next_cycle
      """)

  @OptionGroup var common: CommonOptions
  /// The daemon knows what time it is; it is there for scripts that pass it to all commands.
  @OptionGroup var asOf: AsOfOption

  func run() throws {
    try reporting {
      let answer = try Call(common).ask(["status"])
      if common.format == .csv, let object = (try? JSONReader.value(answer.out))?.object {
        var listing = Listing([], empty: "")
        listing.rows = [Listing.Row([], object.members.map { ($0.name, $0.value) })]
        return Output.text(listing.text(.csv, common.terminal))
      }
      guard common.format == .table, let report = StatusReport(answer.out) else { return Output.text(answer.out) }
      for line in report.lines { Output.line(line.printable) }
    }
  }
}

struct ReloadCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reload",
    abstract: "Makes the running daemon read its configuration anew, and waits for its verdict.",
    discussion: """
      A bad configuration changes nothing: the daemon goes on with the old one,
      every mistake is shown, and the exit status is 78. 69 when no daemon runs.

      Example:
        dunningd reload
      """)

  @OptionGroup var common: CommonOptions
  /// The daemon knows what time it is; it is there for scripts that pass it to all commands.
  @OptionGroup var asOf: AsOfOption

  func run() throws {
    try reporting {
      let answer = try Call(common).ask(["reload"])
      Output.text(answer.out)
      Output.errorText(answer.err)
      if answer.status != 0 { throw ExitCode(answer.status) }
    }
  }
}
