import Testing

@testable import Delivery

/// A line whose other side says what stands in its script, a piece each time it is listened to.
private final class ScriptedLine: RelayLine {
  /// What each listening brings; nil is silence until the deadline. After the last the other side closes.
  var pieces: [String?]
  /// What was said to it, write by write.
  private(set) var said: [String] = []
  /// So many writes go through before the line is lost.
  var writesMax = Int.max
  /// Of the write that is lost, so many bytes went.
  var lastWrite = 0
  /// Called before each listening.
  var onListening: () -> Void = {}

  init(_ pieces: [String?]) { self.pieces = pieces }

  func send(_ bytes: UnsafeRawBufferPointer, until deadline: Duration) -> (count: Int, fault: LineFault?) {
    guard said.count < writesMax else {
      let count = min(lastWrite, bytes.count)
      said.append(String(decoding: bytes.prefix(count), as: UTF8.self))
      return (count, .lost(curlCode: CurlCode.sendError, systemError: 32, words: "broken pipe"))
    }
    said.append(String(decoding: bytes, as: UTF8.self))
    return (bytes.count, nil)
  }

  func receive(
    _ buffer: UnsafeMutableRawBufferPointer, until deadline: Duration, isStopping: () -> Bool
  ) throws(LineFault) -> Int {
    onListening()
    if isStopping() { throw .stopped }
    guard !pieces.isEmpty else { throw .closed }
    guard let piece = pieces.removeFirst() else { throw .timedOut }
    buffer.copyBytes(from: piece.utf8)
    return piece.utf8.count
  }
}

@Suite("A dialogue with the relay")
struct DialogueTests {
  private let mail = "MAIL FROM:<a@example.com>\r\n"
  private let rcpt = "RCPT TO:<b@example.org>\r\n"
  private let body = "Subject: x\r\n\r\n..dot\r\nend\r\n.\r\n"

  private func run(
    _ line: ScriptedLine, offers: [String] = ["PIPELINING"], patience: Duration = .seconds(60),
    isStopping: @escaping () -> Bool = { false }
  ) throws -> (transfer: Transfer, dialogue: Dialogue) {
    let hello = ServerReply(lines: (["250-sink"] + offers.map { "250-\($0)" } + ["250 HELP"]))
    let dialogue = Dialogue(
      line, offers: ServerOffers(hello), patience: .init(reply: patience, total: .seconds(120)), isStopping: isStopping)
    let message = Array("Subject: x\r\n\r\n.dot\r\nend\r\n".utf8)
    let transfer = dialogue.send(
      message, from: try EnvelopeAddress("a@example.com"), to: try EnvelopeAddress("b@example.org"))
    return (transfer, dialogue)
  }

  @Test("commands go in one breath where the server takes that, else one by one; the message and its dot always do")
  func pipelining() throws {
    let together = ScriptedLine(["250 ok\r\n250 ok\r\n354 go on\r\n", "250 2.0.0 taken\r\n"])
    let first = try run(together)
    #expect(together.said == [mail + rcpt + "DATA\r\n", body])
    #expect(first.transfer.curlCode == CurlCode.ok && first.transfer.uploaded == body.utf8.count)
    #expect(first.dialogue.isAtEase)
    let single = ScriptedLine(["250 ok\r\n", "250 ok\r\n", "354 go on\r\n", "250 2.0.0 taken\r\n"])
    let second = try run(single, offers: ["SIZE 1000"])
    #expect(single.said == [mail.dropLast() + " SIZE=25\r\n", rcpt, "DATA\r\n", body])
    #expect(second.transfer.exchanges == first.transfer.exchanges)
  }

  @Test("replies may come in pieces, and in many lines")
  func pieces() throws {
    let line = ScriptedLine(["25", "0-one\r\n250-two\r", "\n250 three\r\n250 ok\r\n3", "54\r\n", "250", " ok\n"])
    let result = try run(line)
    #expect(result.transfer.curlCode == CurlCode.ok)
    #expect(result.transfer.exchanges.first?.reply?.texts == ["one", "two", "three"])
    #expect(result.dialogue.isAtEase)
  }

  @Test("a refusal is settled, and the line used on")
  func settled() throws {
    let line = ScriptedLine(["250 ok\r\n550 5.1.1 no\r\n503 5.5.1 RCPT first\r\n", "250 ok\r\n"])
    let result = try run(line)
    #expect(DeliveryResult(result.transfer, server: "").verdict == .recipientRefused)
    #expect(line.said.dropFirst() == ["RSET\r\n"])
    #expect(result.dialogue.isAtEase)
  }

  @Test("where the recipient was refused and DATA was not, no word more is said: it would be taken for the message")
  func grantedInVain() throws {
    let line = ScriptedLine(["250 ok\r\n550 5.1.1 no\r\n354 go on\r\n"])
    let result = try run(line)
    #expect(DeliveryResult(result.transfer, server: "").verdict == .recipientRefused)
    result.dialogue.leave()
    #expect(line.said == [mail + rcpt + "DATA\r\n"])
  }

  @Test("an answer that nobody asked for ends the line, and is no answer to the next mail")
  func unasked() throws {
    let line = ScriptedLine(["250 ok\r\n250 ok\r\n354 go on\r\n", "250 taken\r\n421 too long\r\n"])
    let result = try run(line)
    #expect(result.transfer.curlCode == CurlCode.ok)
    #expect(!result.dialogue.isAtEase)
  }

  @Test("what is lost in the message is in doubt, from its first byte to the answer; before it, it is not")
  func lost() throws {
    let granted = "250 ok\r\n250 ok\r\n354 go on\r\n"
    for count in [0, 1, 20, body.utf8.count - 1] {
      let line = ScriptedLine([granted])
      (line.writesMax, line.lastWrite) = (1, count)
      let verdict = DeliveryResult(try run(line).transfer, server: "").verdict
      #expect(verdict == (count == 0 ? .relayRefused : .unknown), "\(count) bytes")
    }
    #expect(DeliveryResult(try run(ScriptedLine([granted])).transfer, server: "").verdict == .unknown)
    #expect(DeliveryResult(try run(ScriptedLine([granted, nil])).transfer, server: "").verdict == .unknown)
    #expect(
      DeliveryResult(try run(ScriptedLine([granted, "what?\r\n", nil])).transfer, server: "").verdict == .unknown)
    #expect(DeliveryResult(try run(ScriptedLine(["250 ok\r\n", nil])).transfer, server: "").verdict == .relayRefused)
  }

  @Test("a room that closes, or too little time, ends it before the first byte of the message, and never after")
  func ended() throws {
    let granted = "250 ok\r\n250 ok\r\n354 go on\r\n"
    var isStopping = false
    let early = ScriptedLine([granted, "250 taken\r\n"])
    early.onListening = { isStopping = true }
    let stopped = try run(early) { isStopping }
    #expect(stopped.transfer.abort == .closing && early.said.count == 1)
    isStopping = false
    let underWay = ScriptedLine([granted, "250 taken\r\n"])
    underWay.onListening = { isStopping = underWay.said.count == 2 }
    #expect(try run(underWay) { isStopping }.transfer.curlCode == CurlCode.ok)
    let late = ScriptedLine([granted, "250 taken\r\n"])
    let result = try run(late, patience: .seconds(121))
    #expect(result.transfer.abort == .late && late.said.count == 1)
    result.dialogue.leave()
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
