import Ledger
import Units

/// Writes values of the history as bytes, one way for each, so that the same history is the same bytes. Whole numbers
/// take seven bits a byte, the lowest first; texts are their length and UTF-8.
package struct HistoryWriter {
  package private(set) var bytes: [UInt8] = []

  package init() {}

  package mutating func write(count: Int) { write(UInt64(count)) }

  private mutating func write(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  /// Also below zero: 0, -1, 1, -2 become 0, 1, 2, 3.
  package mutating func write(number: Int) { write(UInt64(bitPattern: Int64(number << 1 ^ number >> 63))) }

  package mutating func write(_ flag: Bool) { bytes.append(flag ? 1 : 0) }

  package mutating func write(_ text: String) {
    var text = text
    text.withUTF8 { utf8 in
      write(count: utf8.count)
      bytes.append(contentsOf: utf8)
    }
  }

  package mutating func write(_ instant: Instant) { write(number: instant.milliseconds) }
  package mutating func write(_ day: Day) { write(number: day.number) }
  package mutating func write(_ currency: Currency) { bytes.append(contentsOf: currency.code.utf8) }

  package mutating func write(_ money: Money) {
    write(number: money.minor)
    write(money.currency)
  }

  package mutating func write(_ key: ItemKey) {
    write(key.customer)
    write(key.number)
    write(key.item)
  }

  package mutating func write<Value>(_ value: Value?, _ body: (inout HistoryWriter, Value) -> Void) {
    write(value != nil)
    if let value { body(&self, value) }
  }

  package mutating func write<Value>(_ list: [Value], _ body: (inout HistoryWriter, Value) -> Void) {
    write(count: list.count)
    for value in list { body(&self, value) }
  }
}

/// Reads what `HistoryWriter` wrote. Any bytes give a value or `Damage`, never a crash.
package struct HistoryReader {
  /// These bytes were not written by a `HistoryWriter` of this version.
  package struct Damage: Error { package init() {} }

  private let bytes: UnsafeRawBufferPointer
  package private(set) var at = 0

  package init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  package var isAtEnd: Bool { at == bytes.count }

  private mutating func byte() throws(Damage) -> UInt8 {
    guard at < bytes.count else { throw Damage() }
    defer { at += 1 }
    return bytes[at]
  }

  private mutating func value() throws(Damage) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let byte = try byte()
      guard shift < 64 else { throw Damage() }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
  }

  /// Never more than there are bytes left, when it counts what takes at least a byte each.
  package mutating func count() throws(Damage) -> Int {
    guard let count = Int(exactly: try value()) else { throw Damage() }
    return count
  }

  package mutating func number() throws(Damage) -> Int {
    let value = try value()
    return Int(bitPattern: UInt(value >> 1)) ^ -Int(value & 1)
  }

  package mutating func flag() throws(Damage) -> Bool {
    let byte = try byte()
    guard byte < 2 else { throw Damage() }
    return byte == 1
  }

  package mutating func text() throws(Damage) -> String {
    let count = try count()
    guard count <= bytes.count - at else { throw Damage() }
    defer { at += count }
    return String(decoding: bytes[at..<(at + count)], as: UTF8.self)
  }

  package mutating func instant() throws(Damage) -> Instant { Instant(milliseconds: try number()) }
  package mutating func day() throws(Damage) -> Day { Day(number: try number()) }

  package mutating func currency() throws(Damage) -> Currency {
    guard bytes.count - at >= 3, let currency = Currency(code: String(decoding: bytes[at..<(at + 3)], as: UTF8.self))
    else { throw Damage() }
    at += 3
    return currency
  }

  package mutating func money() throws(Damage) -> Money {
    let minor = try number()
    return Money(minor: minor, try currency())
  }

  package mutating func key() throws(Damage) -> ItemKey {
    ItemKey(customer: try text(), number: try text(), item: try text())
  }

  package mutating func word<Word: RawRepresentable<String>>() throws(Damage) -> Word {
    guard let word = Word(rawValue: try text()) else { throw Damage() }
    return word
  }

  package mutating func optional<Value>(
    _ read: (inout HistoryReader) throws(Damage) -> Value
  ) throws(Damage) -> Value? {
    try flag() ? try read(&self) : nil
  }

  package mutating func list<Value>(
    _ read: (inout HistoryReader) throws(Damage) -> Value
  ) throws(Damage) -> [Value] {
    let count = try count()
    guard count <= bytes.count - at else { throw Damage() }
    var list: [Value] = []
    list.reserveCapacity(count)
    for _ in 0..<count { list.append(try read(&self)) }
    return list
  }
}
