/// One table of a history: what was recorded since the archive was sealed, before the archive.
package struct HistoryTable<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private(set) var recent: [Key: Value] = [:]
  var archive: (any HistoryArchive)?
  private let sealed: @Sendable (any HistoryArchive, Key) -> Value?
  /// How what is sealed and what came since become one; nil where what came since says all.
  private let joined: (@Sendable (_ sealed: Value, _ recent: Value) -> Value)?

  init(
    _ sealed: @escaping @Sendable (any HistoryArchive, Key) -> Value?,
    joined: (@Sendable (_ sealed: Value, _ recent: Value) -> Value)? = nil
  ) {
    self.sealed = sealed
    self.joined = joined
  }

  package subscript(key: Key) -> Value? {
    let new = recent[key]
    guard let archive, new == nil || joined != nil, let old = sealed(archive, key) else { return new }
    guard let new, let joined else { return new ?? old }
    return joined(old, new)
  }

  /// Changes the whole value, taking over first what is sealed of it.
  mutating func change(_ key: Key, default value: @autoclosure () -> Value, _ body: (inout Value) -> Void) {
    if recent[key] == nil, let archive, joined == nil { recent[key] = sealed(archive, key) }
    body(&recent[key, default: value()])
  }

  mutating func set(_ key: Key, _ value: Value) { recent[key] = value }
}
