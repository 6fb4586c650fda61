import Decisions
import TOML
import Units

/// `[approval]`: which Unix group a person must be in to give which word. Where nothing is said, everybody may who may
/// step in at all.
package struct ApprovalSettings: Sendable, Equatable {
  /// Steps of that level and above.
  package struct Level: Sendable, Equatable {
    package var from: Int
    package var group: String

    package init(from: Int, group: String) {
      self.from = from
      self.group = group
    }
  }

  /// Descending by level.
  package var levels: [Level] = []
  /// Who may approve the list of a first or a large cycle; nil: everybody.
  package var cycle: String?
  /// Who may allow a payment plan beyond `[plan]`; nil: everybody.
  package var plans: String?
  package var place: Place?

  package init() {}

  /// The group for steps of that level; nil when everybody may.
  package func group(forLevel level: Int) -> String? { levels.first { $0.from <= level }?.group }
}

extension ApprovalSettings {
  init(_ reader: TableReader) {
    self.init()
    var seen: Set<Int> = []
    for level in reader.readers("levels") {
      level.require("from", expected: "the lowest level that it is for")
      level.require("group", expected: "a Unix group")
      let from = level.integer("from", 0...99)
      let group = level.text("group")
      level.finish()
      guard let from, let group else { continue }
      if !seen.insert(from.value).inserted {
        level.problems.error(
          from.place, key: level.dotted("from"),
          "\(level.dotted("from")): found \(from.value) twice, expected one group for each level")
      }
      levels.append(Level(from: from.value, group: group.value))
    }
    levels.sort { $0.from > $1.from }
    cycle = reader.text("cycle")?.value
    plans = reader.text("plans")?.value
    place = reader.place
    reader.finish()
  }
}
