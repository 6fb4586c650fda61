import Glibc

/// A disk in memory that can fail and crash on purpose: for the simulator and for rehearsals.
///
/// It knows what was written and what is durable. A crash keeps of the rest what a real disk might: nothing, all, the
/// beginning, all but some sectors (which read as zeros), or garbage in the last sector. One seed decides it.
package final class MemoryDisk: Disk {
  package enum Call: Sendable, Equatable { case read, list, create, lock, append, sync, truncate, replace, remove }

  package enum Fault: Sendable, Equatable {
    case errno(Int32)
    /// An append that takes only so many bytes.
    case short(Int)
  }

  package static let sector = 512

  /// Asked before each call; nil lets it happen.
  package var fault: (Call, _ path: String) -> Fault? = { _, _ in nil }
  /// What `freeBytes` answers; writing does not lessen it.
  package var free = Int.max
  /// Milliseconds since 1970 for the times of files.
  package var now = 0
  /// The process that asks for locks, to tell two of them apart.
  package var process = 1

  private var files: [String: MemoryContent] = [:]
  private var folders: Set<String> = ["", "/", "."]
  private var locks: [String: Int] = [:]
  private var inodes: UInt64 = 0
  /// Counts crashes: who opened a file before one has nothing in hand after it.
  fileprivate private(set) var life = 0

  package init() {}

  /// Puts a durable file there, with the folders above it.
  package func put(_ path: String, _ bytes: [UInt8]) {
    addFolders(above: path)
    files[path] = content(bytes)
  }

  /// What a reader sees; nil when there is no such file.
  package func bytes(_ path: String) -> [UInt8]? { files[path]?.bytes }

  /// What a crash cannot take away; nil when there is no such file.
  package func durableBytes(_ path: String) -> [UInt8]? { files[path]?.durable }

  /// The power goes: unsynced bytes meet their fate, locks and open files are gone.
  package func crash(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for path in files.keys.sorted() { files[path]?.crash(&random) }
    locks = [:]
    life += 1
  }

  /// The process dies and the machine goes on: locks and open files are gone, every written byte stays, unless a sync of
  /// its file failed.
  package func kill() {
    for path in files.keys.sorted() { files[path]?.kill() }
    locks = [:]
    life += 1
  }

  package func status(_ path: String) throws(DiskError) -> FileStatus? {
    if let file = files[path] { return file.status }
    guard folders.contains(path) else { return nil }
    return FileStatus(
      device: 1, inode: 0, size: 0, modified: 0, changed: 0, permissions: 0o700, owner: 0, isDirectory: true)
  }

  package func read(_ path: String, limit: Int, followingLinks: Bool) throws(DiskError) -> FileContents {
    let file = try present(path)
    guard file.bytes.count <= limit else {
      throw DiskError(.read, path, .tooLarge(bytes: file.bytes.count, limit: limit))
    }
    return FileContents(bytes: file.bytes, before: file.status, after: file.status)
  }

  package func read(_ path: String, from offset: Int, count: Int) throws(DiskError) -> [UInt8] {
    Array(try present(path).bytes.dropFirst(offset).prefix(count))
  }

  package func openReading(_ path: String) throws(DiskError) -> any ReadFile {
    MemoryReading(try present(path), { [unowned self] in files[path] }) { [unowned self] () throws(DiskError) in
      try ask(.read, path, .read)
    }
  }

  package func list(_ path: String) throws(DiskError) -> [String] {
    try ask(.list, path, .list)
    guard folders.contains(path) else { throw DiskError(.list, path, .errno(ENOENT)) }
    let start = path.hasSuffix("/") ? path : path + "/"
    let names = (Array(files.keys) + Array(folders)).filter { $0.hasPrefix(start) && $0 != path }
      .map { String($0.dropFirst(start.count)) }
    return names.filter { !$0.isEmpty && !$0.contains("/") }.sorted()
  }

  package func makeDirectory(_ path: String) throws(DiskError) {
    if folders.contains(path) { return }
    try ask(.create, path, .create)
    guard folders.contains(PosixDisk.folder(of: path)) else { throw DiskError(.create, path, .errno(ENOENT)) }
    folders.insert(path)
  }

  package func openAppending(_ path: String) throws(DiskError) -> any AppendFile {
    if files[path] == nil {
      try ask(.create, path, .create)
      guard folders.contains(PosixDisk.folder(of: path)) else { throw DiskError(.create, path, .errno(ENOENT)) }
      files[path] = content([])
    }
    return MemoryFile(self, path, inode: files[path]?.inode ?? 0)
  }

  package func replace(_ path: String, with bytes: [UInt8], modified: Int?) throws(DiskError) {
    try ask(.replace, path, .replace)
    guard folders.contains(PosixDisk.folder(of: path)) else { throw DiskError(.replace, path, .errno(ENOENT)) }
    inodes += 1
    files[path] = MemoryContent(bytes, inode: inodes, now: modified.map { $0 / 1_000_000 } ?? now)
  }

  package func remove(_ path: String) throws(DiskError) {
    try ask(.remove, path, .remove)
    guard files.removeValue(forKey: path) != nil else { throw DiskError(.remove, path, .errno(ENOENT)) }
  }

  package func freeBytes(_ path: String) throws(DiskError) -> Int { free }

  package func lock(_ path: String, waitMilliseconds: Int) throws(DiskError) -> any HeldLock {
    try ask(.lock, path, .lock)
    guard folders.contains(PosixDisk.folder(of: path)) else { throw DiskError(.lock, path, .errno(ENOENT)) }
    if let holder = locks[path] { throw DiskError(.lock, path, .locked(pid: holder)) }
    locks[path] = process
    return MemoryLock(self, path)
  }

  // MARK: - What open files do

  private func content(_ bytes: [UInt8]) -> MemoryContent {
    inodes += 1
    return MemoryContent(bytes, inode: inodes, now: now)
  }

  private func addFolders(above path: String) {
    var folder = PosixDisk.folder(of: path)
    while folders.insert(folder).inserted { folder = PosixDisk.folder(of: folder) }
  }

  private func present(_ path: String) throws(DiskError) -> MemoryContent {
    try ask(.read, path, .read)
    guard let file = files[path] else { throw DiskError(.open, path, .errno(ENOENT)) }
    return file
  }

  private func ask(_ call: Call, _ path: String, _ operation: DiskError.Operation) throws(DiskError) {
    if case .errno(let code)? = fault(call, path) { throw DiskError(operation, path, .errno(code)) }
  }

  fileprivate func append(_ bytes: [UInt8], to path: String) throws(DiskError) {
    let operation = DiskError.Operation.append(bytes: bytes.count)
    switch fault(.append, path) {
    case .errno(let code)?: throw DiskError(operation, path, .errno(code))
    case .short(let count)?:
      files[path]?.append(Array(bytes.prefix(count)), now: now)
      throw DiskError(operation, path, .short(written: min(count, bytes.count)))
    case nil: files[path]?.append(bytes, now: now)
    }
  }

  fileprivate func sync(_ path: String) throws(DiskError) {
    if case .errno(let code)? = fault(.sync, path) {
      files[path]?.failSync()
      throw DiskError(.sync, path, .errno(code))
    }
    files[path]?.sync()
  }

  fileprivate func truncate(_ path: String, to count: Int) throws(DiskError) {
    try ask(.truncate, path, .truncate)
    files[path]?.truncate(to: count, now: now)
  }

  fileprivate func release(_ path: String, life: Int) {
    if life == self.life { locks[path] = nil }
  }
}

