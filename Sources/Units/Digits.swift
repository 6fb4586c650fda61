/// Decimal digits of ASCII: `Int("+9")` would take a sign where a date or clock has none.
enum Digits {
  /// Nil unless all of `bytes` are digits, and there is at least one. At most nine are asked for here.
  static func number(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard (1...9).contains(bytes.count) else { return nil }
    var value = 0
    for byte in bytes {
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
      value = value * 10 + Int(byte - UInt8(ascii: "0"))
    }
    return value
  }
}
