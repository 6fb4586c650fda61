/// A date format as CLDR writes it: `M/d/yyyy`, `dd.MM.yy`, `d MMM yyyy`, `yyyyMMdd`, `yyyy-MM-dd'T'HH:mm:ss`.
///
/// Known are `yyyy`, `yy`, `MMMM`, `MMM`, `MM`, `M`, `dd`, `d`, and `HH`, `mm`, `ss`, which are read and dropped. All
/// else stands for itself; letters do so between single quotes. Source: Unicode TR 35, part 4, date field symbols.
package struct DatePattern: Hashable, Sendable, CustomStringConvertible {
  package enum Element: Hashable, Sendable {
    /// Exactly four digits.
    case year
    /// Exactly two digits: 00...79 are 2000...2079, 80...99 are 1980...1999.
    case shortYear
    /// One or two digits, or exactly two.
    case month(padded: Bool)
    /// The English name, in full or its first three letters, in any case.
    case monthName(full: Bool)
    /// One or two digits, or exactly two.
    case day(padded: Bool)
    /// Two digits of a clock time, at most this; it is dropped.
    case clock(max: Int)
    case literal([UInt8])
  }

  /// As it was written.
  package let text: String
  package let elements: [Element]

  /// Why a text is no date pattern; `description` says it to a person.
  package struct Fault: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String
  }

  /// Throws when a letter is unknown, when year, month or day is missing or there twice, or when two numbers touch of
  /// which the first may have one digit or two.
  package init(_ text: String) throws(Fault) {
    var elements: [Element] = []
    var literal: [UInt8] = []
    let characters = Array(text)
    var at = 0
    func flush() {
      if !literal.isEmpty { elements.append(.literal(literal)) }
      literal = []
    }
    while at < characters.count {
      let character = characters[at]
      if character == "'" {
        guard let end = characters[(at + 1)...].firstIndex(of: "'") else {
          throw Fault(description: "date format \"\(text)\": a single quote is not closed")
        }
        literal += end == at + 1 ? Array("'".utf8) : Array(String(characters[(at + 1)..<end]).utf8)
        at = end + 1
        continue
      }
      guard character.isASCII, character.isLetter else {
        literal += Array(String(character).utf8)
        at += 1
        continue
      }
      var end = at
      while end < characters.count, characters[end] == character { end += 1 }
      let word = String(characters[at..<end])
      flush()
      guard let element = DatePattern.element(word) else {
        throw Fault(
          description: "date format \"\(text)\": \"\(word)\" is not known; expected yyyy, yy, MMMM, MMM, MM, M, dd, d, "
            + "HH, mm, ss, and other letters between single quotes, as in \"M/d/yyyy\" or \"dd.MM.yyyy\"")
      }
      elements.append(element)
      at = end
    }
    flush()
    for (first, second) in zip(elements, elements.dropFirst()) where first.isOpenEnded && second.isNumber {
      throw Fault(
        description: "date format \"\(text)\": a number of one or two digits touches another one; write MM and dd, or "
          + "put a sign between them")
    }
    for (name, count) in [
      ("year", elements.count { $0 == .year || $0 == .shortYear }),
      ("month", elements.count(where: \.isMonth)), ("day", elements.count(where: \.isDay)),
    ] where count != 1 {
      throw Fault(
        description: "date format \"\(text)\" has \(count == 0 ? "no" : "more than one") \(name); expected one year, "
          + "month and day, as in \"M/d/yyyy\" or \"dd.MM.yyyy\"")
    }
    self.text = text
    self.elements = elements
  }

  private static func element(_ word: String) -> Element? {
    switch word {
    case "yyyy", "y": .year
    case "yy": .shortYear
    case "MMMM": .monthName(full: true)
    case "MMM": .monthName(full: false)
    case "MM": .month(padded: true)
    case "M": .month(padded: false)
    case "dd": .day(padded: true)
    case "d": .day(padded: false)
    case "HH": .clock(max: 23)
    case "mm": .clock(max: 59)
    case "ss": .clock(max: 60)
    default: nil
    }
  }

  package var description: String { text }
  package static func == (a: DatePattern, b: DatePattern) -> Bool { a.elements == b.elements }
  package func hash(into hasher: inout Hasher) { hasher.combine(elements) }
}

extension DatePattern.Element {
  /// One digit or two.
  fileprivate var isOpenEnded: Bool { self == .month(padded: false) || self == .day(padded: false) }

  fileprivate var isNumber: Bool {
    switch self {
    case .literal(let bytes): bytes.first.map { $0 >= 0x30 && $0 <= 0x39 } ?? false
    case .monthName: false
    default: true
    }
  }

  fileprivate var isMonth: Bool {
    switch self {
    case .month, .monthName: true
    default: false
    }
  }

  fileprivate var isDay: Bool {
    if case .day = self { true } else { false }
  }
}
