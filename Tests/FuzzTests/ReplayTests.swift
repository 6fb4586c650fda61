import Foundation
import FuzzTargets
import Testing

/// What the fuzzer starts from, what it found, and random mutations of these: the share of it that needs no fuzzer.
@Suite("Strangers' bytes")
struct ReplayTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fuzz")

  private static func inputs(_ kind: String, _ target: FuzzTarget) throws -> [(name: String, bytes: [UInt8])] {
    let box = folder.appending(path: "\(kind)/\(target.rawValue)")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: box.path)) ?? []
    return try names.sorted().map { ($0, [UInt8](try Data(contentsOf: box.appending(path: $0)))) }
  }

  @Test("every input of the corpus, and every one that was a finding once", arguments: FuzzTarget.allCases)
  func replay(target: FuzzTarget) throws {
    let corpus = try Self.inputs("Corpus", target)
    #expect(corpus.count >= 5, "no corpus of \(target)")
    for (name, bytes) in corpus + (try Self.inputs("Findings", target)) {
      #expect(throws: Never.self, "\(target) \(name)") { try target.run(bytes) }
    }
  }

  /// A linear congruential generator (Knuth's MMIX constants): the same mutations in every run.
  struct Dice {
    var state: UInt64
    mutating func next(below bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
  }

  @Test("some hundred mutations of the corpus, the same in every run", arguments: FuzzTarget.allCases)
  func mutations(target: FuzzTarget) throws {
    let seeds = try (Self.inputs("Corpus", target) + Self.inputs("Findings", target)).map(\.bytes)
    // Each of these opens a connection, writes letters in three languages, and so on.
    let counts: [FuzzTarget: Int] = [.relay: 60, .templates: 60, .ledger: 300, .journal: 300, .mail: 400]
    var dice = Dice(state: 20_260_302)
    for number in 0..<(counts[target] ?? 800) {
      let bytes = Self.mutated(seeds, &dice)
      #expect(throws: Never.self, "\(target), mutation \(number): \(Data(bytes).base64EncodedString())") {
        try target.run(bytes)
      }
    }
  }

  private static func mutated(_ seeds: [[UInt8]], _ dice: inout Dice) -> [UInt8] {
    var bytes = seeds[dice.next(below: seeds.count)]
    for _ in 0...dice.next(below: 4) where !bytes.isEmpty {
      let at = dice.next(below: bytes.count)
      let length = min(dice.next(below: 40), bytes.count - at)
      switch dice.next(below: 6) {
      case 0: bytes.removeSubrange(at..<at + length)
      case 1: bytes.insert(contentsOf: bytes[at..<at + length], at: dice.next(below: bytes.count))
      case 2:
        let other = seeds[dice.next(below: seeds.count)]
        let start = dice.next(below: other.count)
        bytes.insert(contentsOf: other[start..<min(other.count, start + 1 + dice.next(below: 60))], at: at)
      case 3: bytes[at] = UInt8(dice.next(below: 256))
      case 4: bytes[at] ^= 1 << UInt8(dice.next(below: 8))
      default: bytes.removeSubrange(at...)
      }
    }
    return bytes
  }
}
