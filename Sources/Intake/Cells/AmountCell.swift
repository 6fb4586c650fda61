import Ledger
import Units

/// Exact amounts as people and programs write them: `1234.5`, `1.234,50`, `-$13.50`, `(142.85)`, `99.00 EUR`.
///
/// - The decimal sign is declared. The other sign, a blank (also a no-break one) or an apostrophe may group, one of
///   them throughout and in threes only, so that a decimal comma is never taken for a grouping one.
/// - Negative is a minus before or after the number, or round brackets.
/// - A currency's sign or code before or after the number is taken when it fits the row's currency; `$` fits every
///   dollar. One that does not fit is an error, never a change of currency.
struct AmountReader {
  let decimal: IntakeFormat.DecimalSign

  struct Fault: Error, Equatable { let reason: String }

  /// The amount in minor units of `currency`.
  func read(_ cell: Cell, _ currency: Currency) throws(Fault) -> Money {
    if let minor = plain(cell, currency) { return Money(minor: minor, currency) }
    return Money(minor: try dressed(cell, currency), currency)
  }

  /// The common case without any dress: digits, perhaps a minus and the decimal sign. Nil where it is anything else.
  private func plain(_ cell: Cell, _ currency: Currency) -> Int? {
    var at = 0
    let negative = cell.first == Byte.minus
    if negative { at += 1 }
    guard at < cell.count, cell.count - at <= 13, Byte.isDigit(cell[at]) else { return nil }
    var minor = 0
    var places = -1
    while at < cell.count {
      let byte = cell[at]
      if Byte.isDigit(byte) {
        minor = minor * 10 + Int(byte - Byte.zero)
        if places >= 0 { places += 1 }
      } else if byte == sign, places < 0 {
        places = 0
      } else {
        return nil
      }
      at += 1
    }
    guard places != 0, places <= currency.digits else { return nil }
    for _ in max(places, 0)..<currency.digits { minor *= 10 }
    return minor > Money.limit ? nil : negative ? -minor : minor
  }

  private var sign: UInt8 { decimal == .point ? Byte.point : Byte.comma }

  private func dressed(_ cell: Cell, _ currency: Currency) throws(Fault) -> Int {
    let text = String(decoding: cell, as: UTF8.self)
    let shown = Text.shown(cell)
    var rest = Array(text.unicodeScalars)
    var negative = false

    func trim() {
      while let first = rest.first, AmountReader.isBlank(first) { rest.removeFirst() }
      while let last = rest.last, AmountReader.isBlank(last) { rest.removeLast() }
    }
    func takeMinus() -> Bool {
      trim()
      if rest.first == "(", rest.last == ")", rest.count > 2 {
        rest = Array(rest.dropFirst().dropLast())
      } else if let first = rest.first, AmountReader.minuses.contains(first) {
        rest.removeFirst()
      } else if let last = rest.last, AmountReader.minuses.contains(last) {
        rest.removeLast()
      } else {
        return false
      }
      trim()
      return true
    }

    negative = takeMinus()
    // A number begins with a digit, or with a decimal sign before one: `Fr. 13.05` has a point that is none.
    let head = Array(
      rest.indices.prefix { index in
        let next = index + 1 < rest.count ? rest[index + 1] : " "
        return !isDigit(rest[index]) && !(rest[index] == Unicode.Scalar(sign) && isDigit(next))
          && !AmountReader.minuses.contains(rest[index])
      }.map { rest[$0] })
    if head.count < rest.count {
      rest.removeFirst(head.count)
      if !negative { negative = takeMinus() }
      let tail = Array(rest.reversed().prefix { !isDigit($0) && !AmountReader.minuses.contains($0) }.reversed())
      rest.removeLast(tail.count)
      if !negative { negative = takeMinus() }
      trim()
      for dress in [head, tail] {
        let word = String(String.UnicodeScalarView(dress.filter { !AmountReader.isBlank($0) }))
        if !word.isEmpty, !AmountReader.fits(word, currency) {
          throw Fault(
            reason:
              "\(shown) carries \(Text.shown(word.utf8)), which does not fit the row's currency "
              + "\(currency); expected the bare number, and another currency in the column currency")
        }
      }
      if !head.isEmpty, !tail.isEmpty, head.contains(where: { !AmountReader.isBlank($0) }),
        tail.contains(where: { !AmountReader.isBlank($0) })
      {
        throw Fault(reason: "\(shown) names its currency twice; expected a number like 1234\(decimal.rawValue)50")
      }
    }
    let minor = try number(rest, currency, shown)
    return negative ? -minor : minor
  }

