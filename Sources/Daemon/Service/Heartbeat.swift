import Delivery
import Supervision
import Synchronization

/// Tells systemd that the service lives, as often as it asks for, from whichever thread does the work.
final class Heartbeat: Sendable {
  private let notify: NotifySocket
  private let last = Mutex(Monotonic.now)

  init(_ notify: NotifySocket) { self.notify = notify }

  /// - Returns: whether it was time to say so.
  @discardableResult
  func beat() -> Bool {
    guard let interval = notify.watchdogInterval else { return false }
    let now = Monotonic.now
    let isTime = last.withLock { last in
      guard now - last >= interval / 2 else { return false }
      last = now
      return true
    }
    if isTime { notify.tell("WATCHDOG=1") }
    return isTime
  }
}
