import Delivery
import Units

/// A mail server on the other side of a bad line. What it did is told as libcurl would tell it, and the real
/// classification makes of it what it can; what it really took stands here.
package struct SimulatedRelay {
  /// What is wrong with it for a while.
  package enum Mood: CaseIterable, Sendable {
    case fair
    /// Nobody listens, or the line is cut before the message.
    case down, busy, cutEarly
    case refusesLogin, refusesEncryption, refusesSender, refusesUs
    case fullMailboxes, refusesContent
    /// The line is cut while the message is on it, or after the dot.
    case cutInBody, cutAfterDot
    case hangs
    /// Says yes, in other words than usual.
    case oddWords
    /// Each thing now and then.
    case moody
  }

  var mood = Mood.fair
  /// Mailboxes that do not exist.
  var unknown: Set<String> = []
  /// How many messages it took: what customers got.
  private(set) var taken = 0

  /// What came of one transaction.
  struct Landing {
    let result: DeliveryResult
    /// Whether the customer got it, whatever was answered.
    let isTaken: Bool
    let took: Span
  }

  /// One transaction, to its end.
  mutating func deliver(_ envelope: Envelope, _ chance: inout SplitMix64) -> Landing {
    let size = envelope.message.count
    var talk = Talk(size: size)
    let isTaken = converse(envelope, size, &talk, &chance)
    if isTaken { taken += 1 }
    let result = DeliveryResult(talk.transfer, server: "relay.example:25")
    return Landing(result: result, isTaken: isTaken, took: talk.took)
  }

  /// The daemon died in the midst of this transaction: perhaps it had come through.
  mutating func loseTouch(_ envelope: Envelope, _ chance: inout SplitMix64) -> Bool {
    guard mood != .down, !unknown.contains(envelope.recipient), chance.chance(500) else { return false }
    taken += 1
    return true
  }

  /// True when the server has the message.
  private func converse(_ envelope: Envelope, _ size: Int, _ talk: inout Talk, _ chance: inout SplitMix64) -> Bool {
    var mood = mood
    if mood == .moody { mood = chance.chance(600) ? .fair : chance.pick(Mood.allCases) }
    switch mood {
    case .down:
      // 7 connection refused, 28 timed out, 6 no such host.
      talk.end(chance.pick([7, 28, 6]))
      return false
    case .cutEarly:
      let words: [Transfer.Command] = [.greeting, .hello, .mail, .rcpt, .data]
      for word in words.prefix(chance.pick(1...5)) { talk.say(word, nil) }
      talk.end(chance.pick([CurlCode.receiveError, CurlCode.sendError, CurlCode.timedOut]))
      return false
    case .refusesEncryption:
      talk.say(.greeting, "220 relay.example")
      talk.say(.hello, "250 relay.example")
      talk.say(.starttls, "220 go on")
      talk.end(60)
      return false
    case .refusesLogin:
      talk.say(.hello, "250 relay.example")
      talk.say(.auth, chance.pick(["535 5.7.8 no", "454 4.7.0 later"]))
      talk.end(CurlCode.loginDenied)
      return false
    case .refusesSender:
      talk.say(.hello, "250 relay.example")
      talk.say(
        .mail, chance.pick(["451 4.3.0 later", "550 5.7.1 not you", "421 4.3.2 closing", "552 5.3.4 too large"]))
      talk.end(CurlCode.remoteAccessDenied)
      return false
    default: break
    }
    talk.say(.hello, "250 relay.example")
    talk.say(.mail, "250 2.1.0 ok")
    if unknown.contains(envelope.recipient) {
      talk.say(.rcpt, chance.pick(["550 5.1.1 no such user", "550 who is that", "553 no", "550 5.2.1 disabled"]))
      talk.end(CurlCode.remoteAccessDenied)
      return false
    }
    if mood == .refusesUs || mood == .fullMailboxes || mood == .busy {
      let words =
        switch mood {
        case .refusesUs: ["550 5.7.1 your address is listed", "554 5.7.0 policy", "571 not you"]
        case .busy: ["450 4.2.0 greylisted", "421 4.7.0 too many", "451 4.3.0 try later"]
        default: ["452 4.2.2 mailbox full", "552 5.2.2 mailbox full", "450 busy"]
        }
      if chance.chance(800) {
        talk.say(.rcpt, chance.pick(words))
        talk.end(CurlCode.remoteAccessDenied)
        return false
      }
    }
    talk.say(.rcpt, "250 2.1.5 ok")
    if mood == .refusesContent, chance.chance(400) {
      talk.say(.data, chance.pick(["554 5.6.0 no", "451 4.3.0 later"]))
      talk.end(CurlCode.weirdServerReply)
      return false
    }
    talk.say(.data, "354 go on")
    return message(mood, size, &talk, &chance)
  }

  /// From the first byte of the message on.
  private func message(_ mood: Mood, _ size: Int, _ talk: inout Talk, _ chance: inout SplitMix64) -> Bool {
    switch mood {
    case .cutInBody:
      talk.transfer.uploaded = chance.pick(0...max(1, size - 1))
      talk.end(chance.pick([CurlCode.sendError, CurlCode.receiveError, CurlCode.timedOut]))
      return false
    case .cutAfterDot, .hangs:
      talk.transfer.uploaded = size
      talk.say(.dot, nil)
      talk.end(mood == .hangs ? CurlCode.timedOut : CurlCode.receiveError)
      if mood == .hangs { talk.took = .minutes(chance.pick(1...11)) }
      return chance.chance(500)
    case .refusesContent:
      talk.transfer.uploaded = size
      let words = chance.pick(["554 5.7.1 spam", "552 5.3.4 too large", "451 4.3.0 later", "421 4.3.2 closing"])
      talk.say(.dot, words)
      talk.end(CurlCode.weirdServerReply)
      return false
    case .oddWords:
      talk.transfer.uploaded = size
      talk.say(.dot, chance.pick(["251 2.0.0 will forward", "252 2.0.0 taken", "299 fine"]))
      talk.end(CurlCode.weirdServerReply)
      return true
    default:
      talk.transfer.uploaded = size
      talk.say(.dot, "250 2.0.0 queued")
      talk.end(CurlCode.ok)
      return true
    }
  }
}

/// A conversation as libcurl would have seen it.
private struct Talk {
  var transfer: Transfer
  var took = Span.zero

  init(size: Int) { transfer = Transfer(curlCode: CurlCode.ok, size: size, errorText: "simulated") }

  mutating func say(_ command: Transfer.Command, _ reply: String?) {
    let reply = reply.flatMap { ServerReply(lines: [$0]) }
    transfer.exchanges.append(Transfer.Exchange(command, reply))
    if let reply { transfer.responseCode = reply.code }
  }

  mutating func end(_ code: Int) { transfer.curlCode = code }
}
