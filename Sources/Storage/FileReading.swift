import Glibc

/// A system call that failed, in the words of the system.
package struct SystemFault: Error, Equatable, Sendable, CustomStringConvertible {
  package let action: String
  package let path: String
  package let code: Int32

  package init(_ action: String, _ path: String, code: Int32 = errno) {
    self.action = action
    self.path = path
    self.code = code
  }

  package var isMissing: Bool { code == ENOENT || code == ENOTDIR }

  /// `cannot read /var/lib/dunningd/ledger/invoices.csv: Permission denied`
  package var description: String { "cannot \(action) \(path): \(String(cString: strerror(code)))" }
}

/// What tells one state of a file from another without reading it.
package struct FileIdentity: Hashable, Sendable {
  package let device: UInt
  package let inode: UInt
  package let size: Int
  /// Nanoseconds since 1970.
  package let modified: Int

  init(_ status: stat) {
    device = UInt(status.st_dev)
    inode = UInt(status.st_ino)
    size = Int(status.st_size)
    modified = status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec
  }

  /// Milliseconds since 1970.
  package var modifiedMilliseconds: Int { modified / 1_000_000 }
}

/// Reads whole regular files.
package enum FileReading {
  /// A file larger than this is refused rather than read into memory.
  package static let sizeMax = 2 << 30

  /// The bytes and the identity that they were read under.
  package static func whole(_ path: String) throws(SystemFault) -> (bytes: [UInt8], identity: FileIdentity) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
    guard descriptor >= 0 else { throw SystemFault("read", path) }
    defer { close(descriptor) }
    let identity = try identity(of: descriptor, path)
    var bytes = try content(of: descriptor, path, room: identity.size + 1)
    while bytes.count > identity.size {
      // Grown since it was looked at: read on, in steps, until the end.
      guard bytes.count <= sizeMax else { throw SystemFault("read", path, code: EFBIG) }
      let more = try content(of: descriptor, path, room: 65_536)
      if more.isEmpty { break }
      bytes += more
    }
    return (bytes, identity)
  }

  /// The first bytes of a file, a pipe or a terminal, and no more than `most`; what follows in a pipe is read and
  /// dropped, so that whoever writes into it can finish.
  package static func beginning(of path: String, most: Int) throws(SystemFault) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
    guard descriptor >= 0 else { throw SystemFault("read", path) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(descriptor, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw SystemFault("read", path) }
      if count == 0 { return bytes }
      bytes += piece[..<min(count, max(0, most - bytes.count))]
      // A file can be left where one stands.
      if bytes.count >= most, lseek(descriptor, 0, SEEK_CUR) >= 0 { return bytes }
    }
  }

  /// What follows in an open file, no more than there is `room` for. The memory is not filled with zeros first: a ledger
  /// may be large.
  private static func content(
    of descriptor: Int32, _ path: String, room: Int
  ) throws(SystemFault) -> [UInt8] {
    var fault: SystemFault?
    let bytes = [UInt8](unsafeUninitializedCapacity: room) { buffer, filled in
      while filled < room {
        let count = read(descriptor, buffer.baseAddress.map { $0 + filled }, room - filled)
        if count == 0 { return }
        if count > 0 {
          filled += count
        } else if errno != EINTR {
          fault = SystemFault("read", path)
          return
        }
      }
    }
    if let fault { throw fault }
    return bytes
  }

  /// The identity of a file; nil when there is none.
  package static func identity(of path: String) -> FileIdentity? {
    var status = stat()
    return stat(path, &status) == 0 ? FileIdentity(status) : nil
  }

  package static func exists(_ path: String) -> Bool { identity(of: path) != nil }

  package static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Names in a folder, sorted, without `.` and `..`.
  package static func names(in folder: String) throws(SystemFault) -> [String] {
    guard let stream = opendir(folder) else { throw SystemFault("list", folder) }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  private static func identity(of descriptor: Int32, _ path: String) throws(SystemFault) -> FileIdentity {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw SystemFault("read", path) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw SystemFault("read", path, code: status.st_mode & S_IFMT == S_IFDIR ? EISDIR : EINVAL)
    }
    guard status.st_size <= sizeMax else { throw SystemFault("read", path, code: EFBIG) }
    return FileIdentity(status)
  }
}
