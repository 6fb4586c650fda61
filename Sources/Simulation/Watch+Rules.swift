import Decisions
import Ledger
import Units

// What the rules say of a contact that begins, worked out anew.
extension Watch {
  /// - Parameter time: when it was announced.
  mutating func check(_ intended: IntendedContact, at time: Instant) {
    let home = home(of: intended.customer)
    let today = home.day(time)
    checkOpenDay(intended, today)
    if let limit = policy.freshness.maxAge, ledgerAge > limit {
      object(.freshness, "\(intended.contact) rests on a ledger that is \(ledgerAge) old")
    }
    checkAddresses(intended)
    if intended.kind == .thanks { return checkThanks(intended, today, home) }
    switch intended.schedule {
    case StatementRules.scheduleName: checkStatement(intended, today, home)
    case PlanRules.scheduleName, PlanRules.proposalName, PromiseRules.scheduleName:
      checkPledge(intended, today, home)
      // What was just agreed is confirmed at once.
      if intended.kind != .invoice { checkFrequency(intended, today, home) }
    default:
      checkLines(intended, today, home)
      for item in intended.invoices { checkStep(item, intended, today) }
      if intended.kind != .invoice {
        checkFrequency(intended, today, home)
        checkApprovals(intended, at: readAt)
      }
    }
  }

  // MARK: - When

  func home(of customer: String) -> Home { seen.homes[customer] ?? companyHome }

  func isOpenDay(_ day: Day, for payer: String) -> Bool {
    guard policy.contact.weekdays.contains(where: { $0.rawValue == Watch.weekday(day) }) else { return false }
    return [home(of: payer).country, companyHome.country].allSatisfy { !(holidays[$0]?.contains(day) ?? false) }
  }

  /// 1 is Monday; 1 January 1970 was a Thursday.
  static func weekday(_ day: Day) -> Int { (day.number % 7 + 7 + 3) % 7 + 1 }

  /// The `count`th weekday after `day` on which the company's bank works; for 0 the first at or after it.
  func bankingDay(_ count: Int, after day: Day) -> Day {
    var (day, left) = (count == 0 ? day : day + 1, max(0, count - 1))
    while true {
      let isOpen = Watch.weekday(day) <= 5 && !(holidays[companyHome.country]?.contains(day) ?? false)
      if isOpen, left == 0 { return day }
      if isOpen { left -= 1 }
      day = day + 1
    }
  }

  func isWithinHours(_ instant: Instant, for payer: String, tolerance: Int = 0) -> Bool {
    let local = home(of: payer).local(instant)
    let (opens, closes) = (policy.contact.opens.minutes * 60, policy.contact.closes.minutes * 60)
    return local.secondsOfDay >= opens && local.secondsOfDay < closes + tolerance
  }

  private mutating func checkOpenDay(_ intended: IntendedContact, _ today: Day) {
    if !isOpenDay(today, for: intended.customer) {
      object(.hours, "\(intended.contact) is announced on \(today), a closed day of \(intended.customer)")
    }
  }

  /// At the moment at which a message begins; a few steps lie between the last look at the clock and that.
  mutating func checkHours(_ intended: IntendedContact) {
    if !isWithinHours(clockNow, for: intended.customer, tolerance: 60) {
      object(.hours, "\(intended.contact) begins outside of the hours of \(intended.customer)")
    }
  }

  // MARK: - For what

