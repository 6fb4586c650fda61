import Foundation
import Testing

@testable import Incoming

/// The public set of bounces with its labels (`../shared/data/bounces`), where it is: how many are right, unknown and
/// wrong, and that no address is called bad which the labels do not call bad.
@Suite("The public set of bounces")
struct BounceSetTests {
  private static let folder: URL? = {
    let variable = ProcessInfo.processInfo.environment["DUNNINGD_SHARED_DATA"].map { URL(filePath: $0) }
    let data = variable ?? House.root.appending(path: "../shared/data").standardizedFileURL
    let folder = data.appending(path: "bounces")
    return FileManager.default.fileExists(atPath: folder.appending(path: "labels.tsv").path) ? folder : nil
  }()

  private struct Label {
    let file: String
    /// From 1.
    let recipient: Int
    let reason: String
    let isHard: Bool
  }

  private static func labels(_ folder: URL) throws -> [Label] {
    let text = try String(contentsOf: folder.appending(path: "labels.tsv"), encoding: .utf8)
    return text.split(whereSeparator: \.isNewline).dropFirst().compactMap { line in
      let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      guard cells.count == 6, let recipient = Int(cells[1]) else { return nil }
      return Label(file: cells[0], recipient: recipient, reason: cells[4], isHard: cells[5] == "true")
    }
  }

  private enum Verdict: String { case right, unknown, wrong }

  /// Right: the kind and the hardness are the label's. Unknown: a bad address that is not called one. Wrong: another kind,
  /// or an address called bad that is not.
  private static func verdict(_ label: Label, _ arrival: Arrival?) -> Verdict {
    guard let arrival else { return .wrong }
    switch label.reason {
    // One of them is no report, but what a mail program sends for a click on "unsubscribe".
    case "feedback": return [.complaint, .report, .unsubscribe].contains(arrival.kind) ? .right : .wrong
    case "vacation": return arrival.kind == .autoReply ? .right : .wrong
    case "delivered": return arrival.kind == .delivered ? .right : .wrong
    default:
      guard arrival.kind == .bounce || arrival.kind == .delay else { return .wrong }
      guard arrival.recipients.indices.contains(label.recipient - 1) else { return label.isHard ? .unknown : .right }
      let isPermanent = arrival.recipients[label.recipient - 1].diagnosis.isPermanent
      return isPermanent == label.isHard ? .right : isPermanent ? .wrong : .unknown
    }
  }

  @Test("no address is called bad that is not; few are overlooked")
  func labels() throws {
    guard let folder = Self.folder else {
      print("The public set of bounces is not here (DUNNINGD_SHARED_DATA, ../shared/data/bounces): skipped.")
      return
    }
    var counts: [Verdict: Int] = [:]
    var falseHard: [String] = []
    for label in try Self.labels(folder) {
      let file = folder.appending(path: "bsd/\(label.file)")
      let arrival = Arrival([UInt8](try Data(contentsOf: file)))
      let verdict = Self.verdict(label, arrival)
      counts[verdict, default: 0] += 1
      if verdict != .right {
        let found = arrival?.recipients.map { "\($0.address ?? "?") \($0.diagnosis) \($0.words)" } ?? []
        print("\(verdict.rawValue): \(label) \(arrival?.kind.rawValue ?? "unreadable") \(found)")
      }
      if !label.isHard, arrival?.recipients.contains(where: \.diagnosis.isPermanent) ?? false,
        arrival?.recipients.count == 1
      {
        falseHard.append(label.file)
      }
    }
    let right = counts[.right] ?? 0
    let unknown = counts[.unknown] ?? 0
    let wrong = counts[.wrong] ?? 0
    print("bounces: \(right) right, \(unknown) unknown, \(wrong) wrong; wrong hard bounces: \(falseHard)")
    #expect(falseHard.isEmpty)
    #expect(wrong == 0)
    #expect(right >= 100, "of \(right + unknown + wrong)")
  }

  @Test("the same with line ends of CR LF; what has no label is read as well, and nothing is called a person's answer")
  func others() throws {
    guard let folder = Self.folder else { return }
    for ends in ["bsd", "dos"] {
      let box = folder.appending(path: ends)
      for name in try FileManager.default.contentsOfDirectory(atPath: box.path).sorted() where name.hasSuffix(".eml") {
        let arrival = try #require(Arrival([UInt8](try Data(contentsOf: box.appending(path: name)))), "\(name)")
        #expect(arrival.kind != .reply, "\(ends)/\(name) \(arrival)")
        guard ends == "dos" else { continue }
        let twin = folder.appending(path: "bsd/\(name)")
        if let bytes = try? Data(contentsOf: twin) { #expect(Arrival([UInt8](bytes)) == arrival, "\(name)") }
      }
    }
  }
}

private enum House {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
}
