import Glibc
import Synchronization

/// SIGTERM and SIGINT as a flag: what is on the wire is finished and recorded, nothing more is begun.
package enum StopSignal {
  private static let raised = Atomic<Bool>(false)

  package static var isRaised: Bool { raised.load(ordering: .relaxed) }

  /// From here on the signals no longer end the process by themselves; a second SIGINT does.
  package static func listen() {
    signal(SIGTERM) { _ in StopSignal.raised.store(true, ordering: .relaxed) }
    signal(SIGINT) { _ in
      StopSignal.raised.store(true, ordering: .relaxed)
      signal(SIGINT, SIG_DFL)
    }
    // A full disk or a limit shows as an error of the write, not as the end of the process.
    signal(SIGXFSZ, SIG_IGN)
    signal(SIGPIPE, SIG_IGN)
  }
}
