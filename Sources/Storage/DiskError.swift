import Glibc

/// Why the disk did not do what was asked: facts, and one sentence made of them.
package struct DiskError: Error, Sendable, Equatable, CustomStringConvertible {
  package enum Operation: Sendable, Equatable {
    case open, look, read, list, create, lock, replace, truncate, sync, remove
    case append(bytes: Int)
  }

  package enum Cause: Sendable, Equatable {
    /// What the system said.
    case errno(Int32)
    /// Less was written than asked: the rest of the disk's room, or of a size limit.
    case short(written: Int)
    /// Somebody else holds the lock; the number of their process, where it is known.
    case locked(pid: Int?)
    /// It is a folder, a device or a pipe.
    case notAFile
    case tooLarge(bytes: Int, limit: Int)
    /// It changed each time while it was being read.
    case restless(tries: Int)
    /// An earlier write or sync of this file failed, so nobody knows what it holds.
    case broken
  }

  package let operation: Operation
  package let path: String
  package let cause: Cause

  package init(_ operation: Operation, _ path: String, _ cause: Cause) {
    self.operation = operation
    self.path = path
    self.cause = cause
  }

  package var isMissing: Bool { cause == .errno(ENOENT) }
  package var isLocked: Bool { if case .locked = cause { true } else { false } }

  /// `/var/lib/dunningd/journal/000001.jsonl: cannot append 412 bytes: No space left on device`, and what to do.
  package var description: String {
    let remedy = remedy.map { "\n  remedy: \($0)" } ?? ""
    return "\(path): cannot \(doing): \(reason)\(remedy)"
  }

  private var doing: String {
    switch operation {
    case .open: "open it"
    case .look: "look at it"
    case .read: "read it"
    case .list: "list it"
    case .create: "create it"
    case .lock: "lock it"
    case .replace: "replace it"
    case .truncate: "cut it"
    case .sync: "make sure that it is on the disk"
    case .remove: "remove it"
    case .append(let bytes): "append \(bytes) bytes"
    }
  }

  private var reason: String {
    switch cause {
    case .errno(let code): String(cString: strerror(code))
    case .short(let written): "only \(written) bytes were taken"
    case .locked(let pid?): "process \(pid) holds it"
    case .locked(nil): "another process holds it"
    case .notAFile: "it is no regular file"
    case .tooLarge(let bytes, let limit): "it has \(bytes) bytes, and at most \(limit) are read"
    case .restless(let tries): "it changed while being read, \(tries) times in a row"
    case .broken: "an earlier write or sync of it failed"
    }
  }

  private var remedy: String? {
    switch cause {
    case .errno(ENOSPC), .errno(EDQUOT), .short: "make room on its file system (`df -h`, `df -i`)"
    case .errno(EFBIG): "raise the file size limit of the process (`LimitFSIZE`, `ulimit -f`)"
    case .errno(EACCES), .errno(EPERM): "run as the user who owns it, or give that user the right (`ls -ld`)"
    case .errno(EROFS): "mount it writable; under systemd only StateDirectory and ReadWritePaths are"
    case .errno(ELOOP): "put a file there: symbolic links are not followed in this place"
    case .errno(EIO): "the disk fails (`dmesg`): replace it"
    case .errno(EMFILE), .errno(ENFILE): "raise the limit of open files (`LimitNOFILE`)"
    case .locked: "wait until it is done, or stop it"
    case .restless: "let the export write to another name and rename it when it is complete"
    case .broken: "start dunningd anew, which looks at what is really there"
    default: nil
    }
  }
}
