import Foundation
import Testing

@testable import Storage

@Suite("The disk of the machine", .serialized)
struct PosixDiskTests {
  private let disk = PosixDisk()
  private let folder: String

  init() throws {
    folder = NSTemporaryDirectory() + "dunningd-disk-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  private func mode(_ path: String) throws -> UInt32? { try disk.status(path)?.permissions }

  @Test("what is appended is there, in a file that only its user can read")
  func append() throws {
    let path = folder + "/a"
    let file = try disk.openAppending(path)
    try file.append(Array("one\n".utf8))
    try file.sync()
    let again = try disk.openAppending(path)
    try again.append(Array("two\n".utf8))
    #expect(try String(decoding: disk.read(path).bytes, as: UTF8.self) == "one\ntwo\n")
    #expect(try disk.read(path, from: 4, count: 2) == Array("tw".utf8))
    #expect(try disk.read(path, from: 100, count: 2) == [])
    #expect(try mode(path) == 0o600)
    try again.truncate(to: 4)
    #expect(try file.status().size == 4)
  }

  @Test("a folder is made 0700, and made only once")
  func folders() throws {
    try disk.makeDirectory(folder + "/d")
    try disk.makeDirectory(folder + "/d")
    #expect(try mode(folder + "/d") == 0o700)
    #expect(try disk.list(folder) == ["d"])
    #expect(throws: DiskError(.create, folder + "/x/y", .errno(ENOENT))) { try disk.makeDirectory(folder + "/x/y") }
  }

  @Test("a file is replaced whole, and its draft is gone")
  func replace() throws {
    let path = folder + "/r"
    try disk.replace(path, with: Array("old".utf8))
    try disk.replace(path, with: Array("new".utf8))
    #expect(try disk.read(path).bytes == Array("new".utf8))
    #expect(try disk.list(folder) == ["r"])
    try disk.remove(path)
    #expect(try disk.status(path) == nil)
  }

  @Test("a link, a folder, a pipe are not taken for a file")
  func links() throws {
    let target = folder + "/target"
    try disk.replace(target, with: [1])
    symlink(target, folder + "/link")
    mkfifo(folder + "/pipe", 0o600)
    #expect(throws: DiskError(.open, folder + "/link", .errno(ELOOP))) { try disk.read(folder + "/link") }
    #expect(throws: DiskError(.open, folder + "/link", .errno(ELOOP))) { try disk.openAppending(folder + "/link") }
    #expect(throws: DiskError(.open, folder + "/pipe", .notAFile)) { try disk.read(folder + "/pipe") }
    #expect(throws: DiskError(.open, folder, .notAFile)) { try disk.read(folder) }
    #expect(try disk.read(folder + "/link", limit: 10, followingLinks: true).bytes == [1])
  }

  @Test("a file above the limit is refused before it is read")
  func limit() throws {
    try disk.replace(folder + "/big", with: [UInt8](repeating: 0, count: 11))
    #expect(throws: DiskError(.read, folder + "/big", .tooLarge(bytes: 11, limit: 10))) {
      try disk.read(folder + "/big", limit: 10, followingLinks: false)
    }
  }

  @Test("the second holder of a lock is told who the first one is")
  func locks() throws {
    let path = folder + "/daemon.lock"
    let first = try disk.lock(path, waitMilliseconds: 0)
    // Another process, since a lock is of the open file it would do within this one too.
    #expect(throws: DiskError(.lock, path, .locked(pid: Int(getpid())))) {
      try disk.lock(path, waitMilliseconds: 20)
    }
    first.release()
    _ = try disk.lock(path, waitMilliseconds: 0)
    _ = try disk.lock(path, waitMilliseconds: 0)
  }

  @Test("a lock is free when the process that held it was killed")
  func lockOfTheDead() throws {
    let path = folder + "/daemon.lock"
    try disk.replace(path, with: [])
    let holder = Process()
    holder.executableURL = URL(fileURLWithPath: "/usr/bin/flock")
    holder.arguments = ["-x", "--no-fork", path, "/bin/sleep", "60"]
    try holder.run()
    var isHeld = false
    for _ in 0..<500 where !isHeld {
      do { try disk.lock(path, waitMilliseconds: 0).release() } catch { isHeld = error.isLocked }
      usleep(10_000)
    }
    #expect(isHeld)
    kill(holder.processIdentifier, SIGKILL)
    holder.waitUntilExit()
    _ = try disk.lock(path, waitMilliseconds: 1000)
  }

  @Test("a full disk says so, and the file refuses everything afterwards")
  func fullDisk() throws {
    // The kernel's /dev/full is no regular file, so a descriptor is opened past the check.
    let file = try Descriptor("/dev/full", O_WRONLY, .open)
    #expect(throws: DiskError(.append(bytes: 3), "/dev/full", .errno(ENOSPC))) { try file.write([1, 2, 3]) }
  }

  @Test("a file size limit is an error and no deadly signal; what did not fit is said")
  func sizeLimit() throws {
    let path = folder + "/limited"
    let file = try disk.openAppending(path)
    var old = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &old)
    // Far beyond whatever else this process writes, in a file that is all hole.
    let size = 1 << 36
    try file.truncate(to: size)
    var small = rlimit(rlim_cur: rlim_t(size + 100), rlim_max: old.rlim_max)
    setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &small)
    defer { setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &old) }
    #expect(throws: DiskError(.append(bytes: 150), path, .short(written: 100))) {
      try file.append([UInt8](repeating: 1, count: 150))
    }
    #expect(throws: DiskError(.sync, path, .broken)) { try file.sync() }
    let again = try disk.openAppending(path)
    #expect(throws: DiskError(.append(bytes: 1), path, .errno(EFBIG))) { try again.append([1]) }
    #expect(try disk.status(path)?.size == size + 100)
  }

  @Test("errors say what could not be done to which file, why, and what to do")
  func sentences() {
    let full = DiskError(.append(bytes: 412), "/s/journal/000001.jsonl", .errno(ENOSPC))
    #expect(
      full.description == """
        /s/journal/000001.jsonl: cannot append 412 bytes: No space left on device
          remedy: make room on its file system (`df -h`, `df -i`)
        """)
    #expect(
      DiskError(.lock, "/s/daemon.lock", .locked(pid: 7)).description == """
        /s/daemon.lock: cannot lock it: process 7 holds it
          remedy: wait until it is done, or stop it
        """)
  }
}
