import Decisions
import Ledger
import Synchronization
import Testing
import Units

@testable import Journal

@Suite("A history that rests on an archive")
struct ArchiveTests {
  /// Events of every kind; a contact's attempts count up, and are about the same items of the same payer.
  static func events(_ count: Int, _ random: inout Seeded) -> [HistoryEvent] {
    var first: [String: IntendedContact] = [:]
    var attempts: [String: Int] = [:]
    func counted(_ new: IntendedContact, _ random: inout Seeded) -> IntendedContact {
      var intended = new
      intended.contact = random.pick((0..<12).map { "contact-\($0)" })
      if let before = first[intended.contact] {
        (intended.customer, intended.currency, intended.invoices) = (before.customer, before.currency, before.invoices)
      } else {
        intended.customer = "P\(random.below(4))"
        first[intended.contact] = intended
      }
      attempts[intended.contact, default: 0] += 1
      intended.attempt = attempts[intended.contact] ?? 1
      return intended
    }
    return (0..<count).map { _ in
      switch random.chance() ? random.event() : random.event(kind: random.below(10)) {
      case .contactIntended(let intended): return .contactIntended(counted(intended, &random))
      case .callLogged(var call):
        call.contact = call.contact.map { counted($0, &random) }
        return .callLogged(call)
      case let event: return event
      }
    }
  }

  @Test("says what the plain fold says, wherever it is cut, and however often", arguments: 1...40)
  func cutAnywhere(seed: UInt64) throws {
    var random = Seeded(seed)
    let events = ArchiveTests.events(120, &random)
    var plain = ContactHistory()
    var resting = ContactHistory()
    var parts: [String: [PersonPart]] = [:]
    for (index, event) in events.enumerated() {
      let time = Sample.start + .seconds(index)
      plain.apply(event, at: time)
      resting.apply(event, at: time)
      guard random.below(25) == 0 else { continue }
      for (id, part) in resting.parts { parts[id, default: []].append(try coded(part)) }
      resting = ContactHistory(MemoryArchive(parts), try coded(resting.summary))
      #expect(resting == plain, "seed \(seed), event \(index)")
    }
    #expect(resting == plain)
    #expect(resting.unsettled == plain.unsettled)
    for event in events { compare(resting, plain, event) }
    var more = resting
    more.apply(.restPlaced(Rest(kind: .hold, scope: .customer("P1"), by: "x", text: nil)), at: Sample.start)
    #expect(more != plain)
  }

  /// Everything that is asked for by what an event names.
  private func compare(_ a: ContactHistory, _ b: ContactHistory, _ event: HistoryEvent) {
    if let id = event.contact { #expect(a.contact(id) == b.contact(id)) }
    for key in event.keys {
      #expect(a.items[key] == b.items[key])
      #expect(a.approvals[key] == b.approvals[key])
      #expect(a.items(ofInvoice: key.number) == b.items(ofInvoice: key.number))
    }
    if let customer = event.customer {
      #expect(a.payers[customer] == b.payers[customer])
      #expect(a.replies[customer] == b.replies[customer])
    }
    if let scope = event.scope {
      #expect(a.rests[scope] == b.rests[scope])
      #expect(a.skips[scope] == b.skips[scope])
    }
    if case .contactIntended(let intended) = event {
      let group = GroupKey(payer: intended.customer, currency: intended.currency)
      #expect(a.groups[group] == b.groups[group])
      for address in intended.to {
        #expect(
          Set(a.addresses[address.lowercased()] ?? []) == Set(b.addresses[address.lowercased()] ?? []), "\(address)")
      }
    }
    if case .approvalGiven(let approval) = event {
      #expect(a.lastWord(on: approval.subject) == b.lastWord(on: approval.subject))
    }
  }

  private func coded(_ part: PersonPart) throws -> PersonPart {
    var writer = HistoryWriter()
    part.write(to: &writer)
    let bytes = writer.bytes
    // Cut anywhere it is damage, never a crash and never another part.
    let cut = bytes.count / 2
    #expect(throws: HistoryReader.Damage.self) { try read(Array(bytes[..<cut])) }
    let same = try read(bytes)
    #expect(same == part)
    return same
  }

  private func read(_ bytes: [UInt8]) throws -> PersonPart {
    try bytes.withUnsafeBytes { raw in
      var reader = HistoryReader(raw)
      return try PersonPart(from: &reader)
    }
  }

  private func coded(_ summary: HistorySummary) throws -> HistorySummary {
    var writer = HistoryWriter()
    summary.write(to: &writer)
    return try writer.bytes.withUnsafeBytes { raw in
      var reader = HistoryReader(raw)
      return try HistorySummary(from: &reader)
    }
  }

