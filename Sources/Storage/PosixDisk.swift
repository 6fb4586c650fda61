import Glibc

/// The disk of the machine.
package struct PosixDisk: Disk {
  /// From here on a write beyond the process's file size limit is an error (`EFBIG`) and no deadly signal.
  package init() { signal(SIGXFSZ, SIG_IGN) }

  package func status(_ path: String) throws(DiskError) -> FileStatus? {
    var raw = stat()
    guard stat(path, &raw) == 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw DiskError(.look, path, .errno(errno))
    }
    return FileStatus(raw)
  }

  package func read(_ path: String, limit: Int, followingLinks: Bool) throws(DiskError) -> FileContents {
    let file = try Descriptor(path, O_RDONLY | O_NONBLOCK | (followingLinks ? 0 : O_NOFOLLOW), .open)
    let before = try file.status()
    try PosixDisk.requireFile(file, path)
    guard before.size <= limit else { throw DiskError(.read, path, .tooLarge(bytes: before.size, limit: limit)) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(before.size + 1)
    while true {
      let piece = try file.read(from: bytes.count, count: max(before.size - bytes.count, 0) + 65_536)
      if piece.isEmpty { break }
      bytes += piece
      guard bytes.count <= limit else { throw DiskError(.read, path, .tooLarge(bytes: bytes.count, limit: limit)) }
    }
    return FileContents(bytes: bytes, before: before, after: try file.status())
  }

  package func read(_ path: String, from offset: Int, count: Int) throws(DiskError) -> [UInt8] {
    let file = try Descriptor(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW, .open)
    try PosixDisk.requireFile(file, path)
    return try file.read(from: offset, count: count)
  }

  package func openReading(_ path: String) throws(DiskError) -> any ReadFile {
    let file = try Descriptor(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW, .open)
    try PosixDisk.requireFile(file, path)
    return PosixReading(file)
  }

  package func list(_ path: String) throws(DiskError) -> [String] {
    guard let folder = opendir(path) else { throw DiskError(.list, path, .errno(errno)) }
    defer { closedir(folder) }
    var names: [String] = []
    errno = 0
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
      errno = 0
    }
    guard errno == 0 else { throw DiskError(.list, path, .errno(errno)) }
    return names.sorted()
  }

  package func makeDirectory(_ path: String) throws(DiskError) {
    guard mkdir(path, 0o700) != 0 else {
      let folder = try Descriptor(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, .create)
      try folder.giveToOwner(of: PosixDisk.folder(of: path))
      try PosixDisk.syncFolder(of: path)
      return
    }
    let code = errno
    if code == EEXIST, try status(path)?.isDirectory == true { return }
    throw DiskError(.create, path, .errno(code))
  }

  package func openAppending(_ path: String) throws(DiskError) -> any AppendFile {
    let flags = O_RDWR | O_APPEND | O_NOFOLLOW | O_NONBLOCK
    do {
      let file = try Descriptor(path, flags, .open)
      try PosixDisk.requireFile(file, path)
      return PosixFile(file)
    } catch {
      guard error.isMissing else { throw error }
    }
    let file = try Descriptor(path, flags | O_CREAT | O_EXCL, .create)
    try file.giveToOwner(of: PosixDisk.folder(of: path))
    try file.sync()
    try PosixDisk.syncFolder(of: path)
    return PosixFile(file)
  }

  package func replace(_ path: String, with bytes: [UInt8], modified: Int?) throws(DiskError) {
    let draft = path + DiskDraft.ending
    do {
      let file = try Descriptor(draft, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, .replace)
      try file.giveToOwner(of: PosixDisk.folder(of: path))
      try file.write(bytes)
      if let modified { try file.setModified(modified) }
      try file.sync()
    } catch {
      unlink(draft)
      throw DiskError(.replace, path, error.cause)
    }
    guard rename(draft, path) == 0 else {
      let code = errno
      unlink(draft)
      throw DiskError(.replace, path, .errno(code))
    }
    try PosixDisk.syncFolder(of: path)
  }

  package func remove(_ path: String) throws(DiskError) {
    guard unlink(path) == 0 else { throw DiskError(.remove, path, .errno(errno)) }
    try PosixDisk.syncFolder(of: path)
  }

  package func freeBytes(_ path: String) throws(DiskError) -> Int {
    var raw = statvfs()
    guard statvfs(path, &raw) == 0 else { throw DiskError(.look, path, .errno(errno)) }
    return Int(clamping: raw.f_bavail.multipliedReportingOverflow(by: raw.f_frsize).partialValue)
  }

  package func lock(_ path: String, waitMilliseconds: Int) throws(DiskError) -> any HeldLock {
    let file = try Descriptor(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, .lock)
    try file.giveToOwner(of: PosixDisk.folder(of: path))
    var waited = 0
    while flock(file.number, LOCK_EX | LOCK_NB) != 0 {
      let code = errno
      if code == EINTR { continue }
      guard code == EWOULDBLOCK else { throw DiskError(.lock, path, .errno(code)) }
      guard waited < waitMilliseconds else {
        throw DiskError(.lock, path, .locked(pid: PosixDisk.holder(file)))
      }
      usleep(5000)
      waited += 5
    }
    // Who holds it, for the one who comes second; not being able to say so is no reason to stop. Who held it last need
    // not write it again.
    if PosixDisk.holder(file) != Int(getpid()) {
      _ = ftruncate(file.number, 0)
      let name = Array("\(getpid())\n".utf8)
      _ = pwrite(file.number, name, name.count, 0)
    }
    return PosixLock(file)
  }

  private static func holder(_ file: Descriptor) -> Int? {
    guard let bytes = try? file.read(from: 0, count: 32) else { return nil }
    return Int(String(decoding: bytes.filter { $0 > 0x20 }, as: UTF8.self))
  }

  private static func requireFile(_ file: Descriptor, _ path: String) throws(DiskError) {
    guard try file.isRegular() else { throw DiskError(.open, path, .notAFile) }
  }

  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// A name is on the disk only once its folder is.
  private static func syncFolder(of path: String) throws(DiskError) {
    let folder = try Descriptor(folder(of: path), O_RDONLY | O_DIRECTORY, .sync)
    try folder.sync()
  }
}

