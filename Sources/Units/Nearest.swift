/// What somebody probably meant who misspelt a word.
package enum Nearest {
  /// Longer ones are no words, and comparing them takes too long.
  private static let longest = 100

  /// The candidate with the fewest changes, if that is at most a third of the word (and at least one); the first of
  /// several, whatever their case. Nil when nothing is near.
  package static func match(_ word: String, in candidates: [String]) -> String? {
    let limit = max(1, word.unicodeScalars.count / 3)
    guard word.utf8.count <= longest else { return nil }
    var best: (candidate: String, distance: Int)?
    for candidate in candidates where candidate.utf8.count <= longest {
      let distance = distance(word.lowercased(), candidate.lowercased())
      if distance <= limit, distance < best?.distance ?? Int.max { best = (candidate, distance) }
    }
    return best?.candidate
  }

  /// Characters to insert, remove, replace or swap with their neighbour (optimal string alignment).
  package static func distance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a.unicodeScalars), Array(b.unicodeScalars))
    var before: [Int] = []
    var previous = Array(0...b.count)
    for i in 0..<a.count {
      var row = [i + 1] + Array(repeating: 0, count: b.count)
      for j in 0..<b.count {
        let change = previous[j] + (a[i] == b[j] ? 0 : 1)
        row[j + 1] = min(change, previous[j + 1] + 1, row[j] + 1)
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { row[j + 1] = min(row[j + 1], before[j - 1] + 1) }
      }
      before = previous
      previous = row
    }
    return previous[b.count]
  }
}
