import Synchronization

/// Several connections to one relay, one queue before them and one behind; and beside them one thread
/// for a webhook, with a queue of its own, so that neither waits for the other.
///
/// Made for a synchronous caller: `submit` never waits, `next` waits for a result until a deadline. Results come in
/// the order in which they were known, one for every envelope. A running transfer is never torn down: `close` lets it finish,
/// or leaves it behind.
package final class Postroom: Sendable {
  private let settings: RelaySettings
  private let endpoint: WebhookEndpoint?
  private let mails: Switchboard
  /// Nil without a webhook.
  private let webhooks: Shared?
  private let tray = Monitor(Tray())

  package init(_ settings: RelaySettings, webhook: WebhookEndpoint? = nil) {
    self.settings = settings
    endpoint = webhook
    mails = Switchboard(settings) { [tray] results in tray.with { $0.results += results } }
    webhooks = webhook.map { [tray] in Shared(.webhook($0), tray) }
  }

  deinit {
    mails.stop()
    webhooks?.stop()
  }

  /// Takes an envelope on. After `close` it comes back as deferred, not begun.
  package func submit(_ envelope: Envelope) {
    guard envelope.webhookKey != nil else { return mails.submit(envelope) }
    if let webhooks { return webhooks.submit(envelope) }
    let result = DeliveryResult(
      verdict: .relayRefused, stage: .settings, detail: "there is no [webhook]", isConfiguration: true)
    tray.with { $0.results.append(Delivered(ticket: envelope.ticket, result: result)) }
  }

  /// The next result, waiting for it no longer than that; nil when none came, or `wake` was called.
  package func next(within time: Duration) -> Delivered? {
    tray.wait(until: Monotonic.now + time) { tray -> Delivered?? in
      if let delivered = tray.results.popFirst() { return .some(delivered) }
      guard tray.isWoken else { return nil }
      tray.isWoken = false
      return .some(nil)
    } ?? nil
  }

  /// Makes a `next` that waits, or else the next one that would wait, return nil. From any thread.
  package func wake() { tray.with { $0.isWoken = true } }

  /// Envelopes submitted whose result was not taken yet.
  package var outstanding: Int {
    mails.outstanding + (webhooks?.outstanding ?? 0) + tray.with { $0.results.count }
  }

  /// Begins nothing more, lets what is on the wire finish, and says goodbye to the server.
  ///
  /// What was not begun comes back as deferred through `next`. After `time`, what has not handed over a byte of its
  /// message is ended, too. Returns the tickets whose messages are on the wire even so, ascending: their results may
  /// still come; if the process ends first they are in doubt.
  package func close(within time: Duration) -> [Int] {
    // The other one begins nothing more either while this one is waited for.
    webhooks?.stop()
    return (mails.close(within: time) + (webhooks?.close(within: time) ?? [])).sorted()
  }

  /// The process is to end: begins nothing more and ends at once what has not handed over a byte of its message, which is
  /// certain to leave nothing behind. Waits for nothing; results come as always.
  package func hurry() {
    mails.hurry()
    webhooks?.hurry()
  }

  /// Connects, encrypts, logs in, and leaves: on a connection and a thread of its own, for which the caller waits.
  package func probe() -> ProbeReport {
    let report = Monitor<ProbeReport?>(nil)
    let settings = settings
    if let fault = settings.fault {
      return ProbeReport(
        result: DeliveryResult(verdict: .relayRefused, stage: .settings, detail: fault, isConfiguration: true))
    }
    let hasStarted = WorkerThread.start {
      let found = SMTPConnection(settings).probe()
      report.with { $0 = found }
    }
    guard hasStarted else { return ProbeReport(result: Switchboard.noThread) }
    return report.wait(until: nil) { $0 } ?? ProbeReport(result: Switchboard.noThread)
  }

  /// Connects to the webhook, encrypts, and leaves; nil without one.
  package func probeWebhook() -> DeliveryResult? {
    guard let endpoint else { return nil }
    let report = Monitor<DeliveryResult?>(nil)
    let hasStarted = WorkerThread.start {
      let found = WebhookConnection(endpoint).probe()
      report.with { $0 = found }
    }
    return hasStarted ? report.wait(until: nil) { $0 } ?? Switchboard.noThread : Switchboard.noThread
  }
}

