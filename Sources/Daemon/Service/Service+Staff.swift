import Decisions
import Delivery
import Letters
import Settings
import Supervision
import Units

// What the service tells the company's own people by mail: digests in the morning, and at once what stops the sending.
extension Service {
  /// A digest or alert that the mail server put off is tried again after so long.
  private static let retry = Span.minutes(15)
  /// No mail to the staff keeps the service longer than that from its work.
  private static let patience = Duration.seconds(20)

  private var digest: DigestSettings? { installation.site.configuration.digest }

  // MARK: - Digests

  /// When the next digests are to go; nil where none are configured.
  func digestTime(after now: Instant) -> Instant? {
    guard let digest else { return nil }
    let policy = installation.site.policy
    let today = zone.day(now)
    // Whoever starts work after the hours has the digest of the next day.
    let isOver = (notes.day == today && notes.isDone) || now >= zone.instant(day: today, time: policy.contact.closes)
    let days = policy.contactDays(in: policy.company.country)
    guard let day = days.next(onOrAfter: isOver ? today + 1 : today) else { return nil }
    let time = zone.instant(day: day, time: digest.at)
    // A clock that was set back must not put it off for long.
    if let again = nextDigestTry, again > now, again <= now + Self.retry { return max(time, again) }
    return time
  }

  func sendDigests(at now: Instant) {
    nextDigestTry = now + Self.retry
    guard let messages = surroundings.digests(self) else { return }
    notes.begin(zone.day(now))
    for (owner, message) in messages where !notes.told.contains(owner) {
      // A server at fault is asked once, and nobody waits for the others' turn.
      guard !Signals.isStopping, deliver(message, at: now) else { return }
      notes.told.append(owner)
      notes.write(to: journal.state.staff)
    }
    notes.isDone = true
    notes.write(to: journal.state.staff)
    nextDigestTry = nil
  }

  // MARK: - Alerts

  /// Tells what is new among them, and what is over. What could not be told is tried again after the next cycle.
  func tellAlerts(_ alerts: [Alert], at now: Instant, isOver: (Alert.Kind) -> Bool) {
    guard let digest else { return }
    let before = notes
    defer { if notes != before { notes.write(to: journal.state.staff) } }
    for alert in alerts where !notes.troubles.contains(where: { $0.kind == alert.kind }) {
      notes.troubles.append(StaffNotes.Trouble(kind: alert.kind, since: now, isTold: false))
    }
    for (index, trouble) in notes.troubles.enumerated().reversed() {
      if let alert = alerts.first(where: { $0.kind == trouble.kind }) {
        guard !trouble.isTold else { continue }
        let message = StaffMessage(
          to: digest.alertAddress, subject: alert.subject, text: alert.text(since: local(trouble.since)),
          name: "alert-\(alert.kind.rawValue)-\(trouble.since.milliseconds)")
        guard deliver(message, at: now) else { return }
        notes.troubles[index].isTold = true
      } else if isOver(trouble.kind) {
        // Who was told nothing need not hear of its end.
        guard !trouble.isTold || deliver(ended(trouble, digest, now), at: now) else { return }
        notes.troubles.remove(at: index)
      }
    }
  }

  private func ended(_ trouble: StaffNotes.Trouble, _ digest: DigestSettings, _ now: Instant) -> StaffMessage {
    StaffMessage(
      to: digest.alertAddress,
      subject: "dunningd: it goes on (\(trouble.kind.rawValue.replacing("-", with: " ")))",
      text: "What was told you since \(local(trouble.since)) was over at \(local(now)).\n",
      name: "over-\(trouble.kind.rawValue)-\(trouble.since.milliseconds)")
  }

  private func local(_ instant: Instant) -> String {
    let there = zone.civil(instant)
    return "\(there.day) \(there.clock)"
  }

  // MARK: - Sending

  /// Hands it to the mail server and waits for the answer.
  ///
  /// - Returns: whether the matter is closed: it was taken, may have been, or never will be.
  private func deliver(_ message: StaffMessage, at now: Instant) -> Bool {
    guard let identity = installation.site.configuration.mail?.identity else { return true }
    let bytes: [UInt8]
    do throws(HeaderFault) {
      bytes = try message.bytes(
        identity, instance: journal.head?.instance ?? "", at: now, offsetSeconds: zone.offset(at: now))
    } catch {
      surroundings.log(.staffNotTold(error.description))
      return true
    }
    let ticket = staffTicket()
    // A reload meanwhile closes this one in peace.
    guard let postman = staffPostman else { return true }
    postman.submit(
      Envelope(
        ticket: ticket, sender: identity.from.address, recipient: message.recipient(identity).address, message: bytes))
    let end = Monotonic.now + Self.patience
    while Monotonic.now < end, !Signals.isStopping {
      if let delivered = postman.next(.milliseconds(250)), delivered.ticket == ticket {
        switch delivered.result.verdict {
        case .accepted, .unknown: return true
        case .recipientRefused, .contentRefused:
          surroundings.log(.staffNotTold("\(message.subject): \(delivered.result.sentence)"))
          return true
        case .deferred, .relayRefused:
          surroundings.log(.staffNotTold("\(message.subject), for now: \(delivered.result.sentence)"))
          return false
        }
      }
      attend()
    }
    // It may still arrive: the staff would rather have it twice than not at all.
    surroundings.log(.staffNotTold("\(message.subject), for now: the mail server does not answer"))
    _ = postman.close(.zero)
    staffPostman = .smtp(installation.staffRelay)
    return false
  }
}
