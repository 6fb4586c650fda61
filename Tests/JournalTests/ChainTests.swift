import Decisions
import Testing
import Units

@testable import Journal

@Suite("The chain shows every change")
struct ChainTests {
  static let keys: [JournalKey?] = [nil, Sample.key]

  /// The first problem with these bytes; nil when there is none and nothing is left over.
  private func problem(_ bytes: [UInt8], _ key: JournalKey? = nil) -> JournalProblem? {
    do {
      let replay = try Sample.replay(bytes, .key(key))
      return replay.tail.map { JournalProblem(file: "", line: $0.line, offset: $0.offset, fault: $0.fault) }
    } catch let error as JournalProblem {
      return error
    } catch {
      Issue.record("\(error)")
      return nil
    }
  }

  /// The first record of this journal, an intent, its outcome, and a note.
  private static let short: [[HistoryEvent]] = [
    [.contactIntended(Sample.second)],
    [.contactSent(Attempt(contact: "bbbb", recipient: 0, attempt: 1, code: 250, reply: "250 ok"))], Sample.groups[4],
  ]

  @Test("a bit flipped anywhere is found, in the line where it is", arguments: keys)
  func bitFlips(key: JournalKey?) throws {
    let bytes = try Sample.journal(ChainTests.short, key: key)
    #expect(problem(bytes, key) == nil)
    var line = 1
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= 1 << (index % 8)
      let found = problem(changed, key)
      // A line feed that comes or goes moves lines.
      if found?.line != line, bytes[index] != 10, changed[index] != 10 || found == nil {
        Issue.record("bit \(index % 8) of byte \(index) in line \(line): \(String(describing: found))")
      }
      if bytes[index] == 10 { line += 1 }
    }
  }

  @Test("every bit of an intent counts, its personal part too", arguments: keys)
  func everyBit(key: JournalKey?) throws {
    var lines = Sample.lines(try Sample.journal(ChainTests.short, key: key))
    var chain = Chain(.key(key))
    try chain.take(lines[0][...])
    for index in lines[1].indices {
      for bit in 0..<8 {
        lines[1][index] ^= 1 << bit
        var copy = chain
        let isTaken = (try? copy.take(lines[1][...])) != nil
        if isTaken { Issue.record("bit \(bit) of byte \(index)") }
        lines[1][index] ^= 1 << bit
      }
    }
    try chain.take(lines[1][...])
  }

  @Test("a flipped bit is never taken for a torn tail while whole records follow it")
  func flipsAreDamage() throws {
    let bytes = try Sample.journal(ChainTests.short)
    let lastLine = bytes.dropLast().lastIndex(of: 10)!
    for index in 0..<lastLine {
      var changed = bytes
      changed[index] ^= 0x04
      #expect(throws: JournalProblem.self) { try Sample.replay(changed) }
    }
  }

  @Test("a missing line shows", arguments: 0..<9)
  func missingLine(index: Int) throws {
    var lines = Sample.lines(try Sample.journal(Sample.groups))
    #expect(lines.count == 9)
    lines.remove(at: index)
    if index == 8 {
      // Nothing vouches for the last line but what was written elsewhere: the head.
      #expect(problem(Sample.joined(lines)) == nil)
    } else if index == 0 {
      #expect(problem(Sample.joined(lines))?.fault == .notOpened(type: "daemon.started"))
    } else {
      #expect(problem(Sample.joined(lines))?.fault == .sequence(found: index + 2, expected: index + 1))
    }
  }

  @Test("two lines in the other order show", arguments: 0..<8)
  func reordered(index: Int) throws {
    var lines = Sample.lines(try Sample.journal(Sample.groups))
    lines.swapAt(index, index + 1)
    #expect(problem(Sample.joined(lines))?.line == index + 1)
  }

  @Test("a line made anew with its own check shows in the next one")
  func remadeLine() throws {
    var groups = Sample.groups
    groups[3] = [.restPlaced(Rest(kind: .hold, scope: .customer("C1"), by: "bert", text: "calls back"))]
    var lines = Sample.lines(try Sample.journal(Sample.groups))
    lines[6] = Sample.lines(try Sample.journal(groups))[6]
    let found = problem(Sample.joined(lines))
    #expect(found?.line == 8)
    guard case .link = found?.fault else {
      Issue.record("\(String(describing: found))")
      return
    }
  }

  @Test("without the key nobody can make a line anew")
  func forgedLine() throws {
    let other = try #require(JournalKey(Array("another key of sixteen bytes".utf8)))
    let bytes = try Sample.journal(Sample.groups, key: Sample.key)
    #expect(problem(bytes, Sample.key) == nil)
    var lines = Sample.lines(bytes)
    lines[8] = Sample.lines(try Sample.journal(Sample.groups, key: other))[8]
    #expect(problem(Sample.joined(lines), Sample.key)?.line == 9)
  }

  @Test("a missing, a wrong and an unasked key are told apart")
  func keyFaults() throws {
    let other = try #require(JournalKey(Array("another key of sixteen bytes".utf8)))
    let keyed = try Sample.journal([], key: Sample.key)
    #expect(problem(keyed, nil)?.fault == .keyMissing(id: Sample.key.id))
    #expect(problem(keyed, other)?.fault == .keyWrong(id: Sample.key.id, given: other.id))
    #expect(problem(try Sample.journal([]), Sample.key)?.fault == .keyUnused(given: Sample.key.id))
    #expect(JournalKey(Array("too short".utf8)) == nil)
  }

  @Test("who has no key may read a keyed journal, and not write it")
  func readingWithoutKey() throws {
    let replay = try Sample.replay(try Sample.journal(Sample.groups, key: Sample.key), .any)
    #expect(replay.count == 9)
    let head = try #require(replay.head)
    #expect(throws: JournalHead.Refusal.keyMissing) { try head.append([], at: Sample.start) { [] } }
  }

  @Test("erased personal parts break nothing", arguments: keys)
  func erasure(key: JournalKey?) throws {
    let lines = try Sample.lines(try Sample.journal(Sample.groups, key: key)).map { try Sample.erased($0) }
    #expect(problem(Sample.joined(lines), key) == nil)
    #expect(!Sample.text(Sample.joined(lines)).contains("c1.example"))
  }

  @Test("prev is the SHA-256 of the line before with the personal part cut out")
  func prevByHand() throws {
    let text = Sample.text(try Sample.journal(Sample.groups)).split(separator: "\n").map(String.init)
    for (line, next) in zip(text, text.dropFirst()) {
      let cut = line.range(of: #","personal":"#).map { line[..<$0.lowerBound] + "}" } ?? line[...]
      #expect(next.contains(#""prev":"\#(Digest.sha256(cut.utf8))""#))
    }
  }

  @Test("a newer format is refused, and a second beginning")
  func formats() throws {
    let head = JournalHead(
      instance: "", function: .sha256, seq: 0, link: .first, time: Sample.start)
    #expect(head.digest == String(repeating: "0", count: 64))
    let twice = try Sample.journal([[.opened(instance: "x")]])
    #expect(problem(twice)?.fault == .openedAgain)
  }

  @Test("a problem says where, what, what it means and what to do")
  func sentences() throws {
    var lines = Sample.lines(try Sample.journal(Sample.groups))
    lines.remove(at: 4)
    let found = try #require(problem(Sample.joined(lines)))
    #expect(
      found.description == """
        journal/000001.jsonl:5: error: found record number (seq) 6, expected 5
          meaning: 1 record is missing before it
          remedy: nothing is sent until it is repaired: keep this file as evidence, put back the copy of the backup, \
        and run `dunningd journal verify`
        """)
  }
}

extension String {
  fileprivate func range(of part: String) -> Range<String.Index>? {
    var at = startIndex
    while at < endIndex {
      if self[at...].hasPrefix(part) { return at..<index(at, offsetBy: part.count) }
      at = index(after: at)
    }
    return nil
  }
}
