import Decisions
import Testing
import Units

@testable import Journal

@Suite("What is written reads back")
struct RoundTripTests {
  @Test("every kind of event, with any contents", arguments: 0..<Seeded.kindCount)
  func everyKind(kind: Int) throws {
    var random = Seeded(UInt64(kind) + 1)
    for _ in 0..<100 {
      let event = random.event(kind: kind)
      let line = try #require(Sample.lines(try Sample.journal([[event]])).last)
      let entry = try Entry(line[...])
      #expect(entry.event == event)
      #expect(entry.type == event.type)
      #expect(entry.seq == 2)
      #expect(entry.time == Sample.start + .seconds(1))
    }
  }

  @Test("a journal of any events replays to the fold over them, in pieces of any size", arguments: 1...30)
  func replayIsFold(seed: UInt64) throws {
    var random = Seeded(seed)
    var history = ContactHistory()
    history.apply(.opened(instance: Sample.instance), at: Sample.start)
    var groups: [[HistoryEvent]] = []
    for index in 0..<20 {
      let group = (0...random.below(4)).map { _ in random.event() }
      for event in group { history.apply(event, at: Sample.start + .seconds(index + 1)) }
      groups.append(group)
    }
    let key = random.chance() ? Sample.key : nil
    let bytes = try Sample.journal(groups, key: key)
    let replay = try Sample.replay(bytes, .key(key), pieces: 1 + random.below(2000))
    #expect(replay.history == history)
    #expect(replay.tail == nil)
    #expect(replay.offset == bytes.count)
    #expect(replay.head?.seq == groups.flatMap { $0 }.count + 1)
  }

  @Test("going on from a replayed head gives the same bytes as never having stopped")
  func headGoesOn() throws {
    let whole = try Sample.journal(Sample.groups)
    let part = try Sample.journal(Array(Sample.groups.dropLast()))
    let head = try #require(try Sample.replay(part).head)
    let last = try head.append(Sample.groups.last ?? [], at: Sample.start + .seconds(Sample.groups.count)) {
      Sample.salt
    }
    #expect(part + last.bytes == whole)
  }

  @Test("unknown types and members are kept and passed over")
  func unknownThings() throws {
    let bytes = try Sample.journal([[.unknown(type: "weather.seen")], [.daemonStopped(version: "1")]])
    let replay = try Sample.replay(bytes)
    #expect(replay.count == 3)
    let line = Sample.text(bytes).split(separator: "\n")[2]
    let richer = line.replacing(#""version":"1""#, with: #""mood":[1,{"a":2.50}],"version":"1""#)
    let entry = try Entry(Array(richer.utf8)[...])
    #expect(entry.event == .daemonStopped(version: "1"))
    #expect(entry.record["mood"] == .array([.int(1), .object(JSONObject([("a", .number("2.50"))]))]))
  }

  @Test("an erased intent still counts its recipients, and texts are gone")
  func erasedEvents() throws {
    let lines = Sample.lines(try Sample.journal(Sample.groups))
    guard case .contactIntended(let contact) = try Entry(try Sample.erased(lines[2])[...]).event else {
      Issue.record("not an intent")
      return
    }
    #expect(contact.to == ["", ""])
    #expect(contact.names.isEmpty)
    #expect(contact.amount == Sample.intended.amount)
    let note = try Entry(try Sample.erased(lines[7])[...])
    #expect(note.event == .noteAdded(scope: .invoice(customer: "C1", number: "R-7"), by: "anna", text: nil))
    #expect(note.isErased)
  }

  @Test("records are found by customer and by invoice")
  func filters() throws {
    let lines = Sample.lines(try Sample.journal(Sample.groups))
    let intent = try Entry(lines[2][...])
    #expect(intent.names(customer: "C1") && !intent.names(customer: "C2"))
    #expect(intent.names(invoice: "R-7") && !intent.names(invoice: "R-8"))
    #expect(try Entry(lines[7][...]).names(invoice: "R-7"))
    #expect(intent.contact == "aaaa")
  }

  @Test("a clock that went back five seconds is clamped, more is refused")
  func clock() throws {
    let head = JournalHead.opening(instance: Sample.instance, key: nil, now: Sample.start).head
    let events: [HistoryEvent] = [.daemonStopped(version: "1")]
    #expect(try head.append(events, at: Sample.start - .seconds(5)) { [] }.time == Sample.start)
    let early = Sample.start - Span(milliseconds: 5001)
    #expect(throws: JournalHead.Refusal.clockWentBack(last: Sample.start, now: early)) {
      try head.append(events, at: early) { [] }
    }
  }
}
