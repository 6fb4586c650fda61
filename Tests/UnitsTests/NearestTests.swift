import Testing
import Units

@Suite("The nearest word") struct NearestTests {
  @Test(
    "the distance of two words counts letters inserted, removed, replaced and swapped",
    arguments: [
      ("", "", 0), ("", "abc", 3), ("kitten", "sitting", 3), ("ab", "ba", 1), ("schedule", "shcedule", 1),
      ("a", "b", 1),
    ])
  func distance(_ a: String, _ b: String, _ expected: Int) {
    #expect(Nearest.distance(a, b) == expected)
    #expect(Nearest.distance(b, a) == expected)
  }

  @Test("what is too long to be a word is near to nothing")
  func long() {
    let long = String(repeating: "a", count: 101)
    #expect(Nearest.match(long, in: [long]) == nil)
    #expect(Nearest.match("a", in: [long, "b"]) == "b")
  }
}
