import Sink
import Synchronization

/// How the mail server of the demo behaves: it takes everything, but for one mailbox that does not exist and one that
/// turns strangers away at their first visit.
enum DemoMailServer {
  static func script(_ business: DemoBusiness) -> SinkScript {
    let wrong = business.customers.filter { $0.mailbox == .wrong }.map(\.email)
    let slow = Strangers(business.customers.filter { $0.mailbox == .slow }.map(\.email))
    return SinkScript { moment in
      guard moment.stage == .rcpt, let address = moment.recipients.last else { return .usual }
      if wrong.contains(address) { return .reply("550 5.1.1 no such user here") }
      if slow.isStranger(address) { return .reply("450 4.2.0 greylisted, please try again later") }
      return .usual
    }
  }

  /// Addresses that were not visited yet.
  private final class Strangers: Sendable {
    private let addresses: Mutex<Set<String>>

    init(_ addresses: [String]) { self.addresses = Mutex(Set(addresses)) }

    func isStranger(_ address: String) -> Bool { addresses.withLock { $0.remove(address) != nil } }
  }
}
