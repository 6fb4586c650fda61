import Decisions
import Units

/// Where the journal stands: all that the next record needs to know of those before.
package struct JournalHead: Sendable, Equatable {
  /// The format that this room writes, and the highest that it reads.
  package static let format = 1
  /// A clock that went back by no more than this is taken for one that was set by a time service.
  package static let clampMax = Span.seconds(5)
  /// Bytes of the salt of a personal part.
  package static let saltCount = 16

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
    var fields = EventFields(type: "journal.opened")
    fields.data.put("format", format)
    fields.data.put("instance", instance)
    fields.data.put("chain", function.name)
    if let key { fields.data.put("key_id", key.id) }
    var bytes: [UInt8] = []
    head.write(fields, to: &bytes, function, at: now.description, after: .first, salt: [])
    return Appended(bytes: bytes, head: head)
  }

  /// Lines for `events`, in their order, all bearing one time; they are to be written at once and synced once.
  ///
  /// - Parameter salt: asked once for each record with a personal part; `saltCount` bytes from a random source, so that
  ///   nobody can guess an erased part from its digest.
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
      head.write(
        fields, to: &bytes, function, at: written, after: link, group: group,
        salt: fields.personal.isEmpty ? [] : salt())
      link = head.link ?? link
    }
    return Appended(bytes: bytes, head: head)
  }

  /// Writes one line and moves on by it.
  private mutating func write(
    _ fields: EventFields, to bytes: inout [UInt8], _ function: ChainFunction, at time: String, after before: Link,
    group: Int? = nil, salt: [UInt8]
  ) {
    seq += 1
    let start = bytes.count
    bytes += #"{"seq":\#(seq),"time":"\#(time)","type":"\#(fields.type)""#.utf8
    bytes += fields.data.bytes
    if let group { bytes += #","group":\#(group)"#.utf8 }
    bytes += #","prev":""#.utf8
    before.write(to: &bytes)
    var personal: [UInt8] = []
    if !fields.personal.isEmpty {
      personal += #"{"salt":""#.utf8
      Digest.write(salt, to: &personal)
      personal.append(UInt8(ascii: "\""))
      personal += fields.personal.bytes
      personal.append(UInt8(ascii: "}"))
      bytes += #"","personal_digest":""#.utf8
      personal.withUnsafeBytes { ChainFunction.sha256.digest($0) }.write(to: &bytes)
    }
    bytes.append(UInt8(ascii: "\""))
    // One run over the line serves both: the state behind what is checked is the check's, then it goes on.
    var digest = RunningDigest(function)
    let checked = bytes.count
    digest.take(bytes[start...])
    bytes += #","check":""#.utf8
    digest.link.write(firstBytes: 16, to: &bytes)
    bytes.append(UInt8(ascii: "\""))
    digest.take(bytes[checked...])
    digest.take([UInt8(ascii: "}")])
    link = digest.link
    if !personal.isEmpty {
      bytes += UnsafeBufferPointer(
        start: LineLayout.personalName.utf8Start, count: LineLayout.personalName.utf8CodeUnitCount)
      bytes += personal
    }
    bytes.append(UInt8(ascii: "}"))
    bytes.append(UInt8(ascii: "\n"))
  }
}
