import Ledger
import Receivables
import Units

/// Tests 2 to 9: what rests an item whatever its steps say.
extension GroupCase {
  /// The first rest that holds; nil when none does.
  func rest(_ item: ItemCase) -> Finding? {
    // What people placed is large to look through, and nearly no item has any of it.
    if item.rests.isEmpty { return quarantined(item) ?? disputed(item) ?? autopay(item) ?? replied(item) }
    return quarantined(item) ?? held(item) ?? disputed(item) ?? promised(item) ?? inPlan(item) ?? autopay(item)
      ?? replied(item)
  }

  /// What keeps thanks or a statement back. A row of the payer's that cannot be read makes a statement wrong; a promise or
  /// plan that was kept is no reason not to give thanks.
  func courtesyRest(_ item: ItemCase) -> Finding? {
    switch item.courtesy {
    case nil: nil
    case .thanks: quarantined(item) ?? held(item) ?? disputed(item) ?? autopay(item) ?? replied(item)
    case .statement(let isAskedFor): unreadable ?? held(item) ?? (isAskedFor ? nil : replied(item))
    }
  }

  private var unreadable: Finding? {
    docket.unreadable(of: payer.id).map { Finding(.quarantined($0), Rule("ledger row", $0.place)) }
  }

  private func quarantined(_ item: ItemCase) -> Finding? {
    if !docket.hasBadRows { return nil }
    return docket.quarantine.row(for: item.key, payer: payer.id).map { row in
      Finding(.quarantined(row), Rule("ledger row", row.place))
    }
  }

  /// A hold on it or its customer is in force, or ended less than `resume_after` ago. Sending the invoice itself is no
  /// dunning, so a hold lets it pass.
  private func held(_ item: ItemCase) -> Finding? {
    guard item.next?.stepCase.kind != .invoice else { return nil }
    return resting(.hold, item).map { placed, resumes in
      Finding(
        .held(placed, resumes: resumes), Rule("hold by \(placed.rest.by)", policy.contact.places.resumeAfter),
        until: resumes.map { .day($0) })
    }
  }

  /// All of it is contested, in the ledger or in the journal; or a dispute ended less than `resume_after` ago. Where the
  /// ledger contests all of it, nobody can say until when.
  private func disputed(_ item: ItemCase) -> Finding? {
    let left = item.item.open - item.credit
    let isOpenEnded = item.item.disputed.isPositive && item.item.disputed >= left
    if !item.rests.isEmpty, let (placed, longest) = resting(.dispute, item),
      placed.rest.amount == nil || item.disputed >= left,
      longest == nil || !isOpenEnded
    {
      let resumes = placed.rest.amount == nil ? longest : contestedUntil(item, left) ?? longest
      return Finding(
        .disputed(placed, resumes: resumes),
        Rule("dispute by \(placed.rest.by)", policy.contact.places.resumeAfter), until: resumes.map { .day($0) })
    }
    guard item.item.disputed.isPositive, item.disputed >= left else { return nil }
    return Finding(.disputed(nil, resumes: nil), Rule("ledger column disputed", item.item.invoice.place))
  }

  /// The first day on which the parts that people contest do not come to all that is left any more; nil while nobody can
  /// say.
  private func contestedUntil(_ item: ItemCase, _ left: Money) -> Day? {
    let ends = item.rests.filter { $0.rest.kind == .dispute }.compactMap { resumes($0, item.item) }
    return Set(ends).sorted().first { today < $0 && disputedPart(of: item.item, item.rests, on: $0) < left }
  }

  /// The contested part of an item: what the ledger says and what the journal says, the larger of the two; in the journal
  /// each dispute is about another part. A part that is contested no longer is left in peace a little longer, as a whole
  /// would be.
  func disputedPart(of item: OpenItem, _ rests: [PlacedRest], on day: Day? = nil) -> Money {
    let day = day ?? today
    var part = Money.zero(item.disputed.currency)
    for placed in rests where placed.rest.kind == .dispute && resumes(placed, item).map({ day < $0 }) ?? true {
      let contested = placed.isAccepted ? notCredited(placed, item) : placed.rest.amount
      // The ledger has it in another currency since: how much of it is contested nobody can say.
      guard let contested, contested.currency == part.currency else { return item.open }
      part += contested
    }
    if part < item.disputed { part = item.disputed }
    return part > item.open ? item.open : part
  }

