import Delivery
import Journal
import Units

/// Once a day all of the journal is verified, a piece at a time, and messages that need be kept no longer go.
struct JournalWatch {
  /// Between two pieces; with `pieceCount` about a tenth of one processor.
  static let pause = Duration.milliseconds(50)
  private static let pieceCount = 1 << 20
  private static let every = Duration.seconds(86_400)
  /// After the start, when there are other things to do.
  private static let first = Duration.seconds(600)

  private let journal: JournalFile
  private var next = Monotonic.now + first
  private var check: JournalCheck?
  /// What was damaged and is drawn from the records again.
  private var drawing: SealDrawing?

  init(_ journal: JournalFile, first: Duration = first) {
    self.journal = journal
    next = Monotonic.now + first
  }

  /// Whether a check is under way, or what has to be done after it.
  var isBusy: Bool { check != nil || drawing != nil }

  /// Does one piece, if its time has come; what is to be said.
  mutating func step(now: Instant, keepMessagesDays: Int) -> [Remark] {
    do throws(JournalFault) {
      if drawing != nil {
        try draw()
        return []
      }
      if check == nil {
        guard Monotonic.now >= next else { return [] }
        next = Monotonic.now + Self.every
        check = try journal.check()
        let files = try journal.expireMessages(olderThan: keepMessagesDays, now: now)
        return files > 0 ? [.messagesExpired(files: files)] : []
      }
      guard try check?.step(Self.pieceCount) == true, let result = check?.result else { return [] }
      check = nil
      var remarks = [Remark.journalVerified(records: result.count, digest: result.head?.digest ?? "")]
      if let first = result.damagedHistories.min() {
        try journal.forgetSeals(from: first)
        drawing = journal.drawing()
        remarks.append(
          .journalWarning(
            "journal/\(StateDirectory.name(first, "history")): warning: it was changed or cannot be read\n  meaning: "
              + "nothing is lost; it is drawn from the records again"))
      }
      return remarks
    } catch {
      let segment = check?.segment ?? 1
      check = nil
      drawing = nil
      switch error {
      case .damaged:
        // Else the next start would believe the checkpoint and not look at the records.
        try? journal.forgetSeals(from: segment)
        return [.journalDamaged(error.description)]
      case .missing, .lost:
        // What was drawn stays: it may be all that tells of the file.
        return [.journalDamaged(error.description)]
      default:
        return [.journalWarning(error.description)]
      }
    }
  }

  /// The daemon goes on with what is drawn, once all of it is.
  private mutating func draw() throws(JournalFault) {
    guard try drawing?.step() == true else { return }
    if let base = drawing?.base { journal.rest(on: base) }
    drawing = nil
  }
}
