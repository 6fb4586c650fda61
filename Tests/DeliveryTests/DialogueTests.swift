import Testing

@testable import Delivery

/// A line whose other side says what stands in its script, piece by piece.
private final class ScriptedLine: RelayLine {
  let socket: Int32 = -1
  let isEncrypted = true
  /// What is to arrive; nil is silence until the deadline. After the last the other side closes.
  private var pieces: [String?]
  private var arrived: [UInt8] = []
  private var isClosed = false
  /// What was said to it, write by write.
  private(set) var said: [String] = []
  /// So many writes go through before the line is lost.
  var writesMax = Int.max
  /// Of the write that is lost, so many bytes went.
  var lastWrite = 0
  /// At most so many bytes go at once.
  var bytesAtOnce = Int.max
  private var isPartial = false
  /// After so many bytes of a second write it takes none any more.
  var stallsAfter: Int?
  /// The other side closes together with the last piece.
  var closesWithLast = false
  /// Said by the other side as the line is lost.
  var lastWords = ""
  /// What came comes again and again.
  var isEndless = false

  init(_ pieces: [String?]) { self.pieces = pieces }

  var isSilent: Bool { pieces.first.map { $0 == nil } ?? false }

  func say(_ words: String) { arrived += Array(words.utf8) }

  func send(_ bytes: UnsafeRawBufferPointer) throws(LineFault) -> Int {
    if let left = stallsAfter, !said.isEmpty {
      stallsAfter = 0
      return min(left, bytes.count)
    }
    guard said.count < writesMax else {
      defer { lastWrite = 0 }
      if lastWrite > 0 { return min(lastWrite, bytes.count) }
      arrived += Array(lastWords.utf8)
      throw .lost(curlCode: CurlCode.sendError, words: "broken pipe")
    }
    let part = String(decoding: bytes.prefix(bytesAtOnce), as: UTF8.self)
    if isPartial { said[said.count - 1] += part } else { said.append(part) }
    isPartial = bytes.count > bytesAtOnce
    return part.utf8.count
  }

  /// The next piece comes.
  func arrive() {
    if pieces.isEmpty { isClosed = true } else { arrived += Array((pieces.removeFirst() ?? "").utf8) }
  }

  func receive(_ buffer: UnsafeMutableRawBufferPointer) throws(LineFault) -> Int {
    if arrived.isEmpty, isClosed || closesWithLast && pieces.isEmpty { throw .closed }
    let count = min(arrived.count, buffer.count)
    buffer.copyBytes(from: arrived[..<count])
    if !isEndless { arrived.removeFirst(count) }
    return count
  }
}

@Suite("A dialogue with the relay")
struct DialogueTests {
  private let mail = "MAIL FROM:<a@example.com>\r\n"
  private let rcpt = "RCPT TO:<b@example.org>\r\n"
  private let body = "Subject: x\r\n\r\n..dot\r\nend\r\n.\r\n"

  private func open(_ line: ScriptedLine, offers: [String] = ["PIPELINING"], patience: Duration = .seconds(60))
    -> OpenLine
  {
    let hello = ServerReply(lines: (["250-sink"] + offers.map { "250-\($0)" } + ["250 HELP"]))
    return OpenLine(line, offers: ServerOffers(hello), patience: .init(reply: patience, total: .seconds(120)))
  }

  /// - Parameter isStopping: asked before each listening.
  private func run(
    _ line: ScriptedLine, _ open: OpenLine, isStopping: () -> Bool = { false }
  ) throws -> Transfer {
    let message = Array("Subject: x\r\n\r\n.dot\r\nend\r\n".utf8)
    var transfer = open.send(
      message, from: try EnvelopeAddress("a@example.com"), to: try EnvelopeAddress("b@example.org"), at: .zero)
    while transfer == nil {
      if line.isSilent {
        transfer = open.expire(at: .seconds(60))
      } else {
        line.arrive()
        transfer = open.goOn(at: .seconds(1), isStopping: isStopping())
      }
    }
    return try #require(transfer)
  }

  private func run(_ line: ScriptedLine, offers: [String] = ["PIPELINING"]) throws -> Transfer {
    try run(line, open(line, offers: offers))
  }

  private func verdict(_ line: ScriptedLine) throws -> DeliveryVerdict {
    DeliveryResult(try run(line), server: "").verdict
  }

