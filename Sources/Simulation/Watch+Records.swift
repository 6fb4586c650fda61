import Daemon
import Decisions
import Ledger
import Units

// What the watch takes from each record that became durable.
extension Watch {
  /// Records that became durable, in order.
  mutating func recorded(_ records: [DatedEvent]) {
    for record in records {
      if let lastTime, record.time < lastTime { object(.journal, "time went back in the journal to \(record.time)") }
      lastTime = record.time
      hear(record.event, at: record.time)
    }
    for isWebhook in [false, true] {
      let contacts = Set(open.map(\.contact)).count { (accounts[$0]?.intended.channel == .webhook) == isWebhook }
      // The webhook has one.
      let connections = isWebhook ? 1 : connections
      if contacts > 2 * connections {
        object(.openIntents, "\(contacts) contacts are without outcome over \(connections) connections")
      }
    }
  }

  private mutating func hear(_ event: HistoryEvent, at time: Instant) {
    switch event {
    case .contactIntended(let intended): intend(intended, at: time)
    case .contactSent(let attempt):
      hasSent = true
      let aTry = settle(attempt)
      accounts[attempt.contact]?.recorded.insert(aTry.recipient)
      accounts[attempt.contact]?.spared.insert(aTry.recipient)
      if accounts[attempt.contact]?.intended.originals.contains(aTry.recipient) == true {
        accounts[attempt.contact]?.certain.insert(aTry.recipient)
      }
      if !taken.contains(aTry) { object(.truth, "\(attempt.contact) is recorded as sent, but the server has it not") }
    case .contactDeferred(let attempt, let next):
      deny(settle(attempt))
      let most: Span = accounts[attempt.contact]?.intended.channel == .webhook ? .days(1) : .hours(4)
      if next > time + most { object(.forgotten, "\(attempt.contact) is put off until \(next)") }
      let waits = accounts[attempt.contact]?.waitsUntil
      accounts[attempt.contact]?.waitsUntil = waits.map { max($0, next) } ?? next
    case .contactFailed(let attempt):
      let aTry = settle(attempt)
      deny(aTry)
      accounts[attempt.contact]?.waitsUntil = time + .days(1)
      if attempt.badAddress { refusals[aTry.recipient, default: []].insert(attempt.contact) }
    case .contactInDoubt(let contact, let recipient, let attempt, _):
      let aTry = settle(Attempt(contact: contact, recipient: recipient, attempt: attempt))
      accounts[contact]?.recorded.insert(aTry.recipient)
      accounts[contact]?.doubts += 1
      accounts[contact]?.isInDoubt = true
    case .contactResolved(let contact, let sent, _) where accounts[contact]?.intended.channel == .letter:
      leaveOutbox(contact, posted: sent ? time : nil)
      if sent { hasSent = true }
    case .contactCancelled(let contact, _):
      if accounts[contact]?.intended.channel != .letter { object(.truth, "\(contact) is called off, and is no letter") }
      // Somebody may have posted it in that very moment.
      if accounts[contact]?.isInOutbox == true { leaveOutbox(contact, posted: nil) }
    case .contactResolved(let contact, let sent, _):
      accounts[contact]?.isInDoubt = false
      accounts[contact]?.isUndone = !sent
      if !sent {
        accounts[contact]?.recorded = []
        accounts[contact]?.certain = []
      }
      if sent { hasSent = true }
    case .contactBounced(let contact, let recipient, _, _, let permanent, _, _):
      let mailbox = address(contact, recipient)
      accounts[contact]?.holders.remove(mailbox)
      accounts[contact]?.recorded.remove(mailbox)
      accounts[contact]?.certain.remove(mailbox)
      accounts[contact]?.spared.remove(mailbox)
      if accounts[contact]?.recorded.isEmpty == true { accounts[contact]?.isInDoubt = false }
      // What came back from everybody counts for nothing.
      if accounts[contact]?.holders.isEmpty == true { accounts[contact]?.reached = [] }
      if permanent, accounts[contact]?.isErased != true { refusals[mailbox, default: []].insert(contact) }
      // What came back for now is sent again later, and later each time.
      if let account = accounts[contact] {
        let days = min(7, 1 << min(3, max(0, account.intended.attempt - 1)))
        let until = account.time + .days(days)
        accounts[contact]?.waitsUntil = account.waitsUntil.map { max($0, until) } ?? until
      }
    case .addressCleared(let customer, let address, _):
      if let address { refusals[address] = nil }
      defer { avoided.formIntersection(badAddresses) }
      if address == nil {
        for id in byPayer[customer] ?? [] {
          for mailbox in accounts[id]?.addresses ?? [] { refusals[mailbox] = nil }
        }
      }
    case .restPlaced(let rest): place(rest, at: time)
    case .callLogged(let call):
      if let contact = call.contact { hearCall(contact, at: time) }
      if let rest = call.rest { place(rest, at: time) }
    case .statementRequested(let request):
      statementsAsked["\(request.customer) \(request.currency)"] = request.isWithdrawn ? nil : time
    case .restEnded(let end):
      for index in rests.indices where rests[index].kind == end.kind && rests[index].scope == end.scope {
        if let id = end.id, rests[index].id != id { continue }
        if rests[index].ended != nil { continue }
        rests[index].ended = time
        rests[index].lastDay = end.kind == .plan || end.kind == .promise ? end.until : nil
        rests[index].wasBroken = end.outcome == "broken" || end.outcome == "partly_kept"
        if end.by == "dunningd" { check(end, of: rests[index], at: time) }
      }
    case .contactReplied(let reply): answers[reply.customer] = time
    case .journalErased(let customer, _, _, _, _): forgetAddresses(of: customer)
    case .stepSkipped(let scope, let step, _, _, _): skipped[scope, default: []].insert(step)
    case .approvalGiven(let approval):
      for line in approval.lines {
        words[line.key, default: []].append(
          Word(approval: approval.extent, line: line, isGranted: approval.granted, at: time))
      }
    default: break
    }
  }

