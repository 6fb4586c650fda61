/// Hands for work that falls into parts which do not touch each other.
///
/// The core says what the parts are and puts them together again in their order, so that the result is the same however
/// many work on it; the edge has the threads.
package protocol Workers: Sendable {
  /// How many parts are worked on at the same time.
  var count: Int { get }
  /// How many parts a whole is divided into: at least `count`, and more where somebody wants to hear of each that is done.
  var parts: Int { get }
  /// What `body` makes of 0, 1 … `parts - 1`, in that order.
  func map<Part: Sendable>(_ parts: Int, _ body: @Sendable (Int) -> Part) -> [Part]
}

extension Workers {
  package var parts: Int { count }

  /// As `map`, over so many ranges, about equally long, as there are to be parts.
  package func map<Part: Sendable>(_ whole: Range<Int>, _ body: @Sendable (Range<Int>) -> Part) -> [Part] {
    let parts = max(1, min(parts, whole.count))
    return map(parts) { part in
      body(whole.lowerBound + whole.count * part / parts..<whole.lowerBound + whole.count * (part + 1) / parts)
    }
  }
}

extension Workers {
  /// As `map`, with one array that every part fills a stretch of, so that nothing is moved about when all are done.
  ///
  /// - Parameters:
  ///   - rooms: how many elements each part has at most.
  ///   - body: appends a part's elements, and tells what else came of it.
  /// - Returns: the elements of all parts in their order, and the rest, part by part.
  package func fill<Element: Sendable, Rest: Sendable>(
    _ rooms: [Int], _ body: @Sendable (Int, inout OutputSpan<Element>) -> Rest
  ) -> (elements: [Element], rests: [Rest]) {
    var rests: [Rest] = []
    let elements = [Element](unsafeUninitializedCapacity: rooms.reduce(0, +)) { buffer, count in
      // No two parts touch the same of it.
      nonisolated(unsafe) let whole = buffer
      let filled = map(rooms.count) { part in
        let start = rooms[..<part].reduce(0, +)
        let stretch = UnsafeMutableBufferPointer(rebasing: whole[start..<start + rooms[part]])
        var output = OutputSpan(buffer: stretch, initializedCount: 0)
        let rest = body(part, &output)
        return (count: output.finalize(for: stretch), rest: rest)
      }
      for (part, filled) in filled.enumerated() {
        let start = rooms[..<part].reduce(0, +)
        // Whatever room is left before it, it moves up to the part before.
        if count < start, filled.count > 0 {
          _ = whole[count..<count + filled.count].moveInitialize(fromContentsOf: whole[start..<start + filled.count])
        }
        count += filled.count
        rests.append(filled.rest)
      }
    }
    return (elements, rests)
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
