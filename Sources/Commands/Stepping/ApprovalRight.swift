import Decisions
import Glibc
import Settings

/// Who may give which word: `[approval]` names Unix groups, and the kernel names who speaks.
struct ApprovalRight {
  let settings: ApprovalSettings
  /// Nil is root, who may always.
  let speaker: String?
  /// Of a user, by name.
  let groups: (String) -> Set<String>

  init(
    _ settings: ApprovalSettings, speaker: String?,
    groups: @escaping (String) -> Set<String> = ApprovalRight.systemGroups
  ) {
    self.settings = settings
    self.speaker = speaker
    self.groups = groups
  }

  /// Whom the daemon was called by, or who runs this process; `--by` makes no difference.
  init(_ settings: ApprovalSettings) {
    let name = AuthorOption.caller ?? (getuid() == 0 ? "root" : AuthorOption.user)
    self.init(settings, speaker: name == "root" ? nil : name)
  }

  /// - Throws: that the speaker is not in the group which that word asks for.
  func check(_ contacts: [PlannedContact], as extent: Approval.Extent) throws(CommandFailure) {
    // A list is as high as the highest step in it.
    try check(level: contacts.map(\.step.level).max() ?? 0, as: extent)
  }

  func check(level: Int, as extent: Approval.Extent) throws(CommandFailure) {
    if extent == .cycle { try check(settings.cycle, "a cycle's list", key: "approval.cycle") }
    try check(settings.group(forLevel: level), "a step of level \(level)", key: "approval.levels")
  }

  func checkPlan() throws(CommandFailure) { try check(settings.plans, "this payment plan", key: "approval.plans") }

  private func check(_ group: String?, _ what: String, key: String) throws(CommandFailure) {
    guard let group, let speaker, !groups(speaker).contains(group) else { return }
    throw CommandFailure(
      .usage,
      "\(what) is approved by members of the group \"\(group)\" (\(key)), and \(speaker) is none; nothing was recorded")
  }

  private static func systemGroups(of user: String) -> Set<String> {
    guard let entry = getpwnam(user) else { return [] }
    let primary = entry.pointee.pw_gid
    var count: Int32 = 64
    var ids = [gid_t](repeating: 0, count: Int(count))
    while getgrouplist(user, primary, &ids, &count) < 0, count > ids.count {
      ids = [gid_t](repeating: 0, count: Int(count))
    }
    return Set(
      ids.prefix(max(0, Int(count))).compactMap { id in getgrgid(id).map { String(cString: $0.pointee.gr_name) } })
  }
}
