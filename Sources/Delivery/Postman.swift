/// Who carries the messages: a value of functions, so that tests and the simulator put their own in its place.
package struct Postman: Sendable {
  /// Takes an envelope on without waiting.
  package var submit: @Sendable (Envelope) -> Void
  /// The next result, waiting no longer than that; nil when none came or somebody called `wake`.
  package var next: @Sendable (Duration) -> Delivered?
  /// Ends a waiting `next` early; from any thread.
  package var wake: @Sendable () -> Void
  /// The process is to end: what has not handed over a byte of its message is ended at once. From any thread.
  package var hurry: @Sendable () -> Void
  /// Begins nothing more and waits so long for what is on the wire; the tickets that still are, ascending.
  package var close: @Sendable (Duration) -> [Int]
  /// A visit to the relay without a mail.
  package var probe: @Sendable () -> ProbeReport
  /// The same to the webhook without a message; nil where there is none.
  package var probeWebhook: @Sendable () -> DeliveryResult?

  package init(
    submit: @escaping @Sendable (Envelope) -> Void, next: @escaping @Sendable (Duration) -> Delivered?,
    wake: @escaping @Sendable () -> Void = {}, hurry: @escaping @Sendable () -> Void = {},
    close: @escaping @Sendable (Duration) -> [Int] = { _ in [] },
    probe: @escaping @Sendable () -> ProbeReport,
    probeWebhook: @escaping @Sendable () -> DeliveryResult? = { nil }
  ) {
    self.submit = submit
    self.next = next
    self.wake = wake
    self.hurry = hurry
    self.close = close
    self.probe = probe
    self.probeWebhook = probeWebhook
  }

  /// The real one, through libcurl.
  package static func smtp(_ settings: RelaySettings, webhook: WebhookEndpoint? = nil) -> Postman {
    let room = Postroom(settings, webhook: webhook)
    return Postman(
      submit: { room.submit($0) }, next: { room.next(within: $0) }, wake: { room.wake() },
      hurry: { room.hurry() }, close: { room.close(within: $0) }, probe: { room.probe() },
      probeWebhook: { room.probeWebhook() })
  }

  /// One without a network: `answer` decides at once what becomes of each envelope. `next` never waits.
  package static func answering(_ answer: @escaping @Sendable (Envelope) -> DeliveryResult) -> Postman {
    let results = Monitor<[Delivered]>([])
    return Postman(
      submit: { envelope in
        let delivered = Delivered(ticket: envelope.ticket, result: answer(envelope))
        results.with { $0.append(delivered) }
      },
      next: { _ in results.with { $0.isEmpty ? nil : $0.removeFirst() } },
      probe: { ProbeReport(result: DeliveryResult(verdict: .accepted, stage: .noop, code: 250, reply: "250 ok")) })
  }
}
