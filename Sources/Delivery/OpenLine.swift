import Glibc

/// A connection while it is open: its line, what is still to go out, what has come in, and the dialogue over it.
///
/// Waits for nothing but in `finish`: says what it would wait for (`interest`, `deadline`) and is told when it came. Belongs to
/// one thread.
final class OpenLine {
  private let line: any RelayLine
  private var dialogue: Dialogue
  private var replies = ReplyReader()
  /// Bytes of which the first `sent` are out.
  private var outgoing: [UInt8] = []
  private var sent = 0
  private var isSaying = false
  /// Why nothing more comes or goes; what had come before it still counts.
  private var fault: LineFault?
  /// So much goes into one record of TLS: what is counted as handed over was handed over whole.
  private static let recordMax = 16_384
  /// More than this at once is no answer to anything.
  private static let wordsMax = 65_536
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 1)

  /// Of `Monotonic.now`: when waiting ends; nil at rest.
  private(set) var deadline: Duration?

  init(_ line: any RelayLine, offers: ServerOffers, patience: Dialogue.Patience) {
    self.line = line
    dialogue = Dialogue(offers: offers, patience: patience)
  }

  deinit { buffer.deallocate() }

  var socket: Int32 { line.socket }
  /// What to poll for. At rest too: the other side may close, or say something that ends it.
  var interest: Int16 { Int16(isSaying ? POLLOUT : POLLIN) }
  /// Fit for the next message.
  var isAtEase: Bool { dialogue.isAtEase && replies.isEmpty && fault == nil }
  /// A message that is not begun yet can be ended.
  var mayStop: Bool { dialogue.mayStop }

  /// Begins; a transfer when it is over already.
  func send(_ message: [UInt8], from: EnvelopeAddress, to: EnvelopeAddress, at now: Duration) -> Transfer? {
    follow(dialogue.send(message, from: from, to: to, at: now), at: now, isStopping: false)
  }

  func visit(at now: Duration) -> Transfer? { follow(dialogue.visit(at: now), at: now, isStopping: false) }
  func leave(at now: Duration) -> Transfer? { follow(dialogue.leave(at: now), at: now, isStopping: false) }
  func stop(at now: Duration) -> Transfer? { follow(dialogue.stop(), at: now, isStopping: true) }

  /// Waits for what it waits for, to the end of what was begun. For a caller that has nothing else to do.
  func finish() -> Transfer {
    while true {
      let now = Monotonic.now
      let left = (deadline ?? now) - now
      var ready = pollfd(fd: socket, events: interest, revents: 0)
      let isThere = left > .zero && poll(&ready, 1, Int32(clamping: left.milliseconds)) != 0
      if let transfer = isThere ? goOn(at: Monotonic.now, isStopping: false) : expire(at: now) { return transfer }
    }
  }

  /// What was polled for may be there.
  func goOn(at now: Duration, isStopping: Bool) -> Transfer? {
    if isSaying { return push(at: now, isStopping: isStopping, isAsked: true) }
    listen()
    // What was said before the end still counts.
    return hear(at: now, isStopping: isStopping)
      ?? fault.flatMap { follow(dialogue.failed($0), at: now, isStopping: isStopping) }
  }

  /// True when the line is at rest and something came all the same: its end, or words that nobody asked for.
  func isOver() -> Bool {
    listen()
    return fault != nil || !replies.isEmpty
  }

  /// The deadline is past.
  func expire(at now: Duration) -> Transfer? {
    // A server that takes no more of a message may have said why.
    follow(earlyRefusal() ?? dialogue.failed(.timedOut, handedOver: sent), at: now, isStopping: false)
  }

  // MARK: What the dialogue wants

  private func follow(_ step: Dialogue.Step, at now: Duration, isStopping: Bool) -> Transfer? {
    isSaying = false
    switch step {
    case .say(let bytes, let deadline):
      sent = 0
      // Once a message is out, whatever comes next is its answer: so what lies there already must be none.
      if dialogue.isInMessage { listen() }
      if let fault = fault ?? (replies.isEmpty ? nil : .outOfStep) {
        return follow(dialogue.failed(fault), at: now, isStopping: isStopping)
      }
      outgoing = bytes
      isSaying = true
      self.deadline = deadline
      return push(at: now, isStopping: isStopping, isAsked: false)
    case .listen(let deadline):
      self.deadline = deadline
      return hear(at: now, isStopping: isStopping)
    case .finish(let transfer):
      deadline = nil
      outgoing = []
      return transfer
    }
  }

  /// - Parameter isAsked: the socket was said to have room.
  private func push(at now: Duration, isStopping: Bool, isAsked: Bool) -> Transfer? {
    do throws(LineFault) {
      while sent < outgoing.count {
        let count = try outgoing.withUnsafeBufferPointer { (bytes) throws(LineFault) in
          try line.send(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes[sent...].prefix(Self.recordMax))))
        }
        if count == 0 {
          // An encrypted line may have to hear something first, for which nobody polls: seldom, and soon over.
          if isAsked, line.isEncrypted { usleep(1000) }
          return nil
        }
        sent += count
      }
    } catch {
      fault = error
      return follow(earlyRefusal() ?? dialogue.failed(error, handedOver: sent), at: now, isStopping: isStopping)
    }
    outgoing = []
    return follow(dialogue.handedOver(at: now), at: now, isStopping: isStopping)
  }

  /// What the server had said to a message that it did not want to hear to its end.
  private func earlyRefusal() -> Dialogue.Step? {
    guard dialogue.isInMessage, sent > 0, sent < outgoing.count else { return nil }
    let sent = sent
    listen()
    guard let reply = replies.next(), (400..<600).contains(reply.code) else { return nil }
    return dialogue.refused(reply, handedOver: sent)
  }

  /// Takes in what has come, to the last byte: what was encrypted together shows on no socket any more.
  private func listen() {
    do throws(LineFault) {
      while true {
        let count = try line.receive(buffer)
        replies.add(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        if count == 0 || count < buffer.count && !line.isEncrypted { return }
        guard replies.count <= Self.wordsMax else { throw .outOfStep }
      }
    } catch {
      fault = fault ?? error
    }
  }

  /// A reply that has come already.
  private func hear(at now: Duration, isStopping: Bool) -> Transfer? {
    guard deadline != nil, let reply = replies.next() else { return nil }
    return follow(dialogue.heard(reply, at: now, isStopping: isStopping), at: now, isStopping: isStopping)
  }
}

extension Duration {
  /// Whole milliseconds, rounded up.
  var milliseconds: Int {
    Int(components.seconds) * 1000 + Int((components.attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
  }
}
