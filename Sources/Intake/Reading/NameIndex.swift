/// Numbers names in the order in which they come, and finds them again by their bytes.
///
/// A dictionary would make a text of every cell first, and there is one cell a row. Names beyond ASCII can be written in
/// several ways that mean the same (`é` in one scalar or in two), so once there is one, text is compared after all.
struct NameIndex: Sendable {
  /// By number.
  private(set) var names: [String] = []
  /// Below, 1 + the number of the name whose hash leads here or to a slot before, and above, that hash; 0 where there is
  /// none. A power of two of them.
  private var slots: [UInt64] = Array(repeating: 0, count: 16)
  /// All names, once one of them is beyond ASCII.
  private var byText: [String: Int32]?

  init() {}

  /// Those names, each of them once.
  init(_ names: some Sequence<String>) {
    for var name in names {
      _ = name.withUTF8 { insert($0) }
    }
  }

  var count: Int { names.count }

  /// The number of a name; nil when it has none yet.
  func number(of cell: Cell) -> Int? {
    if let byText { return byText[String(decoding: cell, as: UTF8.self)].map { Int($0) } }
    if !NameIndex.isPlain(cell) { return number(of: String(decoding: cell, as: UTF8.self)) }
    let found = slots[slot(of: cell, NameIndex.hash(cell))]
    return found == 0 ? nil : NameIndex.number(in: found)
  }

  func number(of name: String) -> Int? {
    if let byText { return byText[name].map { Int($0) } }
    var plain = NameIndex.plainTwin(of: name)
    guard plain.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
    return plain.withUTF8 { number(of: $0) }
  }

  /// With ASCII in the place of the only three scalars that are nothing but another way to write it (Unicode 16,
  /// UnicodeData.txt): the signs for Kelvin, Greek question mark and varia.
  private static func plainTwin(of name: String) -> String {
    String(
      String.UnicodeScalarView(
        name.unicodeScalars.map { scalar in
          switch scalar {
          case "\u{212A}": "K"
          case "\u{37E}": ";"
          case "\u{1FEF}": "`"
          default: scalar
          }
        }))
  }

  /// The number of a name, which it gets now if it has none.
  mutating func insert(_ cell: Cell) -> Int {
    if let known = number(of: cell) { return known }
    let name = String(decoding: cell, as: UTF8.self)
    if byText == nil, !NameIndex.isPlain(cell) {
      byText = Dictionary(names.enumerated().map { ($1, Int32($0)) }) { first, _ in first }
    }
    byText?[name] = Int32(names.count)
    let hash = NameIndex.hash(cell)
    if (names.count + 1) * 2 > slots.count { grow() }
    let slot = slot(of: cell, hash)
    names.append(name)
    slots[slot] = UInt64(hash) << 32 | UInt64(names.count)
    return names.count - 1
  }

  /// Where the name stands, or where it belongs.
  private func slot(of cell: Cell, _ hash: UInt32) -> Int {
    let mask = slots.count - 1
    var slot = Int(hash) & mask
    while slots[slot] != 0 {
      if slots[slot] >> 32 == hash, NameIndex.isSame(names[NameIndex.number(in: slots[slot])], cell) { break }
      slot = (slot + 1) & mask
    }
    return slot
  }

  private mutating func grow() {
    let mask = slots.count * 2 - 1
    var larger = [UInt64](repeating: 0, count: mask + 1)
    for taken in slots where taken != 0 {
      var slot = Int(taken >> 32) & mask
      while larger[slot] != 0 { slot = (slot + 1) & mask }
      larger[slot] = taken
    }
    slots = larger
  }

  private static func number(in slot: UInt64) -> Int { Int(slot & 0xFFFF_FFFF) - 1 }

  private static func isSame(_ name: String, _ cell: Cell) -> Bool {
    guard name.utf8.count == cell.count else { return false }
    return name.utf8.withContiguousStorageIfAvailable { name in
      for index in cell.indices where name[index] != cell[index] { return false }
      return true
    } ?? name.utf8.elementsEqual(cell)
  }

  private static func isPlain(_ cell: Cell) -> Bool {
    var bits: UInt8 = 0
    for byte in cell { bits |= byte }
    return bits < 0x80
  }

  /// FNV-1a over words of four bytes, with a last turn that spreads the high bits.
  private static func hash(_ cell: Cell) -> UInt32 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    var at = 0
    let bytes = UnsafeRawBufferPointer(cell)
    while at + 4 <= bytes.count {
      hash = (hash ^ UInt64(bytes.loadUnaligned(fromByteOffset: at, as: UInt32.self))) &* 0x0000_0100_0000_01B3
      at += 4
    }
    while at < bytes.count {
      hash = (hash ^ UInt64(bytes[at])) &* 0x0000_0100_0000_01B3
      at += 1
    }
    hash ^= hash >> 32
    hash = hash &* 0x9E37_79B9_7F4A_7C15
    return UInt32(truncatingIfNeeded: hash >> 32)
  }
}
