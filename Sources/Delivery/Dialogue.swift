/// What is said on an open line, mail by mail: MAIL, RCPT, DATA, the message and its dot (RFC 5321 section 3.3).
///
/// A value that reads, writes and waits for nothing: it is told what happened and says what to do next; whoever does it
/// (`OpenLine`) has the socket and the clock. What was seen is told in libcurl's codes, so that one classification
/// (Classification.swift) holds for all of a connection's life. The guards that end a transaction all strike before the first
/// byte of the message is handed over, so that none of them can create a doubt.
struct Dialogue {
  /// How long to wait.
  struct Patience {
    /// For each single reply.
    var reply: Duration
    /// From MAIL to the last byte of the message. The answer to the dot is waited for as long as for any other.
    var total: Duration
    /// For what we owe each other after a refusal, and for the goodbye.
    var courtesy: Duration = .seconds(2)
  }

  /// What to do next.
  enum Step {
    /// Hand these bytes over, then tell `handedOver`, or `failed` if time runs out first. Only where nothing was said by the
    /// server that was not told yet: it would be taken for the answer.
    case say([UInt8], until: Duration)
    /// Wait for a reply, then tell `heard`, or `failed`.
    case listen(until: Duration)
    /// It is over.
    case finish(Transfer)
  }

  private struct Question {
    let command: Transfer.Command
    let words: String

    func isGranted(_ code: Int) -> Bool { command == .data ? code == 354 : code / 100 == 2 }
  }

  private enum Phase {
    case rest
    /// The question that is asked, or answered next.
    case asking(Int)
    case body, dot
    /// So many answers are still owed after a refusal.
    case settling(Int)
    case resetting
    case leaving
  }

  private let offers: ServerOffers
  private let patience: Patience
  private var phase = Phase.rest
  private var questions: [Question] = []
  /// Until it is being handed over.
  private var body: [UInt8] = []
  private var bodyCount = 0
  private var deadline = Duration.zero
  private var transfer = Transfer(curlCode: CurlCode.ok)

  /// Neither side owes the other a word: the next mail can be begun, or goodbye be said.
  private(set) var isAtEase = true
  /// The message is on its way, and not all of it is out.
  var isInMessage: Bool { if case .body = phase { true } else { false } }
  /// What has not handed over a byte of its message can be ended without a doubt.
  var mayStop: Bool {
    switch phase {
    case .asking, .settling, .resetting, .leaving: true
    case .rest, .body, .dot: false
    }
  }

  init(offers: ServerOffers, patience: Patience) {
    self.offers = offers
    self.patience = patience
  }

  // MARK: How it begins

  /// Hands one message over and waits for the answer to its dot.
  ///
  /// - Parameter message: passes `MessageBytes.fault(in:)`.
  mutating func send(
    _ message: [UInt8], from sender: EnvelopeAddress, to recipient: EnvelopeAddress, at now: Duration
  ) -> Step {
    body = MessageBytes.onTheWire(message)
    bodyCount = body.count
    transfer = Transfer(curlCode: CurlCode.ok, size: bodyCount, connects: 0)
    deadline = now + patience.total
    let declared = offers.takesSize ? " SIZE=\(message.count)" : ""
    questions = [
      Question(command: .mail, words: "MAIL FROM:<\(sender.text)>\(declared)\r\n"),
      Question(command: .rcpt, words: "RCPT TO:<\(recipient.text)>\r\n"), Question(command: .data, words: "DATA\r\n"),
    ]
    return ask(0)
  }

  /// A visit without a mail.
  mutating func visit(at now: Duration) -> Step {
    transfer = Transfer(curlCode: CurlCode.ok, size: 0, connects: 0)
    deadline = now + patience.reply
    questions = [Question(command: .noop, words: "NOOP\r\n")]
    return ask(0)
  }

  /// Says QUIT, unless somebody still owes a word.
  mutating func leave(at now: Duration) -> Step {
    transfer = Transfer(curlCode: CurlCode.ok, size: 0, connects: 0)
    guard isAtEase else { return .finish(transfer) }
    isAtEase = false
    phase = .leaving
    deadline = now + patience.courtesy
    return .say(Array("QUIT\r\n".utf8), until: deadline)
  }

  // MARK: How it goes on

  /// All bytes of the last `say` are out.
  mutating func handedOver(at now: Duration) -> Step {
    switch phase {
    case .asking(let index): return listen(for: questions[index].command, until: min(deadline, now + patience.reply))
    case .body:
      transfer.uploaded = bodyCount
      phase = .dot
      return listen(for: .dot, until: now + patience.reply)
    case .leaving, .resetting: return .listen(until: deadline)
    case .rest, .dot, .settling: return .finish(transfer)
    }
  }