  mutating func checkLines(
    _ intended: IntendedContact, _ today: Day, _ home: Home, heedsAnswer: Bool = true
  ) {
    var total = 0
    for line in intended.listed {
      guard let item = seen.item(line.key), item.issued <= max(today, companyHome.day(clockNow)) else {
        object(.atRest, "\(line.key.number) is asked for though the ledger does not have it")
        continue
      }
      total += line.open.minor
      if item.isAtRest { object(.atRest, "\(line.key.number) is asked for though the ledger has it at rest") }
      let most = min(item.undisputed, max(0, item.open - contested(line.key, of: intended.customer, on: today)))
      for rest in rests(on: line.key, of: intended.customer) where isInForce(rest, today, home) {
        if rest.kind != .dispute || rest.amount == nil {
          object(.atRest, "\(line.key.number) is asked for though there is a \(rest.kind.rawValue) on it")
        }
      }
      if line.open.minor > most { object(.amount, "\(line.key.number): \(line.open.minor) of at most \(most)") }
    }
    if heedsAnswer, hasJustAnswered(intended.customer) {
      object(.atRest, "\(intended.customer) is written to though an answer waits for a person")
    }
    let net = seen.net(of: intended.customer, intended.currency)
    if total > net { object(.amount, "\(intended.customer) is asked for \(total) and owes \(net)") }
  }

  /// An answer rests everything of its customer for a while, whether anybody has seen to it or not.
  ///
  /// - Parameter slack: for so much longer: a cycle decides before it ends.
  func hasJustAnswered(_ payer: String, slack: Span = .zero) -> Bool {
    answers[payer].map { clockNow < $0 + policy.contact.pauseOnReply + slack } ?? false
  }

  func rests(on key: ItemKey, of payer: String) -> [Rest] {
    rests.filter { rest in
      guard rest.items.isEmpty || rest.items[key] != nil else { return false }
      return switch rest.scope {
      case .customer(let id): id == key.customer || id == payer
      case .invoice(let customer, let number): customer == key.customer && number == key.number
      }
    }
  }

  /// It lasts, or ended less than `resume_after` ago.
  func isInForce(_ rest: Rest, _ today: Day, _ home: Home) -> Bool {
    let ended = rest.ended.map { home.day($0) }
    var ends = [rest.until, rest.lastDay ?? ended].compactMap(\.self)
    if ended == nil, rest.kind == .promise { return isPromised(rest, today) }
    if ended == nil, rest.kind != .plan, let until = rest.until, today <= until { return true }
    switch rest.kind {
    case .plan where rest.isProposal:
      ends = [rest.until, ended].compactMap(\.self)
      if ended == nil, let until = rest.until, today <= until { return true }
    case .promise:
      ends = [rest.wasBroken ? rest.lastDay ?? ended : ended].compactMap(\.self)
    // One that may be broken by now says nothing.
    case .plan where ended == nil: return isSound(rest, today) || isWithheld(rest, today)
    case .hold, .dispute, .plan, .reply: break
    }
    guard let last = ends.min() else { return true }
    return today < bankingDay(policy.contact.resumeAfterBankingDays, after: last)
  }

  mutating func checkAddresses(_ intended: IntendedContact) {
    guard let payer = seen.customer(intended.customer) else { return }
    let isForbidden =
      switch payer.doNotContact {
      case .nothing: false
      case .everything: true
      case .channels(let list): list.contains(intended.channel)
      }
    if isForbidden { object(.address, "\(payer.id) wants no \(intended.channel), and gets \(intended.contact)") }
    if intended.channel == .letter {
      let lines = [payer.name] + payer.address.split(separator: ";").map { $0.drop { $0 == " " } }.map(String.init)
      if payer.address.isEmpty || intended.to != lines {
        object(.address, "\(intended.contact) is to go to \(intended.to)")
      }
      return
    }
    if intended.channel == .webhook {
      if intended.to != [payer.phone].filter({ !$0.isEmpty }) {
        object(.address, "\(intended.contact) is to go to \(intended.to)")
      }
      return
    }
    for address in intended.to where !payer.emails.contains(address) || avoided.contains(address) {
      object(.address, "\(intended.contact) is to go to \(address)")
    }
  }

  // MARK: - Which step

  /// Contacts that moved the item on and that the customer has, but for those that come back as doubts.
  func made(_ key: ItemKey) -> [(item: AdvancedItem, account: Account)] {
    (steps[key] ?? []).compactMap { id in
      guard let account = accounts[id], account.counts,
        let item = account.item(key), item.anchor != .paid
      else { return nil }
      return (item, account)
    }
  }

