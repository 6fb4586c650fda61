import Decisions
import Delivery
import Intake
import Ledger
import Letters
import Settings
import Storage
import Units

/// The real world around the engine, for one cycle at a time: performs its effects with files and the network and
/// answers them, until the cycle is over.
package struct CycleRunner {
  private let site: Site
  private let journal: JournalFile
  private let postman: Postman
  private let clock: Clock
  private let log: (Remark) -> Void
  private let meanwhile: () -> Void
  private let isStopping: () -> Bool
  private let ledgerState: LedgerState
  private let folder: LedgerFolder
  private let connections: Int

  private var engine: Engine
  private var maker: MessageMaker
  /// By `maker`.
  private var drafts: Drafts
  /// Of the ledger that was read last; nil before the first.
  private var seal: LedgerFolder.Seal?
  private var desk: SendingDesk
  /// The same for the webhook, which goes at its own pace.
  private var webhookDesk = SendingDesk(Pacer(perMinute: 1_000_000))
  private let outbox: Outbox
  /// What keeps the outbox from being written; nil while all is well.
  private var outboxFault: String?
  /// Letters went since it was arranged.
  private var isOutboxStale = false
  /// An append failed in this cycle: the engine will say so too, but until it has heard of it nothing may begin either.
  private var hasJournalFailed = false
  /// Answers that the engine has not heard yet, oldest first.
  private var inbox: [Engine.Event] = []
  /// Among them is what others recorded: the journal shows nothing new any more, and yet nothing may begin before the engine
  /// has heard of it.
  private var isNewsUnheard: Bool { inbox.contains { !$0.news.isEmpty } }

  /// Outcomes are durable at most so much later than they are known.
  private static let tick = Duration.seconds(1)
  private var nextTick = Monotonic.now + tick
  /// When it was last seen, before something began, that neither ledger nor journal had changed.
  private var lastLook = Duration.zero
  /// For so long that holds; a change that comes between a look and the first byte cannot be heeded anyhow.
  private static let glance = Duration.milliseconds(1)

  /// - Parameters:
  ///   - history: what was recorded so far; the runner goes on folding it.
  ///   - meanwhile: called at every turn of a cycle, at least once a second, but for when it decides on many payers.
  ///   - heartbeat: called while it does that, by any thread.
  ///   - isStopping: asked often; once true, nothing more is begun.
  package init(
    _ installation: Installation, history: ContactHistory, journal: JournalFile, postman: Postman, clock: Clock,
    log: @escaping (Remark) -> Void, meanwhile: @escaping () -> Void = {},
    heartbeat: (@Sendable () -> Void)? = nil, isStopping: @escaping () -> Bool = { false }
  ) {
    let site = installation.site
    self.site = site
    self.meanwhile = meanwhile
    self.journal = journal
    self.postman = postman
    self.clock = clock
    self.log = log
    self.isStopping = isStopping
    connections = installation.relay.connections
    desk = SendingDesk(Pacer(perMinute: installation.mail.maxPerMinute))
    ledgerState = LedgerState(journal.state)
    folder = LedgerFolder(site.configuration.ledger, zones: site.zones)
    engine = Engine(policy: site.policy, history: history, connections: connections) {
      let workers: any Workers = $0.invoices.count < Self.manyInvoices ? Alone() : Threads(heartbeat: heartbeat)
      return decide($0, $1, $2, now: $3, ledgerAge: $4, detail: .contacts, workers: workers)
    }
    maker = MessageMaker(
      composer: Composer(
        templates: site.templates, identity: installation.mail.identity, pay: site.configuration.pay,
        company: site.policy.company, stationery: site.configuration.letter.stationery),
      instance: journal.head?.instance ?? "", policy: site.policy.hash,
      documents: Documents(site.configuration.ledger.documents), clock: clock)
    drafts = Drafts(maker.compose)
    outbox = site.outbox(journal.messages, on: PosixDisk())
  }

  /// Runs one cycle to its end.
  package mutating func run() -> CycleReport {
    var stopped = false
    hasJournalFailed = false
    inbox = [.start(now: clock.now())]
    // As the last cycle left it, whatever ended that one, and people since: a page that was posted must not come back.
    if let news = try? journal.news() {
      engine.remember(news)
      arrangeOutbox()
    }
    while true {
      meanwhile()
      if isStopping(), !stopped {
        stopped = true
        postman.hurry()
        inbox.append(.stop)
      }
      if inbox.isEmpty { inbox = heard() }
      let effects = inbox.isEmpty ? [] : engine.step(inbox.removeFirst())
      tell(effects)
      for effect in effects {
        if case .finished(var report) = effect {
          arrangeOutbox()
          report.outboxFault = outboxFault
          return report
        }
        perform(effect)
      }
      // Once the engine has heard of what was recorded.
      if isOutboxStale, inbox.isEmpty { arrangeOutbox() }
      // What came in together makes room together.
      if case .delivered = inbox.first { continue }
      begin()
    }
  }

  /// Hands over what may begin now. Intents can wait here for long, where the pace is slow or the server is: what
  /// somebody held or paid meanwhile is taken back instead.
  private mutating func begin() {
    let now = Monotonic.now
    guard desk.mayBegin(connections, at: now) || webhookDesk.mayBegin(1, at: now) else { return }
    // After a second without a tick the engine has to hear first what time it is: an append can wait for long.
    guard !hasJournalFailed, !isNewsUnheard, now < nextTick else { return }
    if now - lastLook >= Self.glance {
      guard folder.token == seal?.token, !journal.isBehind else { return takeBack() }
      lastLook = now
    }
    for envelope in desk.next(connections, at: now) + webhookDesk.next(1, at: now) { postman.submit(envelope) }
  }

  private mutating func takeBack() {
    for envelope in desk.recall() + webhookDesk.recall() {
      inbox.append(.delivered(Delivered(ticket: envelope.ticket, result: Outcome.takenBack), at: clock.now()))
    }
  }

  /// Takes over what another one, under an older configuration, has heard and could not record yet.
  package mutating func inherit(_ other: CycleRunner) {
    engine.outcomes = other.engine.outcomes
    engine.broken = other.engine.broken
  }

  /// Brings the outbox in line with what is recorded; what is wrong is told once.
  package mutating func arrangeOutbox() {
    isOutboxStale = false
    do throws(OutboxFault) {
      let notes = try outbox.arrange(engine.history.outbox)
      let fault = notes.isEmpty ? nil : notes.joined(separator: "; ")
      if let fault, fault != outboxFault { log(.outboxUnusable(fault)) }
      outboxFault = fault
    } catch {
      if outboxFault != error.description { log(.outboxUnusable(error.description)) }
      outboxFault = error.description
    }
  }

  /// Between two cycles: what was sealed since is read from the disk where it is needed, and no longer held.
  package mutating func slim() {
    if let slim = try? journal.slimmed() { engine.hold(slim) }
  }

  /// The history as the last cycle left it.
  package var history: ContactHistory { engine.history }

  /// When the ledger that was read last had been written; nil before the first.
  package private(set) var ledgerModified: Instant?
  /// Rows of the ledger that was read last that rest somebody.
  package private(set) var badRows = 0
  /// What the log has of the ledger that was read last.
  private var told: Set<String> = []

  /// Records between two cycles what is no contact, and takes in what others recorded before it.
  package mutating func record(_ event: HistoryEvent) throws(AppendFault) {
    defer { tellOfJournal() }
    // With what a cycle has heard and could not record.
    switch journal.append(Batch(events: engine.outcomes + [event]), now: clock.now()) {
    case .durable(let news, let written):
      engine.outcomes = []
      engine.remember(news + written)
    case .notDurable(let fault): throw fault
    default: break
    }
  }

  /// Looks at the ledger and at what others recorded, between two cycles. A journal that cannot be read any more is for
  /// the next cycle to tell.
  package mutating func survey() throws(LedgerFolder.Fault) -> Survey {
    let (books, age) = try lookAtLedger()
    engine.remember((try? journal.news()) ?? [])
    return Survey(engine.verdict(on: books, at: clock.now(), age: age) ?? Verdict(), engine.history, badRows: badRows)
  }

  /// Waits for the mail server, or until the second is over, however much the server has to say meanwhile. All that it
  /// has said by then; nothing when it is time for what waits for its place in the pace.
  private mutating func heard() -> [Engine.Event] {
    let now = Monotonic.now
    let pause = min(nextTick, desk.wakes(after: now) ?? nextTick, webhookDesk.wakes(after: now) ?? nextTick) - now
    guard nextTick > now, let first = postman.next(max(.zero, pause)) else {
      guard nextTick <= Monotonic.now else { return [] }
      nextTick = Monotonic.now + Self.tick
      return [.tick(now: clock.now())]
    }
    var heard = [first]
    while heard.count < connections, let next = postman.next(.zero) { heard.append(next) }
    for delivered in heard {
      desk.landed(delivered.ticket)
      webhookDesk.landed(delivered.ticket)
    }
    let time = clock.now()
    return heard.map { .delivered($0, at: time) }
  }

  private mutating func perform(_ effect: Engine.Effect) {
    switch effect {
    case .readLedger: inbox.append(readLedger())
    case .lookAround: take(lookAround())
    case .compose(let contacts, let ahead): inbox.append(.composed(drafts.messages(for: contacts, ahead: ahead)))
    case .append(let batch):
      let answer = journal.append(batch, now: clock.now())
      tellOfJournal()
      take(answer)
    case .send(let envelopes):
      desk.take(envelopes.filter { $0.webhookKey == nil })
      webhookDesk.take(envelopes.filter { $0.webhookKey != nil })
    case .recall: takeBack()
    case .tell, .finished: break
    }
  }

  /// An answer of the journal's, which the engine will hear of in its turn.
  private mutating func take(_ answer: Engine.Event) {
    if case .notDurable = answer { hasJournalFailed = true }
    var records = answer.news
    if case .durable(_, let written) = answer { records += written }
    if records.contains(where: \.event.bearsOnOutbox) { isOutboxStale = true }
    inbox.append(answer)
  }

  /// What the journal's keeper should know: nothing is lost by it.
  private func tellOfJournal() { for words in journal.takeWarnings() { log(.journalWarning(words)) } }

  private func tell(_ effects: [Engine.Effect]) {
    LogLines.together { for case .tell(let remark) in effects { log(remark) } }
  }

  // MARK: - Ledger

  private mutating func readLedger() -> Engine.Event {
    do throws(LedgerFolder.Fault) {
      let (books, age) = try lookAtLedger()
      if let words = site.policy.freshness.staleness(age) { log(.ledgerStale(words)) }
      return books.map { .ledger($0, age: age) } ?? .ledgerUnchanged(age: age)
    } catch {
      return .ledgerRejected(error.discreet)
    }
  }

  /// The ledger as it lies there now, and its age; no books when it is what it was when it was read last.
  private mutating func lookAtLedger() throws(LedgerFolder.Fault) -> (books: Books?, age: Span) {
    if let seal, let modified = ledgerModified, folder.holds(seal) { return (nil, Clock.real.now() - modified) }
    seal = nil
    engine.forgetLedger()
    let snapshot = try folder.read(lastRowCounts: ledgerState.rowCounts, pause: Pause.aMoment)
    let ledger = snapshot.ledger
    ledgerState.accept(ledger.rowCounts)
    drafts.clear()
    maker.composer.columns = ExtraColumns(ledger.books)
    drafts = Drafts(maker.compose)
    tellNew(
      ledger.books.badRows.map { .badRow($0) }
        + ledger.warnings.map { .ledgerWarning($0.place, column: $0.column) })
    badRows = ledger.books.badRows.count
    seal = snapshot.seal
    ledgerModified = ledger.books.modified
    // The age is real whatever the clock of decisions says.
    return (ledger.books, Clock.real.now() - ledger.books.modified)
  }

  /// What is wrong with the ledger is told when it is new, and not in each cycle again.
  private mutating func tellNew(_ remarks: [Remark]) {
    let sentences = remarks.map(\.sentence)
    for (remark, sentence) in zip(remarks, sentences) where !told.contains(sentence) { log(remark) }
    told = Set(sentences)
  }

  /// From so many on, deciding them is parted among threads.
  private static let manyInvoices = 2_000

  private func lookAround() -> Engine.Event {
    do throws(JournalFault) {
      return .surroundings(ledgerChanged: folder.token != seal?.token, news: try journal.news())
    } catch {
      return .notDurable(.broken(error.description))
    }
  }
}

