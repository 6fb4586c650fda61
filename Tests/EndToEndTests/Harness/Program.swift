import Foundation
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
final class Program: Sendable {
  private let process: Mutex<Process>
  private let folder: URL
  private let arguments: [String]
  let pid: Int32
  private let input: Pipe?
  private let signal: Signal

  /// The release binary that is under test. Nil when nobody has built it.
  static let binary: String? = {
    let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let path =
      ProcessInfo.processInfo.environment["DUNNINGD_BINARY"] ?? repository.appendingPathComponent("build/dunningd").path
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
    let id = UUID().uuidString
    self.folder = folder.appendingPathComponent("runs/\(id)")
    self.arguments = arguments
    try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: executable)
    process.arguments = arguments
    process.currentDirectoryURL = folder
    var variables = ProcessInfo.processInfo.environment
    for (name, value) in environment { variables[name] = value }
    // The folder of a test must not become that of another.
    if environment["STATE_DIRECTORY"] == nil { variables["STATE_DIRECTORY"] = nil }
    process.environment = variables
    for (name, put) in [
      ("out", { process.standardOutput = $0 }), ("err", { process.standardError = $0 }),
    ] as [(String, (FileHandle) -> Void)] {
      let path = self.folder.appendingPathComponent(name).path
      _ = FileManager.default.createFile(atPath: path, contents: nil)
      put(try #require(FileHandle(forWritingAtPath: path)))
    }
    input = holdsInput ? Pipe() : nil
    process.standardInput = input ?? FileHandle.nullDevice
    let ended = Signal()
    process.terminationHandler = { _ in ended.fire() }
    try process.run()
    pid = process.processIdentifier
    self.process = Mutex(process)
    signal = ended
  }

  var isRunning: Bool { !signal.fired }

  /// Sends a signal to this process and no other.
  func send(_ number: Int32) { if isRunning { kill(pid, number) } }

  /// Everything that it wrote until now.
  var out: String { text("out") }
  var err: String { text("err") }

  /// Waits for its end; after `seconds` it is killed.
  func finish(within seconds: Double = 60) async -> Outcome {
    let late = await !signal.wait(seconds: seconds)
    if late {
      kill(pid, SIGKILL)
      _ = await signal.wait(seconds: 10)
    }
    let status = process.withLock { process in
      guard signal.fired else { return Int32(-99) }
      return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    }
    return Outcome(arguments: arguments, status: status, out: out, err: err, timedOut: late)
  }

  /// Closes its input, asks it to end, and makes it.
  func end() async {
    try? input?.fileHandleForWriting.close()
    send(SIGTERM)
    if await !signal.wait(seconds: 5) {
      kill(pid, SIGKILL)
      _ = await signal.wait(seconds: 5)
    }
  }

  private func text(_ name: String) -> String {
    let data = (try? Data(contentsOf: folder.appendingPathComponent(name))) ?? Data()
    return String(decoding: data, as: UTF8.self)
  }
}

/// Something that happens once, and can be waited for.
final class Signal: Sendable {
  private let state = Mutex(false)

  var fired: Bool { state.withLock { $0 } }
  func fire() { state.withLock { $0 = true } }

  /// True when it happened within that time.
  func wait(seconds: Double) async -> Bool { await until(seconds) { self.fired } }
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
