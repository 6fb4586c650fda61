import Daemon
import Decisions
import Journal
import Settings
import Storage
import Units

/// The journal as a looking command sees it.
struct JournalView {
  let entries: [Entry]
  let history: ContactHistory
  let head: JournalHead?
}

extension Session {
  var state: StateDirectory { site.state }

  /// The key of a keyed chain; nil when none is configured.
  func journalKey() throws(CommandFailure) -> JournalKey? {
    do throws(Installation.Fault) { return try Installation.journalKey(site) } catch { throw CommandFailure(error) }
  }

  static func read(_ secret: Secret) throws(CommandFailure) -> [UInt8] {
    do throws(Installation.Fault) { return try Installation.read(secret) } catch { throw CommandFailure(error) }
  }

  /// All of it, verified on the way. Repairs nothing; an unfinished last line is said and is no failure.
  func journal() throws(CommandFailure) -> JournalView {
    var entries: [Entry] = []
    let reading = try journalReading { entry, _ in entries.append(entry) }
    guard isFrozen, let last = entries.last, now < last.time else {
      return JournalView(entries: entries, history: reading.history, head: reading.head)
    }
    // As it was then: what was recorded later has not happened yet.
    entries.removeAll { now < $0.time }
    var history = ContactHistory()
    for entry in entries { history.apply(entry.event, at: entry.time) }
    return JournalView(entries: entries, history: history, head: reading.head)
  }

  /// - Parameter visit: sees each record with its line.
  func journalReading(
    trust: Chain.Trust? = nil, visit: Replay.Visit? = nil
  ) throws(CommandFailure) -> JournalReading {
    let trust = trust ?? readersTrust
    do throws(JournalFault) {
      let reading = try JournalReading(of: state, on: PosixDisk(), trust: trust, visit: visit)
      if let note = reading.note { Output.error(note) }
      return reading
    } catch {
      throw CommandFailure(error)
    }
  }

  /// Who may read the journal need not know its key; then the chain's digests are taken on trust.
  private var readersTrust: Chain.Trust {
    do throws(CommandFailure) {
      return .key(try journalKey())
    } catch {
      return .any
    }
  }

  /// Writes a person's records, all or none; the history as it is then.
  func append(_ events: [HistoryEvent]) throws(CommandFailure) -> ContactHistory {
    guard now <= Clock.real.now() + .seconds(60) else {
      throw CommandFailure(.usage, "--as-of is later than now: nothing can be recorded before it has happened")
    }
    let key = try journalKey()
    do throws(JournalFault) {
      let file = try JournalFile(state, on: PosixDisk(), as: .command, key: key, now: now)
      defer { file.close() }
      try file.record(events, now: now)
      return file.history
    } catch {
      throw CommandFailure(error)
    }
  }
}

extension CommandFailure {
  init(_ fault: JournalFault) {
    self.init(Status(rawValue: fault.exitCode) ?? .inputOutput, fault.description)
  }
}

extension CommandFailure {
  init(_ fault: Installation.Fault) { self.init(.configuration, fault.description) }
}