  /// A dispute that was accepted, while what is not owed is still open in the ledger.
  func uncredited(_ item: ItemCase) -> PlacedRest? {
    if item.rests.isEmpty { return nil }
    return item.rests.first { placed in
      placed.rest.kind == .dispute && placed.isAccepted && notCredited(placed, item.item)?.isPositive ?? true
    }
  }

  /// What was found not to be owed and is still open: the ledger has no credit for it yet. Nil is all of it.
  ///
  /// What was paid counts against the rest of the invoice first, so a part stays contested until a credit note names the
  /// invoice, or until exactly that part is open less while more is still open.
  private func notCredited(_ placed: PlacedRest, _ item: OpenItem) -> Money? {
    let zero = Money.zero(item.open.currency)
    guard let amount = placed.rest.amount else { return nil }
    guard let then = placed.rest.items.first(where: { $0.key == item.key })?.open,
      then.currency == zero.currency, amount.currency == zero.currency
    else { return zero }
    let open = item.open
    if open > amount, isTakenOff(placed, item) { return zero }
    let left = amount - noted(placed, amount, item)
    return left.isPositive ? (left < open ? left : open) : zero
  }

  /// Whether what is open less since then is just this part, or this one and later ones. What earlier ones explain of it is
  /// not counted once more.
  private func isTakenOff(_ placed: PlacedRest, _ item: OpenItem) -> Bool {
    let parts = placedRests(on: item.key).compactMap { part -> (part: PlacedRest, amount: Int, then: Int)? in
      guard part.rest.kind == .dispute, part.isAccepted, let amount = part.rest.amount,
        let then = part.rest.items.first(where: { $0.key == item.key })?.open,
        amount.currency == item.open.currency, then.currency == item.open.currency
      else { return nil }
      return (part, amount.minor, then.minor)
    }.sorted { ($0.part.placed, $0.amount) < ($1.part.placed, $1.amount) }
    guard let first = parts.first else { return false }
    var explained = 0
    for (index, (part, amount, then)) in parts.enumerated() {
      let missing = then - item.open.minor - max(0, explained - (first.then - then))
      var sum = 0
      let isOff = parts[index...].contains { later in
        sum += later.amount
        return sum == missing
      }
      if part == placed { return isOff }
      if isOff { explained += amount }
    }
    return false
  }

  /// What credit notes since then take off a part that was found not to be owed. Those for the parts that were contested
  /// before it are no credit for this one.
  private func noted(_ placed: PlacedRest, _ amount: Money, _ item: OpenItem) -> Money {
    var notes = account.credits.filter { $0.reference == item.key.number }.map { (date: $0.date, left: $0.amount) }
    func take(_ amount: Money, since placed: PlacedRest) -> Money {
      let made = calendar.zone.day(placed.placed)
      var missing = amount
      for index in notes.indices where notes[index].date.map({ made <= $0 }) ?? true {
        let taken = notes[index].left < missing ? notes[index].left : missing
        notes[index].left -= taken
        missing -= taken
      }
      return amount - missing
    }
    if notes.isEmpty { return .zero(amount.currency) }
    for before in placedRests(on: item.key) where before.rest.kind == .dispute && before.isAccepted {
      guard before.placed < placed.placed, let other = before.rest.amount, other.currency == amount.currency else {
        continue
      }
      _ = take(other, since: before)
    }
    return take(amount, since: placed)
  }

  /// A promise covers it, and its day with the days of grace has not passed; or it ended less than `resume_after` ago.
  private func promised(_ item: ItemCase) -> Finding? {
    resting(.promise, item).map { placed, resumes in
      Finding(
        .promised(placed, resumes: resumes), Rule("promise \(placed.rest.id)", policy.promise.gracePlace),
        until: resumes.map { .day($0) })
    }
  }

  /// It is in a plan that is not broken, or that was proposed; or the plan ended less than `resume_after` ago.
  private func inPlan(_ item: ItemCase) -> Finding? {
    guard item.pledge == nil else { return nil }
    return resting(.plan, item).map { placed, resumes in
      let next = paid(placed.rest).flatMap { placed.rest.missing(paid: $0).first }
      return Finding(
        .inPlan(placed, next: next, resumes: resumes), Rule("plan \(placed.rest.id)", policy.plan.place),
        until: resumes.map { .day($0) })
    }
  }

