import Glibc

/// Tells systemd how the service does (sd_notify(3)). Without `NOTIFY_SOCKET` in the environment it tells nobody.
package struct NotifySocket: Sendable {
  private let path: String?
  /// How often `WATCHDOG=1` is due: half of what systemd waits for. Nil when it does not wait.
  package let watchdogInterval: Duration?

  /// - Parameter environment: looks up a variable of the process.
  package init(_ environment: (String) -> String? = NotifySocket.variable) {
    path = environment("NOTIFY_SOCKET")
    let isMeant = environment("WATCHDOG_PID").map { Int32($0) == getpid() } ?? true
    let limit = environment("WATCHDOG_USEC").flatMap { Int($0) }
    watchdogInterval = isMeant ? limit.map { .microseconds($0 / 2) } : nil
  }

  /// Each is an assignment such as `READY=1`; all go as one datagram. That nobody listens is no failure.
  package func tell(_ assignments: String...) {
    guard let path, let address = UnixAddress(path) else { return }
    let socket = UnixAddress.socket(SOCK_DGRAM)
    guard socket >= 0 else { return }
    defer { close(socket) }
    let bytes = Array(assignments.map { $0.replacing("\n", with: " ") }.joined(separator: "\n").utf8)
    guard address.with({ connect(socket, $0, $1) }) == 0 else { return }
    _ = send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL))
  }

  /// What a service says that begins to reload; `READY=1` follows when it is done.
  package func tellReloading() {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    tell("RELOADING=1", "MONOTONIC_USEC=\(time.tv_sec * 1_000_000 + time.tv_nsec / 1000)")
  }

  package static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}
