import Storage

/// Draws histories and checkpoints from the records anew, one file of the journal at a time, beside whatever else is done
/// with it: they were damaged, and the daemon goes on.
package struct SealDrawing {
  private let state: StateDirectory
  private let disk: any Disk
  private let seals: Seals
  private var hasBegun = false
  /// The newest checkpoint that was drawn, or was there.
  package private(set) var base: Seals.Base?

  init(_ state: StateDirectory, on disk: any Disk, _ seals: Seals) {
    self.state = state
    self.disk = disk
    self.seals = seals
  }

  /// Draws those of the next file.
  ///
  /// - Returns: whether all are there.
  package mutating func step() throws(JournalFault) -> Bool {
    let lock = try state.lockForAppending(on: disk)
    defer { lock.release() }
    let last = try state.segments("jsonl", on: disk).last ?? 0
    if !hasBegun {
      hasBegun = true
      base = try seals.newest(upTo: last - 1) { _ in }
    }
    let next = (base?.checkpoint.segments.count ?? 0) + 1
    guard next < last else { return true }
    base = try seals.seal(next, after: base)
    return base == nil
  }
}
