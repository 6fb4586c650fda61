import Ledger
import Units

/// The members of a record, read by name and type. What is missing or of another type is a `LineFault.content` that
/// names it.
struct RecordMembers {
  private let object: JSONObject

  init(_ object: JSONObject) { self.object = object }

  func has(_ name: String) -> Bool { object[name] != nil }

  private func wrong(_ name: String, _ expected: String) -> LineFault {
    .content("found \"\(name)\" \(object[name]?.text ?? "missing"), expected \(expected)")
  }

  func text(_ name: String) throws(LineFault) -> String {
    guard let text = object[name]?.string else { throw wrong(name, "a text") }
    return text
  }

  func optionalText(_ name: String) throws(LineFault) -> String? { has(name) ? try text(name) : nil }

  func optionalTexts(_ name: String) throws(LineFault) -> [String]? {
    guard let value = object[name] else { return nil }
    let texts = value.array?.compactMap(\.string)
    guard let texts, texts.count == value.array?.count else { throw wrong(name, "a list of texts") }
    return texts
  }

  func int(_ name: String) throws(LineFault) -> Int {
    guard let value = object[name]?.int else { throw wrong(name, "a whole number") }
    return value
  }

  func bool(_ name: String) throws(LineFault) -> Bool {
    guard let value = object[name]?.bool else { throw wrong(name, "true or false") }
    return value
  }

  func object(_ name: String) throws(LineFault) -> JSONObject {
    guard let value = object[name]?.object else { throw wrong(name, "an object") }
    return value
  }

  func objects(_ name: String) throws(LineFault) -> [RecordMembers] {
    guard let list = object[name]?.array else { throw wrong(name, "a list") }
    var output: [RecordMembers] = []
    for value in list {
      guard let object = value.object else { throw wrong(name, "a list of objects") }
      output.append(RecordMembers(object))
    }
    return output
  }

  func word<Word: RawRepresentable<String>>(_ name: String) throws(LineFault) -> Word {
    guard let word = Word(rawValue: try text(name)) else { throw wrong(name, "a word that this dunningd knows") }
    return word
  }

  func day(_ name: String) throws(LineFault) -> Day {
    guard let day = Day(iso: try text(name)) else { throw wrong(name, "a day such as 2026-03-01") }
    return day
  }

  func optionalDay(_ name: String) throws(LineFault) -> Day? { has(name) ? try day(name) : nil }

  func instant(_ name: String) throws(LineFault) -> Instant {
    guard let instant = Instant(rfc3339: try text(name)) else {
      throw wrong(name, "a time such as 2026-03-01T09:00:00.000Z")
    }
    return instant
  }

  func currency() throws(LineFault) -> Currency {
    guard let currency = Currency(code: try text("currency")) else { throw wrong("currency", "a code of ISO 4217") }
    return currency
  }

  /// Without `Money.limit`, which is for what comes from outside: a sum may be larger than any of its parts.
  func money(_ name: String, _ currency: Currency) throws(LineFault) -> Money {
    let text = try text(name)
    let isNegative = text.hasPrefix("-")
    let parts = text.dropFirst(isNegative ? 1 : 0).split(separator: ".", omittingEmptySubsequences: false)
    let fraction = parts.count == 2 ? parts[1] : ""
    let digits = String(parts.first ?? "") + fraction
    guard parts.count <= 2, fraction.count == currency.digits, digits.count > fraction.count,
      digits.utf8.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }), let minor = Int(digits)
    else { throw wrong(name, "an amount with \(currency.digits) decimal places") }
    return Money(minor: isNegative ? -minor : minor, currency)
  }

  func key() throws(LineFault) -> ItemKey {
    ItemKey(customer: try text("customer"), number: try text("number"), item: try text("item"))
  }
}
