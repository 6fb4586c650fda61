import Glibc

/// Who called at a listening socket and has not said all yet. Nobody is waited for: each is heard as far as it has
/// spoken, so that a slow or silent one costs the others nothing.
final class Callers {
  /// Somebody who has said all that is needed.
  struct Heard {
    let socket: Int32
    let text: String
  }

  private struct Caller {
    let socket: Int32
    let since: ContinuousClock.Instant
    var bytes: [UInt8] = []
  }

  let listener: Int32
  /// The most that one may say, in bytes.
  private let most: Int
  /// How long one may take to say it.
  private let patience: Duration
  /// Where it ends.
  private let isWhole: ([UInt8]) -> Int?
  private var waiting: [Caller] = []

  /// The oldest must go when more than so many are about.
  private static let mostAtOnce = 64
  /// How long one may take to hear an answer that is larger than the system's buffers.
  private static let answerPatience = Duration.milliseconds(500)

  init(_ listener: Int32, most: Int, patience: Duration, _ isWhole: @escaping ([UInt8]) -> Int?) {
    self.listener = listener
    self.most = most
    self.patience = patience
    self.isWhole = isWhole
  }

  deinit {
    for caller in waiting { close(caller.socket) }
    close(listener)
  }

  /// To be waited on: the listener, and who has more to say.
  var descriptors: [Int32] { [listener] + waiting.map(\.socket) }

  /// Answers everyone who has said all; returns at once when nobody has.
  func attend(_ answer: (Heard) -> String?) {
    while let socket = LocalSocket.accept(listener) { waiting.append(Caller(socket: socket, since: .now)) }
    var left: [Caller] = []
    for var caller in waiting {
      switch LocalSocket.readOn(caller.socket, &caller.bytes, most: most, isWhole) {
      case .whole(let text):
        if let words = answer(Heard(socket: caller.socket, text: text)) {
          LocalSocket.write(words, to: caller.socket, patience: Self.answerPatience)
        }
        close(caller.socket)
      case .more where caller.since.duration(to: .now) < patience: left.append(caller)
      case .more, .gone: close(caller.socket)
      }
    }
    let tooMany = max(0, left.count - Self.mostAtOnce)
    for caller in left.prefix(tooMany) { close(caller.socket) }
    waiting = Array(left.dropFirst(tooMany))
  }
}
