import Settings
import Testing

@testable import Commands

@Suite("The right to approve")
struct ApprovalRightTests {
  private static let settings: ApprovalSettings = {
    var settings = ApprovalSettings()
    settings.levels = [.init(from: 3, group: "finance"), .init(from: 1, group: "receivables")]
    settings.cycle = "finance"
    return settings
  }()

  @Test(
    "is that of the highest level's group that fits; nobody's where none is named",
    arguments: [(0, nil), (1, "receivables"), (2, "receivables"), (3, "finance"), (9, "finance")] as [(Int, String?)])
  func level(level: Int, group: String?) { #expect(Self.settings.group(forLevel: level) == group) }

  @Test("is the member's and root's, and an outsider is told which group it takes")
  func members() throws {
    func right(_ speaker: String?) -> ApprovalRight {
      ApprovalRight(Self.settings, speaker: speaker) { $0 == "petra" ? ["finance"] : ["receivables"] }
    }
    try right("petra").check([], as: .cycle)
    try right(nil).check([], as: .cycle)
    try right("anna").checkPlan()
    // Nobody is asked beyond the list's own group, but a list is as high as its highest step.
    var open = Self.settings
    open.cycle = nil
    try ApprovalRight(open, speaker: "anna") { _ in [] }.check([], as: .cycle)
    let refusal = #expect(throws: CommandFailure.self) { try right("anna").check([], as: .cycle) }
    #expect(
      refusal?.message
        == "a cycle's list is approved by members of the group \"finance\" (approval.cycle), and anna is none; nothing was recorded"
    )
  }
}
