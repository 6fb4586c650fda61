/// A shape in quoted-printable: encoded already is all that does not depend on the values, which are most lines whole, and
/// of most others the beginning.
///
/// What is gone through for each message are plain numbers, so that no references are counted on the way.
struct QuotedShape: Sendable {
  private enum Part {
    /// Where it stands in `fixed`.
    case fixed(Range<Int>)
    /// What is left of a line from a column on: where its pieces stand in `pieces`.
    case open(Range<Int>, column: Int)
  }

  private enum Piece {
    /// Where it stands in `literals`, not encoded yet.
    case literal(Range<Int>)
    /// Index into the words of a `Shape.Facts`.
    case word(Int)
  }

  private var parts: [Part] = []
  private var fixed: [UInt8] = []
  private var pieces: [Piece] = []
  private var literals: [UInt8] = []

  init() {}

  init(_ shape: [Shape.Piece]) {
    var fixedStart = 0
    var beginning: [UInt8] = []
    var rest: [Piece] = []
    func literal(_ bytes: some Sequence<UInt8>) -> Piece {
      let start = literals.count
      literals += bytes
      return .literal(start..<literals.count)
    }
    func endLine() {
      defer { (beginning, rest) = ([], []) }
      guard !rest.isEmpty else { return TransferEncoding.quote(endOfLine: beginning, from: 0, to: &fixed) }
      let (quoted, taken, column) = TransferEncoding.quotedBeginning(beginning)
      fixed += quoted
      parts.append(.fixed(fixedStart..<fixed.count))
      fixedStart = fixed.count
      let start = pieces.count
      pieces.append(literal(beginning[taken...]))
      pieces += rest
      parts.append(.open(start..<pieces.count, column: column))
    }
    for piece in shape {
      switch piece {
      case .word(let index): rest.append(.word(index))
      case .literal(let text):
        let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (number, line) in lines.enumerated() {
          if number > 0 { endLine() }
          if rest.isEmpty { beginning += line } else { rest.append(literal(line)) }
        }
      }
    }
    if !beginning.isEmpty || !rest.isEmpty { endLine() }
    parts.append(.fixed(fixedStart..<fixed.count))
  }

  /// Nil where a value is out of the ordinary.
  func filled(_ facts: inout Shape.Facts, _ form: TemplatePart.Form) -> [UInt8]? {
    var output: [UInt8] = []
    output.reserveCapacity(fixed.count + 100 * parts.count)
    var line: [UInt8] = []
    for part in parts {
      switch part {
      case .fixed(let range): output += fixed[range]
      case .open(let range, let column):
        line.removeAll(keepingCapacity: true)
        for index in range {
          switch pieces[index] {
          case .literal(let range): line += literals[range]
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
