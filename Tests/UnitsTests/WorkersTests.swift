import Testing
import Units

@Suite("Work in parts")
struct WorkersTests {
  /// Some at once, as far as anybody can tell from what comes of it: the last part first.
  private struct Backwards: Workers {
    let count = 3
    func map<Part: Sendable>(_ parts: Int, _ body: @Sendable (Int) -> Part) -> [Part] {
      (0..<parts).reversed().map(body).reversed()
    }
  }

  @Test(
    "one array is filled by all parts in their order, whatever room each leaves",
    arguments: [[], [0], [3], [2, 0, 4], [0, 0, 1], [5, 5, 5]])
  func fill(counts: [Int]) {
    for spare in 0..<4 {
      let rooms = counts.indices.map { counts[$0] + (spare + $0) % 4 }
      let (texts, rests) = Backwards().fill(rooms) { part, texts in
        for index in 0..<counts[part] { texts.append("element \(index) of part \(part), long enough to be shared") }
        return part
      }
      let expected = counts.indices.flatMap { part in
        (0..<counts[part]).map { "element \($0) of part \(part), long enough to be shared" }
      }
      #expect(texts == expected)
      #expect(rests == Array(counts.indices))
    }
  }
}
