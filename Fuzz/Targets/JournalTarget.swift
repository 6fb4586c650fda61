import Crypto
import Journal
import Units

/// The first byte says how: `r` takes the rest as the bytes of a journal file; `k` also gives a key; anything else takes
/// each line as the members of one record, whose number, time and digests are then made right, so that what a record
/// says is reached as well. In such a line, a tab parts the members from those of `personal`.
///
/// Held: bytes fed in one piece and in two mean the same; what was read and what is left are all there was; a problem
/// lies within the file.
enum JournalTarget {
  static func run(_ bytes: [UInt8]) throws(Finding) {
    guard let first = bytes.first else { return }
    let isRaw = first == UInt8(ascii: "r") || first == UInt8(ascii: "k")
    let text = isRaw ? Array(bytes.dropFirst()) : sealed(bytes)
    let trust: Chain.Trust = first == UInt8(ascii: "k") ? .any : .key(nil)
    let whole = read([text], trust)
    let cut = text.isEmpty ? 0 : (Int(first) * 131 + bytes.count * 17) % text.count
    let halves = read([Array(text[..<cut]), Array(text[cut...])], trust)
    try hold(whole == halves, "cut at \(cut), \(halves) instead of \(whole)")
    let lines = text.split(separator: 10, omittingEmptySubsequences: false).count
    switch whole {
    case .problem(let problem):
      try hold((1...lines).contains(problem.line), "\(problem) lies outside of the \(lines) lines")
    case .read(let count, let offset, let tail):
      try hold(offset + (tail?.bytes.count ?? 0) == text.count, "\(offset) bytes read, \(text.count) given")
      try hold(count <= lines, "\(count) records in \(lines) lines")
    }
  }

  private enum Result: Equatable {
    case read(count: Int, offset: Int, tail: Replay.Tail?)
    case problem(JournalProblem)
  }

  private static func read(_ pieces: [[UInt8]], _ trust: Chain.Trust) -> Result {
    var replay = Replay(trust)
    do throws(JournalProblem) {
      try replay.begin(file: "journal/000001.jsonl")
      for piece in pieces { try replay.feed(piece) }
    } catch {
      return .problem(error)
    }
    return .read(count: replay.count, offset: replay.offset, tail: replay.tail)
  }

  /// A chain of the records that the lines tell, as docs/journal.md has it; begun with a `journal.opened`.
  private static func sealed(_ bytes: [UInt8]) -> [UInt8] {
    var journal: [UInt8] = []
    var prev = String(repeating: "0", count: 64)
    var seq = 0
    let opened = Array(#""type":"journal.opened","format":1,"instance":"\#(Office.instance)","chain":"sha256""#.utf8)
    for row in [opened[...]] + bytes.split(separator: 10) {
      seq += 1
      let parts = row.split(separator: 9, maxSplits: 1, omittingEmptySubsequences: false)
      var line = Array(#"{"seq":\#(seq),"time":"2026-03-02T09:15:00.000Z","#.utf8) + parts[0]
      line += Array(#","prev":"\#(prev)""#.utf8)
      var personal: [UInt8] = []
      if parts.count > 1 {
        personal = Array(#"{"salt":"00112233445566778899aabbccddeeff""#.utf8) + parts[1] + [UInt8(ascii: "}")]
        line += Array(#","personal_digest":"\#(hex(personal))""#.utf8)
      }
      line += Array(#","check":"\#(hex(line))""#.utf8)
      prev = hex(line + [UInt8(ascii: "}")])
      if !personal.isEmpty { line += Array(#","personal":"#.utf8) + personal }
      journal += line + Array("}\n".utf8)
    }
    return journal
  }

  private static func hex(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    let text = SHA256.hash(data: bytes).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    return String(decoding: text, as: UTF8.self)
  }
}
