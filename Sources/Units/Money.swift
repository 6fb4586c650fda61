/// An exact amount: whole minor units of one currency.
///
/// Two currencies never add; mixing them is a bug and stops the program. Amounts that Intake lets in are at most
/// `Money.limit` minor units, so that sums of a million of them cannot overflow.
package struct Money: Hashable, Sendable, CustomStringConvertible {
  /// The largest amount that is read from outside, in minor units.
  package static let limit = 1_000_000_000_000

  package let minor: Int
  package let currency: Currency

  package init(minor: Int, _ currency: Currency) {
    self.minor = minor
    self.currency = currency
  }

  package static func zero(_ currency: Currency) -> Money { Money(minor: 0, currency) }

  package var isZero: Bool { minor == 0 }
  package var isPositive: Bool { minor > 0 }
  package var isNegative: Bool { minor < 0 }

  package static func + (a: Money, b: Money) -> Money {
    precondition(a.currency == b.currency, "adding \(b.currency) to \(a.currency)")
    return Money(minor: a.minor + b.minor, a.currency)
  }

  package static func - (a: Money, b: Money) -> Money {
    precondition(a.currency == b.currency, "taking \(b.currency) from \(a.currency)")
    return Money(minor: a.minor - b.minor, a.currency)
  }

  package static prefix func - (a: Money) -> Money { Money(minor: -a.minor, a.currency) }
  package static func += (a: inout Money, b: Money) { a = a + b }
  package static func -= (a: inout Money, b: Money) { a = a - b }

  package static func < (a: Money, b: Money) -> Bool {
    precondition(a.currency == b.currency, "comparing \(a.currency) with \(b.currency)")
    return a.minor < b.minor
  }
  package static func > (a: Money, b: Money) -> Bool { b < a }
  package static func <= (a: Money, b: Money) -> Bool { !(b < a) }
  package static func >= (a: Money, b: Money) -> Bool { !(a < b) }

  /// The amount with exactly the currency's digits, a point and no grouping: `1234.50`, `-0.05`, `500` (JPY).
  package var decimal: String {
    let magnitude = minor.magnitude
    let scale = UInt(currency.scale)
    let sign = minor < 0 ? "-" : ""
    guard currency.digits > 0 else { return sign + String(magnitude) }
    let fraction = String(magnitude % scale)
    let padding = String(repeating: "0", count: currency.digits - fraction.count)
    return sign + String(magnitude / scale) + "." + padding + fraction
  }

  /// `1234.50 EUR`, as configuration and command line write it.
  package var description: String { decimal + " " + currency.code }
}

extension Money {
  /// Reads `"25.00 EUR"`: a plain decimal, blanks, a currency code.
  ///
  /// Nil if the code is unknown, the number is not a plain decimal, has more digits than the currency, or is beyond
  /// `limit`.
  package init?(text: String) {
    let parts = text.split(separator: " ", omittingEmptySubsequences: true)
    guard parts.count == 2, let currency = Currency(code: String(parts[1])) else { return nil }
    self.init(decimal: String(parts[0]), currency)
  }

  /// Reads a plain decimal such as `-1234.5`; fewer digits than the currency has are filled with zeros.
  package init?(decimal text: String, _ currency: Currency) {
    var digits = text.utf8[...]
    var negative = false
    if let first = digits.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
      negative = first == UInt8(ascii: "-")
      digits = digits.dropFirst()
    }
    var minor = 0
    var fraction: Int?
    var seen = false
    for byte in digits {
      if byte == UInt8(ascii: ".") {
        guard fraction == nil, seen else { return nil }
        fraction = 0
        continue
      }
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
      seen = true
      if let places = fraction {
        guard places < currency.digits else { return nil }
        fraction = places + 1
      }
      minor = minor * 10 + Int(byte - UInt8(ascii: "0"))
      guard minor <= Money.limit else { return nil }
    }
    guard seen, fraction != 0 else { return nil }
    for _ in 0..<(currency.digits - (fraction ?? 0)) { minor *= 10 }
    guard minor <= Money.limit else { return nil }
    self.init(minor: negative ? -minor : minor, currency)
  }
}
