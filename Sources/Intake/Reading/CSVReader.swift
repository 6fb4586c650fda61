/// The bytes of one field without outer blanks and quotes. Valid as long as its row is the reader's present one.
typealias Cell = UnsafeBufferPointer<UInt8>

/// Rows of a CSV file, one after the other, as ranges into its bytes: no text is made until somebody asks for it.
///
/// Strict where leniency would lose money: RFC 4180 with `,`, `;` or tab between fields, and LF, CRLF or CR at the end
/// of a row, mixed if need be. A quote inside a field that does not begin with one stands for itself (`24" pipe`).
/// Lines without any character are skipped. What is wrong with a row is told in `fault`, and reading goes on.
///
///     var reader = CSVReader(bytes, delimiter: UInt8(ascii: ","))
///     while reader.next() { reader.field(0) }
///
/// It looks at bytes that somebody else holds, and must not outlive them.
struct CSVReader {
  private struct Field {
    var start: Int
    var end: Int
    /// Holds doubled quotes that stand for one.
    var isEscaped: Bool
  }

  /// What is wrong with how a row is written. After the first three nobody can say where its fields, or the next rows,
  /// really begin.
  enum Fault: Equatable {
    case unterminatedQuote
    /// The field, from 0, whose closing quote is followed by more text.
    case textAfterQuote(field: Int)
    /// The field, from 0, in which a blank stands before the opening quote.
    case blankBeforeQuote(field: Int)
    case nul
  }

  let bytes: UnsafeBufferPointer<UInt8>
  let delimiter: UInt8

  /// The first byte that is not read yet.
  private(set) var position: Int
  /// The line on which that byte stands.
  private(set) var nextLine: Int

  /// The line, from 1, on which the present row starts.
  private(set) var line = 0
  /// The present row's, and behind them what longer rows before left there.
  private var fields: [Field] = []
  private(set) var fieldCount = 0
  private(set) var fault: Fault?
  /// The present row without its line end.
  private(set) var range = 0..<0
  private let unescaped = Unescaped()
  private var hasEscaped = false
  private var seen: UInt8 = 0
  /// Eight times the delimiter; and how far above a byte is surely none of the special ones, unless it is that.
  private let delimiters: UInt64
  private let specialMax: UInt8

  /// Begins at byte `position`, which starts line `line`.
  init(_ bytes: UnsafeBufferPointer<UInt8>, delimiter: UInt8, from position: Int = 0, line: Int = 1) {
    self.bytes = bytes
    self.delimiter = delimiter
    delimiters = ByteWord.filled(with: delimiter)
    specialMax = delimiter == Byte.comma ? Byte.comma : Byte.quote
    self.position = position
    self.nextLine = line
  }

  /// Reads the next row that begins before byte `end`; false when there is none.
  mutating func next(before end: Int = .max) -> Bool {
    while position < min(end, bytes.count) {
      if !readPlain() { readAny(bytes) }
      if fieldCount > 1 || fault != nil || !range.isEmpty { return true }
    }
    return false
  }

  /// Looks at the first bytes of rows that are read next: they stand anywhere in the file, and the memory brings many of
  /// them in hardly more time than one.
  mutating func approach(_ rows: ArraySlice<OwnedRow>) {
    for row in rows { seen ^= bytes[Int(row.start)] }
  }

  /// Goes to the first byte of another row.
  mutating func move(to position: Int, line: Int) {
    self.position = position
    nextLine = line
  }

  /// The bytes of field `index` without outer blanks and quotes; empty when the row has no such field.
  func field(_ index: Int) -> Cell {
    guard index >= 0, index < fieldCount else { return Cell(start: nil, count: 0) }
    let field = fields[index]
    var start = field.start
    var end = field.end
    while start < end, bytes[start] == Byte.blank || bytes[start] == Byte.tab { start += 1 }
    while end > start, bytes[end - 1] == Byte.blank || bytes[end - 1] == Byte.tab { end -= 1 }
    let cell = Cell(rebasing: bytes[start..<end])
    return field.isEscaped ? unescaped.keep(cell) : cell
  }

  /// Whether every field is empty or blank, as spreadsheets leave them below a table.
  var isBlank: Bool {
    guard fault == nil else { return false }
    for index in 0..<fieldCount where !field(index).isEmpty { return false }
    return true
  }

  private mutating func begin() {
    fieldCount = 0
    if hasEscaped { unescaped.clear() }
    hasEscaped = false
    fault = nil
    line = nextLine
  }

  private mutating func add(_ field: Field) {
    if field.isEscaped { hasEscaped = true }
    if fieldCount < fields.count { fields[fieldCount] = field } else { fields.append(field) }
    fieldCount += 1
  }

