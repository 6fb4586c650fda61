import Glibc
import Storage

/// This same program once more, for one command on behalf of a caller.
enum ChildProcess {
  /// As long as a caller waits for its answer.
  private static let limit = Duration.seconds(120)

  /// Runs it to its end, and gives what it printed.
  ///
  /// - Parameters:
  ///   - input: what it finds on its standard input.
  ///   - meanwhile: called about once a second while it runs.
  static func run(
    _ words: [String], environment: [(name: String, value: String)], input: [UInt8], meanwhile: () -> Void = {}
  ) -> ControlLine.Answer {
    // A file without a name: a pipe would not hold all of it.
    guard let file = tmpfile() else { return failed("no room for its input", errno) }
    defer { fclose(file) }
    let given = fileno(file)
    _ = fcntl(given, F_SETFD, FD_CLOEXEC)
    guard write(given, input, input.count) == input.count, lseek(given, 0, SEEK_SET) == 0 else {
      return failed("no room for its input", errno)
    }
    var out: [Int32] = [-1, -1]
    var err: [Int32] = [-1, -1]
    guard pipe(&out) == 0 else { return failed("no pipe", errno) }
    guard pipe(&err) == 0 else {
      let code = errno
      for end in out { close(end) }
      return failed("no pipe", code)
    }
    for end in out + err { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, given, STDIN_FILENO)
    posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO)
    posix_spawn_file_actions_adddup2(&actions, err[1], STDERR_FILENO)

    let arguments = (["dunningd"] + words).map { strdup($0) } + [nil]
    let variables =
      (inherited + environment.map { "\($0.name)=\($0.value)" }).map { strdup($0) } + [nil]
    defer { for text in arguments + variables { free(text) } }

    var child: pid_t = 0
    let failure = posix_spawn(&child, "/proc/self/exe", &actions, nil, arguments, variables)
    close(out[1])
    close(err[1])
    guard failure == 0 else {
      close(out[0])
      close(err[0])
      return failed("it does not start", failure)
    }
    let deadline = ContinuousClock.now + limit
    let (said, complained) = drain(out[0], err[0]) {
      // Whatever it waits for, the next cycle must not.
      if ContinuousClock.now > deadline { kill(child, SIGKILL) }
      meanwhile()
    }
    var ending: Int32 = 0
    while waitpid(child, &ending, 0) < 0, errno == EINTR {}
    let signal = ending & 0x7f
    guard signal != 0 else { return ControlLine.Answer(status: (ending >> 8) & 0xff, out: said, err: complained) }
    return ControlLine.Answer(
      status: CommandFailure.Status.unavailable.rawValue, out: said,
      err: complained
        + "dunningd: the command was ended by signal \(signal) before it was done: `dunningd journal list` shows whether "
        + "something was recorded\n")
  }

  /// The environment that this process began with, but for what is systemd's word to the service alone.
  private static var inherited: [String] {
    let bytes = (try? FileReading.whole("/proc/self/environ").bytes) ?? []
    return bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
      .filter { !$0.hasPrefix("NOTIFY_SOCKET=") && !$0.hasPrefix("WATCHDOG_") }
  }

  /// Both at once, so that neither fills up while the other is waited for.
  private static func drain(_ out: Int32, _ err: Int32, _ meanwhile: () -> Void) -> (String, String) {
    var texts: [[UInt8]] = [[], []]
    var waiting = [out, err].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while waiting.contains(where: { $0.fd >= 0 }) {
      let count = poll(&waiting, nfds_t(waiting.count), 1000)
      if count < 0, errno != EINTR { break }
      guard count > 0 else {
        meanwhile()
        continue
      }
      for index in waiting.indices where waiting[index].fd >= 0 && waiting[index].revents != 0 {
        let count = read(waiting[index].fd, &piece, piece.count)
        if count < 0, errno == EINTR { continue }
        if count > 0 {
          texts[index] += piece[..<count]
        } else {
          close(waiting[index].fd)
          waiting[index].fd = -1
        }
      }
    }
    return (String(decoding: texts[0], as: UTF8.self), String(decoding: texts[1], as: UTF8.self))
  }

  private static func failed(_ what: String, _ code: Int32) -> ControlLine.Answer {
    ControlLine.Answer(
      status: CommandFailure.Status.inputOutput.rawValue,
      err: "dunningd: nothing was recorded: \(what): \(String(cString: strerror(code)))\n")
  }
}
