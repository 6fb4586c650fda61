import Glibc

/// Waits that let another process finish.
enum Pause {
  /// A tenth of a second.
  static func aMoment() { usleep(100_000) }
}