  /// - Parameter isStopping: no message is begun any more.
  mutating func heard(_ reply: ServerReply, at now: Duration, isStopping: Bool) -> Step {
    switch phase {
    case .asking(let index):
      note(reply)
      guard questions[index].isGranted(reply.code) else { return refused(index, reply.code, at: now) }
      if index + 1 < questions.count {
        guard offers.isPipelining else { return ask(index + 1) }
        phase = .asking(index + 1)
        return listen(for: questions[index + 1].command, until: min(deadline, now + patience.reply))
      }
      guard questions[index].command == .data else { return atEase() }
      if now > deadline - patience.reply { return end(.late) }
      if isStopping { return end(.closing) }
      phase = .body
      defer { body = [] }
      return .say(body, until: deadline)
    case .dot:
      note(reply)
      if reply.code != 250 {
        transfer.curlCode = CurlCode.weirdServerReply
        transfer.errorText = "the answer to the message is \(reply.code)"
      }
      // After anything but a yes or a no nobody knows what the server waits for; after 421 it waits for nothing.
      let isFinal = reply.code / 100 == 2 || reply.code / 100 == 4 || reply.code / 100 == 5
      return isFinal && reply.code != 421 ? atEase() : .finish(transfer)
    case .settling(let owed):
      // Granted, DATA takes whatever is said for the message: no word more.
      if reply.code / 100 == 3 || reply.code == 421 { return .finish(transfer) }
      phase = .settling(owed - 1)
      return owed > 1 ? .listen(until: deadline) : reset()
    case .resetting: return reply.code == 250 ? atEase() : .finish(transfer)
    case .leaving, .rest, .body: return .finish(transfer)
    }
  }

  /// The line gave or took no more, or time ran out.
  ///
  /// - Parameter count: bytes of the last `say` that are out.
  mutating func failed(_ fault: LineFault, handedOver count: Int = 0) -> Step {
    switch phase {
    case .settling, .resetting, .leaving, .rest: return .finish(transfer)
    case .body:
      transfer.uploaded = count
      transfer.exchanges.append(Transfer.Exchange(.dot))
    case .asking(let index) where transfer.exchanges.count == index:
      transfer.exchanges.append(Transfer.Exchange(questions[index].command))
    case .asking, .dot: break
    }
    switch fault {
    case .timedOut:
      transfer.curlCode = CurlCode.timedOut
      transfer.errorText = "the server did nothing for too long"
    case .closed:
      transfer.curlCode = CurlCode.receiveError
      transfer.errorText = "the server closed the connection"
    case .outOfStep:
      transfer.curlCode = CurlCode.weirdServerReply
      transfer.responseCode = 0
      transfer.errorText = "the server said something that nobody had asked for"
    case .lost(let curlCode, let words):
      transfer.curlCode = curlCode
      transfer.errorText = words
    }
    return .finish(transfer)
  }

  /// The line gave way while the message was on its way, and the server had said no before it was all out.
  ///
  /// - Parameter count: bytes of the message that are out.
  mutating func refused(_ reply: ServerReply, handedOver count: Int) -> Step {
    transfer.uploaded = count
    transfer.exchanges.append(Transfer.Exchange(.dot))
    note(reply)
    transfer.curlCode = CurlCode.weirdServerReply
    return .finish(transfer)
  }

  /// The room is closing: to be told only where it `mayStop`.
  mutating func stop() -> Step {
    if case .asking = phase { return end(.closing) }
    return .finish(transfer)
  }

  // MARK: Questions and answers

  /// Asks one of them, or all in one breath where the server takes that.
  private mutating func ask(_ index: Int) -> Step {
    isAtEase = false
    phase = .asking(index)
    let words = offers.isPipelining ? questions.map(\.words).joined() : questions[index].words
    return .say(Array(words.utf8), until: deadline)
  }

  private mutating func listen(for command: Transfer.Command, until deadline: Duration) -> Step {
    transfer.exchanges.append(Transfer.Exchange(command))
    return .listen(until: deadline)
  }

  private mutating func note(_ reply: ServerReply) {
    transfer.exchanges[transfer.exchanges.count - 1].reply = reply
    transfer.responseCode = reply.code
  }

  /// After a refusal the answers that are still owed are heard, and the transaction is taken back, so that the line can be
  /// used on. Where that does not go through soon, the line is given up.
  private mutating func refused(_ index: Int, _ code: Int, at now: Duration) -> Step {
    transfer.curlCode = CurlCode.sendError
    transfer.errorText = "\(questions[index].words.prefix { $0 != " " && $0 != "\r\n" }) failed: \(code)"
    guard code != 421 else { return .finish(transfer) }
    deadline = now + patience.courtesy
    let owed = offers.isPipelining ? questions.count - index - 1 : 0
    phase = .settling(owed)
    return owed > 0 ? .listen(until: deadline) : reset()
  }

  private mutating func reset() -> Step {
    phase = .resetting
    return .say(Array("RSET\r\n".utf8), until: deadline)
  }

  private mutating func end(_ abort: Transfer.Abort) -> Step {
    transfer.curlCode = CurlCode.abortedByCallback
    transfer.errorText = "ended before the message began"
    transfer.abort = abort
    return .finish(transfer)
  }

  private mutating func atEase() -> Step {
    phase = .rest
    isAtEase = true
    return .finish(transfer)
  }
}
