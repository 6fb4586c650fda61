import Ledger
import Units

/// What one person of the staff is told in the morning. A value of what was decided and recorded: nothing is stored for it.
package struct StaffDigest: Sendable {
  /// A contact that went out, and how it stands now.
  package struct Made: Sendable, Equatable {
    package var contact: IntendedContact
    package var standing: PastContact.Standing

    package init(contact: IntendedContact, standing: PastContact.Standing) {
      self.contact = contact
      self.standing = standing
    }
  }

  /// Nil: whoever looks after customers without an owner.
  package var owner: Owner?
  package var day: Day
  /// Goes out today unless somebody stops it, in the order of time.
  package var goingOut: [Forecast.Entry] = []
  /// The most at stake first.
  package var tasks: [StaffTask] = []
  /// In the order of the records.
  package var made: [Made] = []

  package var isEmpty: Bool { goingOut.isEmpty && tasks.isEmpty && made.isEmpty }

  /// Tasks that wait for longer than so many days.
  package func overdue(after days: Int) -> [StaffTask] { tasks.filter { day - $0.since > days } }

  /// One for each person who has something to be told, in the order of the owners; that of nobody in particular last.
  ///
  /// - Parameters:
  ///   - forecast: from now to the end of the day at least.
  ///   - made: contacts since the last time.
  ///   - day: the company's.
  package static func all(
    _ forecast: [Forecast.Entry], _ tasks: [StaffTask], _ made: [Made], _ customers: [Customer], _ policy: Policy,
    day: Day
  ) -> [StaffDigest] {
    let owners = Dictionary(customers.map { ($0.id, $0.owner) }) { first, _ in first }
    var digests: [String: StaffDigest] = [:]
    func change(_ owner: String?, _ body: (inout StaffDigest) -> Void) {
      let acting = policy.owners.acting(for: owner, on: day)
      body(&digests[acting?.id ?? "", default: StaffDigest(owner: acting, day: day)])
    }
    for entry in forecast where entry.contact.mayGoOut && policy.company.zone.day(entry.at) == day {
      change(entry.contact.payer.owner) { $0.goingOut.append(entry) }
    }
    for task in tasks { change(task.owner) { $0.tasks.append(task) } }
    for made in made { change(owners[made.contact.customer] ?? nil) { $0.made.append(made) } }
    return (policy.owners.all.map(\.id) + [""]).compactMap { digests[$0] }
  }
}

extension PlannedContact {
  /// By itself, or once somebody says so.
  fileprivate var mayGoOut: Bool {
    switch waitsFor {
    case nil, .needsApproval?: true
    default: false
    }
  }
}
