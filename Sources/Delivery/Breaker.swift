/// Stops the sending when not the customers but the relay is at fault. A value: it knows no clock and no connection.
///
/// Until the relay has shown in this cycle that it deals with us, messages go one at a time: a wrong password is tried
/// once and not on every connection, and a server that hangs leaves one doubt.
///
/// It opens on the first TLS, AUTH or configuration fault; after five relay faults or doubts in a row over all
/// connections; when the first thing that the relay says of any recipient is that it refuses us (5.7.x); and after
/// refused recipients of three different domains in a row, over however many cycles of one process, since then too it is
/// us whom the relay, or a block list, refuses. Open, it admits nothing until `rearm` (the next cycle), then exactly one probe.
package struct Breaker: Sendable, Equatable {
  package enum State: Sendable, Equatable {
    case closed
    /// Nothing goes out. The result that opened it.
    case open(DeliveryResult)
    /// The next one may go out as a probe.
    case halfOpen(DeliveryResult)
    /// The probe is out; nothing else may go.
    case probing(DeliveryResult)
  }

  /// What a result does to what was known before.
  package struct Notice: Sendable, Equatable {
    /// The breaker opened with this result.
    package let hasOpened: Bool
    /// Tickets of refused recipients, this one included, that are the relay's fault after all: they are to be recorded
    /// as deferred, and no address is to be marked.
    package let acquitted: [Int]
  }

  private struct Refusal: Sendable, Equatable {
    let ticket: Int
    let domain: String
  }

  package static let faultsMax = 5
  package static let refusedDomainsMax = 3

  package private(set) var state = State.closed
  /// Relay faults and doubts since the last sign of life.
  package private(set) var faultsInRow = 0
  private var refusals: [Refusal] = []
  /// Since the cycle began the relay took a message, or refused one for its recipient or content.
  private var isProven = false
  /// Not proven yet, and the one message that may go is out.
  private var isTrying = false

  package init() {}

  /// Whether a message may be begun now.
  package var mayBegin: Bool {
    switch state {
    case .closed: isProven || !isTrying
    case .halfOpen: true
    case .open, .probing: false
    }
  }

  /// Nothing may be begun in this cycle, but for a probe that is out.
  package var isOpen: Bool {
    switch state {
    case .closed, .halfOpen: false
    case .open, .probing: true
    }
  }

  /// The result that opened it, until it closes.
  package var cause: DeliveryResult? {
    switch state {
    case .closed: nil
    case .open(let cause), .halfOpen(let cause), .probing(let cause): cause
    }
  }

  /// Refused recipients whose guilt is not settled: one more domain may acquit them.
  package var suspects: [Int] { refusals.map(\.ticket) }

  /// Asks to begin one message. When half open, the first question is answered with yes and makes it the probe.
  package mutating func admit() -> Bool {
    guard mayBegin else { return false }
    if case .halfOpen(let cause) = state { state = .probing(cause) }
    isTrying = !isProven
    return true
  }

  /// What was admitted last was not begun after all; another one may be.
  package mutating func withdraw() {
    if case .probing(let cause) = state { state = .halfOpen(cause) }
    isTrying = false
  }

  /// A new cycle: if open, one probe may go. Also when the last probe's result never came.
  package mutating func rearm() {
    if let cause { state = .halfOpen(cause) }
    faultsInRow = 0
    // Refused recipients count on: where one message is due a day, three in a row take three cycles.
    isProven = false
    isTrying = false
  }

  /// Takes note of what became of a message; of `domain`, the recipient's, only for refused recipients.
  @discardableResult
  package mutating func record(_ result: DeliveryResult, ticket: Int, domain: String) -> Notice {
    switch result.stage {
    case .queue, .address, .message:
      withdraw()
      return Notice(hasOpened: false, acquitted: [])
    default: break
    }
    isTrying = false
    switch result.verdict {
    case .relayRefused, .unknown:
      faultsInRow += 1
      let isRefusedLogin = (result.stage == .auth || result.stage == .tls) && result.code != nil
      let refusesUs = result.stage == .rcpt && (result.code ?? 0) >= 500 && !isProven
      let mustOpen =
        result.isConfiguration || isRefusedLogin || refusesUs || faultsInRow >= Breaker.faultsMax || isProbing
      return Notice(hasOpened: mustOpen && open(result), acquitted: [])
    case .recipientRefused:
      faultsInRow = 0
      refusals.append(Refusal(ticket: ticket, domain: domain))
      let wasForRefusals = isProbing && cause?.verdict == .recipientRefused
      isProven = true
      guard wasForRefusals || Set(refusals.map(\.domain)).count >= Breaker.refusedDomainsMax else {
        close()
        return Notice(hasOpened: false, acquitted: [])
      }
      let acquitted = refusals.map(\.ticket)
      refusals = []
      return Notice(hasOpened: open(result), acquitted: acquitted)
    case .accepted, .deferred, .contentRefused:
      isProven = true
      faultsInRow = 0
      refusals = []
      close()
      return Notice(hasOpened: false, acquitted: [])
    }
  }

  private var isProbing: Bool { if case .probing = state { true } else { false } }

  /// The probe came through. Results of messages begun before it opened change nothing.
  private mutating func close() {
    if isProbing { state = .closed }
  }

  /// True if it was not open already.
  private mutating func open(_ result: DeliveryResult) -> Bool {
    if case .open = state { return false }
    state = .open(cause ?? result)
    return true
  }
}
