import Daemon
import Glibc
import Supervision
import Units

/// Where callers are served: `status` and `reload` by the service itself; a person's intervention by a process of this
/// same program, which appends under the journal's lock, and which the running cycle then hears of like of any other.
struct ControlDesk {
  let service: Service
  /// The file that the service runs on; callers cannot choose another.
  let configuration: String

  /// Commands that callers may use.
  static let interventions: [any Intervening.Type] = [
    HoldCommand.self, ReleaseCommand.self, DisputeCommand.self, PromiseCommand.self, PlanCommand.self,
    CallCommand.self, NoteCommand.self, SkipCommand.self, ApproveCommand.self, ResolveCommand.self,
    StatementCommand.self,
  ]

  func answer(_ caller: ControlSocket.Caller, _ line: String) -> String {
    guard let words = ControlLine.words(of: line), let command = words.first else {
      return ControlLine.Answer(status: CommandFailure.Status.usage.rawValue, err: "this is no request\n").text
    }
    switch command {
    case "status":
      service.lookAgain()
      return ControlLine.Answer(status: 0, out: StatusReport(service.status).json + "\n").text
    case "reload":
      guard let fault = service.reload() else {
        return ControlLine.Answer(status: 0, out: "Reloaded: it holds from the next cycle on.\n").text
      }
      return ControlLine.Answer(
        status: CommandFailure.Status.configuration.rawValue,
        err: "dunningd: not reloaded, the old configuration stays:\n\(fault)\n"
      ).text
    default:
      let type = Self.interventions.first { $0.configuration.commandName == command }
      // What came back speaks for itself, and nobody for it.
      let isMail = command == IntakeMailCommand.configuration.commandName
      if let author = type?.authorOption ?? (isMail ? "--by" : nil) {
        return intervene(caller, words, author: author).text
      }
      return ControlLine.Answer(
        status: CommandFailure.Status.usage.rawValue, err: "the daemon does not do \"\(command)\"\n"
      ).text
    }
  }

  /// The author is whom the kernel names: a caller cannot speak for another.
  private func intervene(
    _ caller: ControlSocket.Caller, _ words: [String], author: String
  ) -> ControlLine.Answer {
    func names(_ option: String) -> Bool { words.contains { $0 == option || $0.hasPrefix(option + "=") } }
    let refusal =
      names("--config")
      ? "the daemon has its own configuration: --config is not for callers"
      : names(author) && caller.user != 0 ? "\(author) is for root alone: the daemon records who calls" : nil
    if let refusal {
      return ControlLine.Answer(status: CommandFailure.Status.usage.rawValue, err: "dunningd: \(refusal)\n")
    }
    let name = getpwuid(caller.user).map { String(cString: $0.pointee.pw_name) } ?? "uid \(caller.user)"
    // Right behind the command, so that a `--` of the caller's cannot turn it into something else.
    return ChildProcess.run(
      [words[0], "--config", configuration] + words.dropFirst(),
      environment: [(AuthorOption.callerVariable, name), (Site.runningVariable, "1")], input: service.running
    ) { service.beat() }
  }
}
