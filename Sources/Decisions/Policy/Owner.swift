import Units

/// `[[owner]]`: who looks after customers. Messages can come from that person, and say whom to ask.
package struct Owner: Sendable, Equatable {
  /// A time away, both days in it.
  package struct Absence: Sendable, Equatable {
    package var first: Day
    package var last: Day

    package init(first: Day, last: Day) {
      self.first = first
      self.last = last
    }
  }

  /// As the ledger's column `owner` has it.
  package var id: String
  package var name: String
  package var email: String
  /// Empty when none is given.
  package var phone: String
  /// Who stands in the header From of messages to this owner's customers; nil leaves it at `mail.from`.
  package var from: MailAddress?
  /// The id of who stands in.
  package var backup: String?
  package var away: [Absence]
  package var place: Place?

  package init(
    id: String, name: String, email: String, phone: String = "", from: MailAddress? = nil, backup: String? = nil,
    away: [Absence] = [], place: Place? = nil
  ) {
    self.id = id
    self.name = name
    self.email = email
    self.phone = phone
    self.from = from
    self.backup = backup
    self.away = away
    self.place = place
  }

  package func isAway(on day: Day) -> Bool { away.contains { $0.first <= day && day <= $0.last } }
}

/// All owners, in the order of the file.
package struct Owners: Sendable, Equatable {
  package var all: [Owner]

  package init(_ all: [Owner] = []) { self.all = all }

  package func named(_ id: String) -> Owner? { all.first { $0.id == id } }

  /// Who looks after the customers of that owner on that day: the owner, or who stands in. Where everybody in line is
  /// away, the owner all the same: the mailbox is still theirs.
  ///
  /// - Parameter id: as the ledger has it; nil and unknown ones have nobody.
  package func acting(for id: String?, on day: Day) -> Owner? {
    guard let id, let owner = named(id) else { return nil }
    var current = owner
    // Each of them once: two who stand in for each other must not be asked for ever.
    for _ in all {
      guard current.isAway(on: day) else { return current }
      guard let next = current.backup.flatMap(named) else { return owner }
      current = next
    }
    return owner
  }
}
