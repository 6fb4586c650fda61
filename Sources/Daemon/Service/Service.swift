import Decisions
import Delivery
import Letters
import Settings
import Storage
import Supervision
import Units

/// Cycle after cycle at their times, until it is told to stop: what `dunningd run` does.
///
/// One thread: between cycles it waits for the next one, a signal or a caller; during a cycle it looks at signals and
/// callers at every turn. The connections to the mail server have a thread of their own.
package final class Service {
  /// Why the service ended.
  package enum Ending: Sendable, Equatable {
    /// It was told to; exit 0.
    case stopped
    /// Nothing more can be recorded, so nothing more may be sent; exit 74.
    case journalBroken(String)
    /// Its start could not be recorded for now; exit 75.
    case tryLater(String)
  }

  /// What the world outside has to say and to hear; all of it is called on the service's thread.
  package struct Surroundings {
    package var clock: Clock
    package var notify: NotifySocket
    /// Nil when nobody may call.
    package var control: ControlSocket?
    /// Nil when nothing is served.
    package var web: WebListener?
    /// A caller's line, and the answer to it.
    package var answer: (Service, ControlSocket.Caller, String) -> String
    package var log: (Remark) -> Void
    /// What each owner is to be told this morning, by the owner's id; nil when that could not be found out.
    package var digests: (Service) -> [(owner: String, message: StaffMessage)]?
    /// The same configuration, read anew.
    package var load: () throws(Installation.Fault) -> Installation
    package var version: String

    package init(
      clock: Clock = .real, notify: NotifySocket = NotifySocket(), control: ControlSocket? = nil,
      web: WebListener? = nil,
      answer: @escaping (Service, ControlSocket.Caller, String) -> String = { _, _, _ in "" },
      log: @escaping (Remark) -> Void,
      digests: @escaping (Service) -> [(owner: String, message: StaffMessage)]? = { _ in [] },
      load: @escaping () throws(Installation.Fault) -> Installation, version: String
    ) {
      self.clock = clock
      self.notify = notify
      self.control = control
      self.web = web
      self.answer = answer
      self.log = log
      self.digests = digests
      self.load = load
      self.version = version
    }
  }

  package private(set) var status: ServiceStatus
  /// What it runs on, for a process that serves a caller.
  package var running: [UInt8] { installation.site.running }
  private var metrics = Metrics()
  let surroundings: Surroundings
  let journal: JournalFile
  private(set) var installation: Installation
  /// Read and found good during a cycle; it holds from the next one on.
  private var next: Installation?
  private(set) var postman: Postman
  private var runner: CycleRunner?
  /// What the staff was told.
  lazy var notes = StaffNotes(readingFrom: journal.state.staff)
  /// A digest that could not be sent is tried again then.
  var nextDigestTry: Instant?
  private var lastStaffTicket = 0
  /// Mail to the staff has a connection of its own: what hangs there keeps no customer's mail from being taken back.
  lazy var staffPostman: Postman? = .smtp(installation.staffRelay)
  private lazy var watch = JournalWatch(journal)
  /// After a cycle that could not record, since somebody else kept the journal, or in which facts kept changing.
  private static let soon = Span.minutes(1)
  private let heartbeat: Heartbeat
  private var lastLook = Duration.zero

  /// At least so often the wall clock is looked at, in case somebody sets it.
  private static let napMax = Duration.seconds(60)
  /// Callers and signals are looked at no more often than this during a cycle.
  private static let lookEvery = Duration.milliseconds(50)

  /// - Parameter journal: opened as `.cycles`, its history not yet given away.
  package init(_ installation: Installation, journal: JournalFile, _ surroundings: Surroundings) {
    self.installation = installation
    self.journal = journal
    self.surroundings = surroundings
    heartbeat = Heartbeat(surroundings.notify)
    status = ServiceStatus(started: surroundings.clock.now(), policy: installation.site.policy.hash)
    postman = .smtp(installation.relay, webhook: installation.webhook)
  }

  /// Returns when it was told to stop, with everything recorded, or when it can record nothing more.
  package func run() -> Ending {
    build(history: journal.releaseHistory())
    do throws(AppendFault) {
      try runner?.record(.daemonStarted(version: surroundings.version, policy: status.policy))
    } catch {
      if case .broken(let words) = error { return .journalBroken(words) }
      return .tryLater(error.words)
    }
    do throws(LedgerFolder.Fault) { try survey() } catch { surroundings.log(.ledgerUnusable(error.discreet)) }
    runner?.arrangeOutbox()
    status.activity = .waiting
    surroundings.notify.tell("READY=1", "STATUS=\(status.line)")

    // At an interval the first cycle is now; at fixed times nothing goes at another.
    var due = surroundings.clock.now()
    if case .at = installation.site.configuration.cycle.timing {
      due = installation.site.configuration.cycle.timing.next(after: due, zone: zone)
    }
    status.nextCycle = due
    while !Signals.isStopping {
      let now = surroundings.clock.now()
      if now >= due {
        let ending = cycle(at: now)
        if case .journalBroken(let words) = ending { return end(because: words) }
        // It may have been reloaded meanwhile.
        let timing = installation.site.configuration.cycle.timing
        due = max(timing.next(after: now, zone: zone), surroundings.clock.now())
        // What is known and not recorded must not wait for the next day, nor what was due and not begun.
        switch ending {
        case .journalLocked, .keepsChanging: due = min(due, surroundings.clock.now() + Self.soon)
        default: break
        }
        status.nextCycle = due
        tellStatus()
        continue
      }
      // A clock that was set back by much must not make the service sleep for long.
      let latest = installation.site.configuration.cycle.timing.next(after: now, zone: zone)
      due = min(due, latest)
      status.nextCycle = due
      if let words = watchJournal(at: now) { return end(because: words) }
      let morning = digestTime(after: now)
      if let morning, now >= morning { sendDigests(at: now) }
      wait(until: min(due, digestTime(after: now) ?? due), from: now)
      let timing = installation.site.configuration.cycle.timing
      attend()
      // Another timing was reloaded: the time that the old one had set is none any more.
      if installation.site.configuration.cycle.timing != timing {
        due = installation.site.configuration.cycle.timing.next(after: surroundings.clock.now(), zone: zone)
        status.nextCycle = due
        tellStatus()
      }
    }
    attend()
    try? runner?.record(.daemonStopped(version: surroundings.version))
    _ = postman.close(.seconds(2))
    _ = staffPostman?.close(.seconds(1))
    return .stopped
  }

  /// Reads the configuration anew. A bad one changes nothing.
  ///
  /// - Returns: what is wrong with it; nil when it is good and holds from the next cycle on.
  package func reload() -> String? {
    surroundings.notify.tellReloading()
    defer { surroundings.notify.tell("READY=1", "STATUS=\(status.line)") }
    let read: Installation
    do throws(Installation.Fault) {
      read = try surroundings.load()
    } catch {
      surroundings.log(.notReloaded(error.description))
      return error.description
    }
    if let words = refusal(of: read) {
      surroundings.log(.notReloaded(words))
      return words
    }
    next = read
    if status.activity != .cycle { adoptNext() }
    return nil
  }

  /// Why a configuration that is good as such cannot take the place of this one; nil when it can.
  private func refusal(of read: Installation) -> String? {
    if Signals.isStopping { return "the daemon is stopping: the configuration holds from its next start on" }
    let old = installation
    if read.state != old.state || read.key != old.key {
      return "the journal's directory or key changed: that takes a restart, not a reload"
    }
    if read.site.configuration.http != old.site.configuration.http {
      return "[http] changed: that takes a restart, not a reload"
    }
    return nil
  }

  // MARK: - Cycles

  var zone: Zone { installation.site.policy.company.zone }

  private func cycle(at now: Instant) -> CycleReport.Ending {
    adoptNext()
    status.activity = .cycle
    status.nextCycle = installation.site.configuration.cycle.timing.next(after: now, zone: zone)
    tellStatus()
    runner?.slim()
    guard let report = runner?.run() else { return .stopped }
    let trouble = report.trouble
    status.lastCycle = .init(
      began: now, ended: surroundings.clock.now(), summary: report.summary, trouble: trouble)
    status.relayFault = report.relayFault?.sentence
    status.webhookFault = report.webhookFault?.brief
    status.letters = report.letters
    status.waiting = report.waiting
    status.upcoming = report.upcoming
    status.doubts = runner?.history.doubtful.count ?? 0
    status.badRows = runner?.badRows ?? 0
    metrics.count(report, took: surroundings.clock.now() - now)
    metrics.ledgerModified = runner?.ledgerModified
    metrics.journalBytes = journal.size
    metrics.journalSync = journal.lastSync
    if !Signals.isStopping { status.activity = .waiting }
    surroundings.log(.cycleEnded(report.summary, trouble: trouble))
    adoptNext()
    if case .journalBroken = report.ending { return report.ending }
    tellAlerts(Alert.found(in: report), at: now) { Alert.isOver($0, by: report) }
    return report.ending
  }

  private func build(history: ContactHistory) {
    runner = CycleRunner(
      installation, history: history, journal: journal, postman: postman, clock: surroundings.clock,
      log: { [unowned self] in note($0) }, meanwhile: { [unowned self] in look() },
      heartbeat: { [heartbeat] in heartbeat.beat() }, isStopping: { Signals.isStopping })
    status.doubts = history.doubtful.count
    status.letters = history.outbox.count
  }

  /// What was reloaded takes the place of the old; connections to the old relay end in peace.
  private func adoptNext() {
    guard let next else { return }
    self.next = nil
    let history = runner?.history ?? ContactHistory()
    _ = postman.close(.seconds(2))
    _ = staffPostman?.close(.seconds(1))
    installation = next
    staffPostman = .smtp(next.staffRelay)
    postman = .smtp(next.relay, webhook: next.webhook)
    status.policy = next.site.policy.hash
    let old = runner
    build(history: history)
    if let old { runner?.inherit(old) }
    surroundings.log(.reloaded(policy: status.policy))
    do throws(AppendFault) {
      try runner?.record(.daemonReloaded(version: surroundings.version, policy: status.policy))
    } catch {
      surroundings.log(.journalWarning("the reload holds, and is not recorded: \(error.words)"))
    }
  }

  /// What a cycle has to say goes to the log; a doubt counts from when it arises.
  private func note(_ remark: Remark) {
    if case .outcome(.contactInDoubt) = remark { status.doubts += 1 }
    surroundings.log(remark)
  }

  /// How things stand, for whoever asks: between two cycles, people may have stepped in.
  package func lookAgain() {
    guard status.activity == .waiting, journal.isBehind else { return }
    // A ledger that cannot be read leaves what is known; the next cycle tells of it.
    try? survey()
  }

  /// Before the first cycle it also shows that the ledger can be read.
  private func survey() throws(LedgerFolder.Fault) {
    guard let survey = try runner?.survey() else { return }
    status.waiting = survey.waiting
    status.doubts = survey.doubts
    status.letters = survey.letters
    status.upcoming = survey.upcoming
    status.badRows = survey.badRows
  }

  /// A number that no envelope of a cycle has.
  func staffTicket() -> Int {
    lastStaffTicket -= 1
    return lastStaffTicket
  }

  /// It ends, and says so to whom it can.
  private func end(because words: String) -> Ending {
    tellAlerts([Alert(kind: .journal, words: words)], at: surroundings.clock.now()) { _ in false }
    _ = staffPostman?.close(.seconds(1))
    return .journalBroken(words)
  }

  // MARK: - Waiting, and who calls meanwhile

  /// Once a day, in small pieces and only while nothing else is to be done.
  ///
  /// - Returns: what is wrong with the journal; nothing may be sent then.
  private func watchJournal(at now: Instant) -> String? {
    let keep = installation.site.configuration.journal.keepMessagesDays
    for remark in watch.step(now: now, keepMessagesDays: keep) {
      // Whoever ran the service says that as the reason of its end.
      if case .journalDamaged(let words) = remark { return words }
      surroundings.log(remark)
    }
    return nil
  }

  private func wait(until due: Instant, from now: Instant) {
    var nap = min(Duration.milliseconds(max(0, due.milliseconds - now.milliseconds)), Self.napMax)
    if watch.isBusy { nap = min(nap, JournalWatch.pause) }
    if let interval = surroundings.notify.watchdogInterval { nap = min(nap, interval) }
    Signals.wait(nap, listeners: (surroundings.control?.descriptors ?? []) + (surroundings.web?.descriptors ?? []))
  }

  /// At a turn of a cycle.
  private func look() {
    let now = Monotonic.now
    guard now - lastLook >= Self.lookEvery else { return }
    lastLook = now
    attend()
  }

  package func attend() {
    if Signals.isStopping, status.activity != .stopping {
      status.activity = .stopping
      surroundings.notify.tell("STOPPING=1", "STATUS=\(status.line)")
    }
    beat()
    if Signals.takeHangUp() { _ = reload() }
    surroundings.web?.attend { [unowned self] in page($0) }
    surroundings.control?.attend { [unowned self] caller, line in surroundings.answer(self, caller, line) }
  }

  /// Alive is what healthy means: that the mail server is at fault is no reason to start this service anew.
  private func page(_ path: String) -> WebListener.Page? {
    switch path {
    case "/healthz":
      let isServing = status.activity == .waiting || status.activity == .cycle
      return WebListener.Page(status: isServing ? 200 : 503, body: isServing ? "ok\n" : status.activity.rawValue + "\n")
    case "/metrics":
      lookAgain()
      return WebListener.Page(
        type: "text/plain; version=0.0.4; charset=utf-8",
        body: metrics.text(status, version: surroundings.version, now: surroundings.clock.now()))
    default: return nil
    }
  }

  /// Says that the service lives: from the loop itself, and from what keeps it from its loop for a limited time.
  package func beat() {
    // While it stops, what is on the wire may take as long as its own limits allow.
    if heartbeat.beat(), Signals.isStopping { surroundings.notify.tell("EXTEND_TIMEOUT_USEC=60000000") }
  }

  private func tellStatus() { surroundings.notify.tell("STATUS=\(status.line)") }
}

extension AppendFault {
  /// For a person.
  package var words: String {
    switch self {
    case .broken(let words), .locked(let words): words
    case .clockWentBack(let last, let now): "the clock says \(now), but the journal's last record is of \(last)"
    }
  }
}
