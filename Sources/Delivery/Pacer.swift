/// Spaces the beginnings of mails evenly, so that no minute sees more than allowed. Time that was not used is not saved
/// up. Times are of a monotonic clock.
///
/// Where mails may follow each other faster than a hundred in a second, those of ten milliseconds may begin together.
package struct Pacer: Sendable, Equatable {
  /// Between two beginnings; zero without a limit.
  package let spacing: Duration
  /// So much before its time a mail may begin.
  private let headStart: Duration
  /// When the next mail's time is; nil while none has begun.
  private var next: Duration?

  private static let breath = Duration.milliseconds(10)

  /// `perMinute` nil or not positive: no limit.
  package init(perMinute: Int?) {
    guard let perMinute, perMinute > 0 else {
      (spacing, headStart) = (.zero, .zero)
      return
    }
    let even = Duration.seconds(60) / perMinute
    // Also the minute that begins with a head start sees no more.
    (spacing, headStart) =
      even < Pacer.breath ? ((.seconds(60) + Pacer.breath) / perMinute, Pacer.breath) : (even, .zero)
  }

  /// When the next mail may begin; nil while none has begun.
  package var free: Duration? { next.map { $0 - headStart } }

  package func mayBegin(at now: Duration) -> Bool { free.map { $0 <= now } ?? true }

  /// A mail begins.
  package mutating func begin(at now: Duration) { next = max(next ?? now, now) + spacing }
}
