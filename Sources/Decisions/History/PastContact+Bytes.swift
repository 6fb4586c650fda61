import Ledger
import Units

extension PastContact {
  /// Everybody whom mails of it were for: To recipients of all attempts.
  var addresses: [String] { (channel == .email ? to : []) + earlier.keys.sorted() }

  func write(to writer: inout HistoryWriter) {
    writer.write(id)
    writer.write(count: attempt)
    writer.write(began)
    writer.write(at)
    writer.write(payer)
    writer.write(currency)
    writer.write(kind.rawValue)
    writer.write(step)
    writer.write(number: level)
    writer.write(channel.rawValue)
    writer.write(items) { writer, item in
      writer.write(item.key)
      writer.write(item.schedule)
      writer.write(item.step)
      writer.write(number: item.level)
      writer.write(item.anchor.rawValue)
      writer.write(item.anchorDate)
      writer.write(number: item.day)
      writer.write(count: item.repetition)
      writer.write(item.open)
      writer.write(item.ledgerSchedule) { $0.write($1) }
    }
    writer.write(deadline) { $0.write($1) }
    writer.write(messageID)
    writer.write(sha256)
    writer.write(to) { $0.write($1) }
    writer.write(cc) { $0.write($1) }
    writer.write(recipients) { $0.write($1) }
    writer.write(earlier.sorted { $0.key < $1.key }) { writer, entry in
      writer.write(entry.key)
      writer.write(entry.value.fate)
      writer.write(count: entry.value.attempt)
      writer.write(count: entry.value.recipient)
    }
    writer.write(count: doubts)
    writer.write(verdict) { $0.write($1) }
    writer.write(cancelled)
    guard isLetter else { return }
    writer.write(listed) { writer, item in
      writer.write(item.key)
      writer.write(item.open)
    }
  }

  init(from reader: inout HistoryReader) throws(HistoryReader.Damage) {
    typealias Damage = HistoryReader.Damage
    id = try reader.text()
    attempt = try reader.count()
    began = try reader.instant()
    at = try reader.instant()
    payer = try reader.text()
    currency = try reader.currency()
    kind = try reader.word()
    step = try reader.text()
    level = try reader.number()
    channel = try reader.word()
    let items = try reader.list { reader throws(Damage) in
      AdvancedItem(
        key: try reader.key(), schedule: try reader.text(), step: try reader.text(), level: try reader.number(),
        anchor: try reader.word(), anchorDate: try reader.day(), day: try reader.number(),
        repetition: try reader.count(), open: try reader.money(),
        ledgerSchedule: try reader.optional { r throws(Damage) in try r.text() })
    }
    self.items = items
    isByKey = Self.isSorted(items)
    deadline = try reader.optional { r throws(Damage) in try r.day() }
    messageID = try reader.text()
    sha256 = try reader.text()
    to = try reader.list { r throws(Damage) in try r.text() }
    cc = try reader.list { r throws(Damage) in try r.text() }
    recipients = try reader.list { r throws(Damage) in try r.fate() }
    for _ in 0..<(try reader.count()) {
      let address = try reader.text()
      earlier[address] = Trace(
        fate: try reader.fate(), attempt: try reader.count(), recipient: try reader.count())
    }
    doubts = try reader.count()
    verdict = try reader.optional { r throws(Damage) in try r.flag() }
    cancelled = try reader.flag()
    listed =
      channel == .letter
      ? try reader.list { r throws(Damage) in ListedItem(key: try r.key(), open: try r.money()) } : []
  }
}

extension HistoryWriter {
  fileprivate mutating func write(_ fate: PastContact.Fate) {
    switch fate {
    case .pending: write(count: 0)
    case .sent: write(count: 1)
    case .deferred(let until):
      write(count: 2)
      write(until)
    case .failed: write(count: 3)
    case .inDoubt: write(count: 4)
    case .bounced: write(count: 5)
    }
  }
}

extension HistoryReader {
  fileprivate mutating func fate() throws(Damage) -> PastContact.Fate {
    switch try count() {
    case 0: .pending
    case 1: .sent
    case 2: .deferred(until: try instant())
    case 3: .failed
    case 4: .inDoubt
    case 5: .bounced
    default: throw Damage()
    }
  }
}
