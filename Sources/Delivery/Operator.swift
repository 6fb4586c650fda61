import Glibc

/// Who sits at the switchboard: the life of its thread.
final class Operator {
  private let settings: RelaySettings
  private let settingsFault: String?
  private let server: String
  private let desk: Monitor<Switchboard.Desk>
  private let bell: Bell
  private let isStopping: @Sendable () -> Bool
  private let report: @Sendable ([Delivered]) -> Void
  private var places: [Place] = []
  private var results: [Delivered] = []
  private var polled: [pollfd] = []
  /// Mostly that of the next message, too.
  private var lastSender: (given: String, address: EnvelopeAddress)?

  init(
    _ settings: RelaySettings, _ desk: Monitor<Switchboard.Desk>, _ bell: Bell,
    isStopping: @escaping @Sendable () -> Bool, report: @escaping @Sendable ([Delivered]) -> Void
  ) {
    self.settings = settings
    settingsFault = settings.fault
    server = settings.server
    self.desk = desk
    self.bell = bell
    self.isStopping = isStopping
    self.report = report
  }

  func work() {
    while true {
      let free = places.count { $0.isFree } + max(1, settings.connections) - places.count
      let (isClosing, envelopes, arrivals) = desk.with(waking: .none) { desk in
        let envelopes = desk.queue.prefix(free)
        // An emptied slice would hold on to the messages that were in it.
        desk.queue = desk.queue.count > free ? desk.queue.dropFirst(free) : []
        desk.active.formUnion(envelopes.lazy.map(\.ticket))
        defer { desk.arrivals = [] }
        return (desk.isClosing, envelopes, desk.arrivals)
      }
      for arrival in arrivals { take(arrival) }
      for envelope in envelopes { begin(envelope) }
      let stops = isStopping()
      if stops { stopWhatIsNotBegun() }
      if isClosing { for place in places where place.isFree { leave(place) } }
      tell()
      if isClosing, places.allSatisfy({ $0.state == .closed }) {
        // Between two looks nothing can have come: nothing is taken any more.
        desk.with { $0.isRunning = false }
        return
      }
      listen(isClosing: isClosing, isStopping: stops)
    }
  }

  /// Told before the tickets are free, so that whoever finds nothing at work finds every result.
  private func tell() {
    guard !results.isEmpty else { return }
    report(results)
    let tickets = results.map(\.ticket)
    desk.with(waking: .none) { $0.active.subtract(tickets) }
    results.removeAll(keepingCapacity: true)
  }

  // MARK: Waiting

  /// Waits for the sockets, and for what has changed since it was looked at.
  private func listen(isClosing: Bool, isStopping known: Bool) {
    let hasNews = desk.with(waking: .none) { desk in
      let free = places.contains { $0.isFree } || places.count < max(1, settings.connections)
      let hasNews =
        !desk.arrivals.isEmpty || !desk.queue.isEmpty && free || desk.isClosing != isClosing || isStopping() != known
      desk.isListening = !hasNews
      return hasNews
    }
    polled.removeAll(keepingCapacity: true)
    polled.append(pollfd(fd: bell.descriptor, events: Int16(POLLIN), revents: 0))
    var deadline = bell.descriptor < 0 ? Monotonic.now + .seconds(1) : nil
    for place in places {
      polled.append(pollfd(fd: place.line?.socket ?? -1, events: place.line?.interest ?? 0, revents: 0))
      if let end = place.deadline { deadline = min(end, deadline ?? end) }
    }
    var patience: Int32 = -1
    if hasNews {
      patience = 0
    } else if let deadline {
      patience = Int32(clamping: max(0, (deadline - Monotonic.now).milliseconds))
    }
    let count = poll(&polled, nfds_t(polled.count), patience)
    desk.with(waking: .none) { $0.isListening = false }
    if polled[0].revents != 0 { bell.hush() }
    let now = Monotonic.now
    for (index, place) in places.enumerated() {
      let isThere = count > 0 && polled[index + 1].revents != 0
      if isThere || place.deadline.map({ $0 <= now }) ?? false { attend(place, isThere: isThere, at: now) }
    }
  }

  private func attend(_ place: Place, isThere: Bool, at now: Duration) {
    guard let line = place.line else { return }
    switch place.state {
    case .closed, .opening: break
    case .idle:
      if isThere {
        if line.isOver() { place.close() }
      } else {
        leave(place)
      }
    case .busy, .leaving:
      if isThere, let transfer = line.goOn(at: now, isStopping: isStopping()) { return finish(place, transfer) }
      // Whoever talks without an end has no more time than others.
      if line.deadline.map({ $0 <= now }) ?? false, let transfer = line.expire(at: now) { finish(place, transfer) }
    }
  }

  // MARK: A message

