/// What the relay did with one message: a value with everything that the record of it needs.
package struct DeliveryResult: Sendable, Equatable {
  package let verdict: DeliveryVerdict
  /// How far the conversation had come.
  package let stage: DeliveryStage
  /// The code of the reply that decided, for example 550; nil when no reply did.
  package let code: Int?
  /// The enhanced status code of that reply (RFC 3463), for example `5.1.1`.
  package let enhanced: String?
  /// The server's words, the code in front, on one line: at most 500 characters and no control characters.
  /// Empty when the server said nothing that matters.
  package let reply: String
  /// What went wrong on our side of the wire, in words; empty when the reply says it all. Same limits as `reply`.
  package let detail: String
  /// The cause is in our settings, certificates or credentials: it will not pass by waiting.
  package let isConfiguration: Bool
  /// `host:port` of the relay; empty before any contact.
  package let server: String
  /// libcurl's own code; 0 when it was not asked or found no fault.
  package let curlCode: Int
  /// A connection was opened for it, rather than used again.
  package let newConnection: Bool
  /// The service asks not to be tried again for so many seconds (RFC 9110, Retry-After); 0 when it asks for nothing.
  package let retryAfter: Int

  package init(
    verdict: DeliveryVerdict, stage: DeliveryStage, code: Int? = nil, enhanced: String? = nil, reply: String = "",
    detail: String = "", isConfiguration: Bool = false, server: String = "", curlCode: Int = 0,
    newConnection: Bool = false, retryAfter: Int = 0
  ) {
    self.verdict = verdict
    self.stage = stage
    self.code = code
    self.enhanced = enhanced
    self.reply = ReplyText.clean(reply)
    self.detail = ReplyText.clean(detail)
    self.isConfiguration = isConfiguration
    self.server = server
    self.curlCode = curlCode
    self.newConnection = newConnection
    self.retryAfter = retryAfter
  }

  /// One line for a person: where, how far, and in whose words.
  package var sentence: String {
    let place = server.isEmpty ? stage.rawValue : "\(server), \(stage.rawValue)"
    let words = [reply, detail].filter { !$0.isEmpty }.joined(separator: "; ")
    return words.isEmpty ? "\(place): \(verdict.rawValue)" : "\(place): \(words)"
  }

  /// The same in our own words alone, for what is kept beyond an erasure: an answer may repeat an address.
  package var ownSentence: String {
    let place = server.isEmpty ? stage.rawValue : "\(server), \(stage.rawValue)"
    let words = [code.map { "answered \($0)" } ?? "", detail].filter { !$0.isEmpty }.joined(separator: "; ")
    return words.isEmpty ? "\(place): \(verdict.rawValue)" : "\(place): \(words)"
  }

  /// The same without the other side's words, which may repeat what they were told: where, and the code or the fault.
  package var brief: String {
    let words = code.map { "status \($0)" } ?? detail
    return server.isEmpty ? words : "\(server): \(words)"
  }
}

/// The six things that can become of a message. What each does to contact and address is not decided here.
package enum DeliveryVerdict: String, Sendable, CaseIterable {
  /// A 2yz reply came after the dot: the message is the server's now.
  case accepted
  /// Certainly not taken, for now, and for a reason of this message or mailbox: decide afresh later.
  case deferred
  /// Certainly not taken: the mailbox is refused for good. The address is bad.
  case recipientRefused = "recipient-refused"
  /// Certainly not taken: the relay, the connection or our credentials are at fault, not the customer.
  case relayRefused = "relay-refused"
  /// Certainly not taken: this message is refused for good.
  case contentRefused = "content-refused"
  /// Body bytes went out and no final reply came: nobody can know.
  case unknown
}

/// How far a transaction had come when it ended, in order.
package enum DeliveryStage: String, Sendable, CaseIterable {
  /// Never begun: the room was closed first.
  case queue
  /// Not begun: our own settings cannot work.
  case settings
  /// Not begun: an address that must not reach a command line of SMTP.
  case address
  /// Not begun: the bytes are not a message that may go out.
  case message
  case connect, hello, tls, auth, mail, rcpt, data
  /// Some of the message went out.
  case body
  /// All of it, or so it may be, went out.
  case dot
  /// A probe's last command.
  case noop
  /// The answer of a webhook's service, or the wait for it.
  case http
}
