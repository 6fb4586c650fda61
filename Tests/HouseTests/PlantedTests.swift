import Foundation
import Testing

extension ArrowTests {
  @Test(
    "what a planted bug takes out of the source is still there, or where it puts something in: else it cannot be planted"
  )
  func plantedBugsCanBePlanted() throws {
    let folder = House.root.appendingPathComponent("Tests/SimulationTests/Planted")
    let patches = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    #expect(patches.count > 30)
    for patch in patches {
      var source = ""
      var hunk: [Substring] = []
      /// Where nothing is taken out, the line above what is put in has to be there.
      func check() {
        defer { hunk = [] }
        let runs = hunk.split { !$0.hasPrefix("-") }.map { $0.map { $0.dropFirst() }.joined(separator: "\n") }
        let above = hunk.prefix { !$0.hasPrefix("+") }.last.map { String($0.dropFirst()) } ?? ""
        for text in runs.isEmpty ? [above] : runs where !text.isEmpty && !source.contains(text) {
          Issue.record("\(patch.lastPathComponent): no source has\n\(text)")
        }
      }
      for line in try String(contentsOf: patch, encoding: .utf8).split(
        separator: "\n", omittingEmptySubsequences: false)
      {
        if line.hasPrefix("+++ b/") {
          let file = House.root.appendingPathComponent(String(line.dropFirst(6)))
          source = try String(contentsOf: file, encoding: .utf8)
        } else if line.hasPrefix("@@") || line.hasPrefix("diff ") || line.hasPrefix("--- ") {
          check()
        } else if !source.isEmpty, let first = line.first, "+- ".contains(first) {
          hunk.append(line)
        }
      }
      check()
    }
  }
}
