/// What the program asks of a disk. `PosixDisk` is the real one, `MemoryDisk` one that can crash.
///
/// Whatever creates, replaces or removes a name is durable when it returns; what is appended is durable after `sync`.
/// Everything that is created belongs to one user: files 0600, folders 0700. Not for several threads at once.
package protocol Disk {
  /// Nil when there is nothing of that name. Links are followed.
  func status(_ path: String) throws(DiskError) -> FileStatus?
  /// A whole regular file of at most `limit` bytes. Links are followed only when asked.
  func read(_ path: String, limit: Int, followingLinks: Bool) throws(DiskError) -> FileContents
  /// At most `count` bytes from `offset`; fewer only at the end of the file. Links are not followed.
  func read(_ path: String, from offset: Int, count: Int) throws(DiskError) -> [UInt8]
  /// Opens for reading here and there. Links are not followed.
  func openReading(_ path: String) throws(DiskError) -> any ReadFile
  /// Names in a folder, sorted.
  func list(_ path: String) throws(DiskError) -> [String]
  /// Does nothing when the folder is there; the one above it must be.
  func makeDirectory(_ path: String) throws(DiskError)
  /// Opens for appending, creating it when it is not there.
  func openAppending(_ path: String) throws(DiskError) -> any AppendFile
  /// Puts a whole file in place of another: whoever looks sees the old one or the new one.
  ///
  /// - Parameter modified: the time of writing that it is to bear, in nanoseconds since 1970; nil is now.
  func replace(_ path: String, with bytes: [UInt8], modified: Int?) throws(DiskError)
  func remove(_ path: String) throws(DiskError)
  /// Bytes that the user may still write on the file system of `path`.
  func freeBytes(_ path: String) throws(DiskError) -> Int
  /// Takes the lock that a file stands for, waiting at most so long for another to let go.
  ///
  /// - Throws: `DiskError.Cause.locked` with the holder's process, where it is known.
  func lock(_ path: String, waitMilliseconds: Int) throws(DiskError) -> any HeldLock
}

/// A file that is read here and there: the one that bore the name when it was opened.
package protocol ReadFile: AnyObject {
  /// At most `count` bytes from `offset`; fewer only at the end of the file.
  func read(from offset: Int, count: Int) throws(DiskError) -> [UInt8]
  func status() throws(DiskError) -> FileStatus
}

/// A file that grows. After a failed append, sync or cut it refuses everything (`broken`): what is on the disk is
/// unknown then, and a second sync would say that all is well although it is not.
package protocol AppendFile: AnyObject {
  /// Writes with one call.
  func append(_ bytes: [UInt8]) throws(DiskError)
  /// Returns once everything appended is on the disk.
  func sync() throws(DiskError)
  /// Cuts the file to so many bytes, durably.
  func truncate(to count: Int) throws(DiskError)
  func status() throws(DiskError) -> FileStatus
}

/// A lock; let go by `release`, or when nobody refers to it any more, or when the process ends.
package protocol HeldLock: AnyObject {
  func release()
}

extension Disk {
  /// 1 GiB, for files that come whole into memory.
  package static var limitDefault: Int { 1 << 30 }

  package func replace(_ path: String, with bytes: [UInt8]) throws(DiskError) {
    try replace(path, with: bytes, modified: nil)
  }

  package func read(_ path: String) throws(DiskError) -> FileContents {
    try read(path, limit: Self.limitDefault, followingLinks: false)
  }
}

/// What tells one state of a file from another.
package struct FileStatus: Sendable, Hashable {
  package var device: UInt64
  package var inode: UInt64
  /// Bytes.
  package var size: Int
  /// Nanoseconds since 1970: of the content, and of anything.
  package var modified: Int
  package var changed: Int
  /// The twelve lower bits of the mode.
  package var permissions: UInt32
  package var owner: UInt32
  package var isDirectory: Bool

  /// Milliseconds since 1970 at which the content was written last.
  package var modifiedMilliseconds: Int { modified / 1_000_000 }
}

/// A file as it was read.
package struct FileContents: Sendable {
  package var bytes: [UInt8]
  /// Before and after: equal unless somebody wrote to it meanwhile.
  package var before: FileStatus
  package var after: FileStatus

  package var wasChanged: Bool { before != after || bytes.count != after.size }
}

/// What a file that is about to take another one's place is called until then.
package enum DiskDraft {
  package static let ending = ".tmp"
}
