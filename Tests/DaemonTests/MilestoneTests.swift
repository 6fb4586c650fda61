import Decisions
import Journal
import Storage
import Testing
import Units

@testable import Daemon

@Suite("A journal that has lost its end, or all of itself")
struct MilestoneTests {
  private let rig = JournalRig()

  /// Some records, a cycle, one record more, another cycle, and one more still.
  private func write() throws -> [UInt8] {
    let file = try rig.open()
    for number in 1...4 { try file.record([JournalRig.note("note \(number)")], now: JournalRig.start) }
    for _ in 1...2 {
      _ = file.append(Batch(events: [.cycleCompleted(CycleSummary())]), now: JournalRig.start)
      try file.record([JournalRig.note("after the cycle")], now: JournalRig.start)
    }
    file.close()
    return rig.disk.bytes(JournalRig.path) ?? []
  }

  private func fault() -> JournalFault? {
    do throws(JournalFault) {
      try rig.open().close()
      return nil
    } catch { return error }
  }

  private var isLost: Bool { if case .lost(_, found: _?, expected: 6)? = fault() { true } else { false } }

  @Test("what came after the cycle before the last may be torn; anything before that may not be gone")
  func cut() throws {
    let bytes = try write()
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true).map { Array($0) + [0x0A] }
    #expect(lines.count == 9)
    let cycle = lines[..<6].joined().count
    for length in [bytes.count, bytes.count - 1, bytes.count - 30, cycle] {
      rig.disk.put(JournalRig.path, Array(bytes[..<length]))
      #expect(fault() == nil, "cut at \(length)")
      rig.disk.put(JournalRig.path, bytes)
    }
    for length in [cycle - 1, lines[0].count, 30, 0] {
      rig.disk.put(JournalRig.path, Array(bytes[..<length]))
      #expect(isLost, "cut at \(length)")
      #expect(throws: JournalFault.self) { try rig.read() }
      #expect(throws: JournalFault.self) {
        try JournalCheck.whole(of: JournalRig.state, on: rig.disk, trust: .key(nil))
      }
      #expect(rig.disk.bytes(JournalRig.path)?.count == length, "nothing is changed")
    }
    #expect(fault()?.exitCode == 65)
  }

  @Test("zeros for records, and a file that is not there")
  func zeros() throws {
    let bytes = try write()
    rig.disk.put(JournalRig.path, Array(bytes[..<200]) + [UInt8](repeating: 0, count: bytes.count - 200))
    #expect(isLost)
    try rig.disk.remove(JournalRig.path)
    #expect(isLost)
  }

  @Test("what is no journal any more is not written over, even before the first cycle")
  func noJournal() throws {
    let file = try rig.open()
    for number in 1...20 { try file.record([JournalRig.note("note \(number)")], now: JournalRig.start) }
    file.close()
    let bytes = try #require(rig.disk.bytes(JournalRig.path))
    // As a tool for texts of another system leaves it.
    let changed = bytes.flatMap { $0 == 0x0A ? [0x0D, 0x0A] : [$0] }
    rig.disk.put(JournalRig.path, changed)
    guard case .damaged? = fault() else {
      Issue.record("it is opened")
      return
    }
    #expect(rig.disk.bytes(JournalRig.path) == changed)
    // A piece of the first line is what a crash leaves.
    rig.disk.put(JournalRig.path, Array(bytes[..<100]))
    #expect(fault() == nil)
    #expect(rig.disk.bytes("/state/journal/000001.0.torn") == Array(bytes[..<100]))
  }

  @Test("a count that cannot be read sends nothing; one that is not there is none")
  func unreadable() throws {
    _ = try write()
    rig.disk.put("/state/reached.json", Array("{\"records\":\"many\"}".utf8))
    #expect(fault()?.exitCode == 65)
    try rig.disk.remove("/state/reached.json")
    #expect(fault() == nil)
  }
}
