/// One of the connections, open or not, and what is done with it.
final class Place {
  enum State { case closed, opening, idle, busy, leaving }

  struct Task {
    let envelope: Envelope
    let sender: EnvelopeAddress
    let recipient: EnvelopeAddress
    /// Connections that were opened for it.
    var connects = 0
    /// A kept connection turned out to be gone.
    var isOnceMore = false
  }

  var state = State.closed
  var connection: SMTPConnection?
  var task: Task?
  private var idleUntil: Duration?

  var line: OpenLine? { connection?.line }
  /// It can take a message on.
  var isFree: Bool { state == .closed || state == .idle }
  /// When it has to be looked at though nothing came.
  var deadline: Duration? { state == .idle ? idleUntil : line?.deadline }

  func rest(until time: Duration) {
    state = .idle
    idleUntil = time
  }

  func close() {
    connection?.close()
    connection = nil
    state = .closed
  }
}
