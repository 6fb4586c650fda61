import Intake
import Ledger
import Settings
import Storage
import Units

/// The ledger's files, read as one state.
package struct LedgerFolder: Sendable {
  package struct Snapshot: Sendable {
    package let ledger: AcceptedLedger
    /// To see later whether anything changed.
    package let token: SnapshotFiles.Token
  }

  package enum Fault: Error, Sendable {
    case unreadable(SystemFault)
    case keepsChanging(path: String)
    case rejected(LedgerRejection, folder: String)

    package var description: String {
      switch self {
      case .unreadable(let fault): "\(fault.description): nothing is sent without the ledger"
      case .keepsChanging(let path):
        "\(path) changed each time it was read: nothing is sent; export to another file and rename it into place"
      case .rejected(let rejection, let folder):
        rejection.description + "\n  meaning: nothing is sent on what lies in \(folder) before it is corrected"
      }
    }
  }

  private let settings: LedgerSettings
  private let zones: Zones

  package init(_ settings: LedgerSettings, zones: Zones) {
    self.settings = settings
    self.zones = zones
  }

  private func path(_ name: String) -> String { name.hasPrefix("/") ? name : settings.path + "/" + name }

  private var paths: [String] {
    IntakeFormat.File.allCases.map { path(settings.format.name(of: $0)) }
      + [settings.format.cashThrough].compactMap(\.self).map(path)
  }

  /// What the files look like now, without reading them.
  package var token: SnapshotFiles.Token { SnapshotFiles.token(of: paths) }

  /// - Parameters:
  ///   - lastRowCounts: of the last accepted snapshot; empty when there was none.
  ///   - pause: called before files that changed meanwhile are read again.
  package func read(lastRowCounts: RowCounts = [:], pause: () -> Void = {}) throws(Fault) -> Snapshot {
    let snapshot: SnapshotFiles
    do throws(SnapshotFiles.Fault) {
      snapshot = try SnapshotFiles(paths, pause: pause)
    } catch {
      switch error {
      case .system(let fault): throw .unreadable(fault)
      case .keepsChanging(let path): throw .keepsChanging(path: path)
      }
    }
    let reader = LedgerReader(
      format: settings.format, zones: { [zones] in zones.zone($0) },
      documentExists: { [folder = settings.documents] name in
        folder.map { FileReading.exists($0 + "/" + name) } ?? false
      })
    switch reader.read(files(of: snapshot), lastRowCounts: lastRowCounts) {
    case .accepted(let ledger): return Snapshot(ledger: ledger, token: snapshot.token)
    case .rejected(let rejection): throw .rejected(rejection, folder: settings.path)
    }
  }

  private func files(of snapshot: SnapshotFiles) -> LedgerFiles {
    func file(_ name: String) -> LedgerFile? {
      snapshot.files[path(name)].map { file in
        LedgerFile(
          name: name.split(separator: "/").last.map(String.init) ?? name, bytes: file.bytes,
          modified: Instant(milliseconds: file.identity.modifiedMilliseconds))
      }
    }
    var files = LedgerFiles(folder: settings.path, found: (try? FileReading.names(in: settings.path)) ?? [])
    files.invoices = file(settings.format.name(of: .invoices))
    files.customers = file(settings.format.name(of: .customers))
    files.payments = file(settings.format.name(of: .payments))
    files.cashThrough = settings.format.cashThrough.flatMap(file)
    return files
  }
}