private final class PosixReading: ReadFile {
  private let file: Descriptor

  init(_ file: Descriptor) { self.file = file }
  func read(from offset: Int, count: Int) throws(DiskError) -> [UInt8] { try file.read(from: offset, count: count) }
  func status() throws(DiskError) -> FileStatus { try file.status() }
}

private final class PosixFile: AppendFile {
  private let file: Descriptor
  private var isBroken = false

  init(_ file: Descriptor) { self.file = file }

  func append(_ bytes: [UInt8]) throws(DiskError) {
    try guarded(.append(bytes: bytes.count)) { () throws(DiskError) in try file.write(bytes) }
  }

  func sync() throws(DiskError) {
    try guarded(.sync) { () throws(DiskError) in try file.sync(dataOnly: true) }
  }

  func truncate(to count: Int) throws(DiskError) {
    try guarded(.truncate) { () throws(DiskError) in
      guard ftruncate(file.number, count) == 0 else { throw DiskError(.truncate, file.path, .errno(errno)) }
      try file.sync()
    }
  }

  func status() throws(DiskError) -> FileStatus { try file.status() }

  private func guarded(
    _ operation: DiskError.Operation, _ action: () throws(DiskError) -> Void
  ) throws(DiskError) {
    guard !isBroken else { throw DiskError(operation, file.path, .broken) }
    do { try action() } catch {
      isBroken = true
      throw error
    }
  }
}

/// An flock of the whole file, which the kernel lets go of when the last descriptor closes: also when we are killed.
private final class PosixLock: HeldLock {
  private var file: Descriptor?

  init(_ file: Descriptor) { self.file = file }
  func release() { file = nil }
}