/// What became of it, for the one who asks.
private struct Tray {
  var results: ArraySlice<Delivered> = []
  var isWoken = false
}

/// What the threads hold on to; the postroom itself can go away before them.
private final class Shared: Sendable {
  /// What waits for a thread, and who is at work.
  struct Desk {
    var queue: ArraySlice<Envelope> = []
    var active: Set<Int> = []
    var threads = 0
    var isClosing = false
  }

  private enum Errand {
    case send(Envelope)
    case leave
  }

  let carriage: Carriage
  let desk = Monitor(Desk())
  private let tray: Monitor<Tray>
  private let isStopping = Atomic<Bool>(false)

  init(_ carriage: Carriage, _ tray: Monitor<Tray>) {
    self.carriage = carriage
    self.tray = tray
  }

  var outstanding: Int { desk.with { $0.queue.count + $0.active.count } }

  func submit(_ envelope: Envelope) {
    enum Answer { case taken, needsThread, closed }
    // One thread is enough for one envelope.
    let answer = desk.with(waking: .one) { desk -> Answer in
      guard !desk.isClosing else { return .closed }
      desk.queue.append(envelope)
      let idle = desk.threads - desk.active.count
      guard desk.queue.count > idle, desk.threads < max(1, carriage.connections) else { return .taken }
      desk.threads += 1
      return .needsThread
    }
    switch answer {
    case .taken: return
    case .closed: return report([Switchboard.notBegun(envelope)])
    case .needsThread: if WorkerThread.start({ self.work() }) { return }
    }
    let left = desk.with { desk -> ArraySlice<Envelope> in
      desk.threads -= 1
      // Others may be at work and will come to it; if nobody is, nobody will.
      guard desk.threads == 0 else { return [] }
      defer { desk.queue = [] }
      return desk.queue
    }
    report(left.map { Delivered(ticket: $0.ticket, result: Switchboard.noThread) })
  }

  private func report(_ results: [Delivered]) {
    guard !results.isEmpty else { return }
    tray.with { $0.results += results }
  }

  func stop() {
    let left = desk.with { desk in
      desk.isClosing = true
      defer { desk.queue = [] }
      return desk.queue
    }
    report(left.map(Switchboard.notBegun))
  }

  func hurry() {
    stop()
    isStopping.store(true, ordering: .relaxed)
  }

  func close(within time: Duration) -> [Int] {
    stop()
    let deadline = Monotonic.now + time
    if desk.wait(until: deadline, for: { $0.threads == 0 ? true : nil }) != nil { return [] }
    isStopping.store(true, ordering: .relaxed)
    // libcurl asks once a second.
    _ = desk.wait(until: Monotonic.now + .seconds(2)) { $0.threads == 0 ? true : nil }
    return desk.with { $0.active.sorted() }
  }

  /// The life of one thread.
  private func work() {
    let connection = carriage.carrier { self.isStopping.load(ordering: .relaxed) }
    while true {
      let patience = connection.isOpen ? Monotonic.now + carriage.idleTimeout : nil
      let errand = desk.wait(until: patience) { desk -> Errand? in
        if let envelope = desk.queue.popFirst() {
          desk.active.insert(envelope.ticket)
          return .send(envelope)
        }
        return desk.isClosing ? .leave : nil
      }
      switch errand {
      case nil: connection.close()
      case .leave:
        connection.close()
        desk.with { $0.threads -= 1 }
        return
      case .send(let envelope):
        let delivered = Delivered(ticket: envelope.ticket, result: connection.deliver(envelope))
        // Told before the thread is free, so that whoever finds no thread at work finds every result.
        report([delivered])
        desk.with(waking: .none) { _ = $0.active.remove(envelope.ticket) }
      }
    }
  }
}
