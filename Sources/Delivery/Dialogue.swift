/// Mail by mail, what is said on an open line: MAIL, RCPT, DATA, the message and its dot (RFC 5321 section 3.3).
///
/// What is seen is told in libcurl's codes, so that one classification (Classification.swift) holds for all of a
/// connection's life. The guards that end a transaction all strike before the first byte of the message is handed over,
/// so that none of them can create a doubt. Confined to the thread of its connection.
final class Dialogue {
  /// How long to wait.
  struct Patience {
    /// For each single reply.
    var reply: Duration
    /// From MAIL to the last byte of the message. The answer to the dot is waited for as long as for any other.
    var total: Duration
    /// For what we owe each other after a refusal, and for the goodbye.
    var courtesy: Duration = .seconds(2)
  }

  private let line: any RelayLine
  private let offers: ServerOffers
  private let patience: Patience
  private let isStopping: () -> Bool
  private var replies = ReplyReader()
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 1)

  /// Neither side owes the other a word: the next mail can be begun, or goodbye be said.
  private(set) var isAtEase = true

  /// `isStopping` is asked from time to time: true ends what has not handed over a byte of its message.
  init(_ line: any RelayLine, offers: ServerOffers, patience: Patience, isStopping: @escaping () -> Bool) {
    self.line = line
    self.offers = offers
    self.patience = patience
    self.isStopping = isStopping
  }

  deinit { buffer.deallocate() }

  /// Hands one message over and waits for the answer to its dot.
  ///
  /// - Parameter message: passes `MessageBytes.fault(in:)`.
  func send(_ message: [UInt8], from sender: EnvelopeAddress, to recipient: EnvelopeAddress) -> Transfer {
    let body = MessageBytes.onTheWire(message)
    var transfer = Transfer(curlCode: CurlCode.ok, size: body.count - MessageBytes.dot.count, connects: 0)
    let begun = Monotonic.now
    let latestStart = begun + patience.total - patience.reply
    let declared = offers.takesSize ? " SIZE=\(message.count)" : ""
    isAtEase = false
    do throws(Ending) {
      try ask(
        [
          Question(.mail, "MAIL FROM:<\(sender.text)>\(declared)"), Question(.rcpt, "RCPT TO:<\(recipient.text)>"),
          Question(.data, "DATA"),
        ], until: begun + patience.total, &transfer)
      if Monotonic.now > latestStart { throw Ending(.late) }
      if isStopping() { throw Ending(.closing) }
      try handOver(body, until: begun + patience.total, &transfer)
      let code = try answer(to: .dot, until: Monotonic.now + patience.reply, mayStop: false, &transfer)
      isAtEase = replies.isEmpty
      if code != 250 { throw Ending(CurlCode.weirdServerReply, "the answer to the message is \(code)") }
    } catch {
      transfer.curlCode = error.curlCode
      transfer.errorText = error.words
      transfer.systemError = error.systemError
      transfer.abort = error.abort
    }
    return transfer
  }

  /// A visit without a mail.
  func visit() -> Transfer {
    var transfer = Transfer(curlCode: CurlCode.ok, size: 0, connects: 0)
    isAtEase = false
    do throws(Ending) {
      try ask([Question(.noop, "NOOP")], until: Monotonic.now + patience.reply, &transfer)
      isAtEase = replies.isEmpty
    } catch {
      transfer.curlCode = error.curlCode
      transfer.errorText = error.words
      transfer.systemError = error.systemError
      transfer.abort = error.abort
    }
    return transfer
  }

  /// Says QUIT, unless somebody still owes a word, and waits a moment for its answer.
  func leave() {
    guard isAtEase else { return }
    isAtEase = false
    let deadline = Monotonic.now + patience.courtesy
    var farewell = Transfer(curlCode: CurlCode.ok)
    guard (try? say("QUIT\r\n", until: deadline)) != nil else { return }
    _ = try? answer(to: .quit, until: deadline, mayStop: false, &farewell)
  }

  // MARK: Questions and answers

  private struct Question {
    let command: Transfer.Command
    let words: String

    init(_ command: Transfer.Command, _ words: String) {
      self.command = command
      self.words = words
    }

    func isGranted(_ code: Int) -> Bool { command == .data ? code == 354 : code / 100 == 2 }
  }

  /// Why a transaction went no further.
  private struct Ending: Error {
    var curlCode: Int
    var words: String
    var systemError = 0
    var abort: Transfer.Abort?

    init(_ curlCode: Int, _ words: String) {
      self.curlCode = curlCode
      self.words = words
    }

    init(_ abort: Transfer.Abort) {
      self.init(CurlCode.abortedByCallback, "ended before the message began")
      self.abort = abort
    }

    /// - Parameter lost: libcurl's code for a line that the other side closed.
    init(_ fault: LineFault, lost: Int) {
      switch fault {
      case .timedOut: self.init(CurlCode.timedOut, "the server said nothing for too long")
      case .closed: self.init(lost, "the server closed the connection")
      case .stopped: self.init(.closing)
      case .lost(let curlCode, let systemError, let words):
        self.init(curlCode, words)
        self.systemError = systemError
      }
    }
  }

  /// Asks them in turn, or in one breath where the server takes that; all are granted, or it ends.
  private func ask(_ questions: [Question], until deadline: Duration, _ transfer: inout Transfer) throws(Ending) {
    if offers.isPipelining {
      try say(questions.map { $0.words + "\r\n" }.joined(), until: deadline)
    }
    for (index, question) in questions.enumerated() {
      if !offers.isPipelining { try say(question.words + "\r\n", until: deadline) }
      let patient = min(deadline, Monotonic.now + patience.reply)
      let code = try answer(to: question.command, until: patient, mayStop: true, &transfer)
      guard question.isGranted(code) else {
        settle(offers.isPipelining ? questions.count - index - 1 : 0, after: code)
        let verb = question.words.prefix { $0 != " " }
        throw Ending(CurlCode.sendError, "\(verb) failed: \(code)")
      }
    }
  }

  /// After a refusal: hears the answers that are still owed, and takes the transaction back, so that the line can be used
  /// on. Where that does not go through soon, the line is given up.
  private func settle(_ owed: Int, after code: Int) {
    guard code != 421 else { return }
    let deadline = Monotonic.now + patience.courtesy
    var rest = Transfer(curlCode: CurlCode.ok)
    do throws(Ending) {
      for _ in 0..<owed {
        // Granted, DATA takes whatever is said for the message: no word more.
        if try answer(to: .other, until: deadline, mayStop: true, &rest) / 100 == 3 { return }
      }
      try say("RSET\r\n", until: deadline)
      isAtEase = try answer(to: .other, until: deadline, mayStop: true, &rest) == 250 && replies.isEmpty
    } catch {
      return
    }
  }

  private func say(_ words: String, until deadline: Duration) throws(Ending) {
    var words = words
    let fault = words.withUTF8 { line.send(UnsafeRawBufferPointer($0), until: deadline).fault }
    if let fault { throw Ending(fault, lost: CurlCode.sendError) }
  }

  /// The code of the next reply, which answers `command`.
  private func answer(
    to command: Transfer.Command, until deadline: Duration, mayStop: Bool, _ transfer: inout Transfer
  ) throws(Ending) -> Int {
    transfer.exchanges.append(Transfer.Exchange(command))
    while true {
      if let reply = replies.next() {
        transfer.exchanges[transfer.exchanges.count - 1].reply = reply
        transfer.responseCode = reply.code
        return reply.code
      }
      do throws(LineFault) {
        let count = try line.receive(buffer, until: deadline) { mayStop && isStopping() }
        replies.add(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      } catch {
        throw Ending(error, lost: CurlCode.receiveError)
      }
    }
  }

  // MARK: The message

  private func handOver(
    _ body: [UInt8], until deadline: Duration, _ transfer: inout Transfer
  ) throws(Ending) {
    let (count, fault) = body.withUnsafeBytes { line.send($0, until: deadline) }
    transfer.uploaded = count
    guard let fault else { return }
    transfer.exchanges.append(Transfer.Exchange(.dot))
    throw Ending(fault, lost: CurlCode.sendError)
  }
}