  @Test("commands go in one breath where the server takes that, else one by one; the message and its dot always do")
  func pipelining() throws {
    let together = ScriptedLine(["250 ok\r\n250 ok\r\n354 go on\r\n", "250 2.0.0 taken\r\n"])
    let open = open(together)
    let first = try run(together, open)
    #expect(together.said == [mail + rcpt + "DATA\r\n", body])
    #expect(first.curlCode == CurlCode.ok && first.uploaded == body.utf8.count)
    #expect(open.isAtEase)
    let single = ScriptedLine(["250 ok\r\n", "250 ok\r\n", "354 go on\r\n", "250 2.0.0 taken\r\n"])
    let second = try run(single, offers: ["SIZE 1000"])
    #expect(single.said == [mail.dropLast() + " SIZE=25\r\n", rcpt, "DATA\r\n", body])
    #expect(second.exchanges == first.exchanges)
  }

  @Test("replies may come in pieces, and in many lines; what is said may go in pieces")
  func pieces() throws {
    let line = ScriptedLine(["25", "0-one\r\n250-two\r", "\n250 three\r\n250 ok\r\n3", "54\r\n", "250", " ok\n"])
    line.bytesAtOnce = 7
    let open = open(line)
    let result = try run(line, open)
    #expect(result.curlCode == CurlCode.ok)
    #expect(result.exchanges.first?.reply?.texts == ["one", "two", "three"])
    #expect(line.said == [mail + rcpt + "DATA\r\n", body])
    #expect(open.isAtEase)
  }

  @Test("a refusal is settled, and the line used on")
  func settled() throws {
    let line = ScriptedLine(["250 ok\r\n550 5.1.1 no\r\n503 5.5.1 RCPT first\r\n", "250 ok\r\n"])
    let open = open(line)
    let result = try run(line, open)
    #expect(DeliveryResult(result, server: "").verdict == .recipientRefused)
    #expect(line.said.dropFirst() == ["RSET\r\n"])
    #expect(open.isAtEase)
    let silent = ScriptedLine(["250 ok\r\n550 5.1.1 no\r\n", nil])
    #expect(try verdict(silent) == .recipientRefused, "what is owed and does not come changes nothing")
  }

  @Test("where the recipient was refused and DATA was not, no word more is said: it would be taken for the message")
  func grantedInVain() throws {
    let line = ScriptedLine(["250 ok\r\n550 5.1.1 no\r\n354 go on\r\n"])
    let open = open(line)
    #expect(DeliveryResult(try run(line, open), server: "").verdict == .recipientRefused)
    _ = open.leave(at: .zero)
    #expect(line.said == [mail + rcpt + "DATA\r\n"])
  }

  @Test("an answer that nobody asked for ends the line, and is no answer to the next mail")
  func unasked() throws {
    let line = ScriptedLine(["250 ok\r\n250 ok\r\n354 go on\r\n", "250 taken\r\n421 too long\r\n"])
    let first = open(line)
    #expect(try run(line, first).curlCode == CurlCode.ok)
    #expect(!first.isAtEase)
    let later = ScriptedLine(["250 ok\r\n250 ok\r\n354 go on\r\n", "250 taken\r\n", "421 too long\r\n"])
    let second = open(later)
    #expect(try run(later, second).curlCode == CurlCode.ok)
    #expect(second.isAtEase && !second.isOver())
    later.arrive()
    #expect(second.isOver())
  }

  @Test("what lies there before the message is no answer to it", arguments: ["250 stray", "451 stray", "stray"])
  func stray(words: String) throws {
    let line = ScriptedLine(["250 ok\r\n250 ok\r\n354 go on\r\n\(words)\r\n", "250 taken\r\n"])
    let result = DeliveryResult(try run(line), server: "")
    #expect(result.verdict == .relayRefused && result.stage == .data, "\(result)")
    #expect(line.said.count == 1, "the message is not handed over")
    let early = ScriptedLine(["250 ok\r\n\(words)\r\n"])
    let stepwise = DeliveryResult(try run(early, offers: []), server: "")
    #expect(stepwise.verdict == .relayRefused && early.said.count == 1, "\(stepwise)")
  }

  @Test("a server that is gone as it grants the message gets nothing, and leaves no doubt")
  func goneInTime() throws {
    let line = ScriptedLine(["250 ok\r\n250 ok\r\n354 go on\r\n"])
    line.closesWithLast = true
    #expect(try verdict(line) == .relayRefused)
    #expect(line.said.count == 1)
  }

