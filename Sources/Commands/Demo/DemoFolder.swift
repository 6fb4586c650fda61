import Glibc
import Storage

/// Where a demo puts everything: a folder of its own, which only its user can look into.
///
///     dunningd.toml   the shipped configuration with the made-up company filled in
///     ledger/         what its accounting exports: invoices.csv, customers.csv, payments.csv
///     state/          the journal and the messages as sent
///     mails/          the same messages as the mail server got them: 000001.eml, ...
struct DemoFolder {
  /// Absolute.
  let path: String

  var configuration: String { path + "/" + DemoFolder.configurationName }
  var ledger: String { path + "/ledger" }
  var state: String { path + "/state" }
  var mails: String { path + "/mails" }

  static let configurationName = "dunningd.toml"

  /// Makes the folder.
  ///
  /// - Parameter wanted: nil makes a fresh one under `$TMPDIR`, else under `/tmp`. One that is there must be empty.
  init(_ wanted: String?) throws(CommandFailure) {
    let made: String
    if let wanted { made = try DemoFolder.claim(wanted) } else { made = try DemoFolder.fresh() }
    guard let real = realpath(made, nil) else { throw DemoFolder.failure("find", made) }
    path = String(cString: real)
    free(real)
  }

  private static func claim(_ path: String) throws(CommandFailure) -> String {
    if mkdir(path, 0o700) == 0 { return path }
    guard errno == EEXIST else { throw failure("make", path) }
    let names: [String]
    do throws(DiskError) { names = try PosixDisk().list(path) } catch {
      throw CommandFailure(.inputOutput, error.description)
    }
    guard names.isEmpty else {
      throw CommandFailure(
        .usage, "--dir \(path) is not empty, and the demo mixes with nothing: name a folder that is not there yet")
    }
    return path
  }

  private static func fresh() throws(CommandFailure) -> String {
    let parent = getenv("TMPDIR").map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
    var template = Array((parent + "/dunningd-demo-XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else { throw failure("make a folder in", parent) }
    return String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  private static func failure(_ verb: String, _ path: String) -> CommandFailure {
    CommandFailure(
      .inputOutput, "cannot \(verb) \(path): \(String(cString: strerror(errno))); name another folder with --dir DIR")
  }

  /// Writes a file in one piece: `name` in `folder`, which is made when it is not there.
  func write(_ text: String, into folder: String, as name: String) throws(CommandFailure) {
    do throws(DiskError) {
      try PosixDisk().makeDirectory(folder)
      try PosixDisk().replace(folder + "/" + name, with: Array(text.utf8))
    } catch {
      throw CommandFailure(.inputOutput, error.description)
    }
  }
}
