import Decisions
import Units

/// Where the journal stands: all that the next record needs to know of those before.
package struct JournalHead: Sendable, Equatable {
  /// The format that this room writes, and the highest that it reads.
  package static let format = 1
  /// A clock that went back by no more than this is taken for one that was set by a time service.
  package static let clampMax = Span.seconds(5)

  /// 32 hexadecimal digits, drawn when the journal was begun.
  package var instance: String
  /// Nil when the chain is keyed and the key is not known: such a journal can be read and not written.
  package var function: ChainFunction?
  /// Of the last record.
  package var seq: Int
  /// What the next record's `prev` will be; nil when it is not known.
  var link: Link?
  /// Of the last record.
  package var time: Instant

  /// What the next record's `prev` will be: the words that vouch for everything before. Empty when not known.
  package var digest: String { link?.hex ?? "" }

  /// Why nothing can be written.
  package enum Refusal: Error, Sendable, Equatable, CustomStringConvertible {
    /// The clock stands before the last record: it is wrong now, or it was then.
    case clockWentBack(last: Instant, now: Instant)
    case keyMissing

    package var description: String {
      switch self {
      case .clockWentBack(let last, let now):
        """
        the clock says \(now), but the journal's last record was written at \(last)
          meaning: the clock is wrong now, or it was wrong then; nothing is sent, since deadlines and gaps would be wrong
          remedy: set the clock (`timedatectl`), or wait until it has passed \(last)
        """
      case .keyMissing: "the journal's chain is keyed and no key is configured\n  remedy: set `[journal] key`"
      }
    }
  }

  /// Lines ready to be appended, and the head once they are durable.
  package struct Appended: Sendable {
    /// Whole lines, each with its line feed.
    package var bytes: [UInt8]
    package var head: JournalHead
    /// The time that the records bear: now, or the last record's where the clock went back a little.
    package var time: Instant { head.time }
  }

  /// The first record of a new journal.
  ///
  /// - Parameters:
  ///   - instance: 32 hexadecimal digits from a random source.
  ///   - key: nil for a plain chain.
  package static func opening(instance: String, key: JournalKey?, now: Instant) -> Appended {
    let function = key.map(ChainFunction.hmac) ?? .sha256
    var head = JournalHead(instance: instance, function: function, seq: 0, link: .first, time: now)
    var data: [(String, JSONValue)] = [
      ("format", .int(format)), ("instance", .string(instance)), ("chain", .string(function.name)),
    ]
    if let key { data.append(("key_id", .string(key.id))) }
    let fields = EventFields(type: "journal.opened", data: data)
    return Appended(
      bytes: head.line(fields, function, at: now.description, after: .first, salt: []), head: head)
  }

  /// Lines for `events`, in their order, all bearing one time; they are to be written at once and synced once.
  ///
  /// - Parameter salt: asked once for each record with a personal part; 16 bytes from a random source, so that nobody
  ///   can guess an erased part from its digest.
  package func append(
    _ events: [HistoryEvent], at now: Instant, salt: () -> [UInt8]
  ) throws(Refusal) -> Appended {
    guard let function, var link else { throw .keyMissing }
    var head = self
    if now < time {
      guard time - now <= JournalHead.clampMax else { throw .clockWentBack(last: time, now: now) }
    } else {
      head.time = now
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(events.count * 1024)
    let group = events.count > 1 ? seq + 1 : nil
    let written = head.time.description
    for event in events {
      let fields = EventFields(event)
      bytes += head.line(
        fields, function, at: written, after: link, group: group, salt: fields.personal.isEmpty ? [] : salt())
      link = head.link ?? link
    }
    return Appended(bytes: bytes, head: head)
  }

  /// Writes one line and moves on by it.
  private mutating func line(
    _ fields: EventFields, _ function: ChainFunction, at time: String, after before: Link, group: Int? = nil,
    salt: [UInt8]
  ) -> [UInt8] {
    seq += 1
    var text = JSONText()
    text.write(raw: #"{"seq":\#(seq),"time":"\#(time)","type":"\#(fields.type)""#)
    for member in fields.data.members {
      text.write(raw: ",")
      text.write(member)
    }
    if let group { text.write(raw: #","group":\#(group)"#) }
    text.write(raw: #","prev":"\#(before.hex)""#)
    var personal: JSONText?
    if !fields.personal.isEmpty {
      var object = JSONObject([("salt", .string(Digest.hex(salt)))])
      for member in fields.personal.members { object[member.name] = member.value }
      var part = JSONText()
      part.write(object)
      text.write(raw: #","personal_digest":"\#(Digest.sha256(part.bytes))""#)
      personal = part
    }
    let checked = text.bytes.count
    let check = text.bytes.withUnsafeBytes { function.digest($0) }
    text.write(raw: #","check":"\#(check.hex.prefix(32))""#)
    link = text.bytes.withUnsafeBytes { function.marks($0, checked: checked).link }
    var bytes = text.bytes
    if let personal {
      bytes += UnsafeBufferPointer(
        start: LineLayout.personalName.utf8Start, count: LineLayout.personalName.utf8CodeUnitCount)
      bytes += personal.bytes
    }
    bytes += [UInt8(ascii: "}"), UInt8(ascii: "\n")]
    return bytes
  }
}
