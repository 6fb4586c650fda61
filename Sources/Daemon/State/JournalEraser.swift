import Decisions
import Journal
import Storage
import Units

/// Takes a customer's personal data out of the state directory: the personal parts of the records, the messages as they
/// were sent, what crashes left behind, and everything that was drawn from them. The chain holds, and a record says so.
///
/// Nothing else may use the journal meanwhile: it takes both locks. When it is broken off, what is done is done, the
/// chain holds, and erasing again does the rest.
package struct JournalEraser {
  /// What was erased.
  package struct Result: Sendable, Equatable {
    package var records = 0
    /// With those of nobody: kept by a process that ended before it could record whose they are.
    package var messages = 0
    /// Files that a crash had left aside; half a record tells nobody whose it is, so all of them go.
    package var asides = 0
  }

  private let state: StateDirectory
  private let disk: any Disk
  private let key: JournalKey?

  package init(_ state: StateDirectory, on disk: any Disk, key: JournalKey?) {
    self.state = state
    self.disk = disk
    self.key = key
  }

  /// - Parameters:
  ///   - by: who wants it.
  ///   - reason: why; itself a personal part.
  ///   - now: asked before anything is erased, and again when that is recorded.
  /// - Throws: `.disk(locked)` while a daemon runs; damage, of which nothing is erased.
  package func erase(
    customer: String, by: String, reason: String?, now: @autoclosure () -> Instant,
    segmentMax: Int = JournalFile.segmentMax,
    random: @escaping (_ count: Int) -> [UInt8] = JournalFile.randomBytes
  ) throws(JournalFault) -> Result {
    let life = try state.lockForCycles(on: disk)
    defer { life.release() }
    func open() throws(JournalFault) -> JournalFile {
      try JournalFile(state, on: disk, as: .command, key: key, now: now(), segmentMax: segmentMax, random: random)
    }
    // What a crash left is brought in order first.
    do { try open().close() }
    var result = Result()
    var plan = try ErasurePlan(state, on: disk)
    do {
      let lock = try state.lockForAppending(on: disk)
      defer { lock.release() }
      let found = try survey(customer)
      // Asked before anything is gone: behind such a clock it could not be recorded.
      let time = now()
      if let last = found.head?.time, time < last - JournalHead.clampMax {
        throw .refused(.clockWentBack(last: last, now: time))
      }
      let store = MessageStore(state.messages, on: disk)
      func isTaken(_ sha256: String) -> Bool { found.isTheirs(sha256) || !found.isNamed(sha256) }
      let messages: Set<String>
      do { messages = try store.names().filter(isTaken) } catch { throw .disk(error) }
      let taken = try plan.note(
        .init(after: found.head?.seq ?? 0, records: found.records, messages: messages), of: customer,
        proof: found.proof)
      (result.records, result.messages) = (taken.records.count, taken.messages.count)
      if let first = found.lines.keys.min() { try Seals(state, on: disk, trust: .key(key)).forget(from: first) }
      for segment in found.lines.keys.sorted() { try rewrite(segment, found.lines[segment] ?? []) }
      do {
        _ = try store.erase(where: isTaken)
        result.asides = try removeAsides()
      } catch { throw .disk(error) }
    }
    let journal = try open()
    defer { journal.close() }
    try journal.record(
      [
        .journalErased(
          customer: customer, records: result.records, messages: result.messages, by: by, text: reason)
      ], now: now())
    try plan.forget(customer)
    return result
  }

  /// What is the customer's: lines by file, and messages.
  private struct Findings {
    /// Offsets of lines that have a personal part to lose.
    var lines: [Int: Set<Int>] = [:]
    /// Their numbers.
    var records: Set<Int> = []
    /// The journal's end.
    var head: JournalHead?
    /// Number of the last record that says that the customer was erased; 0 for none.
    var proof = 0
    private var messages: Set<String> = []
    /// The beginnings of the digests of all messages that a record names: a journal may name millions.
    private var named: Set<UInt64> = []

    mutating func name(_ sha256: String, isTheirs: Bool) {
      guard let beginning = Findings.beginning(of: sha256) else { return }
      named.insert(beginning)
      if isTheirs { messages.insert(sha256) }
    }

    func isTheirs(_ sha256: String) -> Bool { messages.contains(sha256) }
    func isNamed(_ sha256: String) -> Bool { Findings.beginning(of: sha256).map(named.contains) ?? true }

    private static func beginning(of sha256: String) -> UInt64? { UInt64(sha256.prefix(16), radix: 16) }
  }

  private func survey(_ customer: String) throws(JournalFault) -> Findings {
    var findings = Findings()
    var contacts: Set<String> = []
    var segment = 0
    var offset = 0
    let segments = try state.segments("jsonl", on: disk)
    var sizes: [Int: Int] = [:]
    for number in segments {
      do { sizes[number] = try disk.status(state.segment(number, "jsonl"))?.size } catch { throw .disk(error) }
    }
    let reading = try JournalReading(of: state, on: disk, trust: .key(key)) { entry, line in
      // Files are read one after the other, each to its end.
      while segment == 0 || offset >= sizes[segment] ?? 0, segment < segments.count {
        segment += 1
        offset = 0
      }
      defer { offset += line.count + 1 }
      let made: IntendedContact? =
        switch entry.event {
        case .contactIntended(let intended): intended
        case .callLogged(let call): call.contact
        default: nil
        }
      if let made {
        let isTheirs = made.isAll(of: customer)
        if isTheirs { contacts.insert(made.contact) }
        findings.name(made.sha256, isTheirs: isTheirs)
      }
      // Why it was erased stays, else nobody could tell.
      if case .journalErased(let erased, _, _, _, _) = entry.event {
        if erased == customer { findings.proof = entry.seq }
        return
      }
      let isTheirs =
        entry.contact.map(contacts.contains) ?? false || entry.customer == customer
        || entry.event.isApproval(for: customer)
      if isTheirs, entry.erased != nil {
        findings.lines[segment, default: []].insert(offset)
        findings.records.insert(entry.seq)
      }
    }
    findings.head = reading.head
    return findings
  }

  private func rewrite(_ segment: Int, _ offsets: Set<Int>) throws(JournalFault) {
    let path = state.segment(segment, "jsonl")
    do {
      let old = try disk.read(path, limit: .max, followingLinks: false)
      var bytes: [UInt8] = []
      bytes.reserveCapacity(old.bytes.count)
      var start = 0
      while let end = old.bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
        let line = old.bytes[start..<end]
        let erased = offsets.contains(start) ? (try? Entry(line))?.erased : nil
        bytes += erased ?? (line + [UInt8(ascii: "\n")])
        start = end + 1
      }
      bytes += old.bytes[start...]
      try disk.replace(path, with: bytes)
    } catch { throw .disk(error) }
  }

  /// What crashes left beside the files: torn ends of records, and drafts of files.
  private func removeAsides() throws(DiskError) -> Int {
    var count = 0
    for folder in [state.journal, state.messages] {
      for name in try disk.list(folder) where name.hasSuffix(".torn") || name.hasSuffix(".tmp") {
        try disk.remove(folder + "/" + name)
        count += 1
      }
    }
    return count
  }
}

extension IntendedContact {
  /// The customer is the payer who was written to, or the only one whose items it was about.
  fileprivate func isAll(of customer: String) -> Bool {
    let items = invoices.map(\.key.customer) + listed.map(\.key.customer)
    return self.customer == customer || !items.isEmpty && items.allSatisfy { $0 == customer }
  }
}

extension HistoryEvent {
  fileprivate func isApproval(for customer: String) -> Bool {
    if case .approvalGiven(let approval) = self {
      approval.lines.contains { $0.key.customer == customer }
    } else {
      false
    }
  }
}
