import Journal
import Storage

/// Why the journal cannot be read or written. Nothing is sent then.
package enum JournalFault: Error, Sendable, Equatable, CustomStringConvertible {
  case disk(DiskError)
  case damaged(JournalProblem)
  case refused(JournalHead.Refusal)
  /// The file is another one, or shorter, than when it was opened.
  case replaced(path: String)
  /// A file between others is not there.
  case missing(path: String)
  /// An earlier append failed, so nobody knows what the disk holds.
  case broken(String)
  /// A message was kept and reads differently now.
  case messageChanged(sha256: String)

  package var description: String {
    switch self {
    case .disk(let error): error.description
    case .damaged(let problem): problem.description
    case .refused(let refusal): refusal.description
    case .replaced(let path):
      "\(path): error: the file was replaced or cut while it was in use\n  remedy: start dunningd anew, which reads and "
        + "verifies all of it"
    case .missing(let path):
      "\(path): error: the file is missing, and a later one is there\n  meaning: records are lost; nothing is sent\n  "
        + "remedy: put it back from the backup, and run `dunningd journal verify`"
    case .broken(let words): words
    case .messageChanged(let sha256): "the kept message \(sha256) was changed after it had been sent"
    }
  }

  /// As in sysexits.h: 74 the disk, 65 damaged, 75 try later, 78 configuration.
  package var exitCode: Int32 {
    switch self {
    case .disk(let error): error.isLocked ? 75 : 74
    case .damaged(let problem): problem.isOfKey ? 78 : 65
    case .refused(.clockWentBack): 75
    case .refused(.keyMissing): 78
    case .replaced: 75
    case .broken: 74
    case .messageChanged, .missing: 65
    }
  }
}
