import Journal
import Storage

/// Why the journal cannot be read or written. Nothing is sent then.
package enum JournalFault: Error, Sendable, Equatable, CustomStringConvertible {
  case disk(DiskError)
  case damaged(JournalProblem)
  case refused(JournalHead.Refusal)
  /// The file is another one, or shorter, than when it was opened.
  case replaced(path: String)
  /// A file is not there of which others tell that it was: those behind it, or what was drawn from the one before it.
  case missing(path: String)
  /// The journal ends before records that were durable; or nobody can tell, since the count of them cannot be read.
  case lost(path: String, found: Int?, expected: Int?)
  /// An earlier append failed, so nobody knows what the disk holds.
  case broken(String)
  /// What is sealed cannot be read, neither as it was drawn nor from the records.
  case unreadable(String)
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
      "\(path): error: the file is missing, and other files tell that it was there\n  meaning: records are lost; nothing is sent\n  "
        + "remedy: put it back from the backup, and run `dunningd journal verify`"
    case .lost(let path, let found?, let expected?):
      "the journal ends with record \(found), and record \(expected) was there (\(path))\n  meaning: it says no more who was "
        + "contacted; nothing is sent\n  remedy: put the newest backup back, whole; if that is all there is, remove \(path), "
        + "knowing that whoever was contacted since is contacted again"
    case .lost(let path, _, _):
      "\(path): error: found no {\"records\": N}\n  meaning: whether the end of the journal is lost cannot be told; nothing is sent\n  "
        + "remedy: run `dunningd journal verify`; if the last records are there, remove the file"
    case .broken(let words), .unreadable(let words): words
    case .messageChanged(let sha256): "the kept message \(sha256) was changed after it had been sent"
    }
  }

  /// Somebody else is writing, for longer than one waits; nothing was written.
  package var isLocked: Bool { if case .disk(let error) = self { error.isLocked } else { false } }

  /// As in sysexits.h: 74 the disk, 65 damaged, 75 try later, 78 configuration.
  package var exitCode: Int32 {
    switch self {
    case .disk: isLocked ? 75 : 74
    case .damaged(let problem): problem.isOfKey ? 78 : 65
    case .refused(.clockWentBack): 75
    case .refused(.keyMissing): 78
    case .replaced: 75
    case .broken: 74
    case .messageChanged, .missing, .lost, .unreadable: 65
    }
  }
}
