/// A currency of ISO 4217: its three-letter code and how many digits its minor unit has.
///
/// Source: ISO 4217 table A.1; the digits that are not 2 are listed in `digitsByCode`.
package struct Currency: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let code: String
  /// Digits after the decimal point: 0 for JPY, 2 for EUR, 3 for KWD.
  package let digits: Int

  /// Nil unless `code` is an active ISO 4217 code in capitals.
  package init?(code: String) {
    guard let digits = CurrencyTable.digits(of: code) else { return nil }
    self.code = code
    self.digits = digits
  }

  /// Minor units in one major unit: 1, 100, 1000 or 10000.
  package var scale: Int {
    switch digits {
    case 0: 1
    case 2: 100
    case 3: 1000
    default: 10_000
    }
  }

  package static func < (a: Currency, b: Currency) -> Bool { a.code < b.code }
  package var description: String { code }
}
