/// A shape in quoted-printable: encoded already is all that does not depend on the values, which are most lines whole, and
/// of most others the beginning.
struct QuotedShape: Sendable {
  private enum Part {
    case fixed([UInt8])
    /// What is left of a line from a column on: values, and what stands between.
    case open([Piece], column: Int)
  }

  private enum Piece {
    case literal([UInt8])
    /// Index into the words of a `Shape.Facts`.
    case word(Int)
  }

  private var parts: [Part] = []
  /// Bytes of what is fixed.
  private var fixedCount = 0

  init() {}

  init(_ pieces: [Shape.Piece]) {
    var fixed: [UInt8] = []
    var beginning: [UInt8] = []
    var rest: [Piece] = []
    func endLine() {
      defer { (beginning, rest) = ([], []) }
      guard !rest.isEmpty else {
        TransferEncoding.quote(endOfLine: beginning, from: 0, to: &fixed)
        return
      }
      let (quoted, taken, column) = TransferEncoding.quotedBeginning(beginning)
      parts.append(.fixed(fixed + quoted))
      parts.append(.open([.literal(Array(beginning[taken...]))] + rest, column: column))
      fixed = []
    }
    for piece in pieces {
      switch piece {
      case .word(let index): rest.append(.word(index))
      case .literal(let text):
        for (number, line) in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
          .enumerated()
        {
          if number > 0 { endLine() }
          if rest.isEmpty { beginning += line } else { rest.append(.literal(Array(line))) }
        }
      }
    }
    if !beginning.isEmpty || !rest.isEmpty { endLine() }
    parts.append(.fixed(fixed))
    for case .fixed(let bytes) in parts { fixedCount += bytes.count }
  }

  /// Nil where a value is out of the ordinary.
  func filled(_ facts: inout Shape.Facts, _ form: TemplatePart.Form) -> [UInt8]? {
    var output: [UInt8] = []
    output.reserveCapacity(fixedCount + 100 * parts.count)
    var line: [UInt8] = []
    for part in parts {
      switch part {
      case .fixed(let bytes): output += bytes
      case .open(let pieces, let column):
        line.removeAll(keepingCapacity: true)
        for piece in pieces {
          switch piece {
          case .literal(let bytes): line += bytes
          case .word(let index):
            guard let word = facts.usual(index, form) else { return nil }
            line += word.utf8
          }
        }
        TransferEncoding.quote(endOfLine: line, from: column, to: &output)
      }
    }
    return output
  }
}
