/// Hands for work that falls into parts which do not touch each other.
///
/// The core says what the parts are and puts them together again in their order, so that the result is the same however
/// many work on it; the edge has the threads.
package protocol Workers: Sendable {
  /// How many parts are worked on at the same time.
  var count: Int { get }
  /// What `body` makes of 0, 1 … `parts - 1`, in that order.
  func map<Part: Sendable>(_ parts: Int, _ body: @Sendable (Int) -> Part) -> [Part]
}

extension Workers {
  /// As `map`, over so many ranges, about equally long, as there are workers.
  package func map<Part: Sendable>(_ whole: Range<Int>, _ body: @Sendable (Range<Int>) -> Part) -> [Part] {
    let parts = max(1, min(count, whole.count))
    return map(parts) { part in
      body(whole.lowerBound + whole.count * part / parts..<whole.lowerBound + whole.count * (part + 1) / parts)
    }
  }
}

/// One part after the other, on the caller's own thread.
package struct Alone: Workers {
  package let count = 1
  package init() {}
  package func map<Part: Sendable>(_ parts: Int, _ body: @Sendable (Int) -> Part) -> [Part] {
    (0..<parts).map(body)
  }
}
