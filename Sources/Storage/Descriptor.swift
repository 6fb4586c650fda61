import Glibc

/// An open file; closed when nobody refers to it any more. Every call that failed says which and why.
final class Descriptor {
  let number: Int32
  let path: String

  /// Files that it creates are 0600, and the child processes of ours never see them.
  init(_ path: String, _ flags: Int32, _ operation: DiskError.Operation) throws(DiskError) {
    var number: Int32
    repeat { number = open(path, flags | O_CLOEXEC, 0o600 as mode_t) } while number < 0 && errno == EINTR
    guard number >= 0 else { throw DiskError(operation, path, .errno(errno)) }
    self.number = number
    self.path = path
  }

  deinit { close(number) }

  func status() throws(DiskError) -> FileStatus { FileStatus(try rawStatus()) }

  func isRegular() throws(DiskError) -> Bool { try rawStatus().st_mode & S_IFMT == S_IFREG }

  private func rawStatus() throws(DiskError) -> stat {
    var raw = stat()
    guard fstat(number, &raw) == 0 else { throw DiskError(.look, path, .errno(errno)) }
    return raw
  }

  func read(from offset: Int, count: Int) throws(DiskError) -> [UInt8] {
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      filled = 0
      while filled < count {
        let got = pread(number, buffer.baseAddress?.advanced(by: filled), count - filled, offset + filled)
        if got < 0, errno == EINTR { continue }
        if got < 0 { failure = errno }
        if got <= 0 { break }
        filled += got
      }
    }
    guard failure == 0 else { throw DiskError(.read, path, .errno(failure)) }
    return bytes
  }

  /// One write; what was not taken is not tried again, since a regular file takes all unless something is wrong.
  func write(_ bytes: [UInt8]) throws(DiskError) {
    guard !bytes.isEmpty else { return }
    var taken: Int
    repeat { taken = Glibc.write(number, bytes, bytes.count) } while taken < 0 && errno == EINTR
    guard taken >= 0 else { throw DiskError(.append(bytes: bytes.count), path, .errno(errno)) }
    guard taken == bytes.count else { throw DiskError(.append(bytes: bytes.count), path, .short(written: taken)) }
  }

  /// Nanoseconds since 1970.
  func setModified(_ nanoseconds: Int) throws(DiskError) {
    let time = timespec(tv_sec: nanoseconds / 1_000_000_000, tv_nsec: nanoseconds % 1_000_000_000)
    guard futimens(number, [time, time]) == 0 else { throw DiskError(.replace, path, .errno(errno)) }
  }

  func sync(dataOnly: Bool = false) throws(DiskError) {
    var result: Int32
    // Interrupted by a signal it has lost nothing (as an EIO would have), and syncs the same data when asked again.
    repeat { result = dataOnly ? fdatasync(number) : fsync(number) } while result != 0 && errno == EINTR
    guard result == 0 else { throw DiskError(.sync, path, .errno(errno)) }
  }

  /// What root creates in the service user's folder must be the service user's, or the daemon could not open it.
  func giveToOwner(of folder: String) throws(DiskError) {
    guard geteuid() == 0 else { return }
    var raw = stat()
    guard stat(folder, &raw) == 0, fchown(number, raw.st_uid, raw.st_gid) == 0 else {
      throw DiskError(.create, path, .errno(errno))
    }
  }
}

extension FileStatus {
  init(_ raw: stat) {
    device = UInt64(raw.st_dev)
    inode = UInt64(raw.st_ino)
    size = Int(raw.st_size)
    modified = raw.st_mtim.tv_sec * 1_000_000_000 + raw.st_mtim.tv_nsec
    changed = raw.st_ctim.tv_sec * 1_000_000_000 + raw.st_ctim.tv_nsec
    permissions = UInt32(raw.st_mode & 0o7777)
    owner = raw.st_uid
    isDirectory = raw.st_mode & S_IFMT == S_IFDIR
  }
}
