import Crypto
import Decisions
import Defaults
import Glibc
import Letters
import Settings
import Storage
import Units

/// One company's installation as its configuration describes it: settings, templates, zones, places. Loaded whole or not
/// at all, so that nothing ever runs on half a configuration.
package struct Site: Sendable {
  /// Why there is no configuration to run on; exit status 78.
  package enum Fault: Error, Sendable {
    case unreadable(SystemFault)
    /// Every problem of the file, or of a holiday calendar or a template beside it.
    case wrong([Problem])

    package var description: String {
      switch self {
      case .unreadable(let fault):
        fault.isMissing
          ? "there is no configuration at \(fault.path): name one with --config FILE; `dunningd demo` needs none"
          : "\(fault.description): without its configuration dunningd does nothing"
      case .wrong(let problems): problems.map(\.description).joined(separator: "\n")
      }
    }
  }

  package let configuration: Configuration
  private let files: SiteFiles
  /// What a process that a daemon starts finds on its standard input.
  package var running: [UInt8] { files.text }
  package let file: String
  package let templates: TemplateSet
  package let zones: Zones
  package var policy: Policy { configuration.policy }

  package var state: StateDirectory { StateDirectory(configured: configuration.journal.directory) }

  /// Where letters wait.
  package var outboxFolder: String { configuration.letter.outbox ?? state.outbox }

  package func outbox(_ messages: MessageStore, on disk: any Disk) -> Outbox {
    Outbox(outboxFolder, messages: messages, on: disk, zone: policy.company.zone)
  }

  /// Set for a process that a daemon started on behalf of a caller: on its standard input is then what the daemon runs on,
  /// whatever stands in the files by now.
  package static let runningVariable = "DUNNINGD_RUNNING_CONFIGURATION"

  private static let running: SiteFiles? =
    getenv(runningVariable) == nil ? nil : (try? FileReading.whole("/dev/stdin").bytes).flatMap(SiteFiles.init(text:))

  /// Where the state lies by a configuration that may be wrong: a running daemon must be reachable then too.
  package static func state(by file: String) -> StateDirectory {
    let bytes = (try? FileReading.whole(file).bytes) ?? []
    return StateDirectory(configured: JournalSettings.directory(in: bytes, file: file))
  }

  /// Reads a configuration and everything that stands beside it.
  package static func load(_ file: String, zones: Zones = Zones()) throws(Fault) -> Site {
    if let running { return try read(running, file: file, zones: zones) }
    let bytes: [UInt8]
    do throws(SystemFault) {
      bytes = try FileReading.whole(file).bytes
    } catch {
      throw .unreadable(error)
    }
    return try read(bytes, file: file, zones: zones)
  }

  /// The same, from bytes that need not be in a file yet.
  package static func read(_ bytes: [UInt8], file: String, zones: Zones = Zones()) throws(Fault) -> Site {
    var files = SiteFiles(configuration: bytes)
    try files.readCalendars(beside: file)
    return try read(files, file: file, zones: zones) { files, configuration throws(Fault) in
      try files.readTemplates(in: configuration.templatesDirectory)
      return true
    }
  }

  /// - Parameter complete: adds what the configuration says where to find; whether that is still to be checked.
  private static func read(
    _ given: SiteFiles, file: String, zones: Zones,
    complete: (inout SiteFiles, Configuration) throws(Fault) -> Bool = { _, _ in false }
  ) throws(Fault) -> Site {
    var files = given
    let calendars = try calendars(files.calendars)
    let hash = SHA256.hash(data: files.configuration).map { byte in
      let text = String(byte, radix: 16)
      return text.count == 1 ? "0" + text : text
    }.joined()
    let outside = Outside(
      zone: { name in
        do throws(ZoneError) {
          return try zones.lookUp(name).map(ZoneAnswer.zone) ?? .unknown
        } catch {
          return .unusable(error.description)
        }
      }, zoneNames: ZoneFiles.names, calendars: calendars, hash: hash)
    let configuration: Configuration
    do throws(Problems) {
      configuration = try Configuration.read(files.configuration, file: file, outside: outside)
    } catch {
      throw .wrong(error.all)
    }
    let isFresh = try complete(&files, configuration)
    let templates = try templates(files.templates, in: configuration.templatesDirectory)
    let missing = isFresh ? templates.problems(for: configuration.policy, columns: nil) : []
    guard missing.isEmpty else { throw .wrong(missing.map(Problem.init)) }
    return Site(configuration: configuration, files: files, file: file, templates: templates, zones: zones)
  }

  /// The calendars that came with the program, and the company's own, which take their place.
  private static func calendars(_ own: [SiteFiles.File]) throws(Fault) -> [String: HolidayCalendar] {
    var calendars: [String: HolidayCalendar] = [:]
    for shipped in ShippedFiles.below("holidays") where shipped.path.hasSuffix(".toml") {
      if let calendar = try? HolidayFile.read(Array(shipped.text.utf8), file: shipped.path) {
        calendars[calendar.code] = calendar
      }
    }
    for file in own {
      do throws(Problems) {
        let calendar = try HolidayFile.read(file.bytes, file: file.path)
        calendars[calendar.code] = calendar
      } catch {
        throw .wrong(error.all)
      }
    }
    return calendars
  }

  /// The templates that came with the program, and the company's own, which take their place file by file.
  private static func templates(_ given: [SiteFiles.File], in folder: String) throws(Fault) -> TemplateSet {
    var files: [String: [UInt8]] = [:]
    for shipped in ShippedFiles.below("templates") where shipped.path.hasSuffix(".mustache") {
      files[shipped.path] = Array(shipped.text.utf8)
    }
    let own = Set(given.map(\.path))
    for file in given { files[file.path] = file.bytes }
    // Who writes a text of his own does not want our words in the HTML part beside it.
    for path in own where !path.hasSuffix(".html.mustache") && !path.contains("/_") {
      let html = String(path.dropLast(".mustache".count)) + ".html.mustache"
      if !own.contains(html) { files[html] = nil }
    }
    do throws(TemplateProblems) {
      return try TemplateSet(
        files.sorted { $0.key < $1.key }.map {
          TemplateFile(path: $0.key, bytes: $0.value, isShipped: !own.contains($0.key))
        }, folder: folder)
    } catch {
      throw .wrong(error.problems.map(Problem.init))
    }
  }
}

extension Problem {
  package init(_ problem: TemplateProblem) {
    self.init(.error, problem.place, key: "template", problem.message, remedy: problem.remedy)
  }
}
