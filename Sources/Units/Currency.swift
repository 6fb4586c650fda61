/// A currency of ISO 4217: its three-letter code and how many digits its minor unit has.
///
/// Source: ISO 4217 table A.1, in `CurrencyTable`. Packed into eight bytes, because every amount carries one.
package struct Currency: Hashable, Comparable, Sendable, CustomStringConvertible {
  private let letters: UInt32
  private let digitCount: UInt8

  /// Nil unless `code` is an active ISO 4217 code in capitals.
  package init?(code: String) {
    guard let digits = CurrencyTable.digits(of: code) else { return nil }
    letters = code.utf8.reduce(0) { $0 << 8 | UInt32($1) }
    digitCount = UInt8(digits)
  }

  /// Three capitals: `EUR`.
  package var code: String {
    String(decoding: [UInt8(letters >> 16 & 0xFF), UInt8(letters >> 8 & 0xFF), UInt8(letters & 0xFF)], as: UTF8.self)
  }

  /// Digits after the decimal point: 0 for JPY, 2 for EUR, 3 for KWD.
  package var digits: Int { Int(digitCount) }

  /// Minor units in one major unit: 1, 100, 1000 or 10000.
  package var scale: Int {
    switch digitCount {
    case 0: 1
    case 2: 100
    case 3: 1000
    default: 10_000
    }
  }

  package static func < (a: Currency, b: Currency) -> Bool { a.letters < b.letters }
  package var description: String { code }
}