  private func number(_ scalars: [Unicode.Scalar], _ currency: Currency, _ shown: String) throws(Fault) -> Int {
    let other = decimal == .point ? "," : "."
    let expected = "expected a number like 1234\(decimal.rawValue)50"
    let parts = scalars.split(separator: Unicode.Scalar(sign), omittingEmptySubsequences: false)
    guard !scalars.isEmpty, parts.count <= 2 else {
      let hint = parts.count > 2 ? "; if \"\(other)\" is the decimal sign, set decimal = \"\(other)\"" : ""
      throw Fault(reason: "\(shown) is no amount: \(expected)\(hint)")
    }
    let whole = try ungrouped(Array(parts[0]), shown, expected)
    let fraction = parts.count == 2 ? Array(parts[1]) : []
    guard fraction.allSatisfy({ ("0"..."9").contains($0) }), parts.count == 1 || !fraction.isEmpty,
      !(whole.isEmpty && fraction.isEmpty)
    else { throw Fault(reason: "\(shown) is no amount: \(expected)") }
    guard fraction.count <= currency.digits else {
      throw Fault(
        reason: "\(shown) has \(fraction.count) digits after the decimal sign, \(currency) has \(currency.digits); "
          + "if \"\(other)\" is the decimal sign, set decimal = \"\(other)\"")
    }
    var minor = 0
    for scalar in whole + fraction {
      minor = minor * 10 + Int(scalar.value - 0x30)
      guard minor <= Money.limit else { break }
    }
    for _ in fraction.count..<currency.digits where minor <= Money.limit { minor *= 10 }
    guard minor <= Money.limit else {
      throw Fault(
        reason: "\(shown) is beyond the largest amount, \(Money(minor: Money.limit, currency)): surely a slip")
    }
    return minor
  }

  /// The digits before the decimal sign, after a look at what groups them.
  private func ungrouped(_ scalars: [Unicode.Scalar], _ shown: String, _ expected: String) throws(Fault)
    -> [Unicode.Scalar]
  {
    guard let separator = scalars.first(where: { !("0"..."9").contains($0) }) else { return scalars }
    let other: Unicode.Scalar = decimal == .point ? "," : "."
    let isKnown = separator == other || separator == "'" || separator == "\u{2019}" || AmountReader.isBlank(separator)
    let groups = scalars.split(separator: separator, omittingEmptySubsequences: false)
    let isInThrees =
      (1...3).contains(groups[0].count) && groups.dropFirst().allSatisfy { $0.count == 3 }
      && groups.allSatisfy { $0.allSatisfy { ("0"..."9").contains($0) } }
    guard isKnown, isInThrees else {
      let hint = separator == other ? "; if \"\(other)\" is the decimal sign, set decimal = \"\(other)\"" : ""
      throw Fault(reason: "\(shown) is no amount: \(expected)\(hint)")
    }
    return groups.flatMap { $0 }
  }

  private func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

  private static let minuses: [Unicode.Scalar] = ["-", "\u{2212}"]

  /// A blank, or one that does not break: U+00A0, U+2009, U+202F.
  private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
    scalar == " " || scalar == "\t" || scalar == "\u{A0}" || scalar == "\u{2009}" || scalar == "\u{202F}"
  }

  private static func fits(_ word: String, _ currency: Currency) -> Bool {
    if word.uppercased() == currency.code { return true }
    return signs[word]?.contains(currency.code) ?? false
  }

  /// Signs, and the currencies that are written with them.
  private static let signs: [String: [String]] = [
    "$": [
      "USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN", "ARS", "CLP", "COP", "TWD", "BBD", "BMD", "BSD", "BZD", "FJD",
      "GYD", "JMD", "KYD", "LRD", "NAD", "SBD", "SRD", "TTD", "XCD", "UYU", "DOP",
    ],
    "US$": ["USD"], "C$": ["CAD"], "CA$": ["CAD"], "A$": ["AUD"], "AU$": ["AUD"], "NZ$": ["NZD"], "S$": ["SGD"],
    "HK$": ["HKD"], "R$": ["BRL"], "€": ["EUR"], "£": ["GBP", "GIP", "FKP", "SHP", "EGP", "SYP", "LBP", "SSP"],
    "¥": ["JPY", "CNY"], "￥": ["JPY", "CNY"], "₹": ["INR"], "₩": ["KRW", "KPW"], "₺": ["TRY"], "₽": ["RUB"],
    "₴": ["UAH"], "₪": ["ILS"], "zł": ["PLN"], "Kč": ["CZK"], "Ft": ["HUF"], "lei": ["RON"],
    "kr": ["SEK", "NOK", "DKK", "ISK"], "kr.": ["DKK"], "Fr.": ["CHF"], "SFr.": ["CHF"], "R": ["ZAR"],
  ]
}
