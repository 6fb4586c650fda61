import Journal
import Storage

/// The messages as they were sent, found by their SHA-256: append-only files that a scan of their headers indexes.
///
///     dunningd-message 1 <sha256> <length>\n<bytes>\n
///
/// What a crash left unfinished is passed over: the scan looks for the next header, and a message is only taken for
/// kept when its bytes give its hash.
package final class MessageStore {
  /// A file that has reached so many bytes is followed by a new one.
  package static let segmentMax = 64 << 20
  private static let monthDays = 30
  /// A file smaller than this goes on into the next month.
  private static let monthMin = 1 << 20
  private static let magic = Array("dunningd-message 1 ".utf8)
  /// Magic, 64 digits, blank, at most 12 digits, line feed.
  private static let headerMax = 19 + 64 + 1 + 12 + 1

  private struct Found {
    var segment: Int
    var offset: Int
    var count: Int
  }

  private let folder: String
  private let disk: any Disk
  private let segmentMax: Int
  private var index: [String: Found] = [:]
  /// Segments that were scanned, up to so many bytes.
  private var scanned: [Int: Int] = [:]
  private var segment = 0
  private var file: (any AppendFile)?
  /// The size of the file after the last write, if that was ours.
  private var writtenUpTo: Int?

  package init(_ folder: String, on disk: any Disk, segmentMax: Int = segmentMax) {
    self.folder = folder
    self.disk = disk
    self.segmentMax = segmentMax
  }

  /// Makes the messages durable, with one write and one sync; those that are kept already are not written again.
  ///
  /// - Parameter day: days since 1970. A file holds the messages of about a month, so that it can go when they may.
  package func keep(_ messages: [KeptMessage], on day: Int? = nil) throws(DiskError) {
    guard !messages.isEmpty else { return }
    let file = try openLast(day)
    var bytes: [UInt8] = []
    let size = try file.status().size
    let isOurs = size == writtenUpTo
    // Another process may have kept some since.
    if !isOurs { try scan(segment) }
    // A crash may have left half a message; a header begins a line.
    if !isOurs, size > 0, try disk.read(path(segment), from: size - 1, count: 1) != [UInt8(ascii: "\n")] {
      bytes.append(UInt8(ascii: "\n"))
    }
    bytes.reserveCapacity(messages.reduce(0) { $0 + $1.bytes.count + MessageStore.headerMax + 1 })
    var fresh: [String: Found] = [:]
    for message in messages where index[message.sha256] == nil && fresh[message.sha256] == nil {
      bytes += MessageStore.magic
      bytes += "\(message.sha256) \(message.bytes.count)\n".utf8
      fresh[message.sha256] = Found(segment: segment, offset: size + bytes.count, count: message.bytes.count)
      bytes += message.bytes
      bytes.append(UInt8(ascii: "\n"))
    }
    guard !fresh.isEmpty else { return }
    try file.append(bytes)
    try file.sync()
    index.merge(fresh) { old, _ in old }
    scanned[segment] = size + bytes.count
    writtenUpTo = size + bytes.count
  }

  /// The messages that are kept, by their SHA-256.
  package func names() throws(DiskError) -> Set<String> {
    index = [:]
    scanned = [:]
    for number in try segments() { try scan(number, verifying: true) }
    return Set(index.keys)
  }

  /// Takes messages out of their files, and whatever else in a file is no whole message.
  ///
  /// - Parameter isErased: asked of each message, by its SHA-256.
  /// - Returns: how many were taken out.
  package func erase(where isErased: (String) -> Bool) throws(DiskError) -> Int {
    var count = 0
    for number in try segments() {
      let old = try disk.read(path(number), limit: .max, followingLinks: false)
      index = [:]
      scanned = [:]
      try scan(number, verifying: true)
      let kept = index.filter { !isErased($0.key) }.sorted { $0.value.offset < $1.value.offset }
      count += index.count - kept.count
      var bytes: [UInt8] = []
      for (sha256, found) in kept {
        bytes += MessageStore.magic + Array("\(sha256) \(found.count)\n".utf8)
        bytes += old.bytes[found.offset..<(found.offset + found.count)] + [UInt8(ascii: "\n")]
      }
      // It keeps its time, by which it is known how long its messages are to be kept.
      if bytes != old.bytes { try disk.replace(path(number), with: bytes, modified: old.after.modified) }
    }
    index = [:]
    scanned = [:]
    file = nil
    return count
  }

  /// Removes the files to which nothing was added since then.
  ///
  /// - Parameter time: milliseconds since 1970.
  /// - Returns: how many were removed.
  package func expire(before time: Int) throws(DiskError) -> Int {
    var count = 0
    for number in try segments().dropLast() {
      guard let status = try disk.status(path(number)), status.modifiedMilliseconds < time else { continue }
      try disk.remove(path(number))
      index = index.filter { $0.value.segment != number }
      scanned[number] = nil
      count += 1
    }
    return count
  }

  /// The message; nil when it was never kept, or was erased.
  ///
  /// - Throws: `messageChanged` when its bytes do not give its hash any more.
  package func read(_ sha256: String) throws(JournalFault) -> [UInt8]? {
    let bytes: [UInt8]
    do {
      if index[sha256] == nil { for number in try segments() { try scan(number) } }
      guard let found = index[sha256] else { return nil }
      bytes = try disk.read(path(found.segment), from: found.offset, count: found.count)
    } catch { throw .disk(error) }
    guard Digest.sha256(bytes) == sha256 else { throw .messageChanged(sha256: sha256) }
    return bytes
  }

  private func path(_ number: Int) -> String { folder + "/" + StateDirectory.name(number, "mail") }

  private func segments() throws(DiskError) -> [Int] {
    try StateDirectory.names(in: folder, "mail", on: disk).compactMap { Int($0.prefix { $0 != "." }) }
  }

  /// The file to append to: the last one, or a new one after it when it is full, or of another month.
  private func openLast(_ day: Int?) throws(DiskError) -> any AppendFile {
    func isDone(_ status: FileStatus) -> Bool {
      guard status.size < segmentMax else { return true }
      guard let day, status.size >= MessageStore.monthMin else { return false }
      return status.modifiedMilliseconds / 86_400_000 / MessageStore.monthDays != day / MessageStore.monthDays
    }
    if let file, !isDone(try file.status()) { return file }
    var number = max(1, try segments().last ?? 1)
    if let status = try disk.status(path(number)), isDone(status) { number += 1 }
    let file = try disk.openAppending(path(number))
    segment = number
    writtenUpTo = nil
    self.file = file
    try scan(number, verifying: true)
    return file
  }

  /// - Parameter verifying: leaves out what does not give its hash, as a crash may leave it.
  private func scan(_ number: Int, verifying: Bool = false) throws(DiskError) {
    let size = try disk.status(path(number))?.size ?? 0
    var at = scanned[number] ?? 0
    while at < size {
      let head = try disk.read(path(number), from: at, count: MessageStore.headerMax)
      guard let (sha256, start, count) = MessageStore.header(head), at + start + count < size else {
        guard let next = try nextHeader(number, after: at, size) else { break }
        at = next
        continue
      }
      // A length that leads to another header is believed; one that leads elsewhere is of a torn message, or stands
      // before one.
      var isGood = false
      if !verifying { isGood = try isEnd(number, at + start + count) }
      if !isGood { isGood = Digest.sha256(try disk.read(path(number), from: at + start, count: count)) == sha256 }
      if isGood {
        if index[sha256] == nil { index[sha256] = Found(segment: number, offset: at + start, count: count) }
        at += start + count + 1
      } else {
        guard let next = try nextHeader(number, after: at, size) else { break }
        at = next
      }
    }
    scanned[number] = size
  }

  /// Whether a message ends there: a line feed, then a header or the end of the file.
  private func isEnd(_ number: Int, _ offset: Int) throws(DiskError) -> Bool {
    let bytes = try disk.read(path(number), from: offset, count: 1 + MessageStore.magic.count)
    return bytes.first == UInt8(ascii: "\n") && (bytes.count == 1 || bytes[1...].elementsEqual(MessageStore.magic))
  }

  private static func header(_ bytes: [UInt8]) -> (sha256: String, start: Int, count: Int)? {
    guard bytes.starts(with: magic), let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
    let words = bytes[magic.count..<end].split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
    guard words.count == 2, words[0].count == 64, let count = Int(String(decoding: words[1], as: UTF8.self)),
      count >= 0
    else { return nil }
    return (String(decoding: words[0], as: UTF8.self), end + 1, count)
  }

  /// The next place behind a line feed at which a header could begin.
  private func nextHeader(_ number: Int, after start: Int, _ size: Int) throws(DiskError) -> Int? {
    let pattern = [UInt8(ascii: "\n")] + MessageStore.magic
    var at = start
    while at < size {
      let bytes = try disk.read(path(number), from: at, count: 1 << 20)
      var place = bytes.startIndex
      while let feed = bytes[place...].firstIndex(of: UInt8(ascii: "\n")) {
        if bytes[feed...].starts(with: pattern) { return at + feed + 1 }
        place = feed + 1
      }
      if bytes.count <= pattern.count { return nil }
      at += bytes.count - pattern.count + 1
    }
    return nil
  }
}
