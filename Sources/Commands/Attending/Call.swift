import Daemon
import Supervision

/// A question to the running daemon.
struct Call {
  private let path: String

  /// A reload reads templates and holidays; an intervention the whole journal.
  private static let patience = Duration.seconds(120)

  /// The configuration need not be right: the daemon may run on an older one.
  init(_ common: CommonOptions) { path = Site.state(by: common.config).control }

  /// - Throws: that no daemon runs, or what is wrong with its answer.
  func ask(_ words: [String]) throws(CommandFailure) -> ControlLine.Answer {
    guard let answer = try answer(to: words) else {
      throw CommandFailure(.unavailable, "no daemon runs: nobody answers at \(path)")
    }
    return answer
  }

  /// Nil when no daemon runs.
  func answer(to words: [String]) throws(CommandFailure) -> ControlLine.Answer? {
    let line: String
    do throws(ControlFault) {
      line = try ControlSocket.ask(path, ControlLine.request(words), patience: Self.patience)
    } catch {
      if error.isAlone { return nil }
      if error.isTooLong {
        throw CommandFailure(
          .usage, "\(error): say it in fewer words, or name fewer at a time; nothing was recorded")
      }
      if error.isForbidden { throw CommandFailure(.inputOutput, "\(error): root and the group dunningd may call") }
      throw CommandFailure(.unavailable, "\(error); `dunningd journal list` shows whether anything was done")
    }
    // Whatever it did is done: it must not be done once more here.
    guard let answer = ControlLine.answer(of: line) else {
      throw CommandFailure(
        .unavailable, "\(path): the daemon's answer is not one; `dunningd journal list` shows what it did")
    }
    return answer
  }
}
