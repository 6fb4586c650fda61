import Decisions
import Units

/// Makes the file of histories and the checkpoint of one file of the journal, from its records.
package struct Sealer {
  private static let magic = Array("dunningd-history 4\n".utf8)

  private let segment: Int
  private let base: Checkpoint?
  private let archive: (any HistoryArchive)?
  /// Bytes of the records seen so far.
  private var offset = 0
  /// Where the records about each person begin.
  private var records: [String: [Int]] = [:]
  /// Who was contacted, by the contact's id.
  private var owners: [String: String] = [:]
  /// Invoice numbers and approvals that records of a person name.
  private var named: [String: Set<HistoryLink>] = [:]

  /// - Parameters:
  ///   - segment: the file's number, from 1.
  ///   - base: the checkpoint of the file before it, and its archive; nil for the first.
  package init(segment: Int, after base: Checkpoint?, _ archive: (any HistoryArchive)?) {
    self.segment = segment
    self.base = base
    self.archive = archive
  }

  /// Takes the file's next record.
  package mutating func add(_ entry: Entry) {
    let event = entry.event
    if case .contactIntended(let intended) = event { owners[intended.contact] = intended.customer }
    var people = Set(event.keys.map(\.customer))
    if let customer = entry.customer { people.insert(customer) }
    if let contact = entry.contact, let owner = owner(of: contact) { people.insert(owner) }
    for person in people { records[person, default: []].append(offset) }
    offset += entry.line.count + 1
    for key in event.keys { named[key.customer, default: []].insert(.invoice(key.number)) }
    if case .invoice(let customer, let number)? = event.scope {
      named[customer, default: []].insert(.invoice(number))
    }
  }

  private mutating func owner(of contact: String) -> String? {
    if let owner = owners[contact] { return owner }
    let found = archive?.people(with: .contact(contact)).first { $0.contacts[contact] != nil }?.id
    owners[contact] = found
    return found
  }

  /// What it all came to.
  ///
  /// - Parameters:
  ///   - history: the fold over everything up to the file's end, resting on the archive of the file before.
  ///   - head: behind the file's last record.
  ///   - file: the journal's file as it is.
  /// - Returns: the bytes of the file of histories, and the checkpoint; nil without the key.
  package func sealed(
    _ history: ContactHistory, _ head: JournalHead, file: (size: Int, modified: Int, sha256: String)
  ) -> (history: [UInt8], checkpoint: Checkpoint)? {
    guard let function = head.function else { return nil }
    let parts = history.parts
    var bytes = Sealer.magic
    var places: [UInt64: Checkpoint.Place] = [:]
    var own: Set<[UInt64]> = []
    var shared: Set<[UInt64]> = []
    for id in Set(parts.keys).union(records.keys).sorted() {
      let hash = NameHash.person(id)
      let part = parts[id] ?? PersonPart()
      let sealed = SealedPart(
        id: id, previous: places[hash] ?? base?.place(of: hash), records: records[id] ?? [], part: part
      ).bytes(function)
      places[hash] = Checkpoint.Place(segment: segment, offset: bytes.count, length: sealed.count)
      bytes += sealed
      for link in part.links.union(named[id] ?? []) {
        let row = [NameHash.link(link), hash]
        switch link {
        case .address, .customer: shared.insert(row)
        case .contact, .invoice, .subject: own.insert(row)
        }
      }
    }
    let linksAt = bytes.count
    let ownLinks = SealTable(width: 2).merged(with: Array(own), keyWords: 2).bytes
    bytes += ownLinks
    let digest = bytes.withUnsafeBytes { function.digest($0) }.hex
    let done = Checkpoint.Segment(
      size: file.size, modified: file.modified, sha256: file.sha256, seq: head.seq, time: head.time,
      link: head.digest, historySize: bytes.count, historyDigest: digest, linksAt: linksAt, linkCount: own.count)
    let people = (base?.people ?? SealTable(width: 3)).merged(
      with: places.map { [$0.key] + $0.value.words }, keyWords: 1)
    let links = (base?.links ?? SealTable(width: 2)).merged(with: Array(shared), keyWords: 2)
    return (
      bytes,
      Checkpoint(
        segments: (base?.segments ?? []) + [done], summary: history.summary, people: people, links: links,
        blocks: SealTable(width: 3, words: (base?.blocks.words ?? []) + LinkBlock.words(of: ownLinks, function)),
        function: function)
    )
  }
}
