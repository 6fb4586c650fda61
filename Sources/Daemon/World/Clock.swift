import Glibc
import Units

/// Tells the time that decisions and records bear. Time-outs do not use it.
package struct Clock: Sendable {
  package var now: @Sendable () -> Instant

  package init(now: @escaping @Sendable () -> Instant) { self.now = now }

  /// The system's clock.
  package static let real = Clock {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Instant(milliseconds: time.tv_sec * 1000 + time.tv_nsec / 1_000_000)
  }

  /// Always the same instant: `--as-of`.
  package static func frozen(at instant: Instant) -> Clock { Clock { instant } }
}
