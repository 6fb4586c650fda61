import Delivery
import Foundation
import Testing

/// `Tests/Support/smtp_sink.py` on a port of its own, told to fail in some way; ends with the value.
final class TestServer {
  private let server: ScriptedServer
  var port: Int { server.port }
  var folder: URL { server.folder }

  init(_ rules: [String] = [], _ options: [String] = []) throws {
    server = try ScriptedServer("smtp_sink", rules.flatMap { ["--fail", $0] } + options)
  }

  /// Settings for it, patient enough that a busy machine does not matter.
  func settings(_ security: RelaySettings.Security = .none) -> RelaySettings {
    RelaySettings(
      host: "localhost", port: port, security: security, helloName: "client.test", connectTimeout: .seconds(30),
      replyTimeout: .seconds(120), totalTimeout: .seconds(200))
  }

  /// The messages that it holds, oldest first.
  var messages: [[UInt8]] {
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
    return names.filter { $0.hasSuffix(".eml") }.compactMap { name in
      (try? Data(contentsOf: folder.appendingPathComponent(name))).map { [UInt8]($0) }
    }
  }

  /// A line for each message kept.
  var index: [[String: Any]] { server.objects("index.jsonl") }

  /// The commands that it saw, as they came.
  var commands: [String] { server.objects("events.jsonl").compactMap { $0["line"] as? String } }

  var connections: Int { events.filter { $0 == "connect" }.count }

  /// `connect`, `command`, `kept`, `close`, as they came; of commands the verb.
  var events: [String] {
    server.objects("events.jsonl").map { event in
      let line = event["line"] as? String
      return line.map { String($0.prefix { $0 != " " }) } ?? event["event"] as? String ?? ""
    }
  }

  /// Returns when that event has come, or after a minute.
  func waitFor(_ event: String) {
    for _ in 1...6000 where !events.contains(event) { usleep(10_000) }
  }

  /// The commands that came without encryption.
  var plainCommands: [String] {
    server.objects("events.jsonl").filter { $0["tls"] as? Bool == false }.compactMap { $0["line"] as? String }
  }

  /// ca.pem, server.pem and .key, wrong.pem and .key; made once.
  static let certificates: URL? = {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("smtp-sink-ca-\(getpid())")
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Support/smtp_sink.py")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", script.path, "--make-certificates", folder.path]
    guard (try? process.run()) != nil else { return nil }
    process.waitUntilExit()
    return process.terminationStatus == 0 ? folder : nil
  }()

  /// Options that give the server a certificate: `server` or `wrong`.
  static func certificate(_ name: String = "server") throws -> [String] {
    let folder = try #require(certificates)
    return ["--cert", folder.path + "/\(name).pem", "--key", folder.path + "/\(name).key"]
  }

  static func caFile() throws -> String { try #require(certificates).path + "/ca.pem" }
}

/// A small message that may go out.
let letter = Array("From: a@example.com\r\nSubject: hello\r\n\r\n.one\r\n..two\r\n.\r\nend\r\n".utf8)

func envelope(
  _ ticket: Int = 1, to recipient: String = "b@example.org", from sender: String = "a@example.com",
  _ message: [UInt8] = letter
) -> Envelope {
  Envelope(ticket: ticket, sender: sender, recipient: recipient, message: message)
}

/// Runs what blocks on a thread of its own, so that other tests go on meanwhile; a few at a time. Still the test's own
/// task, so that what is found wrong carries its name.
func blocking<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
  try await withTaskExecutorPreference(threads) { try inTurn(body) }
}

private func inTurn<Value>(_ body: () throws -> Value) rethrows -> Value {
  places.wait()
  defer { places.signal() }
  return try body()
}

private let places = DispatchSemaphore(value: 8)
private let threads = ThreadExecutor()

/// A thread for each piece of a task.
private final class ThreadExecutor: TaskExecutor {
  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    Thread { job.runSynchronously(on: self.asUnownedTaskExecutor()) }.start()
  }
}

/// Sends one envelope after the other through one postroom and gives the results by ticket.
func send(_ envelopes: [Envelope], by settings: RelaySettings) -> [DeliveryResult] {
  let room = Postroom(settings)
  var results: [Int: DeliveryResult] = [:]
  for envelope in envelopes {
    room.submit(envelope)
    if settings.connections == 1, let delivered = room.next(within: .seconds(60)) {
      results[delivered.ticket] = delivered.result
    }
  }
  while results.count < envelopes.count, let delivered = room.next(within: .seconds(60)) {
    results[delivered.ticket] = delivered.result
  }
  _ = room.close(within: .seconds(30))
  return envelopes.compactMap { results[$0.ticket] }
}
