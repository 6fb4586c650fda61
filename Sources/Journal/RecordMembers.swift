import Ledger
import Units

/// The members of a record, read by name and type, straight from the bytes of its line. What is missing or of another
/// type is a `LineFault.content` that names it.
final class RecordMembers {
  private let object: LineObject
  /// Where the next member is looked for first: readers ask in the order in which members are written.
  private var next = 0

  init(_ object: LineObject) { self.object = object }

  private func find(_ name: StaticString) -> Range<Int>? {
    let members = object.members
    let length = name.utf8CodeUnitCount
    for step in 0..<members.count {
      var index = next + step
      if index >= members.count { index -= members.count }
      let member = members[index]
      if member.name.count == length, object.line.holds(name, at: member.name.lowerBound) {
        next = index + 1 < members.count ? index + 1 : 0
        return member.value
      }
    }
    return nil
  }

  func has(_ name: StaticString) -> Bool { find(name) != nil }

  private func wrong(_ name: StaticString, _ expected: String) -> LineFault {
    .content("found \"\(name)\" \(find(name).map(object.text) ?? "missing"), expected \(expected)")
  }

  func text(_ name: StaticString) throws(LineFault) -> String {
    guard let range = find(name), let text = object.string(range) else { throw wrong(name, "a text") }
    return text
  }

  func optionalText(_ name: StaticString) throws(LineFault) -> String? {
    guard let range = find(name) else { return nil }
    guard let text = object.string(range) else { throw wrong(name, "a text") }
    return text
  }

  func optionalTexts(_ name: StaticString) throws(LineFault) -> [String]? {
    guard let range = find(name) else { return nil }
    let list = object.array(range)
    let texts = list?.compactMap(object.string)
    guard let texts, texts.count == list?.count else { throw wrong(name, "a list of texts") }
    return texts
  }

  func int(_ name: StaticString) throws(LineFault) -> Int {
    guard let range = find(name), let value = object.int(range) else { throw wrong(name, "a whole number") }
    return value
  }

  func optionalInt(_ name: StaticString) throws(LineFault) -> Int? { has(name) ? try int(name) : nil }

  func bool(_ name: StaticString) throws(LineFault) -> Bool {
    guard let range = find(name), let value = object.bool(range) else { throw wrong(name, "true or false") }
    return value
  }

  /// The members of an object that hold whole numbers, in their order; what is none is passed over.
  func counts(_ name: StaticString) throws(LineFault) -> [(name: String, count: Int)] {
    guard let range = find(name), let inner = object.object(range) else { throw wrong(name, "an object") }
    return inner.members.compactMap { member in
      let quoted = (member.name.lowerBound - 1)..<(member.name.upperBound + 1)
      guard let name = inner.string(quoted), let count = inner.int(member.value) else { return nil }
      return (name, count)
    }
  }

  /// The members of an object; none when it is not there.
  func inner(_ name: StaticString) -> RecordMembers {
    guard let range = find(name), let inner = object.object(range) else {
      return RecordMembers(LineObject(line: object.line))
    }
    return RecordMembers(inner)
  }

  func objects(_ name: StaticString) throws(LineFault) -> [RecordMembers] {
    guard let range = find(name), let list = object.array(range) else { throw wrong(name, "a list") }
    var output: [RecordMembers] = []
    output.reserveCapacity(list.count)
    for value in list {
      guard let object = object.object(value) else { throw wrong(name, "a list of objects") }
      output.append(RecordMembers(object))
    }
    return output
  }

  func word<Word: RawRepresentable<String>>(_ name: StaticString) throws(LineFault) -> Word {
    guard let word = Word(rawValue: try text(name)) else { throw wrong(name, "a word that this dunningd knows") }
    return word
  }

  func day(_ name: StaticString) throws(LineFault) -> Day {
    guard let range = find(name), range.count == 12,
      let day = object.line.day((range.lowerBound + 1)..<(range.upperBound - 1))
    else {
      throw wrong(name, "a day such as 2026-03-01")
    }
    return day
  }

  func optionalDay(_ name: StaticString) throws(LineFault) -> Day? { has(name) ? try day(name) : nil }

  func instant(_ name: StaticString) throws(LineFault) -> Instant {
    guard let range = find(name), range.count > 2,
      let instant = object.line.instant((range.lowerBound + 1)..<(range.upperBound - 1))
    else { throw wrong(name, "a time such as 2026-03-01T09:00:00.000Z") }
    return instant
  }

  func currency() throws(LineFault) -> Currency {
    guard let range = find("currency"), range.count == 5, let text = object.string(range),
      let currency = Currency(code: text)
    else { throw wrong("currency", "a code of ISO 4217") }
    return currency
  }

  /// Without `Money.limit`, which is for what comes from outside: a sum may be larger than any of its parts.
  func money(_ name: StaticString, _ currency: Currency) throws(LineFault) -> Money {
    guard let range = find(name), let minor = minor(range, digits: currency.digits) else {
      throw wrong(name, "an amount with \(currency.digits) decimal places")
    }
    return Money(minor: minor, currency)
  }

  /// `-1234.50` between quotes, in minor units.
  private func minor(_ range: Range<Int>, digits: Int) -> Int? {
    var at = range.lowerBound + 1
    let end = range.upperBound - 1
    guard range.count > 2, object.line[at - 1] == UInt8(ascii: "\"") else { return nil }
    let isNegative = object.line[at] == UInt8(ascii: "-")
    if isNegative { at += 1 }
    let point = digits == 0 ? end : end - digits - 1
    guard point > at, point == end || object.line[point] == UInt8(ascii: ".") else { return nil }
    var value = 0
    while at < end {
      let digit = object.line[at] &- UInt8(ascii: "0")
      if at != point {
        let (tens, isTooLarge) = value.multipliedReportingOverflow(by: 10)
        let (sum, isTooLargeNow) = tens.addingReportingOverflow(Int(digit))
        guard digit < 10, !isTooLarge, !isTooLargeNow else { return nil }
        value = sum
      }
      at += 1
    }
    return isNegative ? -value : value
  }

  func key() throws(LineFault) -> ItemKey {
    ItemKey(customer: try text("customer"), number: try text("number"), item: try text("item"))
  }
}
