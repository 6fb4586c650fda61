import Foundation
import Testing

extension ArrowTests {
  @Test("what a planted bug takes out of the source is still there: else nobody notices that it cannot be planted")
  func plantedBugsCanBePlanted() throws {
    let folder = House.root.appendingPathComponent("Tests/SimulationTests/Planted")
    let patches = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    #expect(patches.count > 30)
    for patch in patches {
      var source = ""
      var removed: [Substring] = []
      func check() {
        guard !removed.isEmpty else { return }
        let text = removed.joined(separator: "\n")
        if !source.contains(text) { Issue.record("\(patch.lastPathComponent): no source has\n\(text)") }
        removed = []
      }
      for line in try String(contentsOf: patch, encoding: .utf8).split(
        separator: "\n", omittingEmptySubsequences: false)
      {
        if line.hasPrefix("+++ b/") {
          let file = House.root.appendingPathComponent(String(line.dropFirst(6)))
          source = try String(contentsOf: file, encoding: .utf8)
        } else if line.hasPrefix("-"), !line.hasPrefix("---") {
          removed.append(line.dropFirst())
        } else {
          check()
        }
      }
    }
  }
}
