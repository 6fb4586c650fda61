/// An exact fraction of whole numbers, in lowest terms with a positive denominator: rates and shares.
///
/// Numbers beyond 64 bits stop the program; rates and shares of amounts are far from that.
package struct Ratio: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let numerator: Int
  /// Never 0.
  package let denominator: Int

  /// `denominator` must not be 0.
  package init(_ numerator: Int, _ denominator: Int) {
    precondition(denominator != 0, "\(numerator)/0 is no ratio")
    var (a, b) = (numerator.magnitude, denominator.magnitude)
    while b != 0 { (a, b) = (b, a % b) }
    let divisor = denominator < 0 ? -Int(a) : Int(a)
    self.numerator = numerator / divisor
    self.denominator = denominator / divisor
  }

  /// So many hundredths: `Ratio(percent: 5)` is 1/20.
  package init(percent: Int) { self.init(percent, 100) }

  /// Reads a plain decimal exactly: `0.0525`, `-12`, at most 12 digits before and 6 after the point. Nil for others.
  package init?(decimal text: String) {
    var bytes = text.utf8[...]
    let negative = bytes.first == UInt8(ascii: "-")
    if negative { bytes = bytes.dropFirst() }
    let parts = bytes.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
    guard let whole = parts.first, (1...12).contains(whole.count), parts.count == 1 || (1...6).contains(parts[1].count)
    else { return nil }
    var value = 0
    for byte in parts.joined() {
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
      value = value * 10 + Int(byte - UInt8(ascii: "0"))
    }
    var scale = 1
    if parts.count == 2 { for _ in parts[1] { scale *= 10 } }
    self.init(negative ? -value : value, scale)
  }

  package static func + (a: Ratio, b: Ratio) -> Ratio {
    Ratio(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator)
  }
  package static func * (a: Ratio, b: Ratio) -> Ratio {
    Ratio(a.numerator * b.numerator, a.denominator * b.denominator)
  }
  package static func < (a: Ratio, b: Ratio) -> Bool {
    let left = a.numerator.multipliedFullWidth(by: b.denominator)
    let right = b.numerator.multipliedFullWidth(by: a.denominator)
    return (left.high, left.low) < (right.high, right.low)
  }

  /// `21/400`, or `12` for whole numbers.
  package var description: String { denominator == 1 ? String(numerator) : "\(numerator)/\(denominator)" }
}

extension Money {
  /// This amount times `ratio`, in whole minor units. The product is exact before it is rounded once; a result beyond
  /// 64 bits stops the program.
  package func times(_ ratio: Ratio, _ rounding: Rounding) -> Money {
    let product = minor.magnitude.multipliedFullWidth(by: ratio.numerator.magnitude)
    let divisor = ratio.denominator.magnitude
    precondition(product.high < divisor, "\(self) times \(ratio) is beyond 64 bits")
    var (quotient, rest) = divisor.dividingFullWidth((product.high, product.low))
    // Doubling the rest could overflow; comparing it with what is missing to the next unit cannot.
    let missing = divisor - rest
    switch rounding {
    case .halfUp: if rest >= missing { quotient += 1 }
    case .halfEven: if rest > missing || (rest == missing && quotient % 2 == 1) { quotient += 1 }
    case .down: break
    }
    let negative = (minor < 0) != (ratio.numerator < 0)
    return Money(minor: negative ? -Int(quotient) : Int(quotient), currency)
  }
}