  /// Reads a row in which nothing is quoted, as nearly all are, eight bytes at a time. False, with nothing read, for any
  /// other and for the file's last one.
  private mutating func readPlain() -> Bool {
    begin()
    let raw = UnsafeRawBufferPointer(bytes)
    let rowStart = position
    var (at, start) = (rowStart, rowStart)
    while at + 8 <= raw.count {
      let word = raw.loadUnaligned(fromByteOffset: at, as: UInt64.self)
      var marks = ByteWord.marks(upTo: specialMax, in: word) | ByteWord.marks(of: delimiters, in: word)
      while marks != 0 {
        let place = at + marks.trailingZeroBitCount / 8
        marks &= marks - 1
        let byte = raw[place]
        if byte == delimiter {
          add(Field(start: start, end: place, isEscaped: false))
          start = place + 1
        } else if byte == Byte.lf || byte == Byte.cr {
          add(Field(start: start, end: place, isEscaped: false))
          range = rowStart..<place
          end(at: place)
          return true
        } else if byte == Byte.quote || byte == 0 {
          return false
        }
      }
      at += 8
    }
    return false
  }

  /// The row ends with that byte, CR or LF, or with both.
  private mutating func end(at place: Int) {
    let isBoth = bytes[place] == Byte.cr && place + 1 < bytes.count && bytes[place + 1] == Byte.lf
    position = place + (isBoth ? 2 : 1)
    nextLine += 1
  }

  private mutating func readAny(_ buffer: UnsafeBufferPointer<UInt8>) {
    begin()
    var at = position
    let count = buffer.count
    let rowStart = at
    fieldLoop: while true {
      var start = at
      var isEscaped = false
      if at < count, buffer[at] == Byte.quote {
        start += 1
        at += 1
        var end = start
        while true {
          guard at < count else {
            fault = fault ?? .unterminatedQuote
            end = count
            break
          }
          let byte = buffer[at]
          if byte == Byte.quote {
            if at + 1 < count, buffer[at + 1] == Byte.quote {
              isEscaped = true
              at += 2
              continue
            }
            end = at
            at += 1
            break
          }
          if byte == Byte.lf || (byte == Byte.cr && !(at + 1 < count && buffer[at + 1] == Byte.lf)) { nextLine += 1 }
          if byte == 0 { fault = fault ?? .nul }
          at += 1
        }
        let index = fieldCount
        add(Field(start: start, end: end, isEscaped: isEscaped))
        while at < count {
          let byte = buffer[at]
          if byte == delimiter || byte == Byte.lf || byte == Byte.cr { break }
          if byte != Byte.blank, fault == nil { fault = .textAfterQuote(field: index) }
          at += 1
        }
      } else {
        while at < count {
          let byte = buffer[at]
          // Nearly every byte is none of the special ones.
          if byte > Byte.comma, byte != delimiter {
            at += 1
            continue
          }
          if byte == delimiter || byte == Byte.lf || byte == Byte.cr { break }
          if byte == 0 { fault = fault ?? .nul }
          if byte == Byte.quote, fault == nil, buffer[start..<at].allSatisfy({ $0 == Byte.blank }) {
            fault = .blankBeforeQuote(field: fieldCount)
          }
          at += 1
        }
        add(Field(start: start, end: at, isEscaped: false))
      }
      guard at < count, buffer[at] == delimiter else { break fieldLoop }
      at += 1
    }
    range = rowStart..<at
    position = at
    if at < count { end(at: at) }
  }
}

/// The fields of one row in which doubled quotes became one.
private final class Unescaped {
  private var kept: [UnsafeMutableBufferPointer<UInt8>] = []

  func keep(_ cell: Cell) -> Cell {
    let plain = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(1, cell.count))
    plain.initialize(repeating: 0)
    kept.append(plain)
    var count = 0
    var at = 0
    while at < cell.count {
      plain[count] = cell[at]
      count += 1
      at += cell[at] == Byte.quote ? 2 : 1
    }
    return Cell(rebasing: plain[..<count])
  }

  func clear() {
    if kept.isEmpty { return }
    for plain in kept { plain.deallocate() }
    kept = []
  }

  deinit { clear() }
}

/// The bytes that a reader looks for, by name.
enum Byte {
  static let tab = UInt8(ascii: "\t")
  static let lf = UInt8(ascii: "\n")
  static let cr = UInt8(ascii: "\r")
  static let blank = UInt8(ascii: " ")
  static let quote = UInt8(ascii: "\"")
  static let comma = UInt8(ascii: ",")
  static let point = UInt8(ascii: ".")
  static let semicolon = UInt8(ascii: ";")
  static let minus = UInt8(ascii: "-")
  static let zero = UInt8(ascii: "0")

  static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
  static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A }
}
