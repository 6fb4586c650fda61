import Decisions
import Delivery
import Ledger
import Units

extension Engine {
  /// What the engine is told. Time comes in with events; the engine has no clock.
  package enum Event: Sendable {
    /// Begin a cycle. While one is under way, only the time is taken from it.
    case start(now: Instant)
    /// Answers `readLedger`. `age`: how long ago, really, the books were written.
    case ledger(Books, age: Span)
    /// Answers `readLedger`: it is what it was when it was read last. Only after a `ledger`.
    case ledgerUnchanged(age: Span)
    /// Answers `readLedger`: this snapshot is not to be acted on. In words, for a person.
    case ledgerRejected(String)
    /// Answers `lookAround`. `news`: what others recorded since the journal was last read or written.
    case surroundings(ledgerChanged: Bool, news: [DatedEvent])
    /// Answers `compose`, in the same order.
    case composed([Composition])
    /// Answers `append`: the batch as written and durable, and what others recorded before it since the journal was last
    /// read; empty for a batch that must not be written then.
    case durable(news: [DatedEvent], written: [DatedEvent])
    /// Answers `append` of a batch that others came before: their records; nothing of the batch was written.
    case overtaken([DatedEvent])
    /// Answers `append` of a batch whose hours were over: nothing of it was written. With what others recorded before that.
    case tooLate(news: [DatedEvent], at: Instant)
    /// Answers `append`, and also `lookAround` when the journal cannot be read.
    case notDurable(AppendFault)
    /// What became of one envelope. Every envelope of `send` gets exactly one.
    case delivered(Delivered, at: Instant)
    /// Comes about once a second while a cycle is under way.
    case tick(now: Instant)
    /// Begin nothing more, wait for what is on the wire, record it, finish.
    case stop
    /// Holds from the next cycle on.
    case policy(Policy)
  }

  /// What the engine wants done in the world. Each of the first four is answered by exactly one event; of these four,
  /// one at most is unanswered at any time.
  package enum Effect: Sendable {
    case readLedger
    /// Have the ledger's files or the journal changed since they were read?
    case lookAround
    /// Messages for these contacts, attachments read whole. `ahead`: those that will probably be asked for next.
    case compose([PlannedContact], ahead: [PlannedContact])
    case append(Batch)
    /// One transaction each; more of them than there are connections wait their turn.
    case send([Envelope])
    /// Take back the envelopes that are not begun: they are answered as deferred, at stage `queue`.
    case recall
    case tell(Remark)
    /// The cycle is over.
    case finished(CycleReport)
  }
}

extension Engine.Event {
  /// What others recorded and the engine does not know yet.
  var news: [DatedEvent] {
    switch self {
    case .surroundings(_, let news), .durable(let news, _), .overtaken(let news), .tooLate(let news, _): news
    case .start, .ledger, .ledgerUnchanged, .ledgerRejected, .composed, .notDurable, .delivered, .tick, .stop, .policy:
      []
    }
  }
}

/// A record of the journal as far as history needs it.
package struct DatedEvent: Sendable, Equatable {
  package var event: HistoryEvent
  package var time: Instant

  package init(_ event: HistoryEvent, at time: Instant) {
    self.event = event
    self.time = time
  }
}

/// What is to become durable together, under one sync.
package struct Batch: Sendable, Equatable {
  /// In the order of the journal. Outcomes stand before intents, so that whatever a crash leaves of the batch never has
  /// more open intents than the batch as a whole.
  package var events: [HistoryEvent]
  /// To be kept as sent, durable no later than the events.
  package var messages: [KeptMessage]
  /// Write nothing if others have recorded something since: then what is about to be done rests on old facts.
  package var onlyIfUnchanged: Bool
  /// Write nothing outside of any of these: a letter is made by its record alone.
  package var windows: [ContactWindow]

  package init(
    events: [HistoryEvent], messages: [KeptMessage] = [], onlyIfUnchanged: Bool = false, windows: [ContactWindow] = []
  ) {
    self.events = events
    self.messages = messages
    self.onlyIfUnchanged = onlyIfUnchanged
    self.windows = windows
  }
}

/// A message to keep, found again by its hash.
package struct KeptMessage: Sendable, Equatable {
  /// Hex SHA-256 of `bytes`.
  package var sha256: String
  package var bytes: [UInt8]

  package init(sha256: String, bytes: [UInt8]) {
    self.sha256 = sha256
    self.bytes = bytes
  }
}

/// Why a batch could not be made durable.
package enum AppendFault: Error, Sendable, Equatable {
  /// The clock is before the journal's last record; nothing was written.
  case clockWentBack(last: Instant, now: Instant)
  /// Somebody else is writing to the journal, for longer than one waits; nothing was written. In words, for a person.
  case locked(String)
  /// Writing or syncing failed: what is on the disk is unknown until it is read afresh. In words, for a person.
  case broken(String)
}

/// What composing one contact came to.
package enum Composition: Sendable, Equatable {
  case ready(Prepared)
  /// In words, with the place in the template or the file at fault.
  case failed(String)
}

/// A contact ready to go: the record of the intent, and the message.
package struct Prepared: Sendable, Equatable {
  /// Its `attempt` is set by the engine.
  package var intended: IntendedContact
  /// The address that bounces go to.
  package var sender: String
  /// The message that each recipient gets.
  package var message: [UInt8]
  /// When it may go; set by the engine.
  var window: ContactWindow?

  package init(intended: IntendedContact, sender: String, message: [UInt8]) {
    self.intended = intended
    self.sender = sender
    self.message = message
  }
}

extension DatedEvent {
  /// How far the clock may seem to go back before that means a wrong clock: the journal writes its last time instead.
  package static let clockTolerance = Span.seconds(5)
}
