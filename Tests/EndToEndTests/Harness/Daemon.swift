import Foundation
import Testing

extension Samples {
  /// An invoice of `customer` that is as many days past due on the real clock's today.
  static func overdue(_ number: String, _ customer: String, late days: Int) -> String {
    let due = Date(timeIntervalSinceNow: -Double(days) * 86_400).ISO8601Format().prefix(10)
    return "\(number),\(customer),2026-01-01,\(due),50.00,EUR\n"
  }
}

extension Setup {
  static func everySecond(_ sink: Sink?) -> Setup {
    var setup = Setup(sink: sink)
    setup.more = "[cycle]\nevery = \"1s\""
    return setup
  }
}

extension Office {
  /// So many customers, from `C-1` on, each with one invoice, from `N-1` on, that is a week late today.
  func lateBooks(_ count: Int) throws {
    try books(
      Samples.head + (1...count).map { Samples.overdue("N-\($0)", "C-\($0)", late: 7) }.joined(),
      customers: "id,name,email\n" + (1...count).map { "C-\($0),Customer \($0),someone@c\($0).test\n" }.joined())
  }

  /// Starts the daemon and waits until it answers.
  func startedDaemon(environment: [String: String] = [:]) async throws -> Program {
    let daemon = try start(["run"], environment: environment)
    for _ in 0..<200 where daemon.isRunning {
      if try await run("status").status == 0 { return daemon }
      try await Task.sleep(for: .milliseconds(50))
    }
    Issue.record("it does not start: \(daemon.err)")
    return daemon
  }

  func daemonStatus() async throws -> JSON {
    let outcome = try await expect(0, "status", "--format", "json")
    return outcome.lines.first ?? .missing
  }

  /// Waits until a cycle has ended that began after now.
  func nextCycle() async throws {
    let now = Date().ISO8601Format()
    for _ in 0..<200 {
      if (try await daemonStatus()["last_cycle"]["began"].text ?? "") > now { return }
      try await Task.sleep(for: .milliseconds(50))
    }
    Issue.record("no cycle comes")
  }
}
