import Foundation
import Synchronization
import Testing

/// All end-to-end tests: each in a folder of its own, a few at a time.
@Suite("End to end") struct EndToEnd {}

/// A few scenarios at a time: each runs programs, and there may be only two cores.
private actor Gate {
  static let shared = Gate(places: 3)
  private var places: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(places: Int) { self.places = places }

  func enter() async {
    if places > 0 {
      places -= 1
    } else {
      await withCheckedContinuation { waiting.append($0) }
    }
  }

  func leave() {
    if waiting.isEmpty { places += 1 } else { waiting.removeFirst().resume() }
  }
}

/// Runs a scenario in a fresh office; what it started is ended and its folder is gone afterwards.
func scenario(_ body: (Office) async throws -> Void) async throws {
  _ = try Program.required()
  await Gate.shared.enter()
  let result: Result<Void, any Error>
  do {
    let office = try Office()
    do {
      try await body(office)
      result = .success(())
    } catch {
      result = .failure(error)
    }
    await office.close()
  } catch {
    result = .failure(error)
  }
  await Gate.shared.leave()
  try result.get()
}

/// Where the repository and the shared data are.
enum Places {
  static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  static let support = repository.appendingPathComponent("Tests/Support")

  /// The public data sets, where they are: `DUNNINGD_SHARED_DATA`, else beside the repository.
  static var sharedData: URL? {
    let variable = ProcessInfo.processInfo.environment["DUNNINGD_SHARED_DATA"]
    let folder = variable.map { URL(fileURLWithPath: $0) } ?? repository.appendingPathComponent("../shared/data")
    return FileManager.default.fileExists(atPath: folder.path) ? folder.standardizedFileURL : nil
  }
}
