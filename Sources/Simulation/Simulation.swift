import Daemon
import Decisions
import Delivery
import Journal
import Ledger
import Units

/// A company's year in memory, all from one seed: the real engine, deciding, classification and journal, over a
/// simulated clock, disk, mail server, ledger and clerk, any of which fails when the plan says so.
///
/// The engine's effects wait in a queue; at every step chance decides whether the next of them is performed, a message
/// on the wire comes to its end, or time passes. Everything else that happens stands in the plan, numbered, and can be
/// left out: so a history that went wrong is told again and again with less in it (`Shrinking`).
package struct Simulation {
  package struct Outcome: Sendable, Equatable {
    package var seed: UInt64
    /// What the watch objected to, in order; empty when all went well. The history ends with the first.
    package var objections: [Objection]
    package var journal: [UInt8]
    package var cycles = 0
    package var steps = 0
    package var crashes = 0
    /// Messages that the mail server took, or the webhook's service.
    package var taken = 0
    package var doubts = 0
    /// Files of the journal that were sealed in the end.
    package var sealed = 0
    /// Days whose forecast was held against what came.
    package var previews = 0
    /// Statements of `explain` that were held against what came.
    package var prophecies = 0
    /// What happened, line by line, if it was asked for.
    package var chronicle: [String] = []
  }

  let plan: Plan
  private let leftOut: Set<Int>
  private let isTold: Bool
  var chance: SplitMix64
  /// The real time; `wall` is what the machine's clock shows.
  var now: Instant
  var clockError = (by: Span.zero, until: Instant(milliseconds: 0))
  var trade: SimulatedTrade
  var relay = SimulatedRelay()
  var moodEnds = Instant(milliseconds: 0)
  var service = SimulatedService()
  var serviceMoodEnds = Instant(milliseconds: 0)
  var state: SimulatedState
  var watch: Watch
  var engine: Engine
  var outcome: Outcome
  let notebook: Notebook

  // The process: all of this is lost in a crash.
  /// The effect that waits for its answer.
  var asked: Engine.Effect?
  /// Handed over and not begun.
  var desk: [Envelope] = []
  /// With the mail server, no more than there are connections, or with the webhook's service, one at most.
  var wire: [Envelope] = []
  var hasJournalFailed = false
  var ledgerVersion = 0
  var report: CycleReport?
  /// The process ended in the midst of a cycle.
  var hasDied = false

  var downUntil = Instant(milliseconds: 0)
  var diskFullUntil = Instant(milliseconds: 0)
  var noExportUntil = Instant(milliseconds: 0)
  var exported: Instant
  private var exportedVersion = 0
  /// The files as the running daemon read them last; nil when it has not.
  var sealed: (version: Int, exported: Instant)?
  var nextFault = SimulatedState.Fault.none
  var isNextLedgerTorn = false
  var isNextLetterBad = false

  /// Planned and not come about: of the whole history, and those that wait for their point in a cycle.
  private var ahead: ArraySlice<Happening>
  private var armed: [Happening] = []
  private var stepsInCycle = 0
  /// Since the first message of the cycle began; nil before.
  var stepsSinceSending: Int?
  /// Nothing happens and nothing is wrong.
  var isQuiet = false {
    didSet { notebook.isThorough(isQuiet) }
  }
  /// Read by a reload and not in force before the next cycle.
  var reloaded: Policy?
  /// What the forecast said of these days, and since when.
  var foreseen: (contacts: Set<Prophecy.Contact>, from: Instant)?

  private static let stepsPerCycleMax = 20_000
  /// Days after the last happening in which everything is mended and everybody must get what is due.
  private static let calmDays = 24

  /// - Parameters:
  ///   - leftOut: numbers of happenings that do not come about.
  ///   - isTold: keeps a chronicle.
  ///   - judge: `decide`, or what a test puts in its place.
  package init(
    seed: UInt64, days: Int, currencies: [Currency], leftOut: Set<Int> = [], isTold: Bool = false,
    judge: @escaping Engine.Judge = Simulation.judge
  ) throws(JournalFault) {
    let plan = Plan(seed: seed, days: days, currencies: currencies)
    self.plan = plan
    self.leftOut = leftOut
    self.isTold = isTold
    chance = SplitMix64(seed: seed, stream: 1)
    now = plan.start
    exported = now
    var people = SplitMix64(seed: seed, stream: 2)
    trade = SimulatedTrade(&people, today: plan.firstDay, homes: plan.homes, currencies: currencies)
    for customer in trade.customers where people.chance(100) { relay.unknown.formUnion(customer.emails.prefix(1)) }
    state = try SimulatedState(seed: people.next(), now: now, segmentMax: plan.segmentMax, key: plan.key)
    watch = Watch(plan, trade)
    notebook = Notebook(judge)
    engine = Engine(
      policy: plan.policy, history: state.releaseHistory(), connections: plan.connections, judge: notebook.judge)
    outcome = Outcome(seed: seed, objections: [], journal: [])
    ahead = plan.happenings.filter { !leftOut.contains($0.number) }[...]
  }

  /// The real one.
  package static let judge: Engine.Judge = { decide($0, $1, $2, now: $3, ledgerAge: $4, detail: .contacts) }

  /// What this seed holds, in the order of time.
  package var happenings: [Happening] { plan.happenings }

  /// Runs to the end, or to the first objection.
  package mutating func run() -> Outcome {
    do {
      try live()
    } catch {
      outcome.objections.append(Objection(invariant: .journal, text: error.description, at: wall))
    }
    outcome.objections += watch.objections
    outcome.journal = state.bytes
    outcome.sealed = state.sealed
    outcome.taken = relay.taken + service.taken
    return outcome
  }

  var isGood: Bool { watch.objections.isEmpty && outcome.objections.isEmpty }

  var wall: Instant { now < clockError.until ? now + clockError.by : now }

  mutating func tell(_ line: @autoclosure () -> String) {
    if isTold { outcome.chronicle.append("\(wall) \(line())") }
  }

  // MARK: - The year

  private mutating func live() throws(JournalFault) {
    let plan = plan
    tell("\(plan.homes), cycles at \(plan.cycles), \(SimulatedPolicy.words(plan.policy))")
    var slot = 0
    for day in 0..<plan.days + Simulation.calmDays {
      let spell = plan.quiet.first { $0.contains(day) }
      if day == spell?.lowerBound || day == plan.days { try becomeQuiet(mending: day == plan.days) }
      if spell == nil, day < plan.days { isQuiet = false }
      if !isQuiet, day % plan.stride != 0 { continue }
      if !isQuiet { trade.archive(on: plan.firstDay + day) }
      for (index, time) in plan.cycles.enumerated() {
        let moment = plan.homes[0].zone.instant(day: plan.firstDay + day, time: time)
        slot += 1
        guard moment > now else { continue }
        if !isQuiet { try happen(until: moment) }
        now = max(now, moment)
        chance = SplitMix64(seed: plan.seed, stream: UInt64(slot) + 16)
        passTime()
        if let spell, day == spell.lowerBound, index == 0 { foresee(until: lastCycle(of: spell)) }
        try cycle()
        guard isGood else { return }
      }
      if let spell, day == spell.upperBound - 1 { compareForecast() }
      guard isGood else { return }
    }
    try finish()
  }

  private func lastCycle(of spell: Range<Int>) -> Instant {
    plan.homes[0].zone.instant(day: plan.firstDay + (spell.upperBound - 1), time: plan.cycles[plan.cycles.count - 1])
  }

  private mutating func finish() throws(JournalFault) {
    if !state.isRunning {
      outcome.objections.append(Objection(invariant: .journal, text: "no daemon starts", at: wall))
    }
    if !engine.history.unsettled.isEmpty {
      outcome.objections.append(
        Objection(invariant: .recovery, text: "contacts without an outcome in the end", at: wall))
    }
    var known = engine.history
    for record in state.isRunning ? try state.news() : [] { known.apply(record.event, at: record.time) }
    if let fault = state.fault(against: known) {
      outcome.objections.append(Objection(invariant: .journal, text: fault, at: wall))
    }
    endTasks()
  }

  /// Brings about what is planned up to then, or arms it for its point in a cycle.
  private mutating func happen(until moment: Instant) throws(JournalFault) {
    while let next = ahead.first, next.at <= moment {
      ahead.removeFirst()
      now = max(now, next.at)
      if next.point == .betweenCycles { try befall(next) } else { armed.append(next) }
      guard isGood else { return }
    }
  }

  // MARK: - One cycle

  private mutating func cycle() throws(JournalFault) {
    guard now >= downUntil, try isUp() else { return }
    outcome.cycles += 1
    report = nil
    hasDied = false
    // A wrong clock is forgiven with the next cycle; the engine itself remembers a broken journal.
    hasJournalFailed = false
    if engine.broken == nil { watch.processBegan() }
    stepsInCycle = 0
    stepsSinceSending = nil
    watch.clock(wall)
    adoptPolicy()
    try give(.start(now: wall))
    while report == nil, isGood, !hasDied {
      guard stepsInCycle < Simulation.stepsPerCycleMax else { return watch.object(.ends, "a cycle does not end") }
      try step()
    }
    guard isGood, !hasDied, let report else { return }
    if case .journalBroken = report.ending { return try restart(crashing: nil) }
    if let slim = try state.slimmed() { engine.hold(slim) }
    if report.ending == .completed, ledgerVersion == trade.version, watch.personSpoke < watch.readAt {
      watch.checkOutbox()
    }
    if isQuiet, report.ending == .completed, report.relayFault == nil, report.webhookFault == nil { lookBack(report) }
    if isQuiet { attend() }
    if chance.chance(40) { askOracle() }
  }

  /// What was reloaded holds from the next cycle or start on.
  mutating func adoptPolicy() {
    watch.policy = reloaded ?? watch.policy
    reloaded = nil
  }

  /// Lets go of what was wrong for a while.
  private mutating func passTime() {
    if now >= moodEnds { relay.mood = .fair }
    if now >= serviceMoodEnds { service.mood = .fair }
    if now >= diskFullUntil { state.isFull = false }
    guard now >= noExportUntil else { return }
    if exportedVersion != trade.version || now - exported >= plan.exportEvery {
      (exported, exportedVersion) = (now, trade.version)
    }
  }

  private mutating func step() throws(JournalFault) {
    stepsInCycle += 1
    outcome.steps += 1
    if let count = stepsSinceSending { stepsSinceSending = count + 1 }
    now = now + Span(milliseconds: chance.pick(0...400))
    if !isQuiet {
      while let index = armed.firstIndex(where: isNow) {
        try befall(armed.remove(at: index))
        if hasDied || !isGood { return }
      }
    }
    if chance.chance(30) { try give(.tick(now: wall)) }
    if let effect = asked, wire.isEmpty || chance.chance(600) {
      asked = nil
      try perform(effect)
    } else if !wire.isEmpty {
      try land(wire.remove(at: chance.pick(0...(wire.count - 1))))
    } else {
      try give(.tick(now: wall))
    }
    begin()
  }

  private func isNow(_ happening: Happening) -> Bool {
    switch happening.point {
    case .betweenCycles: true
    case .inCycle(let steps): stepsInCycle > steps
    case .whileSending(let steps): stepsSinceSending.map { $0 >= steps } ?? false
    }
  }
}