  func step(_ item: AdvancedItem) -> Step? {
    policy.schedules.first { $0.name == item.schedule }?.steps.first { $0.name == item.step }
  }

  /// A doubt about a step that has another name by now, or is gone, is to be asked about.
  func inDoubtPolicy(_ item: AdvancedItem) -> InDoubtPolicy {
    guard let step = knownStep(item) else { return .ask }
    return step.inDoubt ?? policy.inDoubt
  }

  private func knownStep(_ item: AdvancedItem) -> Step? {
    (policy.schedules + policy.pledgeSchedules).first { $0.name == item.schedule }?.steps.first { $0.name == item.step }
  }

  /// The item went on after that contact, when its step still had its name.
  private func wentOn(_ key: ItemKey, after id: String, _ item: AdvancedItem) -> Bool {
    guard knownStep(item) == nil, let all = steps[key], let place = all.lastIndex(of: id) else { return false }
    return all[(place + 1)...].contains { later in
      accounts[later].map { $0.counts || !$0.certain.isEmpty } ?? false
    }
  }

  func mayResend(_ intended: IntendedContact) -> Bool {
    intended.invoices.contains { inDoubtPolicy($0) == .resend }
  }

  /// The steps below it were done, or a person passed them.
  private mutating func checkLevels(_ item: AdvancedItem, _ intended: IntendedContact) {
    guard item.level >= 1, item.repetition == 0,
      let schedule = policy.schedules.first(where: { $0.name == item.schedule }), schedule.catchUp == .next
    else { return }
    let done = (steps[item.key] ?? []).compactMap { accounts[$0] }.filter { $0.counts || $0.isInDoubt }
    let level = done.compactMap { $0.item(item.key) }.filter { $0.anchor != .paid }.map(\.level).max() ?? 0
    let passed = skipped[.invoice(customer: item.key.customer, number: item.key.number)] ?? []
    for step in schedule.steps
    where step.level > level && step.level < item.level && !passed.contains(step.name) && step.anchor != .paid {
      object(.noLevelSkipped, "\(item.key.number) gets \(item.step) without \(step.name)")
    }
  }

  mutating func checkStep(_ item: AdvancedItem, _ intended: IntendedContact, _ today: Day) {
    for (done, account) in made(item.key) {
      if account.intended.contact == intended.contact {
        // The same contact again is for those who were put off, or once more after a doubt.
        let again = Set(intended.to).intersection(account.recorded)
        if !again.isEmpty, !mayResend(account.intended) || account.doubts == 0 {
          object(.once, "\(item.key.number) is to get step \(item.step) again, at \(again.sorted())")
        }
        continue
      }
      if mayResend(account.intended), account.doubts > 0 { continue }
      if done.level > item.level {
        object(.neverBack, "\(item.key.number) goes from level \(done.level) to \(item.level)")
      }
      if done.level == item.level, done.repetition >= item.repetition {
        object(.once, "\(item.key.number) is to get level \(item.level) again as step \(item.step)")
      }
    }
    for id in steps[item.key] ?? [] {
      guard let account = accounts[id], account.isInDoubt, account.certain.isEmpty, id != intended.contact,
        let open = account.item(item.key), inDoubtPolicy(open) == .ask,
        // Thanks and what is asked for have nothing to do with each other.
        (open.anchor == .paid) == (item.anchor == .paid), !wentOn(item.key, after: id, open)
      else { continue }
      object(.doubt, "\(item.key.number) goes on though contact \(id) is in doubt and to be asked about")
    }
    checkLevels(item, intended)
    let due = seen.item(item.key)?.due ?? item.anchorDate
    if item.level == 0, today >= due {
      object(.neverBack, "\(item.key.number) is reminded before its due day after it")
    }
    if item.level >= 1, today < due + item.day, item.repetition == 0 {
      object(.forgotten, "\(item.key.number) gets step \(item.step) before its day")
    }
  }

  // MARK: - How often