  // MARK: - Its account

  private mutating func place(_ rest: Decisions.Rest, at time: Instant) {
    if rest.kind == .plan, rest.instalments.reduce(0, { $0 + $1.amount.minor }) != rest.amount?.minor {
      object(.amount, "the instalments of \(rest.id) are not what it is about")
    }
    var new = Rest(
      kind: rest.kind, scope: rest.scope, amount: rest.amount?.minor, until: rest.until, id: rest.id,
      items: Dictionary(rest.items.map { ($0.key, pledgedOn?.item($0.key)?.open ?? $0.open.minor) }) { $1 },
      currency: rest.amount?.currency, instalments: rest.instalments, isProposal: rest.isProposal, placed: time)
    // A proposal that was agreed to: what is paid counts from when it was made.
    if !rest.id.isEmpty, let index = rests.firstIndex(where: { $0.id == rest.id }) {
      new.items = rests[index].items
      new.placed = rests[index].placed
      rests[index] = new
    } else {
      rests.append(new)
    }
  }

  /// A call that was made: nobody announced it.
  private mutating func hearCall(_ intended: IntendedContact, at time: Instant) {
    checkCall(intended, at: time)
    note(intended, at: time)
    accounts[intended.contact]?.holders = ["by phone"]
    accounts[intended.contact]?.reached = [time]
    accounts[intended.contact]?.isUndone = false
  }

  private mutating func enterOutbox(_ intended: IntendedContact, at time: Instant) {
    // Before it counts as one that the customer has.
    check(intended, at: time)
    if !isWithinHours(time, for: intended.customer, tolerance: 60) {
      object(.hours, "\(intended.contact) is written outside of the hours of \(intended.customer)")
    }
    accounts[intended.contact]?.isInOutbox = true
    accounts[intended.contact]?.holders = ["by post"]
    accounts[intended.contact]?.reached = [time]
    accounts[intended.contact]?.isUndone = false
    accounts[intended.contact]?.isInDoubt = false
  }

  private mutating func leaveOutbox(_ contact: String, posted: Instant?) {
    accounts[contact]?.isInOutbox = false
    accounts[contact]?.isUndone = posted == nil
    accounts[contact]?.holders = posted == nil ? [] : ["by post"]
    accounts[contact]?.reached = posted.map { [$0] } ?? []
  }

  private mutating func note(_ intended: IntendedContact, at time: Instant) {
    let id = intended.contact
    let before = accounts[id]?.intended.attempt ?? 0
    if intended.attempt != before + 1 { object(.once, "\(id) has attempt \(intended.attempt) after \(before)") }
    if accounts[id] == nil {
      accounts[id] = Account(intended: intended, time: time)
      for item in intended.invoices { steps[item.key, default: []].append(id) }
      byPayer[intended.customer, default: []].append(id)
    }
    accounts[id]?.intended = intended
    accounts[id]?.isErased = false
    accounts[id]?.time = time
    accounts[id]?.waitsUntil = nil
  }

  private mutating func intend(_ intended: IntendedContact, at time: Instant) {
    let id = intended.contact
    attempted.insert(id)
    if accounts[id]?.counts != true { announced.append(id) }
    note(intended, at: time)
    let isRepeat = repeatsDoubt(intended)
    accounts[id]?.isRepeat = isRepeat
    if intended.channel == .letter { return enterOutbox(intended, at: time) }
    for recipient in intended.recipients {
      // Who is recorded as having it stays out of later attempts, but for doubts.
      if accounts[id]?.spared.contains(recipient) == true { continue }
      if accounts[id]?.recorded.contains(recipient) == true, accounts[id]?.isInDoubt != true { continue }
      open.insert(Try(contact: id, attempt: intended.attempt, recipient: recipient))
    }
  }

  private mutating func settle(_ attempt: Attempt) -> Try {
    let aTry = Try(
      contact: attempt.contact, attempt: attempt.attempt, recipient: address(attempt.contact, attempt.recipient))
    guard let known = accounts[attempt.contact]?.intended.attempt, attempt.attempt <= known else {
      object(.truth, "\(attempt.contact) has an outcome without an intent")
      return aTry
    }
    open.remove(aTry)
    return aTry
  }

  /// Whether somebody else has an address of theirs, or was written to there.
  func sharesAddresses(_ payer: String) -> Bool {
    func addresses(_ payer: String) -> Set<String> {
      (byPayer[payer] ?? []).reduce(into: Set(seen.customer(payer)?.emails ?? [])) {
        $0.formUnion(accounts[$1]?.addresses ?? [])
      }
    }
    let theirs = addresses(payer)
    return (Set(byPayer.keys).union(seen.customers.map(\.id))).contains {
      $0 != payer && !theirs.isDisjoint(with: addresses($0))
    }
  }

  /// Nobody knows any more which of them was refused.
  private mutating func forgetAddresses(of customer: String) {
    for (id, account) in accounts {
      let owners = (account.intended.invoices.map(\.key) + account.intended.listed.map(\.key)).map(\.customer)
      guard account.intended.customer == customer || !owners.isEmpty && owners.allSatisfy({ $0 == customer }) else {
        continue
      }
      accounts[id]?.isErased = true
      for mailbox in account.addresses { refusals[mailbox]?.remove(id) }
    }
    refusals = refusals.filter { !$0.value.isEmpty }
    avoided.formIntersection(badAddresses)
  }

  private mutating func deny(_ aTry: Try) {
    if taken.contains(aTry) { object(.truth, "\(aTry.contact) is recorded as not sent, but the server has it") }
  }
}