  @Test("a no that comes before the message is out is a no; a yes is none")
  func earlyAnswer() throws {
    for (words, expected) in [("552 5.3.4 too big", DeliveryVerdict.contentRefused), ("250 ok", .unknown)] {
      let line = ScriptedLine(["250 ok\r\n250 ok\r\n354 go on\r\n"])
      (line.writesMax, line.lastWrite, line.lastWords) = (1, 20, words + "\r\n")
      #expect(try verdict(line) == expected)
    }
  }

  @Test("a server that stops reading a message, and has said why, has said no; one that says nothing leaves a doubt")
  func stalled() throws {
    for (words, expected) in [("552 5.3.4 too big\r\n", DeliveryVerdict.contentRefused), ("", .unknown)] {
      let line = ScriptedLine(["250 ok\r\n250 ok\r\n354 go on\r\n"])
      line.stallsAfter = 10
      let open = open(line)
      let begun = open.send(
        Array("Subject: x\r\n\r\n.dot\r\nend\r\n".utf8), from: try EnvelopeAddress("a@example.com"),
        to: try EnvelopeAddress("b@example.org"), at: .zero)
      #expect(begun == nil)
      line.arrive()
      #expect(open.goOn(at: .zero, isStopping: false) == nil)
      line.say(words)
      let transfer = try #require(open.expire(at: .seconds(1_000)))
      #expect(DeliveryResult(transfer, server: "").verdict == expected)
    }
  }

  @Test("whoever says more than anybody could want to hear is not heard to the end")
  func talkative() throws {
    let line = ScriptedLine([String(repeating: "250-more\r\n", count: 400)])
    line.isEndless = true
    #expect(try verdict(line) == .relayRefused)
  }

  @Test("what is lost in the message is in doubt, from its first byte to the answer; before it, it is not")
  func lost() throws {
    let granted = "250 ok\r\n250 ok\r\n354 go on\r\n"
    for count in [0, 1, 20, body.utf8.count - 1] {
      let line = ScriptedLine([granted])
      (line.writesMax, line.lastWrite) = (1, count)
      #expect(try verdict(line) == (count == 0 ? .relayRefused : .unknown), "\(count) bytes")
    }
    #expect(try verdict(ScriptedLine([granted])) == .unknown)
    #expect(try verdict(ScriptedLine([granted, nil])) == .unknown)
    #expect(try verdict(ScriptedLine([granted, "what?\r\n", nil])) == .unknown)
    #expect(try verdict(ScriptedLine(["250 ok\r\n", nil])) == .relayRefused)
    #expect(try verdict(ScriptedLine([granted, "554 5.6.0 no\r\n"])) == .contentRefused, "said, and then closed")
  }

  @Test("a room that closes, or too little time, ends it before the first byte of the message, and never after")
  func ended() throws {
    let granted = "250 ok\r\n250 ok\r\n354 go on\r\n"
    let early = ScriptedLine([granted, "250 taken\r\n"])
    #expect(try run(early, open(early)) { true }.abort == .closing && early.said.count == 1)
    let waiting = ScriptedLine([nil])
    let waits = open(waiting)
    _ = waits.send(
      letter, from: try EnvelopeAddress("a@example.com"), to: try EnvelopeAddress("b@example.org"), at: .zero)
    #expect(waits.mayStop && waits.stop(at: .zero)?.abort == .closing)
    let underWay = ScriptedLine([granted, "250 taken\r\n"])
    let open1 = open(underWay)
    #expect(try run(underWay, open1) { underWay.said.count == 2 }.curlCode == CurlCode.ok)
    let late = ScriptedLine([granted, "250 taken\r\n"])
    let open2 = open(late, patience: .seconds(121))
    #expect(try run(late, open2).abort == .late && late.said.count == 1)
    _ = open2.leave(at: .zero)
    #expect(late.said.count == 1)
  }

  @Test("an endless line fills no memory")
  func endless() throws {
    var reader = ReplyReader()
    let noise = [UInt8](repeating: 0x41, count: 4096)
    for _ in 0..<100 {
      noise.withUnsafeBytes { reader.add($0) }
      #expect(reader.next() == nil)
    }
    "\r\n250 ok\r\n".utf8.withContiguousStorageIfAvailable { reader.add(UnsafeRawBufferPointer($0)) }
    #expect(reader.next()?.code == 250)
    #expect(reader.isEmpty)
  }
}