  func repeatsDoubt(_ intended: IntendedContact) -> Bool {
    intended.invoices.contains { item in
      (steps[item.key] ?? []).contains { id in accounts[id].map { $0.doubts > 0 && mayResend($0.intended) } ?? false }
    }
  }

  mutating func checkFrequency(_ intended: IntendedContact, _ today: Day, _ home: Home) {
    // What is sent once more after a doubt goes beside what is new.
    if repeatsDoubt(intended) { return }
    let alone = isByInvoice(intended.schedule)
    let keys = Set(intended.invoices.map(\.key))
    var days: Set<Day> = []
    for other in others(than: intended) {
      let reached = other.reached.map { home.day($0) }
      days.formUnion(reached)
      guard other.intended.customer == intended.customer, other.intended.currency == intended.currency else { continue }
      let isOtherInvoice = alone && keys.isDisjoint(with: other.intended.invoices.map(\.key))
      // What was agreed is written about beside what is due, and what a person asked for beside all.
      let goesBeside =
        isOtherInvoice || other.isRepeat || isByInvoice(other.intended.schedule) || isAskedFor(other.intended)
        // No two channels share a message.
        || other.intended.channel != intended.channel
      for day in reached where !(goesBeside && day == today) {
        let gap = intended.kind == .notice ? max(1, policy.contact.minGapDays) : 1
        if day <= today, today < day + gap {
          object(.cap, "\(intended.customer) got one on \(day) already, now \(today)")
        }
        guard intended.kind == .notice, let deadline = other.intended.deadline else { continue }
        if today <= bankingDay(2, after: deadline) {
          object(.deadline, "\(intended.customer) was given until \(deadline)")
        }
      }
    }
    let rule = policy.contact.atMost
    let before = days.filter { $0 < today && $0 > today - rule.days }
    if before.count >= rule.contacts, !days.contains(today) || before.count > rule.contacts {
      object(.cap, "\(intended.customer) got \(intended.kind) on \(before.sorted()), now \(today)")
    }
  }

  private func isByInvoice(_ schedule: String) -> Bool {
    (policy.schedules + policy.pledgeSchedules).first { $0.name == schedule }?.consolidation == .invoice
  }

  /// Contacts of its kind that the payer has, or somebody at one of its addresses.
  func others(than intended: IntendedContact) -> [Account] {
    let addresses = Set(seen.customer(intended.customer)?.emails ?? [])
    return accounts.values.filter { other in
      other.counts && other.intended.kind == intended.kind && other.intended.contact != intended.contact
        && (other.intended.customer == intended.customer || !addresses.isDisjoint(with: other.holders))
        && !(other.doubts > 0 && mayResend(other.intended))
    }.sorted { $0.intended.contact < $1.intended.contact }
  }

  // MARK: - Whose word

  private mutating func checkApprovals(_ intended: IntendedContact, at time: Instant) {
    // Who was put off gets what the others got.
    if let account = accounts[intended.contact], account.counts { return }
    let isFirst = policy.contact.firstCycle == .approve && !hasSent
    let isLarge =
      announced.count > policy.contact.maxPerCycle
      && announced.firstIndex(of: intended.contact) ?? 0 >= policy.contact.maxPerCycle
    for item in intended.invoices {
      if step(item)?.approval == true, !isApproved(item, .contact, at: time) {
        object(.approval, "\(item.key.number) gets step \(item.step) without a person's word")
      }
      if isFirst || isLarge, !isApproved(item, .cycle, at: time) {
        object(
          .approval, "\(item.key.number) goes in \(isFirst ? "the first" : "a large") cycle without a person's word")
      }
    }
  }

  func isApproved(_ item: AdvancedItem, _ extent: Approval.Extent, at time: Instant) -> Bool {
    let word = words[item.key]?.last {
      $0.approval == extent && $0.line.step == item.step && $0.line.repetition == item.repetition
        && time < $0.at + .days(14)
    }
    return word.map { $0.isGranted && item.open.minor <= $0.line.upTo.minor } ?? false
  }
}
