/// The tables of a document while it is read: what may still be added to which, and what may not.
///
/// Tables refer to each other by their index in `tables`; finished values (also arrays and inline tables, which
/// nothing can be added to) are inside the entries.
struct TOMLDraft {
  /// How a table came to be decides what may be added to it later.
  enum Origin {
    /// In passing by a longer header (`a` in `[a.b]`): a header of its own may still come.
    case passing
    /// By its own header, or the document itself.
    case header
    /// By a dotted key: only more dotted keys of the same table may add to it, and headers below it.
    case dotted
  }

  enum Node {
    case value(TOMLValue)
    case table(Int)
    /// The elements of `[[name]]`, in order.
    case tables([Int], position: TOMLPosition)
  }

  private struct Entry {
    let key: TOMLKey
    var node: Node
  }

  private struct Table {
    var origin: Origin
    var position: TOMLPosition
    let depth: Int
    var entries: [Entry] = []
    var indexByKey: [[UInt8]: Int] = [:]
  }

  private var tables: [Table]

  /// Tables and arrays inside each other, at most; far beyond any use, and no danger for the stack.
  static let depthMax = 256

  /// A draft with one empty table, number 0, at `depth` levels below the document.
  init(position: TOMLPosition, depth: Int) {
    tables = [Table(origin: .header, position: position, depth: depth)]
  }

  /// The table that `[keys]` opens.
  mutating func open(_ keys: [TOMLKey], at position: TOMLPosition) throws(TOMLError) -> Int {
    let (parent, last) = try descend(keys)
    guard let index = tables[parent].indexByKey[last.bytes] else {
      return try addTable(last, to: parent, .header, position: position)
    }
    let earlier = tables[parent].entries[index]
    guard case .table(let table) = earlier.node, case .passing = tables[table].origin else {
      throw TOMLError(last.position, "found \(describe(keys)) again, expected a new name: \(was(earlier))")
    }
    tables[table].origin = .header
    tables[table].position = position
    return table
  }

  /// The table that `[[keys]]` adds to its list.
  mutating func append(_ keys: [TOMLKey], at position: TOMLPosition) throws(TOMLError) -> Int {
    let (parent, last) = try descend(keys)
    guard let index = tables[parent].indexByKey[last.bytes] else {
      let table = try newTable(.header, position: position, under: parent, at: last.position)
      add(last, .tables([table], position: position), to: parent)
      return table
    }
    let earlier = tables[parent].entries[index]
    guard case .tables(let elements, let first) = earlier.node else {
      throw TOMLError(last.position, "found [[\(describe(keys))]], expected a new name: \(was(earlier))")
    }
    let table = try newTable(.header, position: position, under: parent, at: last.position)
    tables[parent].entries[index].node = .tables(elements + [table], position: first)
    return table
  }

  /// The table in which `keys`, written inside `table`, puts its last key; makes those on the way.
  mutating func place(_ keys: [TOMLKey], in table: Int) throws(TOMLError) -> Int {
    var table = table
    for key in keys.dropLast() {
      guard let index = tables[table].indexByKey[key.bytes] else {
        table = try addTable(key, to: table, .dotted, position: key.position)
        continue
      }
      let earlier = tables[table].entries[index]
      guard case .table(let next) = earlier.node, case .dotted = tables[next].origin else {
        throw TOMLError(key.position, "found \(describe(keys)), which adds to a table that is closed: \(was(earlier))")
      }
      table = next
    }
    if let last = keys.last, let index = tables[table].indexByKey[last.bytes] {
      throw TOMLError(
        last.position, "found \(describe(keys)) again, expected a new name: \(was(tables[table].entries[index]))")
    }
    return table
  }

  /// Adds a finished value; `key` must be new in `table`.
  mutating func add(_ key: TOMLKey, _ value: TOMLValue, to table: Int) { add(key, .value(value), to: table) }

  func depth(of table: Int) -> Int { tables[table].depth }

