/// Numbers names in the order in which they come, and finds them again by their bytes.
///
/// A dictionary would make a text of every cell first, and there is one cell a row. Names beyond ASCII can be written in
/// several ways that mean the same (`é` in one scalar or in two), so once there is one, text is compared after all.
struct NameIndex: Sendable {
  /// By number.
  private(set) var names: [String] = []
  /// A power of two of them.
  private var slots = Array(repeating: Slot.empty, count: 16)
  /// All names, once one of them is beyond ASCII.
  private var byText: [String: Int32]?

  /// All that is needed to know a name again, in one place: each look at another place waits for the memory.
  private struct Slot: Sendable {
    /// How the name begins.
    var head: ShortCell
    var hash: UInt32
    /// Of the name whose hash leads here or to a slot before; -1 where there is none.
    var number: Int32

    static let empty = Slot(head: ShortCell(""), hash: 0, number: -1)
  }

  init() {}

  /// Those names, each of them once.
  init(_ names: some Collection<String>) {
    self.names.reserveCapacity(names.count)
    var count = slots.count
    while !NameIndex.isRoomy(count, for: names.count) { count *= 2 }
    grow(to: count)
    for var name in names {
      _ = name.withUTF8 { insert($0) }
    }
  }

  var count: Int { names.count }

  /// The number of a name; nil when it has none yet.
  func number(of cell: Cell) -> Int? {
    if let byText { return byText[String(decoding: cell, as: UTF8.self)].map { Int($0) } }
    let head = ShortCell(cell)
    if !NameIndex.isPlain(cell, head) { return number(of: String(decoding: cell, as: UTF8.self)) }
    let found = slots[slot(of: cell, head, NameIndex.hash(cell, head))].number
    return found < 0 ? nil : Int(found)
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
    let head = ShortCell(cell)
    let isPlain = NameIndex.isPlain(cell, head)
    if byText != nil || !isPlain, let known = number(of: cell) { return known }
    let hash = NameIndex.hash(cell, head)
    if !NameIndex.isRoomy(slots.count, for: names.count + 1) { grow(to: slots.count * 2) }
    let slot = slot(of: cell, head, hash)
    if slots[slot].number >= 0 { return Int(slots[slot].number) }
    let name = String(decoding: cell, as: UTF8.self)
    if byText == nil, !isPlain {
      byText = Dictionary(names.enumerated().map { ($1, Int32($0)) }) { first, _ in first }
    }
    byText?[name] = Int32(names.count)
    slots[slot] = Slot(head: head, hash: hash, number: Int32(names.count))
    names.append(name)
    return names.count - 1
  }

  /// Where the name stands, or where it belongs.
  private func slot(of cell: Cell, _ head: ShortCell, _ hash: UInt32) -> Int {
    let mask = slots.count - 1
    var slot = Int(hash) & mask
    while slots[slot].number >= 0 {
      if slots[slot].hash == hash, slots[slot].head == head,
        !head.isCut || NameIndex.isSame(names[Int(slots[slot].number)], cell)
      {
        break
      }
      slot = (slot + 1) & mask
    }
    return slot
  }

  /// Whether so many slots are enough that few names stand behind their place.
  private static func isRoomy(_ slots: Int, for names: Int) -> Bool { names * 4 <= slots * 3 }

  private mutating func grow(to count: Int) {
    let mask = count - 1
    var larger = Array(repeating: Slot.empty, count: count)
    for taken in slots where taken.number >= 0 {
      var slot = Int(taken.hash) & mask
      while larger[slot].number >= 0 { slot = (slot + 1) & mask }
      larger[slot] = taken
    }
    slots = larger
  }

  private static func isSame(_ name: String, _ cell: Cell) -> Bool {
    guard name.utf8.count == cell.count else { return false }
    return name.utf8.withContiguousStorageIfAvailable { name in
      for index in cell.indices where name[index] != cell[index] { return false }
      return true
    } ?? name.utf8.elementsEqual(cell)
  }

  private static func isPlain(_ cell: Cell, _ head: ShortCell) -> Bool {
    if !head.isCut { return head.isPlain }
    var bits: UInt8 = 0
    for byte in cell { bits |= byte }
    return bits < 0x80
  }

  private static func hash(_ cell: Cell, _ head: ShortCell) -> UInt32 {
    var hash = head.mixed
    if head.isCut {
      // FNV-1a over words of eight bytes for what is longer; the last word may take some bytes twice.
      let bytes = UnsafeRawBufferPointer(cell)
      var at = 8
      while at < bytes.count {
        let word = bytes.loadUnaligned(fromByteOffset: min(at, bytes.count - 8), as: UInt64.self)
        hash = (hash ^ word) &* 0x0000_0100_0000_01B3
        hash ^= hash >> 32
        at += 8
      }
      hash = hash &* 0x9E37_79B9_7F4A_7C15
    }
    return UInt32(truncatingIfNeeded: hash >> 32)
  }
}
