import Glibc
import Storage

/// What lies where in the state directory.
///
///     journal/000001.jsonl        the journal; *.torn beside it: what crashes left
///     journal/000001.history      what that file, once sealed, says of each person
///     journal/000001.checkpoint   what all files up to it come to
///     messages/000001.mail   messages as sent
///     daemon.lock            held for life by whoever runs cycles
///     journal.lock           held for each append
///     people.lock            held while a person's command looks, decides and records
///     intake.lock            held while messages that came back are looked for in the journal and recorded
///     reached.json           how many records were durable before the last cycle
///     erasing.json           what an erasure that is not recorded yet took, or takes
///     staff.json             what the staff was told by mail
///     control                the daemon's socket, while it runs
///     outbox/                letters to be posted, unless `[letter] outbox` says another place
package struct StateDirectory: Sendable, Equatable {
  package let path: String

  package init(_ path: String) { self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path }

  /// `[journal] directory`, else `$STATE_DIRECTORY`, else `/var/lib/dunningd`.
  package init(configured: String?) {
    // systemd lists several with colons; ours is the first.
    let given = getenv("STATE_DIRECTORY").map { String(cString: $0) }?.split(separator: ":").first.map(String.init)
    self.init(configured ?? given ?? "/var/lib/dunningd")
  }

  package var journal: String { path + "/journal" }
  package var messages: String { path + "/messages" }
  package var daemonLock: String { path + "/daemon.lock" }
  /// A file of the journal's folder: `jsonl`, `history`, `checkpoint`.
  package func segment(_ number: Int, _ ending: String) -> String {
    journal + "/" + StateDirectory.name(number, ending)
  }
  package var journalLock: String { path + "/journal.lock" }
  var intakeLock: String { path + "/intake.lock" }
  var peopleLock: String { path + "/people.lock" }
  var reached: String { path + "/reached.json" }
  var erasing: String { path + "/erasing.json" }
  var staff: String { path + "/staff.json" }
  package var control: String { path + "/control" }
  package var outbox: String { path + "/outbox" }

  /// Milliseconds for which one waits while another appends.
  static let appendWait = 30_000
  /// Milliseconds for which one waits for the right to run cycles: a command that looks whether somebody has it has it for a
  /// moment.
  static let cyclesWait = 200

  /// Creates what is missing.
  package func prepare(on disk: any Disk) throws(JournalFault) {
    do {
      for folder in [path, journal, messages] { try disk.makeDirectory(folder) }
    } catch { throw .disk(error) }
  }

  /// Makes this process the only one that runs cycles, until it lets go or ends.
  ///
  /// - Throws: `JournalFault.disk` with the other one's process number; exit 75.
  package func lockForCycles(on disk: any Disk) throws(JournalFault) -> any HeldLock {
    do { return try disk.lock(daemonLock, waitMilliseconds: StateDirectory.cyclesWait) } catch { throw .disk(error) }
  }

  /// Makes this process the only one that writes to the journal, until it lets go or ends.
  func lockForAppending(on disk: any Disk) throws(JournalFault) -> any HeldLock {
    do { return try disk.lock(journalLock, waitMilliseconds: StateDirectory.appendWait) } catch { throw .disk(error) }
  }

  /// Makes this process the only one that records what came back, so that two that read the same message at once do not
  /// both find that it is new.
  package func lockForIntake(on disk: any Disk) throws(JournalFault) -> any HeldLock {
    try prepare(on: disk)
    do { return try disk.lock(intakeLock, waitMilliseconds: StateDirectory.appendWait) } catch { throw .disk(error) }
  }

  /// Makes this process the only one in which a person steps in, so that nobody decides on what another one is changing.
  package func lockForPeople(on disk: any Disk) throws(JournalFault) -> any HeldLock {
    try prepare(on: disk)
    do { return try disk.lock(peopleLock, waitMilliseconds: StateDirectory.appendWait) } catch { throw .disk(error) }
  }

  /// `000001.jsonl`: six digits at least, so that names sort as numbers do.
  package static func name(_ number: Int, _ ending: String) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 6 - digits.count)) + digits + "." + ending
  }

  /// Numbers of the journal's files of that ending, ascending.
  func segments(_ ending: String, on disk: any Disk) throws(JournalFault) -> [Int] {
    do {
      return try StateDirectory.names(in: journal, ending, on: disk).compactMap { Int($0.prefix { $0 != "." }) }
        .sorted()
    } catch { throw .disk(error) }
  }

  /// What was drawn from a file tells that it was sealed, so that another one follows: that is made before anything is
  /// drawn, and nobody removes it.
  ///
  /// - Throws: `JournalFault.missing` where it is gone, with whatever was recorded in it.
  func requireFollower(on disk: any Disk) throws(JournalFault) {
    var drawn = 0
    for ending in ["checkpoint", "history"] { drawn = max(drawn, try segments(ending, on: disk).last ?? 0) }
    guard drawn > 0 else { return }
    let path = segment(drawn + 1, "jsonl")
    do {
      guard try disk.status(path) == nil else { return }
    } catch { throw .disk(error) }
    throw .missing(path: path)
  }

  /// Names of that ending, ascending; none when the folder is not there.
  static func names(in folder: String, _ ending: String, on disk: any Disk) throws(DiskError) -> [String] {
    do {
      return try disk.list(folder).filter { name in
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 2 && parts[1] == ending && parts[0].count >= 6 && Int(parts[0]) != nil
      }
    } catch {
      if error.isMissing { return [] }
      throw error
    }
  }
}