  /// The finished table; its depth, and so that of the recursion, is at most `depthMax`.
  func finished(_ index: Int = 0) -> TOMLTable {
    let table = tables[index]
    let entries = table.entries.map { entry in
      let value: TOMLValue
      switch entry.node {
      case .value(let finished):
        value = finished
      case .table(let child):
        value = TOMLValue(kind: .table(finished(child)), position: tables[child].position)
      case .tables(let children, let position):
        let elements = children.map {
          TOMLValue(kind: .table(finished($0)), position: tables[$0].position)
        }
        value = TOMLValue(kind: .array(elements), position: position)
      }
      return TOMLEntry(key: entry.key.text, position: entry.key.position, value: value)
    }
    return TOMLTable(entries: entries, position: table.position, indexByKey: table.indexByKey)
  }

  /// The table that holds the last key of a header, making those on the way.
  private mutating func descend(_ keys: [TOMLKey]) throws(TOMLError) -> (parent: Int, last: TOMLKey) {
    var table = 0
    for key in keys.dropLast() {
      guard let index = tables[table].indexByKey[key.bytes] else {
        table = try addTable(key, to: table, .passing, position: key.position)
        continue
      }
      let earlier = tables[table].entries[index]
      switch earlier.node {
      case .table(let next): table = next
      case .tables(let elements, _): table = elements[elements.count - 1]
      case .value:
        throw TOMLError(key.position, "found \(describe(keys)), which adds to a value that is closed: \(was(earlier))")
      }
    }
    return (table, keys[keys.count - 1])
  }

  private mutating func addTable(
    _ key: TOMLKey, to parent: Int, _ origin: Origin, position: TOMLPosition
  ) throws(TOMLError) -> Int {
    let table = try newTable(origin, position: position, under: parent, at: key.position)
    add(key, .table(table), to: parent)
    return table
  }

  private mutating func newTable(
    _ origin: Origin, position: TOMLPosition, under parent: Int, at fault: TOMLPosition
  ) throws(TOMLError) -> Int {
    let depth = tables[parent].depth + 1
    guard depth <= TOMLDraft.depthMax else { throw TOMLDraft.tooDeep(fault) }
    tables.append(Table(origin: origin, position: position, depth: depth))
    return tables.count - 1
  }

  static func tooDeep(_ position: TOMLPosition) -> TOMLError {
    TOMLError(position, "found more than \(depthMax) tables or lists inside each other, expected fewer")
  }

  private mutating func add(_ key: TOMLKey, _ node: Node, to table: Int) {
    tables[table].indexByKey[key.bytes] = tables[table].entries.count
    tables[table].entries.append(Entry(key: key, node: node))
  }

  private func describe(_ keys: [TOMLKey]) -> String { keys.map(\.written).joined(separator: ".") }

  /// What stands already under a key, and where.
  private func was(_ entry: Entry) -> String {
    let line = entry.key.position.line
    switch entry.node {
    case .value(let value):
      return "\(entry.key.written) is \(value.kindName) in line \(line)"
    case .tables(_, let position):
      return "\(entry.key.written) is a list of tables, [[…]], since line \(position.line)"
    case .table(let table):
      let position = tables[table].position
      switch tables[table].origin {
      case .header: return "\(entry.key.written) is a table with its own header in line \(position.line)"
      case .passing: return "\(entry.key.written) is a table made by a header in line \(position.line)"
      case .dotted: return "\(entry.key.written) is a table made by a dotted key in line \(position.line)"
      }
    }
  }
}

/// One part of a key and where it stands.
struct TOMLKey {
  let text: String
  let position: TOMLPosition

  /// Keys are compared by their bytes.
  var bytes: [UInt8] { Array(text.utf8) }
  /// As it must be written in a file.
  var written: String { !text.isEmpty && text.utf8.allSatisfy(TOMLByte.isBareKey) ? text : quoted(text) }
}
