import Synchronization

/// Several connections to one relay, each with its thread, one queue before them and one behind.
///
/// Made for a synchronous caller: `submit` never waits, `next` waits for a result until a deadline. Results come in
/// the order in which they were known, one for every envelope. A running transfer is never torn down: libcurl would
/// complete a truncated message. `close` lets it finish, or leaves it behind.
package final class Postroom: Sendable {
  private let shared: Shared

  package init(_ settings: RelaySettings) { shared = Shared(settings) }

  deinit { shared.stop() }

  /// Takes an envelope on. After `close` it comes back as deferred, not begun.
  package func submit(_ envelope: Envelope) { shared.submit(envelope) }

  /// The next result, waiting for it no longer than that; nil when none came, or `wake` was called.
  package func next(within time: Duration) -> Delivered? {
    shared.monitor.wait(until: Monotonic.now + time) { state -> Delivered?? in
      if !state.results.isEmpty { return .some(state.results.removeFirst()) }
      guard state.isWoken else { return nil }
      state.isWoken = false
      return .some(nil)
    } ?? nil
  }

  /// Makes a `next` that waits, or else the next one that would wait, return nil. From any thread.
  package func wake() { shared.monitor.with { $0.isWoken = true } }

  /// Envelopes submitted whose result was not taken yet.
  package var outstanding: Int {
    shared.monitor.with { $0.queue.count + $0.active.count + $0.results.count }
  }

  /// Begins nothing more, lets what is on the wire finish, and says goodbye to the server.
  ///
  /// What was not begun comes back as deferred through `next`. After `time`, what has not handed over a byte of its
  /// message is ended, too. Returns the tickets whose messages are on the wire even so, ascending: their results may
  /// still come; if the process ends first they are in doubt.
  package func close(within time: Duration) -> [Int] { shared.close(within: time) }

  /// Connects, encrypts, logs in, and leaves: on a connection and a thread of its own, for which the caller waits.
  package func probe() -> ProbeReport {
    let report = Monitor<ProbeReport?>(nil)
    let settings = shared.settings
    let hasStarted = WorkerThread.start {
      let found = SMTPConnection(settings).probe()
      report.with { $0 = found }
    }
    let noThread = DeliveryResult(verdict: .relayRefused, stage: .queue, detail: Shared.noThread)
    guard hasStarted else { return ProbeReport(result: noThread) }
    return report.wait(until: nil) { $0 } ?? ProbeReport(result: noThread)
  }
}

/// What the threads hold on to; the postroom itself can go away before them.
private final class Shared: Sendable {
  struct State {
    var queue: [Envelope] = []
    var results: [Delivered] = []
    var active: Set<Int> = []
    var threads = 0
    var isClosing = false
    var isWoken = false
  }

  private enum Errand {
    case send(Envelope)
    case leave
  }

  static let noThread = "the system gives us no thread"

  let settings: RelaySettings
  let monitor: Monitor<State>
  private let isStopping = Atomic<Bool>(false)

  init(_ settings: RelaySettings) {
    self.settings = settings
    monitor = Monitor(State())
  }

  func submit(_ envelope: Envelope) {
    let needsThread = monitor.with { state in
      guard !state.isClosing else {
        state.results.append(Shared.notBegun(envelope))
        return false
      }
      state.queue.append(envelope)
      let idle = state.threads - state.active.count
      guard state.queue.count > idle, state.threads < max(1, settings.connections) else { return false }
      state.threads += 1
      return true
    }
    guard needsThread, !WorkerThread.start({ self.work() }) else { return }
    monitor.with { state in
      state.threads -= 1
      // Others may be at work and will come to it; if nobody is, nobody will.
      guard state.threads == 0 else { return }
      let refused = DeliveryResult(verdict: .relayRefused, stage: .queue, detail: Shared.noThread)
      state.results += state.queue.map { Delivered(ticket: $0.ticket, result: refused) }
      state.queue = []
    }
  }

  func stop() {
    monitor.with { state in
      state.isClosing = true
      state.results += state.queue.map(Shared.notBegun)
      state.queue = []
    }
  }

  func close(within time: Duration) -> [Int] {
    stop()
    let deadline = Monotonic.now + time
    if monitor.wait(until: deadline, for: { $0.threads == 0 ? true : nil }) != nil { return [] }
    isStopping.store(true, ordering: .relaxed)
    // libcurl asks once a second.
    _ = monitor.wait(until: Monotonic.now + .seconds(2)) { $0.threads == 0 ? true : nil }
    return monitor.with { $0.active.sorted() }
  }

  private static func notBegun(_ envelope: Envelope) -> Delivered {
    Delivered(
      ticket: envelope.ticket,
      result: DeliveryResult(verdict: .deferred, stage: .queue, detail: "not begun: the sending was stopped"))
  }

  /// The life of one thread.
  private func work() {
    let connection = SMTPConnection(settings) { self.isStopping.load(ordering: .relaxed) }
    while true {
      let patience = connection.isOpen ? Monotonic.now + settings.idleTimeout : nil
      let errand = monitor.wait(until: patience) { state -> Errand? in
        if !state.queue.isEmpty {
          let envelope = state.queue.removeFirst()
          state.active.insert(envelope.ticket)
          return .send(envelope)
        }
        return state.isClosing ? .leave : nil
      }
      switch errand {
      case nil: connection.close()
      case .leave:
        connection.close()
        monitor.with { $0.threads -= 1 }
        return
      case .send(let envelope):
        let delivered = Delivered(ticket: envelope.ticket, result: connection.deliver(envelope))
        monitor.with { state in
          state.active.remove(envelope.ticket)
          state.results.append(delivered)
        }
      }
    }
  }
}
