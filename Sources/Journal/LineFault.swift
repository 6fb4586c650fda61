import Units

/// What is wrong with one line of the journal, as facts; `JournalProblem` makes the sentence.
package enum LineFault: Error, Sendable, Equatable {
  /// It is no journal line at all.
  case layout(String)
  case json(JSONError)
  /// A known type whose data are not as the format has them.
  case content(String)
  case sequence(found: Int, expected: Int)
  /// Its `prev` is not the digest of the line before.
  case link(found: String, expected: String)
  /// Its `check` is not the digest of what stands before it.
  case changed(found: String, expected: String)
  /// Its `personal_digest` is not the digest of its personal part.
  case personalChanged(found: String, expected: String)
  case timeWentBack(found: String, before: String)
  case notOpened(type: String)
  case openedAgain
  case newerFormat(Int)
  /// The chain is keyed and no key was given.
  case keyMissing(id: String)
  case keyWrong(id: String, given: String)
  /// A key was given and the chain has none.
  case keyUnused(given: String)
  /// A segment that is not the last one ends in the middle of a line.
  case unfinished(bytes: Int)
}

extension LineFault {
  /// Whether a crash of the disk can leave such a line: one that is no record. What is a whole record with a wrong
  /// digest is none of the disk's doing.
  var maybeTorn: Bool {
    switch self {
    case .layout, .json, .unfinished: true
    default: false
    }
  }

  var found: String {
    switch self {
    case .layout(let text): "this is no journal record: \(text)"
    case .json(let error): "this is no JSON: \(error)"
    case .content(let text): "this record cannot be read: \(text)"
    case .sequence(let found, let expected): "found record number (seq) \(found), expected \(expected)"
    case .link(let found, let expected): "found prev \(found), expected \(expected), the digest of the line before"
    case .changed(let found, let expected): "found check \(found), but what stands before it gives \(expected)"
    case .personalChanged(let found, let expected):
      "found personal_digest \(found), but the personal part gives \(expected)"
    case .timeWentBack(let found, let before):
      "found time \(found), which is before that of the record before, \(before)"
    case .notOpened(let type): "found a first record of type \(type), expected journal.opened"
    case .openedAgain: "found a second journal.opened"
    case .newerFormat(let format): "found format \(format); this dunningd reads format \(JournalHead.format)"
    case .keyMissing(let id): "the chain is keyed (key \(id)), and no key is configured"
    case .keyWrong(let id, let given): "the chain is keyed with key \(id), and the configured key is \(given)"
    case .keyUnused(let given): "the chain has no key, and key \(given) is configured"
    case .unfinished(let bytes): "found the end of the file \(bytes) bytes into a line, and another file follows"
    }
  }

  var meaning: String {
    switch self {
    case .layout, .json, .unfinished: "bytes were changed, or lost, after they had been written"
    case .content: "it was written by another program, or by a dunningd that this one does not know"
    case .sequence(let found, let expected):
      found > expected
        ? "\((found - expected).of("record is", "records are")) missing before it"
        : "records were put in again, or in another order"
    case .link: "the line before was changed, or this line does not belong here"
    case .changed, .personalChanged: "this line was changed after it had been written"
    case .timeWentBack: "the line was written with a wrong clock by another program, or lines were reordered"
    case .notOpened: "the beginning of the journal is missing"
    case .openedAgain: "two journals were put together"
    case .newerFormat: "a newer dunningd wrote it"
    case .keyMissing, .keyWrong: "nobody can tell whether the journal was changed"
    case .keyUnused: "the journal was begun without a key, or was written anew by somebody who has none"
    }
  }

  var remedy: String {
    switch self {
    case .newerFormat: "install the dunningd that wrote it, or a newer one"
    case .keyMissing, .keyWrong:
      "give `[journal] key` the key that the journal was begun with (its id is in the first line)"
    case .keyUnused:
      "take `key` out of [journal]; for a keyed chain move the journal away and let dunningd begin a new one"
    default:
      "nothing is sent until it is repaired: keep this file as evidence, put back the copy of the backup, and run "
        + "`dunningd journal verify`"
    }
  }
}

/// A line of the journal that is not as it was written, and where.
package struct JournalProblem: Error, Sendable, Equatable, CustomStringConvertible {
  /// As the caller named it: `journal/000001.jsonl`.
  package let file: String
  /// From 1.
  package let line: Int
  /// Of the line's first byte in the file.
  package let offset: Int
  package let fault: LineFault

  package init(file: String, line: Int, offset: Int, fault: LineFault) {
    self.file = file
    self.line = line
    self.offset = offset
    self.fault = fault
  }

  package var place: Place { Place(file: file, line: line) }

  /// Where, what was found and expected, what it means, what to do: three lines.
  package var description: String {
    "\(place): error: \(fault.found)\n  meaning: \(fault.meaning)\n  remedy: \(fault.remedy)"
  }

  /// Whether the configured key is at fault, not the file.
  package var isOfKey: Bool {
    switch fault {
    case .keyMissing, .keyWrong, .keyUnused: true
    default: false
    }
  }
}
