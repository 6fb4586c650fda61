import Daemon
import Decisions
import Journal
import Settings
import Storage
import Units

extension Session {
  var state: StateDirectory { site.state }

  /// The key of a keyed chain; nil when none is configured.
  func journalKey() throws(CommandFailure) -> JournalKey? {
    do throws(Installation.Fault) { return try Installation.journalKey(site) } catch { throw CommandFailure(error) }
  }

  static func read(_ secret: Secret) throws(CommandFailure) -> [UInt8] {
    do throws(Installation.Fault) { return try Installation.read(secret) } catch { throw CommandFailure(error) }
  }

  /// What was recorded up to now. Repairs nothing; an unfinished last line is said and is no failure.
  func history() throws(CommandFailure) -> ContactHistory {
    let reading = try journalReading()
    guard isFrozen, let last = reading.history.last, now < last else { return reading.history }
    // As it was then: what was recorded later has not happened yet, so that a checkpoint is of no use.
    var history = ContactHistory()
    _ = try journalReading { entry, _ in
      if entry.time <= now { history.apply(entry.event, at: entry.time) }
    }
    return history
  }

  /// Records up to now that have to do with one of these customers, oldest first; others may be among them.
  func records(about customers: Set<String>) throws(CommandFailure) -> [Entry] {
    var found: [Int: Entry] = [:]
    for customer in customers.sorted() {
      try search(JournalSearch(customer: customer)) { entry, _ in
        if !isFrozen || entry.time <= now { found[entry.seq] = entry }
      }
    }
    return found.values.sorted { $0.seq < $1.seq }
  }

  /// Reads the records that can be meant, and some more, oldest first.
  func search(_ search: JournalSearch, visit: @escaping Replay.Visit) throws(CommandFailure) {
    do throws(JournalFault) {
      let reading = try search.read(state, on: PosixDisk(), trust: readersTrust, visit: visit)
      say(reading)
    } catch {
      throw CommandFailure(error)
    }
  }

  private func say(_ reading: JournalReading) {
    for warning in reading.warnings { Output.error(warning) }
    if let note = reading.note { Output.error(note) }
  }

  /// - Parameter visit: sees each record with its line.
  func journalReading(
    trust: Chain.Trust? = nil, visit: Replay.Visit? = nil
  ) throws(CommandFailure) -> JournalReading {
    let trust = trust ?? readersTrust
    do throws(JournalFault) {
      let reading = try JournalReading(of: state, on: PosixDisk(), trust: trust, visit: visit)
      say(reading)
      return reading
    } catch {
      throw CommandFailure(error)
    }
  }

  /// Who may read the journal need not know its key; then the chain's digests are taken on trust.
  var readersTrust: Chain.Trust {
    do throws(CommandFailure) {
      return .key(try journalKey())
    } catch {
      return .any
    }
  }

  /// Until somebody else who steps in has recorded what he says.
  func lockForPeople() throws(CommandFailure) -> any HeldLock {
    do throws(JournalFault) { return try state.lockForPeople(on: PosixDisk()) } catch { throw CommandFailure(error) }
  }

  /// Writes a person's records, all or none; the history as it is then.
  func append(_ events: [HistoryEvent]) throws(CommandFailure) -> ContactHistory {
    guard !isFrozen || now <= Clock.real.now() + DatedEvent.clockTolerance else {
      throw CommandFailure(.usage, "--as-of is later than now: nothing can be recorded before it has happened")
    }
    let key = try journalKey()
    do throws(JournalFault) {
      let file = try JournalFile(state, on: PosixDisk(), as: .command, key: key, now: now)
      defer {
        for warning in file.takeWarnings() { Output.error("warning: " + warning) }
        file.close()
      }
      // Meanwhile others may have recorded what is later than the start of this command.
      try file.record(events, now: isFrozen ? now : max(now, Clock.real.now()))
      return file.history
    } catch {
      throw CommandFailure(error)
    }
  }
}

extension Session {
  /// Whether some process runs cycles: what is pending then is on its way, and no doubt yet.
  var isAtWork: Bool {
    do throws(DiskError) {
      try PosixDisk().lock(state.daemonLock, waitMilliseconds: 0).release()
      return false
    } catch {
      if case .locked = error.cause { return true }
      return false
    }
  }

  /// Brings the outbox in line with what is recorded by now.
  func arrangeOutbox() throws(CommandFailure) {
    let disk = PosixDisk()
    let outbox = site.outbox(MessageStore(state.messages, on: disk), on: disk)
    let letters = try journalReading().history.outbox
    do throws(OutboxFault) {
      for note in try outbox.arrange(letters) { Output.error("warning: " + note) }
    } catch {
      throw CommandFailure(.inputOutput, error.description)
    }
  }

  /// The same after something was recorded, which stands whatever becomes of it.
  func arrangeOutboxIfPossible() {
    do throws(CommandFailure) {
      try arrangeOutbox()
    } catch {
      Output.error(
        "warning: it is recorded, but the outbox still shows what was there before; the next cycle sees to it: \(error.message)"
      )
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
