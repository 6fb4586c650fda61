import ArgumentParser
import Daemon
import Sink
import Supervision
import Units

struct DemoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Plays two months of a made-up company in seconds; needs no server, no configuration, no network.",
    discussion: """
      Some forty customers, the real cycle, real SMTP to a small mail server
      inside this program that delivers nowhere. Journal, mails and configuration
      stay in a folder of their own for a look afterwards.

      Examples:
        dunningd demo
        dunningd demo --dir /tmp/two-months
      """)

  @Option(help: ArgumentHelp("The folder to make; without it a fresh one under $TMPDIR or /tmp.", valueName: "folder"))
  var dir: String?

  @Flag(name: .customLong("no-color"), help: "No colour, even on a terminal.")
  var noColour = false

  func run() throws {
    Signals.listen()
    try reporting {
      let now = Clock.real.now()
      // The story ends on a Friday before today, in whichever zone the reader is.
      let today = Day(number: now.seconds / 86_400)
      try DemoCommand.perform(
        in: DemoFolder(dir), before: today, Terminal.standardOutput(noColour: noColour),
        isStopping: { Signals.isStopping }, say: Output.line)
    }
  }

  /// The whole demo, line by line into `say`.
  ///
  /// - Parameter today: all of it happens before that day.
  static func perform(
    in folder: DemoFolder, before today: Day, _ terminal: Terminal,
    isStopping: () -> Bool = { false }, say: (String) -> Void
  ) throws(CommandFailure) {
    let business = DemoBusiness(before: today)
    let sink: SinkServer
    do throws(SinkServer.Fault) {
      sink = try SinkServer(folder: folder.mails, script: DemoMailServer.script(business))
    } catch {
      throw CommandFailure(.inputOutput, error.description)
    }
    defer { sink.stop() }
    try folder.write(
      DemoConfiguration(folder, port: sink.port).text, into: folder.path, as: DemoFolder.configurationName)
    var play = try DemoPlay(business, in: folder)
    let page = DemoPage(terminal, play.site.policy)
    for line in page.opening(business, folder) { say(line) }
    for number in 0..<DemoBusiness.days {
      if isStopping() { throw CommandFailure(.tryLater, "interrupted; what was done so far lies in \(folder.path)") }
      let day = try play.play(business.firstDay + number)
      for line in page.lines(of: day) { say(line) }
    }
    let summary = try DemoSummary(play.session(business.lastDay, DemoSummary.evening))
    for line in page.closing(summary, folder, mails: sink.messages.count) { say(line) }
  }
}
