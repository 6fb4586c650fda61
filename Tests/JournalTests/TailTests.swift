import Decisions
import Testing
import Units

@testable import Journal

@Suite("What a crash leaves behind the last whole record")
struct TailTests {
  @Test("a journal cut at any byte has a tail and no damage")
  func cutAnywhere() throws {
    let bytes = try Sample.journal(Array(Sample.groups[1...3]))
    for count in 0..<bytes.count {
      let cut = Array(bytes[..<count])
      let replay = try Sample.replay(cut)
      let whole = cut.lastIndex(of: 10).map { $0 + 1 } ?? 0
      #expect(replay.offset == whole)
      #expect(replay.tail?.bytes.count ?? 0 == count - whole)
      #expect(replay.tail == nil || replay.tail?.offset == whole)
    }
  }

  @Test(
    "cut at any byte of its last record, of whatever type, it is the journal before that record",
    arguments: GoldenTests.events + GoldenTests.later)
  func cutLastRecord(event: HistoryEvent) throws {
    let before = try Sample.journal([])
    let whole = try Sample.journal([[event]])
    let history = try Sample.replay(before).history
    for count in (before.count + 1)..<whole.count {
      let replay = try Sample.replay(Array(whole[..<count]))
      #expect(replay.offset == before.count && replay.count == 1, "cut at \(count)")
      #expect(replay.tail?.bytes.count == count - before.count, "cut at \(count)")
      #expect(replay.history == history, "cut at \(count)")
    }
    #expect(try Sample.replay(whole).count == 2)
  }

  /// What disks leave where a record should be (engineering facts on ext4; Pillai et al., OSDI 2014).
  static let tails: [(String, [UInt8])] = [
    ("zeros", [UInt8](repeating: 0, count: 700)),
    ("garbage", [0xFF, 0x00, 0x7B, 0x22]),
    ("garbage with a line feed", Array("garbage\n".utf8)),
    ("several lines of it", Array("{\"seq\":\n\u{0}\u{0}\n\n}".utf8)),
    ("an empty line", [10]),
    ("JSON that is no record", Array("{}\n".utf8)),
  ]

  @Test("zeros, garbage, and garbage with line feeds are a tail", arguments: tails)
  func garbage(name: String, tail: [UInt8]) throws {
    let bytes = try Sample.journal(Sample.groups)
    for pieces in [1, 7, 10_000] {
      let replay = try Sample.replay(bytes + tail, pieces: pieces)
      #expect(replay.tail?.bytes == tail)
      #expect(replay.offset == bytes.count)
      #expect(replay.count == 9)
      #expect((replay.tailProblem == nil) == !tail.contains(10), "only a line that ends can be judged")
    }
  }

  @Test("a hole of zeros in the last line is a tail, in the middle of the journal it is damage")
  func holes() throws {
    let bytes = try Sample.journal(Sample.groups)
    let lastLine = bytes.dropLast().lastIndex(of: 10)! + 1
    func hole(_ start: Int, _ count: Int) -> [UInt8] {
      var changed = bytes
      for index in start..<(start + count) { changed[index] = 0 }
      return changed
    }
    for start in lastLine..<(bytes.count - 20) {
      #expect(try Sample.replay(hole(start, 20)).offset == lastLine)
    }
    #expect(throws: JournalProblem.self) { try Sample.replay(hole(lastLine - 40, 20)) }
  }

  @Test("a hole before records of the same write is a tail: the sync of all of them never came back")
  func holeInGroup() throws {
    let before = try Sample.journal(Array(Sample.groups[..<1]))
    let group: [HistoryEvent] = (0..<4).map { .noteAdded(scope: .customer("C\($0)"), by: "a", text: "x") }
    var bytes = try Sample.journal([Sample.groups[0], group])
    for index in (before.count + 100)..<(before.count + 300) { bytes[index] = 0 }
    let replay = try Sample.replay(bytes)
    #expect(replay.offset == before.count)
    #expect(replay.tail?.bytes.count == bytes.count - before.count)
  }

