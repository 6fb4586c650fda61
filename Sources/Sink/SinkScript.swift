/// Where a sink's conversation stands when the script is asked.
package enum SinkStage: String, Sendable, CaseIterable {
  /// The greeting is due.
  case connect
  case hello, mail, rcpt, data
  /// The message has come whole.
  case dot
  case quit
}

/// What the script is told.
package struct SinkMoment: Sendable, Equatable {
  package let stage: SinkStage
  /// From 1.
  package let connection: Int
  /// Empty before MAIL.
  package let sender: String
  /// Those taken so far; at `rcpt` the one in question is the last.
  package let recipients: [String]
  /// Messages kept before this moment.
  package let kept: Int
}

/// What the sink does at that moment.
package enum SinkAnswer: Sendable, Equatable {
  /// What a healthy server says.
  case usual
  /// This reply, code in front: `550 5.1.1 No such user`. A message is kept only on 2yz.
  case reply(String)
  /// Keeps the message, if it has come whole, and ends the connection without a word.
  case keepAndDrop
  /// Ends the connection without a word.
  case drop
  /// Says nothing until the other side has had enough.
  case hang
}

/// How a sink behaves: a function of the moment. Called from several threads.
package struct SinkScript: Sendable {
  package var answer: @Sendable (SinkMoment) -> SinkAnswer

  package init(_ answer: @escaping @Sendable (SinkMoment) -> SinkAnswer) { self.answer = answer }

  /// A healthy server.
  package static let healthy = SinkScript { _ in .usual }
}
