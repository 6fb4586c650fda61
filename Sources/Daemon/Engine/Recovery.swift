import Decisions

/// What a beginning process makes of what the last one left behind.
package enum Recovery {
  /// For every recipient whose intent has no outcome: nobody knows whether the message went out. In the order of the
  /// contacts' ids.
  package static func doubts(in history: ContactHistory) -> [HistoryEvent] {
    history.unsettled.flatMap { contact in
      contact.recipients.enumerated().filter { $0.element == .pending }.map { recipient, _ in
        .contactInDoubt(
          contact: contact.id, recipient: recipient, attempt: contact.attempt,
          why: "the daemon ended before the outcome of this attempt was recorded")
      }
    }
  }
}