private final class MemoryFile: AppendFile {
  private let disk: MemoryDisk
  private let path: String
  private let inode: UInt64
  private let life: Int
  private var isBroken = false

  init(_ disk: MemoryDisk, _ path: String, inode: UInt64) {
    self.disk = disk
    self.path = path
    self.inode = inode
    life = disk.life
  }

  func append(_ bytes: [UInt8]) throws(DiskError) {
    try guarded(.append(bytes: bytes.count)) { () throws(DiskError) in try disk.append(bytes, to: path) }
  }

  func sync() throws(DiskError) { try guarded(.sync) { () throws(DiskError) in try disk.sync(path) } }

  func truncate(to count: Int) throws(DiskError) {
    try guarded(.truncate) { () throws(DiskError) in try disk.truncate(path, to: count) }
  }

  func status() throws(DiskError) -> FileStatus {
    guard var status = try disk.status(path) else { throw DiskError(.look, path, .errno(ENOENT)) }
    // Another file bears the name now; this one has none.
    if status.inode != inode { (status.inode, status.size) = (inode, 0) }
    return status
  }

  private func guarded(
    _ operation: DiskError.Operation, _ action: () throws(DiskError) -> Void
  ) throws(DiskError) {
    guard !isBroken, life == disk.life else { throw DiskError(operation, path, .broken) }
    do { try action() } catch {
      isBroken = true
      throw error
    }
  }
}

/// The file that the name had when it was opened.
private final class MemoryReading: ReadFile {
  /// As it was seen last: one that was replaced or removed stays as it was.
  private var content: MemoryContent
  private let present: () -> MemoryContent?
  private let ask: () throws(DiskError) -> Void

  init(
    _ content: MemoryContent, _ present: @escaping () -> MemoryContent?, _ ask: @escaping () throws(DiskError) -> Void
  ) {
    self.content = content
    self.present = present
    self.ask = ask
  }

  /// Whoever has a file open sees what is appended to it.
  private func look() -> MemoryContent {
    if let now = present(), now.inode == content.inode { content = now }
    return content
  }

  func read(from offset: Int, count: Int) throws(DiskError) -> [UInt8] {
    try ask()
    return Array(look().bytes.dropFirst(offset).prefix(count))
  }

  func status() throws(DiskError) -> FileStatus { look().status }
}

private final class MemoryLock: HeldLock {
  private let disk: MemoryDisk
  private let path: String
  private let life: Int
  private var isHeld = true

  init(_ disk: MemoryDisk, _ path: String) {
    self.disk = disk
    self.path = path
    life = disk.life
  }

  deinit { release() }

  func release() {
    if isHeld { disk.release(path, life: life) }
    isHeld = false
  }
}
