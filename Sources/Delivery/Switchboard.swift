import Glibc
import Synchronization

/// All connections to one relay, on one thread that waits for whichever has something to say, and for none of them alone.
///
/// What libcurl waits for, to open a connection, is done on a thread of that connection's own, which ends then.
final class Switchboard: Sendable {
  private let desk: Monitor<Desk>
  private let bell: Bell
  private let settings: RelaySettings
  private let report: @Sendable ([Delivered]) -> Void
  private let isStopping = Atomic<Bool>(false)

  /// What others see and touch.
  struct Desk {
    var queue: ArraySlice<Envelope> = []
    /// Tickets that were begun and have no result.
    var active: Set<Int> = []
    /// Connections that were opened, or not.
    var arrivals: [Arrival] = []
    var isRunning = false
    var isClosing = false
    /// The thread waits for its sockets, and has to be called.
    var isListening = false

    /// All that waits, until its results are told.
    mutating func takeQueue() -> ArraySlice<Envelope> {
      defer { queue = [] }
      active.formUnion(queue.lazy.map(\.ticket))
      return queue
    }
  }

  struct Arrival {
    var place: Int
    var connection: SMTPConnection
    var transfer: Transfer
  }

  init(_ settings: RelaySettings, report: @escaping @Sendable ([Delivered]) -> Void) {
    self.settings = settings
    self.report = report
    desk = Monitor(Desk())
    bell = Bell()
  }

  var outstanding: Int { desk.with(waking: .none) { $0.queue.count + $0.active.count } }

  func submit(_ envelope: Envelope) {
    enum Answer { case taken, calls, needsThread, closed }
    let answer = desk.with(waking: .none) { desk -> Answer in
      guard !desk.isClosing else { return .closed }
      desk.queue.append(envelope)
      if !desk.isRunning {
        desk.isRunning = true
        return .needsThread
      }
      return desk.isListening.taken() ? .calls : .taken
    }
    switch answer {
    case .taken: return
    case .calls: bell.ring()
    case .closed: report([Switchboard.notBegun(envelope)])
    case .needsThread:
      if start() { return }
      let left = desk.with { desk in
        desk.isRunning = false
        return desk.takeQueue()
      }
      giveBack(left.map { Delivered(ticket: $0.ticket, result: Switchboard.noThread) })
    }
  }

  /// Begins nothing more.
  func stop() {
    let (left, calls) = desk.with { desk in
      desk.isClosing = true
      return (desk.takeQueue(), desk.isListening.taken())
    }
    if calls { bell.ring() }
    giveBack(left.map(Switchboard.notBegun))
  }

  /// Begins nothing more, and ends at once what has not handed over a byte; for nothing of this it waits.
  func hurry() {
    stop()
    isStopping.store(true, ordering: .relaxed)
    if desk.with({ $0.isListening.taken() }) { bell.ring() }
  }

  /// Results of what was in the queue: nobody is to find neither the envelope nor its result.
  private func giveBack(_ results: [Delivered]) {
    report(results)
    desk.with { $0.active.subtract(results.map(\.ticket)) }
  }

  /// Begins nothing more, lets what is on the wire finish, and says goodbye; after `time` ends what has not handed over a
  /// byte. The tickets that are on the wire even so, ascending.
  func close(within time: Duration) -> [Int] {
    stop()
    if desk.wait(until: Monotonic.now + time, for: { $0.isRunning ? nil : true }) != nil { return [] }
    hurry()
    // libcurl asks once a second.
    _ = desk.wait(until: Monotonic.now + .seconds(2)) { $0.isRunning ? nil : true }
    return desk.with { $0.active.sorted() }
  }

  static let noThread = DeliveryResult(
    verdict: .relayRefused, stage: .queue, detail: "the system gives us no thread")

  static func notBegun(_ envelope: Envelope) -> Delivered {
    Delivered(
      ticket: envelope.ticket,
      result: DeliveryResult(verdict: .deferred, stage: .queue, detail: "not begun: the sending was stopped"))
  }

  private func start() -> Bool {
    WorkerThread.start { [self] in
      Operator(settings, desk, bell, isStopping: { self.isStopping.load(ordering: .relaxed) }, report: report).work()
    }
  }
}

extension Bool {
  /// Whether it was set; it is not any more.
  mutating func taken() -> Bool {
    defer { self = false }
    return self
  }
}
