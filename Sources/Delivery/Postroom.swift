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
  private let webhooks: WebhookLane?
  private let tray = Monitor(Tray())

  package init(_ settings: RelaySettings, webhook: WebhookEndpoint? = nil) {
    self.settings = settings
    endpoint = webhook
    mails = Switchboard(settings) { [tray] results in tray.with { $0.results += results } }
    webhooks = webhook.map { [tray] in WebhookLane($0) { result in tray.with { $0.results.append(result) } } }
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
