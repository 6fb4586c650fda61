import Decisions

/// The types of records that this version knows, found by their bytes.
enum RecordType: Sendable {
  case opened, intended, sent, deferred, failed, inDoubt, resolved, cancelled, bounced, replied
  case addressCleared, stepSkipped, stepRestored, noteAdded, approval, call, proposed, statementRequested,
    statementWithdrawn
  case started, stopped, reloaded, cycle, recovered, erased
  case placed(Rest.Kind)
  case ended(Rest.Kind)

  private struct Known: Sendable {
    let name: [UInt8]
    let word: String
    let type: RecordType
  }

  private static let known: [Known] = {
    var words: [(String, RecordType)] = [
      ("contact.intended", .intended), ("contact.sent", .sent), ("contact.deferred", .deferred),
      ("contact.failed", .failed), ("contact.in_doubt", .inDoubt), ("contact.bounced", .bounced),
      ("contact.resolved", .resolved), ("contact.cancelled", .cancelled), ("contact.replied", .replied),
      ("address.cleared", .addressCleared), ("step.skipped", .stepSkipped), ("step.restored", .stepRestored),
      ("note.added", .noteAdded), ("statement.requested", .statementRequested),
      ("statement.withdrawn", .statementWithdrawn),
      ("call.logged", .call), (Rest.Kind.proposed, .proposed),
      ("approval.given", .approval), ("journal.opened", .opened), ("daemon.started", .started),
      ("daemon.stopped", .stopped), ("daemon.reloaded", .reloaded), ("cycle.completed", .cycle),
      ("journal.recovered", .recovered), ("journal.erased", .erased),
    ]
    for kind in Rest.Kind.allCases {
      words.append((kind.placed, .placed(kind)))
      for ending in kind.endings { words.append((ending, .ended(kind))) }
    }
    return words.map { Known(name: Array($0.0.utf8), word: $0.0, type: $0.1) }
  }()

  /// The type that stands in these bytes, and its word; nil for the type when it is not known.
  static func named(_ bytes: UnsafeRawBufferPointer) -> (word: String, type: RecordType?) {
    for known in known where known.name.count == bytes.count {
      if known.name.withUnsafeBytes({ bytes.elementsEqual($0) }) { return (known.word, known.type) }
    }
    return (String(decoding: bytes, as: UTF8.self), nil)
  }
}
