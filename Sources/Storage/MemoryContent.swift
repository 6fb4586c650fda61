/// One file of a `MemoryDisk`: what readers see, and what a crash cannot take.
struct MemoryContent {
  private(set) var bytes: [UInt8]
  private(set) var durable: [UInt8]
  let inode: UInt64
  private var modified: Int
  /// A sync failed: the system took its pages for clean, so that later syncs say yes and do nothing for them.
  private var isLost = false

  init(_ bytes: [UInt8], inode: UInt64, now: Int) {
    self.bytes = bytes
    durable = bytes
    self.inode = inode
    modified = now
  }

  var status: FileStatus {
    FileStatus(
      device: 1, inode: inode, size: bytes.count, modified: modified * 1_000_000, changed: modified * 1_000_000,
      permissions: 0o600, owner: 0, isDirectory: false)
  }

  mutating func append(_ more: [UInt8], now: Int) {
    bytes += more
    modified = now
  }

  mutating func sync() { if !isLost { durable = bytes } }

  mutating func failSync() { isLost = true }

  /// Durable at once, as the call that it stands for syncs too.
  mutating func truncate(to count: Int, now: Int) {
    if count < bytes.count { bytes.removeLast(bytes.count - count) }
    durable = bytes
    modified = now
  }

  /// What the next process finds when this one dies and the machine does not: all that was written; but of a file whose
  /// sync failed only what is on the disk, since the system drops such pages from memory when it likes.
  mutating func kill() {
    if isLost { bytes = durable }
    isLost = false
  }

  mutating func crash(_ random: inout SeededGenerator) {
    defer {
      durable = bytes
      isLost = false
    }
    guard bytes.count > durable.count else { return }
    switch random.below(5) {
    case 0: bytes = durable
    case 1: break
    case 2: bytes.removeLast(random.below(bytes.count - durable.count + 1))
    case 3:
      for sector in (durable.count / MemoryDisk.sector)...(bytes.count / MemoryDisk.sector)
      where random.below(2) == 0 { overwrite(sector) { 0 } }
    default:
      bytes.removeLast(random.below(bytes.count - durable.count + 1))
      overwrite(bytes.count / MemoryDisk.sector) { UInt8(random.below(256)) }
    }
  }

  /// Only what is not durable: a disk writes a sector whole or not at all.
  private mutating func overwrite(_ sector: Int, with byte: () -> UInt8) {
    let start = max(durable.count, sector * MemoryDisk.sector)
    let end = min(bytes.count, (sector + 1) * MemoryDisk.sector)
    if start < end { for index in start..<end { bytes[index] = byte() } }
  }
}

/// Numbers that a seed decides (SplitMix64): the same on every machine and in every run.
package struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// 0..<bound; a bound of at least 1.
  package mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}
