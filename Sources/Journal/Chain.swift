import Units

/// Follows the journal line by line and sees that each is whole and stands where it stood; reads no JSON but that of
/// the first line. A personal part that was erased breaks nothing.
package struct Chain: Sendable {
  /// What the reader knows of the key.
  package enum Trust: Sendable {
    /// Nil for a chain without key. Anything else than what the journal says is a fault.
    case key(JournalKey?)
    /// A keyed chain is read without looking at its digests: for a person who may read the journal, not the key.
    case any
  }

  private let trust: Trust
  /// Nil before the first line.
  package internal(set) var head: JournalHead?

  package init(_ trust: Trust) { self.trust = trust }

  /// Goes on at a place that is known: behind a sealed segment.
  package init(_ trust: Trust, after head: JournalHead) {
    self.trust = trust
    self.head = head
  }

  /// Begins at a line in the middle of a journal, and takes its `prev` on trust.
  package init(_ trust: Trust, from line: ArraySlice<UInt8>) throws(LineFault) {
    self.trust = trust
    let result = line.withUnsafeBytes { bytes in
      Result { () throws(LineFault) in
        let layout = try LineLayout(bytes)
        guard layout.seq > 1 else { return nil as JournalHead? }
        let function: ChainFunction? =
          switch trust {
          case .key(nil): .sha256
          case .key(let key?): .hmac(key)
          case .any: nil
          }
        return JournalHead(
          instance: "", function: function, seq: layout.seq - 1, link: Link(hex: Chain.text(bytes, layout.prev)),
          time: try Chain.time(bytes, layout))
      }
    }
    head = try result.get()
  }

  /// Takes the next line, without its line feed.
  ///
  /// - Throws: the first thing that is wrong with it; the chain then stands where it stood.
  package mutating func take(_ line: ArraySlice<UInt8>) throws(LineFault) {
    // A typed error cannot leave the closure, so a result carries it.
    let result = line.withUnsafeBytes { bytes in
      Result { () throws(LineFault) in _ = try follow(bytes) }
    }
    try result.get()
  }

  /// Takes every whole line of `bytes`, and looks at nothing but the chain.
  ///
  /// - Parameters:
  ///   - count: goes up by one with each line that is good.
  ///   - offset: goes up by the bytes of each line that is good, its line feed among them.
  package mutating func take(lines bytes: [UInt8], count: inout Int, offset: inout Int) throws(LineFault) {
    let result = bytes.withUnsafeBytes { raw in
      Result { () throws(LineFault) in
        var start = 0
        while let end = raw.lineFeed(from: start) {
          _ = try follow(UnsafeRawBufferPointer(rebasing: raw[start..<end]))
          count += 1
          offset += end + 1 - start
          start = end + 1
        }
      }
    }
    try result.get()
  }

  /// - Returns: where its parts stand.
  mutating func follow(_ line: UnsafeRawBufferPointer) throws(LineFault) -> LineLayout {
    let layout = try LineLayout(line)
    guard var head else {
      self.head = try first(line, layout)
      return layout
    }
    head.link = try Chain.vouched(line, layout, head.function)
    let seq = head.seq + 1
    guard layout.seq == seq else { throw .sequence(found: layout.seq, expected: seq) }
    if head.function != nil, let before = self.head?.link,
      !before.begins(withHex: UnsafeRawBufferPointer(rebasing: line[layout.prev]))
    {
      throw .link(found: Chain.text(line, layout.prev), expected: before.hex)
    }
    let time = try Chain.time(line, layout)
    if time < head.time { throw .timeWentBack(found: time.description, before: head.time.description) }
    if layout.type.count == 14, line.holds("journal.opened", at: layout.type.lowerBound) { throw .openedAgain }
    head.seq = seq
    head.time = time
    self.head = head
    return layout
  }

  private func first(_ line: UnsafeRawBufferPointer, _ layout: LineLayout) throws(LineFault) -> JournalHead {
    let opening = try Opening(Array(line)[...], trust)
    let link = try Chain.vouched(line, layout, opening.function)
    guard layout.seq == 1 else { throw .sequence(found: layout.seq, expected: 1) }
    if link != nil, !Link.first.begins(withHex: UnsafeRawBufferPointer(rebasing: line[layout.prev])) {
      throw .link(found: Chain.text(line, layout.prev), expected: Link.first.hex)
    }
    return JournalHead(
      instance: opening.instance, function: opening.function, seq: 1, link: link, time: try Chain.time(line, layout))
  }

  /// Sees that the line is as it was written; what the next one's `prev` must be. Nil without the key.
  static func vouched(
    _ line: UnsafeRawBufferPointer, _ layout: LineLayout, _ function: ChainFunction?
  ) throws(LineFault) -> Link? {
    var link: Link?
    if let function {
      let marks = function.marks(UnsafeRawBufferPointer(rebasing: line[..<layout.kept]), checked: layout.checked)
      guard marks.check.begins(withHex: UnsafeRawBufferPointer(rebasing: line[layout.check])) else {
        throw .changed(found: text(line, layout.check), expected: String(marks.check.hex.prefix(32)))
      }
      link = marks.link
    }
    if let personal = layout.personal, let digest = layout.personalDigest {
      let expected = ChainFunction.sha256.digest(UnsafeRawBufferPointer(rebasing: line[personal]))
      guard expected.begins(withHex: UnsafeRawBufferPointer(rebasing: line[digest])) else {
        throw .personalChanged(found: text(line, digest), expected: expected.hex)
      }
    }
    return link
  }

  private static func time(_ line: UnsafeRawBufferPointer, _ layout: LineLayout) throws(LineFault) -> Instant {
    guard let time = line.instant(layout.time) else {
      throw .content("found time \"\(text(line, layout.time))\", expected such as 2026-03-01T09:00:00.000Z")
    }
    return time
  }

  private static func text(_ line: UnsafeRawBufferPointer, _ range: Range<Int>) -> String {
    String(decoding: line[range], as: UTF8.self)
  }
}

/// What the first record says about all others.
private struct Opening {
  let instance: String
  let function: ChainFunction?

  init(_ line: ArraySlice<UInt8>, _ trust: Chain.Trust) throws(LineFault) {
    let value: JSONValue
    do { value = try JSONReader.value(line) } catch { throw .json(error) }
    let object = value.object ?? JSONObject()
    let type = object["type"]?.string ?? ""
    guard type == "journal.opened" else { throw .notOpened(type: type) }
    guard let format = object["format"]?.int, format > 0 else { throw .content("expected a number in \"format\"") }
    guard format <= JournalHead.format else { throw .newerFormat(format) }
    guard let instance = object["instance"]?.string else { throw .content("expected a text in \"instance\"") }
    self.instance = instance
    switch (object["chain"]?.string, trust) {
    case ("sha256", .key(nil)), ("sha256", .any): function = .sha256
    case ("sha256", .key(let key?)): throw .keyUnused(given: key.id)
    case ("hmac-sha256", .any): function = nil
    case ("hmac-sha256", .key(let key)):
      let id = object["key_id"]?.string ?? "unknown"
      guard let key else { throw .keyMissing(id: id) }
      guard key.id == id else { throw .keyWrong(id: id, given: key.id) }
      function = .hmac(key)
    case (let chain, _):
      throw .content("found chain \"\(chain ?? "")\", expected sha256 or hmac-sha256")
    }
  }
}
