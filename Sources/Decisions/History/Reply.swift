import Units

/// A person's answer that came back, as the journal keeps it: it rests the customer's items for `pause_on_reply`, and
/// tells a person what it may be about. Nothing else is done on it.
package struct Reply: Sendable, Equatable {
  /// The contact that it answers; nil when only the sender's address tells whose it is.
  package var contact: String?
  /// Whose items rest.
  package var customer: String
  /// The Message-ID of the answer, or `sha256:` and the digest of its bytes: the same one is recorded once. Nil when a
  /// person recorded it by hand.
  package var mail: String?
  /// What it says, without what it quotes; personal, so nil once erased.
  package var excerpt: String?
  package var suggestions: [Suggestion]

  package init(
    contact: String?, customer: String, mail: String? = nil, excerpt: String?, suggestions: [Suggestion] = []
  ) {
    self.contact = contact
    self.customer = customer
    self.mail = mail
    self.excerpt = excerpt
    self.suggestions = suggestions
  }
}

/// An answer that nobody has seen to yet.
package struct Unanswered: Sendable, Equatable {
  /// When the newest one came.
  package var at: Instant
  /// One of them asks not to be written to any more.
  package var wantsNoContact: Bool

  package init(at: Instant, wantsNoContact: Bool) {
    self.at = at
    self.wantsNoContact = wantsNoContact
  }
}

/// What an answer may ask for, for a person to accept or not.
package struct Suggestion: Sendable, Equatable {
  package enum Kind: String, Sendable, CaseIterable {
    case promise, dispute
    /// Somebody else should be written to.
    case wrongContact = "wrong_contact"
    case paid
    case doNotContact = "do_not_contact"
    case question
  }

  package var kind: Kind
  /// The line that made us think so; personal, as are the days and amounts in it, so all are gone once erased.
  package var line: String?
  package var days: [Day]
  package var amounts: [Money]

  package init(_ kind: Kind, line: String?, days: [Day] = [], amounts: [Money] = []) {
    self.kind = kind
    self.line = line
    self.days = days
    self.amounts = amounts
  }
}
