import Decisions
import Delivery
import Ledger
import Units

/// The cycle as a synchronous state machine: an event goes in, effects come out. No clock, no disk, no network, no
/// thread, no chance: whoever performs the effects and answers them drives it, the real world or a simulated one.
///
///     start ─► lookAround ─► readLedger ─► decide ─┐
///                                ▲                 ▼      (for each batch, while others are on the wire)
///                                │ changed     lookAround ─► compose ─► append intents ─► send ─► delivered
///                                └─────────────────┘                     (with outcomes)             │ outcomes wait for
///                                                                            ▲───────────────────────┘ the next append,
///                                                                                                      or a tick
///     nothing left, nothing on the wire ─► append outcomes ─► append cycle.completed ─► finished
///
/// What it keeps, whatever happens:
/// - An envelope goes out only after its intent is durable, and only if nothing that others recorded came before it.
/// - At most two contacts a connection are without a durable outcome: so many a crash can leave in doubt.
/// - After a failed append nothing more is sent, in this cycle or any later one.
/// - A contact that may have reached its customer is not sent again, even if it were decided.
package struct Engine: Sendable {
  /// How often in a row a cycle begins anew when ledger or journal change under it before anything was on the wire.
  package static let restartsMax = 5
  /// So many messages in a row refused for their content end the cycle.
  package static let contentRefusalsMax = 3

  /// All that was recorded so far: what was durable when the engine was made, and every batch since.
  package internal(set) var history: ContactHistory
  package internal(set) var policy: Policy
  var breakers = Breakers()
  /// Set by the first failed append; nothing is sent any more.
  package internal(set) var broken: String?
  package var isRunning: Bool { cycle != nil }

  let connections: Int
  var now = Instant(milliseconds: 0)
  var cycle: Cycle?
  var awaiting = Awaiting.nothing
  var flight = Flight()
  /// Not durable yet.
  var outcomes: [HistoryEvent] = []
  /// Refused recipients whom the breaker may still acquit, by ticket.
  var suspects: [Int: Leg] = [:]
  /// Of each lane.
  var contentRefusalsInRow: [Lane: Int] = [:]
  var nextPolicy: Policy?
  /// As it was read last; nil before that.
  var ledger: KnownLedger?
  let judge: Judge

  /// `decide`, or what a test puts in its place.
  package typealias Judge = @Sendable (Books, ContactHistory, Policy, _ now: Instant, _ ledgerAge: Span) -> Verdict

  /// The one answer that is outstanding.
  enum Awaiting {
    case nothing, ledger, surroundings
    case composition([PlannedContact])
    case sync(outcomes: [HistoryEvent], intents: [Prepared])
  }

  /// - Parameter connections: how many envelopes can be on the wire at the same time; at least 1 is taken.
  package init(
    policy: Policy, history: ContactHistory, connections: Int,
    judge: @escaping Judge = { decide($0, $1, $2, now: $3, ledgerAge: $4, detail: .contacts) }
  ) {
    self.judge = judge
    self.policy = policy
    self.history = history
    self.connections = max(1, connections)
  }

  package mutating func step(_ event: Event) -> [Effect] {
    var effects: [Effect] = []
    switch event {
    case .start(let time): start(at: time)
    case .ledger(let books, let age): take(books, age: age)
    case .ledgerUnchanged(let age): take(nil, age: age)
    case .ledgerRejected(let problem):
      awaiting = .nothing
      end(.ledgerRejected(problem))
    case .surroundings(let ledgerChanged, let news): effects = take(news, ledgerChanged: ledgerChanged)
    case .composed(let compositions): effects = take(compositions)
    case .durable(let news, let written): effects = takeDurable(news, written)
    case .overtaken(let news): effects = takeUnwritten(news, because: .journal)
    case .tooLate(let news, let time):
      effects = passTime(time) + takeUnwritten(news, because: .hours)
    case .notDurable(let fault): effects = take(fault)
    case .delivered(let delivered, let time):
      effects = take(delivered, at: time)
    case .tick(let time):
      effects = passTime(time)
      if case .nothing = awaiting, mayRecord, !outcomes.isEmpty { effects.append(flush()) }
    case .stop:
      if cycle != nil {
        end(.stopped)
        effects = [.recall]
      }
    case .policy(let policy): nextPolicy = policy
    }
    return effects + advance()
  }

  /// Takes note of the time. What waits for a connection while its hours end does not begin any more.
  mutating func passTime(_ time: Instant) -> [Effect] {
    now = time
    return flight.outlastsHours(at: now) ? [.recall] + startAnew(because: .hours) : []
  }

  // MARK: - What comes next

  /// The next thing to ask of the world, unless an answer is outstanding.
  mutating func advance() -> [Effect] {
    guard let cycle, case .nothing = awaiting else { return [] }
    if canBegin(cycle) {
      awaiting = .surroundings
      return [.lookAround]
    }
    // Whatever else comes, first everything that is on the wire is heard and recorded.
    guard flight.isEmpty else { return [] }
    if mayRecord, !outcomes.isEmpty { return [flush()] }
    if cycle.ending == nil, !cycle.hasDecided {
      // What people said since the last cycle counts in this one.
      guard cycle.hasHeardPeople else {
        awaiting = .surroundings
        return [.lookAround]
      }
      awaiting = .ledger
      return [.readLedger]
    }
    if mayRecord, cycle.hasDecided, cycle.recorded == nil { return [recordCycle(cycle)] }
    self.cycle = nil
    return [.finished(report(of: cycle))]
  }

  func canBegin(_ cycle: Cycle) -> Bool { Lane.allCases.contains { room(in: $0, cycle) > 0 } }

  /// How many contacts of a lane may be begun together. Half of its window is filled while the other half is on the wire,
  /// so that the connections never wait for a sync.
  func room(in lane: Lane, _ cycle: Cycle) -> Int {
    guard cycle.ending == nil, cycle.hasDecided, cycle.hasMore(in: lane), breakers.mayBegin(lane) else { return 0 }
    let connections = lane == .webhook ? 1 : connections
    let out = flight.contacts(in: lane)
    return out <= connections ? 2 * connections - out : 0
  }

  var mayRecord: Bool { broken == nil && cycle?.takesNoRecord != true }

  mutating func start(at time: Instant) {
    now = time
    guard cycle == nil else { return }
    cycle = Cycle()
    if let nextPolicy {
      policy = nextPolicy
      ledger?.distrust()
    }
    nextPolicy = nil
    breakers.rearm()
    contentRefusalsInRow = [:]
    if let broken { end(.journalBroken(broken)) }
    // The journal itself allows for a clock that was set by a few seconds; more than that is a wrong clock.
    if let last = history.last, time + DatedEvent.clockTolerance < last { mistrustClock(last: last, now: time) }
  }

  /// What is not recorded yet waits for a cycle in which the clock is right.
  mutating func mistrustClock(last: Instant, now time: Instant) {
    cycle?.takesNoRecord = true
    end(.clockWentBack(last: last, now: time))
  }

  /// The first ending stands, but for one: a broken journal is worse than all others.
  mutating func end(_ ending: CycleReport.Ending) {
    if case .journalBroken = ending { cycle?.ending = ending }
    if cycle?.ending == nil { cycle?.ending = ending }
  }

  /// Whatever waits for a connection, or for its original, rests on facts that changed, in whichever lane.
  mutating func recallAll() -> [Effect] {
    flight.recallCopies()
    return flight.isEmpty ? [] : [.recall]
  }

  /// What was decided rests on facts that changed: whatever is not begun is decided afresh.
  mutating func startAnew(because change: Remark.Change) -> [Effect] {
    guard let restarts = cycle?.vainRestarts, cycle?.ending == nil, cycle?.hasDecided == true else { return [] }
    guard restarts < Engine.restartsMax else {
      end(.keepsChanging)
      return []
    }
    cycle?.restart()
    return [.tell(.startedAnew(because: change))]
  }

  /// Goes on with the same history, held in another way.
  package mutating func hold(_ same: ContactHistory) { history = same }

  mutating func remember(_ records: [DatedEvent]) {
    for record in records { history.apply(record.event, at: record.time) }
    if records.contains(where: \.event.bearsOnDecisions) { ledger?.distrust() }
  }

  func report(of cycle: Cycle) -> CycleReport {
    var report = CycleReport()
    let wasBarred = cycle.hasMore(in: .mail) && breakers.mail.isOpen
    report.ending = cycle.ending ?? (wasBarred ? .relayAtFault : .completed)
    report.summary = cycle.recorded ?? cycle.summary(history)
    report.relayFault = breakers.mail.cause
    report.webhookFault = cycle.webhookRefusal ?? breakers.webhook.cause
    report.letters = history.outbox.count
    report.failures = cycle.failures
    report.waiting = cycle.waiting
    report.hasDecided = cycle.hasDecided
    report.waitsAsList = cycle.waitsAsList
    report.restarts = cycle.restarts
    report.upcoming = cycle.upcoming
    report.tally = cycle.tally(history)
    return report
  }
}