  @Test("a word that was given before the last seal is told once, whatever was said of the item since")
  func lastWord() throws {
    let key = ItemKey(customer: "C1", number: "R-1")
    func approval(_ subject: String) -> HistoryEvent {
      .approvalGiven(
        Approval(
          extent: .contact, subject: subject,
          lines: [Approval.Line(key: key, step: "first", repetition: 0, upTo: Money(minor: 100, Sample.euro))],
          by: "anna", text: nil))
    }
    var plain = ContactHistory()
    plain.apply(approval("OLD"), at: Sample.start)
    var resting = ContactHistory(MemoryArchive(plain), plain.summary)
    for history in [plain, resting] { #expect(history.lastWord(on: "OLD").count == 1) }
    plain.apply(approval("NEW"), at: Sample.start + .seconds(1))
    resting.apply(approval("NEW"), at: Sample.start + .seconds(1))
    for subject in ["OLD", "NEW"] {
      #expect(plain.lastWord(on: subject).count == 1)
      #expect(resting.lastWord(on: subject) == plain.lastWord(on: subject))
    }
  }

  /// Lacks what it should have.
  private final class LosingArchive: HistoryArchive {
    let inner: MemoryArchive
    let recovers: Bool
    let distrusted = Mutex(0)

    init(_ inner: MemoryArchive, recovers: Bool) {
      self.inner = inner
      self.recovers = recovers
    }

    private var isBlind: Bool { distrusted.withLock { $0 == 0 } || !recovers }
    func person(_ id: String) -> PersonHistory? { inner.person(id) }
    func people(with link: HistoryLink) -> [PersonHistory] { isBlind ? [] : inner.people(with: link) }
    func everyone(_ visit: (PersonHistory) -> Void) { inner.everyone(visit) }
    var fault: String? { distrusted.withLock { $0 } > 1 ? "lost" : nil }
    func distrust(because words: String) { distrusted.withLock { $0 += 1 } }
  }

  @Test("a contact that the summary names is never unknown: it is found in the records, or that is a fault")
  func promised() {
    var plain = ContactHistory()
    plain.apply(.contactIntended(Sample.intended), at: Sample.start)
    let recovering = ContactHistory(LosingArchive(MemoryArchive(plain), recovers: true), plain.summary)
    #expect(recovering.contact("nobody's") == nil)
    #expect(recovering.unsettled == plain.unsettled)
    #expect(recovering.fault == nil)
    let lost = ContactHistory(LosingArchive(MemoryArchive(plain), recovers: false), plain.summary)
    #expect(lost.unsettled.isEmpty)
    #expect(lost.fault == "lost")
  }

  @Test("hashes are of the name, however its letters are composed")
  func hashes() {
    for (a, b) in [
      ("M\u{FC}ller", "Mu\u{308}ller"), ("\u{1E69}", "s\u{307}\u{323}"), ("\u{AC01}", "\u{1100}\u{1161}\u{11A8}"),
      ("\u{212B}", "\u{C5}"), ("\u{2F800}", "\u{4E3D}"),
    ] {
      #expect(a == b)
      #expect(NameHash.person(a) == NameHash.person(b))
      #expect(NameHash.link(.invoice(a)) == NameHash.link(.invoice(b)))
    }
    #expect(NameHash.person("M\u{FC}ller") != NameHash.person("M\u{F6}ller"))
    #expect(NameHash.person("\u{5BA2}\u{6237}") != NameHash.person("\u{6237}\u{5BA2}"))
    #expect(NameHash.person("K-7") == 0xA7A9_3B80_73B4_82A6)
  }

  @Test("a merged table holds each key once, the newest, in order", arguments: 1...20)
  func tables(seed: UInt64) {
    var random = Seeded(seed)
    var plain: [UInt64: UInt64] = [:]
    var table = SealTable(width: 2)
    for _ in 0..<6 {
      var rows: [UInt64: UInt64] = [:]
      for _ in 0..<random.below(20) { rows[UInt64(random.below(30))] = UInt64(random.below(1000)) }
      plain.merge(rows) { $1 }
      table = table.merged(with: rows.map { [$0.key, $0.value] }, keyWords: 1)
    }
    #expect(table.words == plain.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] })
    for key in 0..<30 {
      let rows = table.rows(of: UInt64(key))
      #expect(rows.compactMap { table.row($0).last } == (plain[UInt64(key)].map { [$0] } ?? []))
    }
    let bytes = table.bytes
    #expect(bytes.withUnsafeBytes { SealTable(width: 2, bytes: $0) } == table)
  }
}
