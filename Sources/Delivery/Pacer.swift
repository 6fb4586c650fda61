/// Spaces the beginnings of mails evenly, so that no minute sees more than allowed. Time that was not used is not saved
/// up. Times are of a monotonic clock.
package struct Pacer: Sendable, Equatable {
  /// Between two beginnings; zero without a limit.
  package let spacing: Duration
  /// When the next mail may begin; nil while none has begun.
  package private(set) var free: Duration?

  /// `perMinute` nil or not positive: no limit.
  package init(perMinute: Int?) {
    spacing = perMinute.flatMap { $0 > 0 ? .seconds(60) / $0 : nil } ?? .zero
  }

  package func mayBegin(at now: Duration) -> Bool { free.map { $0 <= now } ?? true }

  /// A mail begins.
  package mutating func begin(at now: Duration) { free = now + spacing }
}
