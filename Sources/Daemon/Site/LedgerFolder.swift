import Intake
import Ledger
import Settings
import Storage
import Synchronization
import Units

/// The ledger's files, read as one state.
package struct LedgerFolder: Sendable {
  package struct Snapshot: Sendable {
    package let ledger: AcceptedLedger
    package let seal: Seal
  }

  /// To see later whether anything changed.
  package struct Seal: Sendable {
    package let token: SnapshotFiles.Token
    /// Which documents were asked for, and why they could not go with a message; nil where they could.
    fileprivate let documents: [String: String?]
    /// Whether all files had been left alone for a while when they were read. A file that is written twice within one
    /// tick of the file system's clock may look the same both times.
    fileprivate let isOld: Bool
  }

  package enum Fault: Error, Sendable {
    case unreadable(SystemFault)
    case keepsChanging(path: String)
    case rejected(LedgerRejection, folder: String)

    package var description: String { words { $0.description } }
    /// For a log, which keeps what a person would have erased.
    package var discreet: String {
      words { $0.badRows.isEmpty ? $0.discreet : $0.discreet + "\n  `dunningd check` says what is wrong with them" }
    }

    private func words(_ told: (LedgerRejection) -> String) -> String {
      switch self {
      case .unreadable(let fault): "\(fault.description): nothing is sent without the ledger"
      case .keepsChanging(let path):
        "\(path) changed each time it was read: nothing is sent; export to another file and rename it into place"
      case .rejected(let rejection, let folder):
        told(rejection) + "\n  meaning: nothing is sent on what lies in \(folder) before it is corrected"
      }
    }
  }

  private let settings: LedgerSettings
  private let zones: Zones
  private let paths: [String]
  private let documents: Documents

  /// File systems note times more coarsely than processors work; two seconds is the coarsest in use (FAT).
  private static let tick = Span.seconds(2)
  /// Reading less than this is done before another thread has begun.
  private static let smallMax = 1 << 20

  package init(_ settings: LedgerSettings, zones: Zones) {
    self.settings = settings
    self.zones = zones
    documents = Documents(settings.documents)
    let names = IntakeFormat.File.allCases.map { Self.path(settings.format.name(of: $0), settings) }
    // Its path is that of the configuration, not of the ledger's folder.
    paths = names + [settings.format.cashThrough].compactMap(\.self)
  }

  private static func path(_ name: String, _ settings: LedgerSettings) -> String {
    name.hasPrefix("/") ? name : settings.path + "/" + name
  }

  /// What the files look like now, without reading them.
  package var token: SnapshotFiles.Token { SnapshotFiles.token(of: paths) }

  /// Whether reading would give the same as when it was sealed.
  package func holds(_ seal: Seal) -> Bool {
    seal.isOld && token == seal.token && seal.documents.allSatisfy { documents.fault(of: $0.key) == $0.value }
  }

  /// - Parameters:
  ///   - lastRowCounts: of the last accepted snapshot; empty when there was none.
  ///   - pause: called before files that changed meanwhile are read again.
  package func read(lastRowCounts: RowCounts = [:], pause: () -> Void = {}) throws(Fault) -> Snapshot {
    let began = Clock.real.now()
    let snapshot: SnapshotFiles
    do throws(SnapshotFiles.Fault) {
      snapshot = try SnapshotFiles(paths, pause: pause)
    } catch {
      switch error {
      case .system(let fault): throw .unreadable(fault)
      case .keepsChanging(let path): throw .keepsChanging(path: path)
      }
    }
    let asked = Answers()
    let reader = LedgerReader(
      format: settings.format, zones: { [zones] in zones.zone($0) },
      documentFault: { [documents] name in asked.note(name, documents.fault(of: name)) })
    let isSmall = snapshot.files.values.reduce(0) { $0 + $1.bytes.count } <= Self.smallMax
    let workers: any Workers = isSmall ? Alone() : Threads()
    let isOld = snapshot.files.values.allSatisfy {
      Instant(milliseconds: $0.identity.modifiedMilliseconds) + Self.tick < began
    }
    let token = snapshot.token
    // The reader lets go of what it has read, and nobody else must hold it.
    switch reader.read(files(of: consume snapshot), lastRowCounts: lastRowCounts, workers: workers) {
    case .accepted(let ledger):
      return Snapshot(ledger: ledger, seal: Seal(token: token, documents: asked.all, isOld: isOld))
    case .rejected(let rejection): throw .rejected(rejection, folder: settings.path)
    }
  }

  private func files(of snapshot: consuming SnapshotFiles) -> LedgerFiles {
    func file(_ name: String, at path: String? = nil) -> LedgerFile? {
      snapshot.files[path ?? Self.path(name, settings)].map { file in
        LedgerFile(
          name: name.split(separator: "/").last.map(String.init) ?? name, bytes: file.bytes,
          modified: Instant(milliseconds: file.identity.modifiedMilliseconds))
      }
    }
    var files = LedgerFiles(folder: settings.path, found: (try? FileReading.names(in: settings.path)) ?? [])
    files.invoices = file(settings.format.name(of: .invoices))
    files.customers = file(settings.format.name(of: .customers))
    files.payments = file(settings.format.name(of: .payments))
    files.cashThrough = settings.format.cashThrough.flatMap { file($0, at: $0) }
    return files
  }
}

/// What was answered about documents, from whatever thread.
private final class Answers: Sendable {
  private let answers = Mutex<[String: String?]>([:])

  var all: [String: String?] { answers.withLock { $0 } }

  func note(_ name: String, _ answer: String?) -> String? {
    answers.withLock { $0[name] = .some(answer) }
    return answer
  }
}
