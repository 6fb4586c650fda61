import Decisions
import Journal
import Storage
import Synchronization

/// The sealed history on the disk, read person by person.
///
/// What cannot be read, or is not as it was written, is drawn from the records again, in memory; only when these are
/// damaged too there is a fault.
package final class SealedArchive: HistoryArchive, @unchecked Sendable {
  // Unchecked: whatever can change, and the disk, is touched under `lock` alone.
  private let lock = Mutex(())
  private let state: StateDirectory
  private let disk: any Disk
  private let checkpoint: Checkpoint
  private let fold: () throws(JournalFault) -> MemoryArchive

  private var files: [Int: any ReadFile] = [:]
  private var cache = Cache()
  /// In place of the files, once one of them was found damaged.
  private var remade: MemoryArchive?
  private var trouble: String?

  /// - Parameter fold: reads the records up to the checkpoint.
  init(
    _ checkpoint: Checkpoint, _ state: StateDirectory, on disk: any Disk,
    fold: @escaping () throws(JournalFault) -> MemoryArchive
  ) {
    self.checkpoint = checkpoint
    self.state = state
    self.disk = disk
    self.fold = fold
  }

  package var fault: String? { lock.withLock { _ in trouble } }

  package func distrust(because words: String) {
    lock.withLock { _ in
      guard trouble == nil else { return }
      // Where the records do not have it either, nobody knows what else is not told.
      guard remade == nil else { return trouble = words }
      remake()
    }
  }

  package func person(_ id: String) -> PersonHistory? {
    lock.withLock { _ in
      read(orElse: { $0.person(id) }) { () throws(Damage) in try people(of: NameHash.person(id)).first { $0.id == id } }
    }
  }

  package func people(with link: HistoryLink) -> [PersonHistory] {
    lock.withLock { _ in
      read(orElse: { $0.people(with: link) }) { () throws(Damage) in
        if case .contact(let id) = link, let known = cache.owner(of: id) { return [known] }
        var people: [PersonHistory] = []
        for hash in try hashes(with: link) {
          let linked = try self.people(of: hash)
          // A link leads to somebody.
          guard !linked.isEmpty else { throw Damage() }
          people += linked
        }
        return people
      } ?? []
    }
  }

  package func everyone(_ visit: (PersonHistory) -> Void) {
    lock.withLock { _ in
      let all: [PersonHistory] =
        read(orElse: { archive in
          var all: [PersonHistory] = []
          archive.everyone { all.append($0) }
          return all
        }) { () throws(Damage) in
          var all: [PersonHistory] = []
          for index in 0..<checkpoint.people.count {
            all += try people(of: checkpoint.people.row(index).first ?? 0)
          }
          return all
        } ?? []
      all.forEach(visit)
    }
  }

  /// Where the records of the people stand who have to do with the customer, in the journal's order: file and offset.
  ///
  /// - Returns: nil when it cannot be told without reading everything.
  package func records(of links: [HistoryLink], customer: String?) -> [(segment: Int, offset: Int)]? {
    lock.withLock { _ in
      guard remade == nil else { return nil }
      do throws(Damage) {
        var hashes: Set<UInt64> = []
        if let customer { hashes.insert(NameHash.person(customer)) }
        for link in links { hashes.formUnion(try self.hashes(with: link)) }
        var found: Set<Int> = []
        var places: [(segment: Int, offset: Int)] = []
        for hash in hashes.sorted() {
          for (segment, part) in try parts(of: hash) {
            for offset in part.records where found.insert(segment << 40 | offset).inserted {
              places.append((segment, offset))
            }
          }
        }
        return places.sorted { $0 < $1 }
      } catch {
        return nil
      }
    }
  }

  // MARK: - Reading

  private struct Damage: Error {}

  private func read<Value>(
    orElse other: (MemoryArchive) -> Value?, _ body: () throws(Damage) -> Value?
  ) -> Value? {
    if let remade { return other(remade) }
    if trouble != nil { return nil }
    do throws(Damage) { return try body() } catch {}
    return remake().flatMap(other)
  }

  /// From the records.
  @discardableResult
  private func remake() -> MemoryArchive? {
    do throws(JournalFault) { remade = try fold() } catch { trouble = error.description }
    return remade
  }

  private func people(of hash: UInt64) throws(Damage) -> [PersonHistory] {
    if let known = cache.people(of: hash) { return known }
    var byID: [String: [PersonPart]] = [:]
    for (_, part) in try parts(of: hash).reversed() { byID[part.id, default: []].append(part.part) }
    guard byID.keys.allSatisfy({ NameHash.person($0) == hash }) else { throw Damage() }
    let people = byID.map { PersonHistory($0.key, $0.value) }
    cache.keep(people, of: hash)
    return people
  }

  /// Newest first.
  private func parts(of hash: UInt64) throws(Damage) -> [(segment: Int, part: SealedPart)] {
    var parts: [(Int, SealedPart)] = []
    var next = checkpoint.place(of: hash)
    while let place = next {
      // Each part lies before the one that names it, so this ends.
      let bytes = try bytes(place.segment, from: place.offset, count: place.length)
      guard let part = try? SealedPart(bytes, of: checkpoint) else { throw Damage() }
      if let before = part.previous,
        before.segment > place.segment || before.segment == place.segment && before.offset >= place.offset
      {
        throw Damage()
      }
      parts.append((place.segment, part))
      next = part.previous
    }
    return parts
  }

  private func hashes(with link: HistoryLink) throws(Damage) -> [UInt64] {
    let wanted = NameHash.link(link)
    switch link {
    case .address, .customer:
      return checkpoint.links.rows(of: wanted).map { checkpoint.links.row($0).last ?? 0 }
    case .contact, .invoice, .subject:
      var found: Set<UInt64> = []
      for segment in (1...max(1, checkpoint.segments.count)).reversed() where segment <= checkpoint.segments.count {
        for row in try ownLinks(of: wanted, in: segment) { found.insert(row) }
        // A contact belongs to one payer.
        if case .contact = link, !found.isEmpty { break }
      }
      return found.sorted()
    }
  }

  /// Files that are held open at most.
  private static let filesMax = 600

  private func ownLinks(of wanted: UInt64, in segment: Int) throws(Damage) -> [UInt64] {
    var found: [UInt64] = []
    for block in checkpoint.linkBlocks(of: wanted, in: segment) {
      let offset = checkpoint.segments[segment - 1].linksAt + block.offset
      let bytes = try bytes(segment, from: offset, count: block.length)
      guard let people = block.people(of: wanted, in: bytes, of: checkpoint) else { throw Damage() }
      found += people
    }
    return found
  }

  private func bytes(_ segment: Int, from offset: Int, count: Int) throws(Damage) -> [UInt8] {
    do throws(DiskError) {
      let file: any ReadFile
      if let known = files[segment] {
        file = known
      } else {
        file = try disk.openReading(state.segment(segment, "history"))
        if files.count >= Self.filesMax { files = [:] }
      }
      files[segment] = file
      let bytes = try file.read(from: offset, count: count)
      guard bytes.count == count else { throw DiskError(.read, state.segment(segment, "history"), .short(written: 0)) }
      return bytes
    } catch {
      throw Damage()
    }
  }
}

/// People who were asked for lately; those asked for before them go first.
private struct Cache {
  /// Contacts in each half.
  private static let contactsMax = 8000

  private var young: [UInt64: [PersonHistory]] = [:]
  private var old: [UInt64: [PersonHistory]] = [:]
  private var contacts = 0
  /// Who was asked for last: as a rule the next contact that is asked for is one of theirs.
  private var last: [PersonHistory] = []

  mutating func people(of hash: UInt64) -> [PersonHistory]? {
    if let people = young[hash] {
      last = people
      return people
    }
    guard let people = old[hash] else { return nil }
    keep(people, of: hash)
    return people
  }

  func owner(of contact: String) -> PersonHistory? { last.first { $0.contacts[contact] != nil } }

  mutating func keep(_ people: [PersonHistory], of hash: UInt64) {
    if contacts > Self.contactsMax {
      old = young
      young = [:]
      contacts = 0
    }
    young[hash] = people
    last = people
    contacts += people.reduce(1) { $0 + $1.order.count }
  }
}
