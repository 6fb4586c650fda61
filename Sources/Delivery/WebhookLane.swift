import Synchronization

/// The way to a webhook: one message after the other, on a thread that begins with the first one.
final class WebhookLane: Sendable {
  private struct Desk {
    var queue: ArraySlice<Envelope> = []
    /// The ticket that is under way.
    var active: Int?
    var hasThread = false
    var isClosing = false
  }

  private enum Errand {
    case send(Envelope)
    case leave
  }

  private let endpoint: WebhookEndpoint
  private let report: @Sendable (Delivered) -> Void
  private let desk = Monitor(Desk())
  private let isStopping = Atomic<Bool>(false)

  init(_ endpoint: WebhookEndpoint, report: @escaping @Sendable (Delivered) -> Void) {
    self.endpoint = endpoint
    self.report = report
  }

  var outstanding: Int { desk.with { $0.queue.count + ($0.active == nil ? 0 : 1) } }

  func submit(_ envelope: Envelope) {
    enum Answer { case taken, needsThread, closed }
    let answer = desk.with { desk -> Answer in
      guard !desk.isClosing else { return .closed }
      desk.queue.append(envelope)
      defer { desk.hasThread = true }
      return desk.hasThread ? .taken : .needsThread
    }
    switch answer {
    case .taken: return
    case .closed: report(Switchboard.notBegun(envelope))
    case .needsThread:
      if WorkerThread.start({ self.work() }) { return }
      let left = desk.with { desk in
        desk.hasThread = false
        defer { desk.queue = [] }
        return desk.queue
      }
      for envelope in left { report(Delivered(ticket: envelope.ticket, result: Switchboard.noThread)) }
    }
  }

  /// Begins nothing more.
  func stop() {
    let left = desk.with { desk in
      desk.isClosing = true
      defer { desk.queue = [] }
      return desk.queue
    }
    for envelope in left { report(Switchboard.notBegun(envelope)) }
  }

  /// Begins nothing more, and ends what has not handed over a byte as soon as libcurl asks.
  func hurry() {
    stop()
    isStopping.store(true, ordering: .relaxed)
  }

  /// The ticket that is under way even after `time` and two seconds more.
  func close(within time: Duration) -> [Int] {
    stop()
    if desk.wait(until: Monotonic.now + time, for: { $0.hasThread ? nil : true }) != nil { return [] }
    hurry()
    // libcurl asks once a second.
    _ = desk.wait(until: Monotonic.now + .seconds(2)) { $0.hasThread ? nil : true }
    return desk.with { $0.active.map { [$0] } ?? [] }
  }

  /// The life of the thread.
  private func work() {
    let connection = WebhookConnection(endpoint) { self.isStopping.load(ordering: .relaxed) }
    while true {
      let errand = desk.wait(until: nil) { desk -> Errand? in
        if let envelope = desk.queue.popFirst() {
          desk.active = envelope.ticket
          return .send(envelope)
        }
        return desk.isClosing ? .leave : nil
      }
      guard case .send(let envelope)? = errand else {
        desk.with { $0.hasThread = false }
        return
      }
      // Told before the thread is free, so that whoever finds nothing under way finds every result.
      report(Delivered(ticket: envelope.ticket, result: connection.deliver(envelope)))
      desk.with { $0.active = nil }
    }
  }
}
