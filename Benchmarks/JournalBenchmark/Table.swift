import Daemon
import Glibc
import Journal
import Storage
import Units

/// The figures side by side, one line a size.
struct Table {
  private let program: String
  private let folder: String

  init(_ program: String, folder: String) {
    self.program = program
    self.folder = folder
  }

  func print(_ sizes: [Int]) throws {
    Swift.print(
      "    records      MB   open s  MB RSS  verify s  sha256sum s  ratio  list s  all payers s  MB RSS")
    for size in sizes { try print(size) }
  }

  private func print(_ size: Int) throws {
    let path = "\(folder)/\(size)"
    let bytes = try written(size, path)
    let open = measured("open", path)
    let verify = measured("verify", path)
    let begin = ContinuousClock.now
    _ = lines("sha256sum \(path)/journal/*.jsonl")
    let sha256sum = Measure.seconds(ContinuousClock.now - begin)
    let list = measured("list", path)
    let payers = measured("payers", path)
    let columns = [
      column("\(size)", 11), column("\(bytes >> 20)", 8), column(decimal(open.seconds), 9), column("\(open.memory)", 8),
      column(decimal(verify.seconds), 10), column(decimal(sha256sum), 13),
      column(decimal(verify.seconds / sha256sum), 7),
      column(decimal(list.seconds), 8), column(decimal(payers.seconds), 14), column("\(payers.memory)", 8),
    ]
    Swift.print(columns.joined())
  }

  /// Bytes of the journal's files.
  private func written(_ size: Int, _ path: String) throws -> Int {
    let disk = PosixDisk()
    let start = Instant(seconds: 1_600_000_000)
    if try disk.status(path) == nil, let euro = Currency(code: "EUR") {
      for folder in [folder, path] { try disk.makeDirectory(folder) }
      var salts = SeededGenerator(seed: 11)
      let journal = try JournalFile(StateDirectory(path), on: disk, as: .command, key: nil, now: start) { count in
        (0..<count).map { _ in UInt8(salts.below(256)) }
      }
      var generator = Generator(begin: start, euro: euro)
      while let (events, now) = generator.next(of: size) { try journal.record(events, now: now) }
    }
    return try disk.list(path + "/journal").filter { $0.hasSuffix(".jsonl") }
      .reduce(0) { $0 + (try disk.status(path + "/journal/" + $1)?.size ?? 0) }
  }

  private func measured(_ work: String, _ path: String) -> (seconds: Double, memory: Int) {
    let words = lines("\(program) --measure \(work) \(path)").first?.split(separator: " ") ?? []
    guard words.count == 2, let seconds = Double(words[0]), let memory = Int(words[1].filter(\.isNumber)) else {
      return (0, 0)
    }
    return (seconds, memory)
  }

  /// What a command prints.
  private func lines(_ command: String) -> [String] {
    guard let pipe = popen(command, "r") else { return [] }
    defer { pclose(pipe) }
    var lines: [String] = []
    var buffer = [CChar](repeating: 0, count: 4096)
    while fgets(&buffer, Int32(buffer.count), pipe) != nil {
      lines.append(String(decoding: buffer.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }
    return lines
  }

  private func column(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }

  /// Three decimal places.
  private func decimal(_ value: Double) -> String {
    let thousandths = Int((value * 1000).rounded())
    let fraction = String(thousandths % 1000)
    return "\(thousandths / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
  }
}
