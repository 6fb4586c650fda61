import Storage
import Units

/// What the staff was told already, so that a restart tells nobody twice: `staff.json` in the state directory.
///
/// Names owners by their ids, and no customer. Losing it means that today's digests and what is wrong now are told once
/// more, so a fault with it stops nothing.
struct StaffNotes: Equatable {
  /// Something wrong that is not over yet.
  struct Trouble: Equatable {
    var kind: Alert.Kind
    var since: Instant
    var isTold: Bool
  }

  /// The company's day of the last digests, and who has them; the empty id is nobody in particular.
  var day: Day?
  var told: [String] = []
  /// All of that day's are out, or none was to be sent.
  var isDone = false
  var troubles: [Trouble] = []

  init() {}

  init(readingFrom path: String) {
    guard let bytes = try? PosixDisk().read(path).bytes, let value = try? JSONReader.value(bytes[...]).object else {
      return
    }
    day = value["day"]?.string.flatMap { Day(iso: $0) }
    told = value["told"]?.array?.compactMap(\.string) ?? []
    isDone = value["done"]?.bool ?? false
    troubles = (value["troubles"]?.array ?? []).compactMap { entry in
      guard let entry = entry.object, let kind = entry["kind"]?.string.flatMap(Alert.Kind.init),
        let since = entry["since"]?.string.flatMap({ Instant(rfc3339: $0) })
      else { return nil }
      return Trouble(kind: kind, since: since, isTold: entry["told"]?.bool ?? false)
    }
  }

  func write(to path: String) {
    let value = JSONObject([
      ("day", day.map { .day($0) } ?? .null), ("told", .strings(told)), ("done", .bool(isDone)),
      (
        "troubles",
        .array(
          troubles.map { trouble in
            .object(
              JSONObject([
                ("kind", .string(trouble.kind.rawValue)), ("since", .string(trouble.since.description)),
                ("told", .bool(trouble.isTold)),
              ]))
          })
      ),
    ])
    try? PosixDisk().replace(path, with: Array((value.text + "\n").utf8))
  }

  /// Another day's digests begin.
  mutating func begin(_ day: Day) {
    guard self.day != day else { return }
    self.day = day
    told = []
    isDone = false
  }
}
