/// What is wrong with a number, date or time: completes the sentence `found "2026-02-30", which has …`.
struct TOMLWordFault: Error {
  let what: String

  init(_ what: String) { self.what = what }
}

/// Whole numbers and floats from the bytes of one word.
enum TOMLNumber {
  /// The value of a digit in any base up to 16; nil for other bytes.
  static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  /// Reads a word that starts with a digit or a sign, or is `inf` or `nan`.
  static func read(_ word: ArraySlice<UInt8>) throws(TOMLWordFault) -> TOMLValue.Kind {
    var body = word
    let isSigned = body.first == TOMLByte.plus || body.first == TOMLByte.minus
    if isSigned { body = body.dropFirst() }
    if body.elementsEqual("inf".utf8) || body.elementsEqual("nan".utf8) {
      return .float(TOMLFloat(text: String(decoding: word, as: UTF8.self)))
    }
    guard let first = body.first, TOMLByte.isDigit(first) else { throw TOMLWordFault("no digit after the sign") }
    if first == TOMLByte.zero, body.count > 1, let radix = radix(of: body[body.startIndex + 1]) {
      guard !isSigned else { throw TOMLWordFault("a sign before 0x, 0o or 0b, which take none") }
      return .integer(try integer(body.dropFirst(2), radix: radix, isNegative: false))
    }
    if body.allSatisfy({ TOMLByte.isDigit($0) || $0 == TOMLByte.underscore }) {
      try refuseLeadingZero(body)
      return .integer(try integer(body, radix: 10, isNegative: word.first == TOMLByte.minus))
    }
    try checkFloat(body)
    return .float(TOMLFloat(text: String(decoding: word.filter { $0 != TOMLByte.underscore }, as: UTF8.self)))
  }

  private static func radix(of byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "x"): 16
    case UInt8(ascii: "o"): 8
    case UInt8(ascii: "b"): 2
    default: nil
    }
  }

  private static func integer(
    _ digits: ArraySlice<UInt8>, radix: UInt8, isNegative: Bool
  ) throws(TOMLWordFault) -> Int64 {
    var value: Int64 = 0
    for byte in digits where byte != TOMLByte.underscore {
      guard let digit = digit(byte), digit < radix else {
        throw TOMLWordFault("\(quoted(String(decoding: [byte], as: UTF8.self))) in a number of base \(radix)")
      }
      let (product, overflow) = value.multipliedReportingOverflow(by: Int64(radix))
      // Counted downwards for negative numbers, as the smallest has no positive twin.
      let (next, carry) = product.addingReportingOverflow(isNegative ? -Int64(digit) : Int64(digit))
      guard !overflow, !carry else { throw TOMLWordFault("more than the 64 bits of a whole number") }
      value = next
    }
    try checkUnderscores(digits)
    return value
  }

  /// Passes one or more characters with single underscores only between them.
  private static func checkUnderscores(_ digits: ArraySlice<UInt8>) throws(TOMLWordFault) {
    guard !digits.isEmpty else { throw TOMLWordFault("no digits") }
    var previousWasDigit = false
    for byte in digits {
      guard byte != TOMLByte.underscore || previousWasDigit else { throw misplacedUnderscore }
      previousWasDigit = byte != TOMLByte.underscore
    }
    guard previousWasDigit else { throw misplacedUnderscore }
  }

  private static let misplacedUnderscore = TOMLWordFault("an underscore that is not between two digits")

  private static func refuseLeadingZero(_ digits: ArraySlice<UInt8>) throws(TOMLWordFault) {
    guard digits.first != TOMLByte.zero || digits.count == 1 else { throw TOMLWordFault("a leading zero") }
  }

  private static func checkFloat(_ body: ArraySlice<UInt8>) throws(TOMLWordFault) {
    var mantissa = body
    if let exponentAt = body.firstIndex(where: { $0 | 0x20 == UInt8(ascii: "e") }) {
      mantissa = body[..<exponentAt]
      var exponent = body[(exponentAt + 1)...]
      if exponent.first == TOMLByte.plus || exponent.first == TOMLByte.minus { exponent = exponent.dropFirst() }
      try checkDecimal(exponent, "after the e")
    }
    var whole = mantissa
    if let dot = mantissa.firstIndex(of: TOMLByte.dot) {
      whole = mantissa[..<dot]
      try checkDecimal(mantissa[(dot + 1)...], "after the point")
    }
    try checkDecimal(whole, "in a number")
    try refuseLeadingZero(whole)
  }

  private static func checkDecimal(_ bytes: ArraySlice<UInt8>, _ whereabouts: String) throws(TOMLWordFault) {
    guard !bytes.isEmpty else { throw TOMLWordFault("no digit \(whereabouts)") }
    if let other = bytes.first(where: { !TOMLByte.isDigit($0) && $0 != TOMLByte.underscore }) {
      throw TOMLWordFault("\(quoted(String(decoding: [other], as: UTF8.self))) \(whereabouts)")
    }
    try checkUnderscores(bytes)
  }
}
