import Glibc

/// State that threads share: one lock, one condition, and no way past them.
///
/// `Synchronization.Mutex` has no condition to wait on, so this is POSIX's own pair, with a clock that nobody can set.
// Unchecked, since the compiler cannot see that the mutex guards `state`: it is touched only between lock and unlock.
package final class Monitor<State>: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var state: State

  package init(_ state: State) {
    self.state = state
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// Who of those that wait has reason to look again.
  package enum Wake { case all, one, none }

  /// Reads or changes the state; whoever waits looks again.
  ///
  /// - Parameter wake: one, where any of them can do what there is to do; none, where nobody waits for this change.
  package func with<Value>(waking wake: Wake = .all, _ body: (inout State) -> Value) -> Value {
    pthread_mutex_lock(mutex)
    let value = body(&state)
    pthread_mutex_unlock(mutex)
    switch wake {
    case .all: pthread_cond_broadcast(condition)
    case .one: pthread_cond_signal(condition)
    case .none: break
    }
    return value
  }

  /// Whoever waits looks again.
  package func wake() { pthread_cond_broadcast(condition) }

  /// Waits until `body` gives a value, and gives it; nil when `deadline` (of `Monotonic.now`) came first.
  ///
  /// `body` is asked at once, and after every change. It may change the state when, and only when, it gives a value, and
  /// only in a way that nobody waits for.
  package func wait<Value>(until deadline: Duration?, for body: (inout State) -> Value?) -> Value? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while true {
      if let value = body(&state) { return value }
      guard let deadline else {
        pthread_cond_wait(condition, mutex)
        continue
      }
      if Monotonic.now >= deadline { return nil }
      var time = timespec(
        tv_sec: Int(deadline.components.seconds), tv_nsec: Int(deadline.components.attoseconds / 1_000_000_000))
      pthread_cond_timedwait(condition, mutex, &time)
    }
  }
}

/// The clock for waiting: it counts on evenly whatever is done to the wall clock.
package enum Monotonic {
  /// Since some moment in the past.
  package static var now: Duration {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }
}

/// A thread of the operating system: SMTP blocks, and must block nobody else.
package enum WorkerThread {
  private final class Job {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  /// Runs `body` on a detached thread that takes no signals; false when the system has no thread left.
  package static func start(_ body: @escaping @Sendable () -> Void) -> Bool {
    // The new thread inherits the mask, so that not even its first instant can take a signal meant for the main one.
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    var thread = pthread_t()
    let job = Unmanaged.passRetained(Job(body))
    let failure = pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        Unmanaged<Job>.fromOpaque(context).takeRetainedValue().body()
        return nil
      }, job.toOpaque())
    if failure != 0 {
      job.release()
      return false
    }
    pthread_detach(thread)
    return true
  }
}
