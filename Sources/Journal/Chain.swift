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

  /// Takes the next line, without its line feed.
  ///
  /// - Throws: the first thing that is wrong with it; the chain then stands where it stood.
  package mutating func take(_ line: ArraySlice<UInt8>) throws(LineFault) {
    _ = try follow(line)
  }

  mutating func follow(_ line: ArraySlice<UInt8>) throws(LineFault) -> LineLayout {
    // A typed error cannot leave the closure, so a result carries it.
    let result = line.withUnsafeBytes { bytes in
      Result { () throws(LineFault) in try followed(bytes, line) }
    }
    let (layout, next) = try result.get()
    head = next
    return layout
  }

  private func followed(
    _ bytes: UnsafeRawBufferPointer, _ line: ArraySlice<UInt8>
  ) throws(LineFault) -> (LineLayout, JournalHead) {
    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    let layout = try LineLayout(bytes)
    let opening = try head == nil ? Opening(line, trust) : nil
    let function = opening.map(\.function) ?? head?.function
    var link: [UInt8] = []
    if let function {
      let marks = function.marks(UnsafeRawBufferPointer(rebasing: bytes[..<layout.kept]), checked: layout.checked)
      guard Digest.hexBytes(marks.check).elementsEqual(bytes[layout.check]) else {
        throw .changed(found: text(layout.check), expected: Digest.hex(marks.check))
      }
      link = marks.link
    }
    if let personal = layout.personal, let digest = layout.personalDigest {
      let expected = Digest.sha256(UnsafeRawBufferPointer(rebasing: bytes[personal]))
      let found = text(digest)
      guard found == expected else { throw .personalChanged(found: found, expected: expected) }
    }
    let seq = (head?.seq ?? 0) + 1
    guard layout.seq == seq else { throw .sequence(found: layout.seq, expected: seq) }
    let before = head?.link ?? JournalHead.firstPrev
    if function != nil, !Digest.hexBytes(before).elementsEqual(bytes[layout.prev]) {
      throw .link(found: text(layout.prev), expected: Digest.hex(before))
    }
    guard let time = Instant(rfc3339: text(layout.time)) else {
      throw .content("found time \"\(text(layout.time))\", expected such as 2026-03-01T09:00:00.000Z")
    }
    if let last = head?.time, time < last {
      throw .timeWentBack(found: time.description, before: last.description)
    }
    if opening == nil, text(layout.type) == "journal.opened" { throw .openedAgain }
    let instance = opening?.instance ?? head?.instance ?? ""
    return (layout, JournalHead(instance: instance, function: function, seq: seq, link: link, time: time))
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
