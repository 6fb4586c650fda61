import Daemon
import Decisions
import Letters
import Units

/// The digests of the day, made by a process of this same program: it reads ledger and journal afresh, and what it took of
/// memory is gone with it.
struct DigestErrand {
  /// The file that the service runs on.
  let configuration: String

  /// By the owner's id, empty for nobody in particular; nil when it could not be found out, which the log then says.
  func of(_ service: Service) -> [(owner: String, message: StaffMessage)]? {
    let answer = ChildProcess.run(
      ["digest", "--config", configuration, "--format", "json"], environment: [(Site.runningVariable, "1")],
      input: service.running, meanwhile: service.attend)
    guard answer.status == 0 else {
      Session.log(.staffNotTold("the digest could not be made: \(answer.err.onOneLine)"))
      return nil
    }
    return answer.out.split(separator: "\n").compactMap { line in
      guard let value = try? JSONReader.value(Array(line.utf8)[...]).object, let text = value["text"]?.string,
        let subject = value["subject"]?.string, let to = value["to"]?.string.flatMap({ try? MailAddress(address: $0) })
      else { return nil }
      let owner = value["owner"]?.string ?? ""
      let name = "digest-" + (value["day"]?.string ?? "") + (owner.isEmpty ? "" : "-" + owner.fileName)
      return (owner, StaffMessage(to: to, subject: subject, text: text, name: name))
    }
  }
}