extension HistoryEvent {
  /// Whether a letter may have gone from the outbox by it. What comes into it can wait for the end of the cycle.
  fileprivate var bearsOnOutbox: Bool {
    switch self {
    case .contactResolved, .contactCancelled, .journalErased: true
    default: false
    }
  }
}

/// Envelopes that wait for a free connection and for their place in the pace: only what begins at once is handed over, so
/// that the rest can still be taken back.
private struct SendingDesk {
  private var pacer: Pacer
  private var waiting: [Envelope] = []
  private var onTheWire: Set<Int> = []

  init(_ pacer: Pacer) { self.pacer = pacer }

  mutating func take(_ envelopes: [Envelope]) { waiting += envelopes }

  /// When to look again though nothing was heard; nil when nothing waits for its time.
  func wakes(after now: Duration) -> Duration? { waiting.isEmpty || pacer.mayBegin(at: now) ? nil : pacer.free }

  func mayBegin(_ connections: Int, at now: Duration) -> Bool {
    !waiting.isEmpty && onTheWire.count < connections && pacer.mayBegin(at: now)
  }

  mutating func next(_ connections: Int, at now: Duration) -> [Envelope] {
    var next: [Envelope] = []
    while mayBegin(connections, at: now) {
      let envelope = waiting.removeFirst()
      onTheWire.insert(envelope.ticket)
      next.append(envelope)
      pacer.begin(at: now)
    }
    return next
  }

  mutating func landed(_ ticket: Int) { onTheWire.remove(ticket) }

  mutating func recall() -> [Envelope] {
    defer { waiting = [] }
    return waiting
  }
}