  private func begin(_ envelope: Envelope) {
    let addresses: (sender: EnvelopeAddress, recipient: EnvelopeAddress)
    switch checked(envelope) {
    case .failure(let refusal):
      results.append(Delivered(ticket: envelope.ticket, result: refusal.result))
      return
    case .success(let both): addresses = both
    }
    let place: Place
    if let idle = places.first(where: { $0.state == .idle }) ?? places.first(where: { $0.state == .closed }) {
      place = idle
    } else {
      place = Place()
      places.append(place)
    }
    place.task = Place.Task(envelope: envelope, sender: addresses.sender, recipient: addresses.recipient)
    if place.state == .idle { send(place) } else { open(place) }
  }

  private func send(_ place: Place) {
    guard let line = place.line, let task = place.task else { return place.close() }
    if place.state == .idle, line.isOver() {
      place.close()
      return open(place)
    }
    place.state = .busy
    let transfer = line.send(task.envelope.message, from: task.sender, to: task.recipient, at: Monotonic.now)
    if let transfer { finish(place, transfer) }
  }

  private func finish(_ place: Place, _ transfer: Transfer) {
    guard place.state == .busy, let task = place.task else { return place.close() }
    var transfer = transfer
    transfer.connects = task.connects
    if transfer.isStaleConnection, !task.isOnceMore {
      place.close()
      place.task?.isOnceMore = true
      return open(place)
    }
    results.append(Delivered(ticket: task.envelope.ticket, result: DeliveryResult(transfer, server: server)))
    place.task = nil
    if place.line?.isAtEase == true {
      place.rest(until: Monotonic.now + settings.idleTimeout)
    } else {
      place.close()
    }
  }

  private func leave(_ place: Place) {
    guard place.state == .idle, let line = place.line else { return }
    place.state = .leaving
    if line.leave(at: Monotonic.now) != nil { place.close() }
  }

  private func stopWhatIsNotBegun() {
    for place in places {
      switch place.state {
      case .busy:
        guard let line = place.line, line.mayStop, let transfer = line.stop(at: Monotonic.now) else { continue }
        finish(place, transfer)
      case .opening:
        // Its thread may have to wait for a name server; what it brings is closed again.
        guard let task = place.task else { continue }
        let ended = Transfer(curlCode: CurlCode.abortedByCallback, connects: 0, abort: .closing)
        results.append(Delivered(ticket: task.envelope.ticket, result: DeliveryResult(ended, server: server)))
        place.task = nil
      case .closed, .idle, .leaving: continue
      }
    }
  }

  // MARK: A connection

  private func open(_ place: Place) {
    guard let number = places.firstIndex(where: { $0 === place }) else { return }
    place.state = .opening
    let hasStarted = WorkerThread.start { [settings, desk, bell, isStopping] in
      let connection = SMTPConnection(settings, isStopping: isStopping)
      let transfer = connection.open()
      let calls = desk.with(waking: .none) { desk in
        desk.arrivals.append(Switchboard.Arrival(place: number, connection: connection, transfer: transfer))
        return desk.isListening.taken()
      }
      if calls { bell.ring() }
    }
    if hasStarted { return }
    if let task = place.task {
      results.append(Delivered(ticket: task.envelope.ticket, result: Switchboard.noThread))
    }
    place.task = nil
    place.close()
  }

  private func take(_ arrival: Switchboard.Arrival) {
    let place = places[arrival.place]
    guard arrival.connection.line != nil else {
      if let task = place.task {
        results.append(
          Delivered(ticket: task.envelope.ticket, result: DeliveryResult(arrival.transfer, server: server)))
      }
      place.task = nil
      return place.close()
    }
    place.connection = arrival.connection
    place.task?.connects = arrival.transfer.connects
    send(place)
  }

  // MARK: Before any contact

  private struct Refusal: Error {
    let result: DeliveryResult
  }

  private func checked(
    _ envelope: Envelope
  ) -> Result<(sender: EnvelopeAddress, recipient: EnvelopeAddress), Refusal> {
    func refused(_ verdict: DeliveryVerdict, _ stage: DeliveryStage, _ detail: String) -> Refusal {
      Refusal(
        result: DeliveryResult(
          verdict: verdict, stage: stage, detail: detail, isConfiguration: verdict == .relayRefused, server: server))
    }
    if let settingsFault { return .failure(refused(.relayRefused, .settings, settingsFault)) }
    if let fault = MessageBytes.fault(in: envelope.message) {
      return .failure(refused(.contentRefused, .message, fault))
    }
    let sender: EnvelopeAddress
    if let lastSender, lastSender.given == envelope.sender {
      sender = lastSender.address
    } else {
      do throws(EnvelopeAddress.Fault) {
        sender = try EnvelopeAddress(envelope.sender)
      } catch {
        return .failure(refused(.relayRefused, .settings, "the sender's address cannot be used: \(error.reason)"))
      }
      lastSender = (envelope.sender, sender)
    }
    do throws(EnvelopeAddress.Fault) {
      return .success((sender, try EnvelopeAddress(envelope.recipient)))
    } catch {
      return .failure(refused(.recipientRefused, .address, "the address cannot be used: \(error.reason)"))
    }
  }
}
