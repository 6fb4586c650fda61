import Glibc
import Synchronization
import Units

/// A thread for each processor, for as long as a piece of work lasts: while the daemon waits there is none.
package struct Threads: Workers {
  package let count: Int
  private let heartbeat: (@Sendable () -> Void)?

  /// - Parameter heartbeat: called, by whichever thread, whenever a part is done; work is cut into smaller parts for it.
  package init(count: Int = Threads.processors, heartbeat: (@Sendable () -> Void)? = nil) {
    self.count = max(1, count)
    self.heartbeat = heartbeat
  }

  /// Even what takes minutes is heard of every few seconds.
  package var parts: Int { heartbeat == nil ? count : 64 * count }

  /// What the system lets this process use; no more than eight, since memory is what they wait for then.
  package static var processors: Int { min(8, max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

  package func map<Part: Sendable>(_ parts: Int, _ body: @Sendable (Int) -> Part) -> [Part] {
    guard parts > 1, count > 1 || heartbeat != nil else { return (0..<parts).map(body) }
    let made = Mutex([Part?](repeating: nil, count: parts))
    let next = Mutex(0)
    withoutActuallyEscaping(body) { body in
      let work = Work {
        while true {
          let part = next.withLock { next in
            defer { next += 1 }
            return next
          }
          guard part < parts else { return }
          let value = body(part)
          made.withLock { $0[part] = value }
          heartbeat?()
        }
      }
      // One that cannot be started is missed by nobody: the others do its part.
      let threads = (1..<min(count, parts)).compactMap { _ in work.start() }
      work.run()
      for thread in threads { pthread_join(thread, nil) }
    }
    return made.withLock { $0.compactMap(\.self) }
  }
}

/// What every thread of one piece of work does.
private final class Work: Sendable {
  let run: @Sendable () -> Void

  init(_ run: @escaping @Sendable () -> Void) { self.run = run }

  /// Nil when the system has no thread to give.
  func start() -> pthread_t? {
    // Signals are for the thread that waits for them.
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    var thread = pthread_t()
    let own = Unmanaged.passRetained(self)
    let failure = pthread_create(
      &thread, nil,
      { work in
        guard let work else { return nil }
        Unmanaged<Work>.fromOpaque(work).takeRetainedValue().run()
        return nil
      }, own.toOpaque())
    guard failure == 0 else {
      own.release()
      return nil
    }
    return thread
  }
}
