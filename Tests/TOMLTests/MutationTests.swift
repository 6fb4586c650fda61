import TOML
import Testing

/// A file that somebody damaged: cut, doubled, overwritten. Reading it may fail, but never stops the program.
@Suite("Mutations")
struct MutationTests {
  static let document = Array(
    """
    title = "a \\u00e4 \\"quoted\\" text" # comment with ü
    "quoted key".dotted . key = 'literal'
    [company]
    name = \"\"\"
    Example \\
       GmbH\"\"\"
    since = 2025-06-01
    moment = 1979-05-27T00:32:00.999-07:00
    local = 1979-05-27 07:32:00
    at = 07:32:00
    [ledger.columns.invoices]
    number = "Invoice No"
    limits = [0xFF, 0o17, 0b101, -9_223, 6.02e+23, inf, nan, true]
    [[schedule]]
    steps = [
      { name = "upcoming", day = -5, level = 0, match = { tags = ["a", "b"] } },
      { name = "final",    day = 42, approval = true, text = '''x'y''' }, # last
    ]
    [[schedule.extra]]
    [[schedule]]

    """.utf8)

  /// A linear congruential generator (Knuth's MMIX constants): the same mutations in every run.
  struct Dice {
    var state: UInt64
    mutating func next(below bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
  }

  @Test("6000 damaged files are read or refused with a place inside the file")
  func mutations() throws {
    var dice = Dice(state: 20_260_301)
    let pieces: [[UInt8]] =
      ["[", "]", "{", "}", "\"", "'", "\"\"\"", "'''", "=", ".", ",", "\n", "\r", "#", "\\", "_"]
      .map { Array($0.utf8) } + [[0], [0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xEF, 0xBB, 0xBF]]
    var refused = 0
    for _ in 0..<6000 {
      var bytes = MutationTests.document
      for _ in 0...dice.next(below: 3) where !bytes.isEmpty {
        let at = dice.next(below: bytes.count)
        let length = min(dice.next(below: 12), bytes.count - at)
        switch dice.next(below: 5) {
        case 0: bytes.removeSubrange(at..<at + length)
        case 1: bytes.insert(contentsOf: bytes[at..<at + length], at: dice.next(below: bytes.count))
        case 2: bytes.insert(contentsOf: pieces[dice.next(below: pieces.count)], at: at)
        case 3: bytes[at] = UInt8(dice.next(below: 256))
        default: bytes.removeSubrange(at...)
        }
      }
      do {
        _ = try TOMLDocument.parse(bytes)
      } catch {
        refused += 1
        let lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
        #expect((1...lines.count).contains(error.line))
        #expect(error.column >= 1 && error.column <= lines[error.line - 1].count + 1)
      }
    }
    #expect(throws: Never.self) { try TOMLDocument.parse(MutationTests.document) }
    #expect(refused > 1000 && refused < 6000)
  }
}
