import Foundation
import Glibc
import Synchronization
import Testing

/// How a run of a program ended, and what it said.
struct Outcome: Sendable, CustomStringConvertible {
  let arguments: [String]
  /// The exit status; minus the signal's number where a signal ended it.
  let status: Int32
  let out: String
  let err: String
  /// It did not end by itself in the time it was given.
  let timedOut: Bool

  /// What a person saw, both streams.
  var said: String { out + err }

  /// Standard output as JSON, one object a line. A line that is no JSON is an issue of the test.
  var lines: [JSON] {
    out.split(separator: "\n").compactMap { line in
      let value = JSON(text: String(line))
      if value == nil { Issue.record("not JSON: \(line) in \(self)") }
      return value
    }
  }

  var description: String {
    "\n$ dunningd \(arguments.joined(separator: " "))\nstatus \(status)\(timedOut ? " (killed: took too long)" : "")"
      + "\nout: \(out)\nerr: \(err)"
  }
}

/// The program under test, and others: started with arguments, watched, ended by process id.
///
/// `posix_spawn` and `waitpid` as they are: Foundation's `Process` crashes now and then when threads start many.
final class Program: Sendable {
  let pid: Int32
  private let folder: URL
  private let arguments: [String]
  /// The writing end of its standard input, while that is held open.
  private let input: Mutex<Int32?>
  /// As `waitpid` told it; nil while it runs.
  private let ending = Mutex<Int32?>(nil)

  /// The release binary that is under test. Nil when nobody has built it.
  static let binary: String? = {
    let path =
      ProcessInfo.processInfo.environment["DUNNINGD_BINARY"]
      ?? Places.repository.appendingPathComponent("build/dunningd").path
    return FileManager.default.isExecutableFile(atPath: path) ? path : nil
  }()

  static func required() throws -> String {
    try #require(binary, "build/dunningd is not there: make build first (or name it in DUNNINGD_BINARY)")
  }

  /// Starts `executable`; its output goes into files of `folder`. `holdsInput`: its input stays open until `end`.
  init(
    _ executable: String, _ arguments: [String], in folder: URL, environment: [String: String] = [:],
    holdsInput: Bool = false
  ) throws {
    self.arguments = arguments
    self.folder = folder.appendingPathComponent("runs/\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true)

    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (number, name) in [(STDOUT_FILENO, "out"), (STDERR_FILENO, "err")] {
      let path = self.folder.appendingPathComponent(name).path
      posix_spawn_file_actions_addopen(&actions, number, path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    }
    var ends: [Int32] = [-1, -1]
    if holdsInput {
      try #require(pipe(&ends) == 0)
      for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
      posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO)
    } else {
      posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    }
    var variables = ProcessInfo.processInfo.environment
    // The state of one test must not become that of another.
    variables["STATE_DIRECTORY"] = nil
    for (name, value) in environment { variables[name] = value }

    // `env -C` becomes the program, in the folder, under the same id.
    let words = (["env", "-C", folder.path, executable] + arguments).map { strdup($0) } + [nil]
    let settings = variables.map { strdup("\($0)=\($1)") } + [nil]
    defer { for text in words + settings { free(text) } }
    // Threads of a test block signals, and a child would go on blocking them.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var started: pid_t = 0
    let failure = posix_spawn(&started, "/usr/bin/env", &actions, &attributes, words, settings)
    if ends[0] >= 0 { close(ends[0]) }
    try #require(failure == 0, "\(executable) does not start: \(String(cString: strerror(failure)))")
    pid = started
    input = Mutex(holdsInput ? ends[1] : nil)
  }

  var isRunning: Bool {
    ending.withLock { ending in
      var status: Int32 = 0
      if ending == nil, waitpid(pid, &status, WNOHANG) == pid { ending = status }
      return ending == nil
    }
  }

  /// Sends a signal to this process and no other.
  func send(_ number: Int32) { if isRunning { kill(pid, number) } }

  /// Everything that it wrote until now.
  var out: String { text("out") }
  var err: String { text("err") }

  /// Waits for its end; after `seconds` it is killed.
  func finish(within seconds: Double = 60) async -> Outcome {
    let late = await !until(seconds) { !isRunning }
    if late {
      send(SIGKILL)
      _ = await until(10) { !isRunning }
    }
    return Outcome(arguments: arguments, status: status, out: out, err: err, timedOut: late)
  }

  /// Closes its input, asks it to end, and makes it.
  func end() async {
    input.withLock { end in
      if let open = end { close(open) }
      end = nil
    }
    send(SIGTERM)
    if await !until(5, { !isRunning }) {
      send(SIGKILL)
      _ = await until(5) { !isRunning }
    }
  }

  /// The exit status; minus the signal's number where a signal ended it.
  private var status: Int32 {
    guard let ending = ending.withLock({ $0 }) else { return -99 }
    let signal = ending & 0x7f
    return signal == 0 ? (ending >> 8) & 0xff : -signal
  }

  private func text(_ name: String) -> String {
    let data = (try? Data(contentsOf: folder.appendingPathComponent(name))) ?? Data()
    return String(decoding: data, as: UTF8.self)
  }
}

/// Looks until `condition` holds, or for so long: a bound for a broken program, not a measurement.
func until(_ seconds: Double = 30, _ condition: () -> Bool) async -> Bool {
  let start = ContinuousClock.now
  while !condition() {
    if ContinuousClock.now - start > .seconds(seconds) { return condition() }
    try? await Task.sleep(for: .milliseconds(10))
  }
  return true
}