  @Test("a changed last line that is still a record is damage, not a tail")
  func changedLastLine() throws {
    var bytes = try Sample.journal(Sample.groups)
    let digit = try #require(bytes.lastIndex(of: UInt8(ascii: "1")))
    bytes[digit] = UInt8(ascii: "2")
    #expect(throws: JournalProblem.self) { try Sample.replay(bytes) }
  }

  @Test("a bit flipped in the last line is no torn tail, its line feed included, nor one that makes a line feed")
  func flippedLastLine() throws {
    let bytes = try Sample.journal([Sample.groups[0], [.noteAdded(scope: .customer("J1"), by: "anna", text: "x @ y")]])
    let start = try #require(bytes.dropLast().lastIndex(of: 10)) + 1
    let letter = try #require(bytes[start...].firstIndex(of: UInt8(ascii: "J")))
    let blank = try #require(bytes[start...].firstIndex(of: UInt8(ascii: " ")))
    var places = stride(from: start, to: bytes.count, by: 37).map { ($0, $0 % 8) }
    places += (0..<8).flatMap { [(bytes.count - 1, $0), (bytes.count - 2, $0), (start, $0)] }
    places += [(letter, 6), (blank, 5)]
    for (place, bit) in places {
      var changed = bytes
      changed[place] ^= 1 << bit
      do {
        let replay = try Sample.replay(changed)
        #expect(replay.changedTail?.line == 3, "byte \(place - start), bit \(bit)")
        let told = "bit \(bit) of its byte \(place - start + 1) "
        #expect(replay.changedTail?.description.contains(told) == true, "\(told)")
      } catch { #expect((error as? JournalProblem)?.line == 3) }
    }
    // A zero byte is no lost sector, and this one is in the first line of a group.
    var group = try Sample.journal(Array(Sample.groups[...1]))
    let sign = try #require(group.firstIndex(of: UInt8(ascii: "@")))
    group[sign] ^= 1 << 6
    #expect(try Sample.replay(group).changedTail?.line == 3)
    // What is cut, or torn, was never whole.
    for count in start + 1..<bytes.count { #expect(try Sample.replay(Array(bytes[..<count])).changedTail == nil) }
    for (_, tail) in Self.tails { #expect(try Sample.replay(bytes + tail).changedTail == nil) }
  }

  @Test("only the last file may end within a line")
  func segments() throws {
    let bytes = try Sample.journal(Sample.groups)
    let lines = Sample.lines(bytes)
    var replay = try Sample.replay(Sample.joined(Array(lines[..<5])))
    try replay.begin(file: "journal/000002.jsonl")
    try replay.feed(Sample.joined(Array(lines[5...])))
    #expect(replay.count == 9)
    #expect(replay.history == (try Sample.replay(bytes)).history)

    var torn = try Sample.replay(Array(bytes[..<1000]))
    #expect(throws: JournalProblem.self) { try torn.begin(file: "journal/000002.jsonl") }
  }

  @Test("an intent without outcome is unsettled after a replay")
  func unsettled() throws {
    let replay = try Sample.replay(try Sample.journal(Sample.groups))
    #expect(replay.history.unsettled.map(\.id) == ["bbbb"])
  }

  @Test("any bytes give a value or an error, never a crash", arguments: 1...20)
  func mutations(seed: UInt64) throws {
    var random = Seeded(seed)
    let bytes = try Sample.journal(Sample.groups)
    for _ in 0..<40 {
      var changed = bytes
      for _ in 0...random.below(5) {
        let at = random.below(changed.count)
        switch random.below(4) {
        case 0: changed[at] = UInt8(random.below(256))
        case 1: changed.remove(at: at)
        case 2: changed.insert(random.pick(Array("\"{}[],:\\u0\n".utf8)), at: at)
        default: changed.removeSubrange(at..<min(changed.count, at + random.below(300)))
        }
      }
      _ = try? Sample.replay(changed, pieces: 1 + random.below(500))
      for line in Sample.lines(changed) { _ = try? Entry(line[...]) }
    }
  }
}
