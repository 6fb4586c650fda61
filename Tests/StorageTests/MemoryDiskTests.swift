import Glibc
import Testing

@testable import Storage

@Suite("The disk that can crash")
struct MemoryDiskTests {
  private let disk = MemoryDisk()

  @Test("a crash keeps what was synced, and of the rest what a disk might", arguments: 1...200)
  func crash(seed: UInt64) throws {
    try disk.makeDirectory("/s")
    let file = try disk.openAppending("/s/a")
    let durable = [UInt8](repeating: 1, count: 700)
    let more = [UInt8](repeating: 2, count: 2000)
    try file.append(durable)
    try file.sync()
    try file.append(more)
    disk.crash(seed: seed)
    let left = try #require(disk.bytes("/s/a"))
    #expect(left.starts(with: durable))
    #expect(left.count <= durable.count + more.count)
    #expect(throws: DiskError(.sync, "/s/a", .broken)) { try file.sync() }
    #expect(disk.durableBytes("/s/a") == left)
  }

  @Test("every fate comes: nothing, all, the beginning, holes, garbage")
  func fates() throws {
    var fates: Set<String> = []
    for seed in 1...100 {
      let disk = MemoryDisk()
      let file = try disk.openAppending("a")
      try file.append([UInt8](repeating: 2, count: 2000))
      disk.crash(seed: UInt64(seed))
      let left = try #require(disk.bytes("a"))
      if left.isEmpty { fates.insert("nothing") }
      if left.allSatisfy({ $0 == 2 }) { fates.insert(left.count == 2000 ? "all" : "beginning") }
      if left.count == 2000, left.contains(0), left.contains(2) { fates.insert("holes") }
      if left.contains(where: { $0 > 2 }) { fates.insert("garbage") }
    }
    #expect(fates == ["nothing", "all", "beginning", "holes", "garbage"])
  }

  @Test("one seed, one fate")
  func deterministic() throws {
    let left = try (0..<2).map { _ in
      let disk = MemoryDisk()
      for name in ["a", "b", "c"] {
        try disk.openAppending(name).append([UInt8](repeating: 7, count: 1500))
      }
      disk.crash(seed: 42)
      return ["a", "b", "c"].map { disk.bytes($0) }
    }
    #expect(left[0] == left[1])
  }

  @Test("after a failed sync the bytes are not durable, whatever later syncs say")
  func failedSync() throws {
    let file = try disk.openAppending("a")
    try file.append([1])
    disk.fault = { call, _ in call == .sync ? .errno(EIO) : nil }
    #expect(throws: DiskError(.sync, "a", .errno(EIO))) { try file.sync() }
    disk.fault = { _, _ in nil }
    #expect(throws: DiskError(.append(bytes: 1), "a", .broken)) { try file.append([1]) }
    let again = try disk.openAppending("a")
    try again.sync()
    #expect(disk.durableBytes("a") == [])
  }

  @Test("a short write leaves its part")
  func shortWrite() throws {
    let file = try disk.openAppending("a")
    disk.fault = { call, _ in call == .append ? .short(2) : nil }
    #expect(throws: DiskError(.append(bytes: 3), "a", .short(written: 2))) { try file.append([1, 2, 3]) }
    #expect(disk.bytes("a") == [1, 2])
  }

  @Test("locks are of one process, and gone after a crash or when it is killed")
  func locks() throws {
    let first = try disk.lock("l", waitMilliseconds: 0)
    disk.process = 2
    #expect(throws: DiskError(.lock, "l", .locked(pid: 1))) { try disk.lock("l", waitMilliseconds: 0) }
    disk.kill()
    let second = try disk.lock("l", waitMilliseconds: 0)
    first.release()
    #expect(throws: DiskError(.lock, "l", .locked(pid: 2))) { try disk.lock("l", waitMilliseconds: 0) }
    second.release()
    _ = try disk.lock("l", waitMilliseconds: 0)
  }

  @Test("a killed process leaves every byte that it wrote")
  func kill() throws {
    try disk.openAppending("a").append([1, 2])
    disk.kill()
    #expect(disk.bytes("a") == [1, 2])
    #expect(disk.durableBytes("a") == [])
  }

  @Test("folders list their own names, sorted")
  func list() throws {
    disk.put("/s/journal/2", [])
    disk.put("/s/journal/1", [])
    disk.put("/s/x", [])
    #expect(try disk.list("/s/journal") == ["1", "2"])
    #expect(try disk.list("/s") == ["journal", "x"])
    #expect(throws: DiskError(.list, "/t", .errno(ENOENT))) { try disk.list("/t") }
  }
}