  /// Its collection is under way: until five banking days after the date, or a returned payment. The invoice itself is
  /// sent all the same.
  private func autopay(_ item: ItemCase) -> Finding? {
    guard let collected = item.item.invoice.autopay, item.next?.step.kind != .invoice else { return nil }
    let posted = calendar.bankingDay(Self.autopayPostingDays, after: collected)
    guard today <= posted else { return nil }
    if let returned = item.item.returned, returned >= collected { return nil }
    return Finding(
      .autopay(collected: collected, posted: posted), Rule("ledger column autopay", item.item.invoice.place),
      until: .day(calendar.openDay(onOrAfter: posted + 1)))
  }

  /// Banking days that a collection takes to come back or to stand.
  static let autopayPostingDays = 5

  private func replied(_ item: ItemCase) -> Finding? {
    if isUntouched { return nil }
    let ofCustomer = history.replies[item.key.customer]
    let ofPayer = item.key.customer == payer.id ? nil : history.replies[payer.id]
    guard let first = ofCustomer ?? ofPayer else { return nil }
    let at = max(first, ofPayer ?? first)
    let until = at + policy.contact.pauseOnReply
    guard horizon.isWaiting(until: until) else { return nil }
    return Finding(.replied(at: at, until: until), Rule("contact.pause_on_reply"), until: .instant(until))
  }

  // MARK: - Rests of one kind

  private func rests(_ kind: Rest.Kind, _ item: ItemCase) -> [PlacedRest] {
    item.rests.isEmpty ? [] : item.rests.filter { $0.rest.kind == kind }
  }

  /// The id of a promise or plan that covers it, while that is in force and nobody has ended it.
  func pledge(on item: ItemCase) -> String? {
    if item.rests.isEmpty { return nil }
    return item.rests.first { placed in
      (placed.rest.kind == .promise || placed.rest.kind == .plan) && placed.ended == nil
        && resumes(placed, item.item).map { today < $0 } ?? true
    }?.rest.id
  }

  /// On the item, then on its customer, then on its payer, then on the payer that it had when they were placed.
  func placedRests(on key: ItemKey) -> [PlacedRest] {
    let moved = docket.movedRests.isEmpty ? nil : docket.movedRests[key]
    if isUntouched, moved == nil { return [] }
    var all: [PlacedRest] = []
    if let rests = history.rests[Scope(of: key)] { all += rests }
    if let rests = history.rests[.customer(key.customer)] { all += rests }
    if key.customer != payer.id, let rests = history.rests[.customer(payer.id)] { all += rests }
    for scope in moved ?? [] { all += history.rests[scope] ?? [] }
    return all.isEmpty ? all : all.filter { $0.rest.covers(key) }
  }

  /// The first day after a rest; nil while its end is open.
  func resumes(_ placed: PlacedRest, _ item: OpenItem) -> Day? {
    // What is not owed is not asked for, however long the credit note takes.
    if placed.isAccepted, notCredited(placed, item)?.isPositive ?? true { return nil }
    return resumes(placed)
  }

  /// The same whatever is open.
  func resumes(_ placed: PlacedRest) -> Day? {
    let state = state(of: placed)
    guard let last = state.last else { return nil }
    let resumes = calendar.bankingDay(policy.contact.resumeAfterBankingDays, after: last)
    // Its last day is one of rest, however soon contacts resume after it.
    if case .lasting = state { return max(resumes, last + 1) }
    return resumes
  }

  /// The rest that lasts longest: in force, or ended so lately that the customer is left in peace a little longer.
  ///
  /// `resumes` is the first day after it; nil while its end is open.
  private func resting(_ kind: Rest.Kind, _ item: ItemCase) -> (PlacedRest, resumes: Day?)? {
    var longest: (PlacedRest, resumes: Day)?
    // What covers the whole says more than what covers a part.
    let all = rests(kind, item)
    if all.isEmpty { return nil }
    for placed in all.filter({ $0.rest.amount == nil }) + all.filter({ $0.rest.amount != nil }) {
      guard let resumes = resumes(placed, item.item) else { return (placed, nil) }
      if today < resumes, longest.map({ $0.resumes < resumes }) ?? true { longest = (placed, resumes) }
    }
    return longest.map { ($0.0, $0.resumes) }
  }
}

extension PlacedRest {
  /// A dispute in which the customer was right. Only those that tell what was open then can wait for their credit.
  var isAccepted: Bool { ended != nil && end?.outcome == "accepted" && !rest.items.isEmpty }
}
