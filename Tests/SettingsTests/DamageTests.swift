import Foundation
import Settings
import Testing

/// A reload reads whatever stands there: a half-written file, a slip of the keyboard, the wrong file.
@Suite("Damaged configurations")
struct DamageTests {
  /// A linear congruential generator (Knuth's MMIX constants): the same damage in every run.
  struct Dice {
    var state: UInt64
    mutating func next(below bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
  }

  @Test("800 damaged files are read or refused with at least one error, each with a place in the file")
  func damage() throws {
    let original = try GoldenFiles.bytes("Good/design-example.toml")
    // Values are what a person changes: whole words are put in each other's place.
    let words =
      String(decoding: original, as: UTF8.self).split(whereSeparator: \.isWhitespace).map { Array($0.utf8) }
      + [
        "-1", "99999999999999999999", "1e400", "nan", "\"\"", "[]", "{}", "[[]]", "2025-02-30", "\"\\u0000\"", "\"é\"",
      ]
      .map { Array($0.utf8) }
    var dice = Dice(state: 7)
    var refused = 0
    for _ in 0..<800 {
      var lines = original.split(separator: 10, omittingEmptySubsequences: false).map { Array($0) }
      for _ in 0...dice.next(below: 3) {
        let at = dice.next(below: lines.count)
        var parts = lines[at].split(separator: 32, omittingEmptySubsequences: false).map { Array($0) }
        switch dice.next(below: 4) {
        case 0: lines[at] = lines[dice.next(below: lines.count)]
        case 1: lines.remove(at: at)
        default:
          parts[dice.next(below: parts.count)] = words[dice.next(below: words.count)]
          lines[at] = Array(parts.joined(separator: [32]))
        }
      }
      do throws(Problems) {
        _ = try Configuration.read(Array(lines.joined(separator: [10])), file: "x.toml", outside: .sample)
      } catch {
        refused += 1
        #expect(error.all.contains { $0.severity == .error })
        #expect(error.all.allSatisfy { $0.place.line <= lines.count && !$0.message.isEmpty })
        #expect(error.all == error.all.sorted())
      }
    }
    #expect(refused > 400 && refused < 800)
  }
}
