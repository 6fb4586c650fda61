/// Spaces the beginnings of mails evenly, so that no minute sees more than allowed. Times are of a monotonic clock.
package struct Pacer: Sendable, Equatable {
  /// Between two beginnings; zero without a limit.
  package let spacing: Duration
  private var free: Duration?

  /// `perMinute` nil or not positive: no limit.
  package init(perMinute: Int?) {
    spacing = perMinute.flatMap { $0 > 0 ? .seconds(60) / $0 : nil } ?? .zero
  }

  /// Takes the next place and says when it is: `now` or later. Time that was not used is not saved up.
  package mutating func reserve(at now: Duration) -> Duration {
    let place = free.map { max($0, now) } ?? now
    free = place + spacing
    return place
  }
}
