import Journal
import Storage

extension StateDirectory {
  /// Keeps what a crash left behind the last whole record beside the journal's file.
  ///
  /// - Returns: the name that it is kept under; never that of another one.
  func keepAside(_ tail: Replay.Tail, of segment: Int, on disk: any Disk) throws(DiskError) -> String {
    let stem = StateDirectory.name(segment, "\(tail.offset)")
    var name = stem + ".torn"
    var number = 1
    while try disk.status(journal + "/" + name) != nil {
      if try disk.read(journal + "/" + name).bytes == tail.bytes { return name }
      number += 1
      name = "\(stem)-\(number).torn"
    }
    try disk.replace(journal + "/" + name, with: tail.bytes)
    return name
  }
}
