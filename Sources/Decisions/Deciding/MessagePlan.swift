import Ledger
import Receivables
import Units

/// Turns the items of a group that are due for a step into messages.
///
/// Level 0 and notices never share one; neither do two channels, nor what is sent once more and what is new. The invoice
/// itself goes one a message. The message's step is the highest level due; each item advances by its own step. A notice
/// lists every overdue item that may be asked for; only those that are due for a step advance.
struct MessagePlan {
  let group: GroupCase

  /// - Parameter due: indices into the group's cases.
  func contacts(for due: [Int], waitsFor: Ground? = nil) -> [PlannedContact] {
    bundles(of: due, waitsFor: waitsFor).compactMap { contact(advancing: $0, waitsFor: waitsFor) }
  }

  /// The items of each message.
  func bundles(of due: [Int], waitsFor: Ground? = nil) -> [[Int]] {
    var bundles: [[Int]] = []
    // Few differ, so they are looked through.
    var places: [(sharing: Sharing, place: Int)] = []
    for index in due {
      guard let sharing = sharing(of: group.cases[index], waitsFor) else { continue }
      if !sharing.isAlone, let known = places.first(where: { $0.sharing == sharing }) {
        bundles[known.place].append(index)
      } else {
        if !sharing.isAlone { places.append((sharing, bundles.count)) }
        bundles.append([index])
      }
    }
    return bundles
  }

  /// How many messages they make.
  func count(of due: [Int], waitsFor: Ground? = nil) -> Int {
    var shared: [Sharing] = []
    var alone = 0
    for index in due {
      guard let sharing = sharing(of: group.cases[index], waitsFor) else { continue }
      if sharing.isAlone {
        alone += 1
      } else if !shared.contains(sharing) {
        shared.append(sharing)
      }
    }
    return alone + shared.count
  }

  /// Nil where it makes no message.
  private func sharing(of item: ItemCase, _ waitsFor: Ground?) -> Sharing? {
    guard let next = item.next,
      let channel = group.channel(of: next.stepCase) ?? waitsFor.map({ _ in next.stepCase.step.channel })
    else { return nil }
    return Sharing(
      kind: next.stepCase.kind, channel: channel, again: item.again, pledge: item.pledge?.id,
      isStatement: item.courtesy?.isStatement ?? false,
      isAlone: next.stepCase.kind == .invoice || (item.courtesy == nil && item.schedule?.consolidation == .invoice))
  }

  /// What items must have in common to share a message.
  private struct Sharing: Equatable {
    let kind: ContactKind
    let channel: Channel
    let again: String?
    let pledge: String?
    let isStatement: Bool
    /// It shares with nobody.
    let isAlone: Bool
  }

  /// One message about all of these, whatever channels their steps take.
  func contact(advancing: [Int], waitsFor: Ground?) -> PlannedContact? {
    let cases = group.cases
    // The highest level; among equals the latest step, then the oldest item.
    let top = advancing.max { a, b in
      guard let x = cases[a].next?.step, let y = cases[b].next?.step else { return false }
      return (x.level, x.day, -a) < (y.level, y.day, -b)
    }
    guard let top, let next = cases[top].next, let schedule = cases[top].schedule else { return nil }
    let kind = next.step.kind
    let alone = schedule.consolidation == .invoice || kind == .invoice
    var listed: [PlannedContact.Line] = []
    var apart: [PlannedContact.Line] = []
    var credit = Money.zero(group.account.currency)
    let advances = Set(advancing)
    for index in kind == .notice && !alone ? Array(cases.indices) : advancing {
      let item = cases[index]
      guard item.pledge?.id == cases[top].pledge?.id else { continue }
      if advances.contains(index) || (item.isOverdue && group.mayBeAskedFor(item)) {
        listed.append(line(item, open: item.dunnable, advances: advances.contains(index)))
        credit += item.credit
        if kind == .notice, item.disputed.isPositive {
          apart.append(line(item, open: item.disputed, apart: .disputed))
        }
      } else if let why = apartReason(item) {
        apart.append(line(item, open: why == .disputed ? item.item.open : item.dunnable, apart: why))
      }
    }
    let advanced = advancing.compactMap { advance(cases[$0]) }.sorted { $0.key < $1.key }
    let total = listed.reduce(Money.zero(group.account.currency)) { $0 + $1.open }
    let channel = group.channel(of: next.stepCase) ?? next.step.channel
    let owner = group.policy.owners.acting(for: group.payer.owner, on: group.today)
    let to =
      switch channel {
      case .email: group.recipients(of: next.step)
      case .letter: group.address.lines
      case .webhook: group.payer.phone.isEmpty ? [] : [group.payer.phone]
      case .call, .statement, .handover: [String]()
      }
    let copies = channel == .email ? group.copies(of: next.step, owner, besides: to) : []
    var contact = PlannedContact(
      payer: group.payer, currency: group.account.currency, kind: kind, schedule: schedule.name, step: next.step,
      channel: channel, to: to,
      cc: copies,
      advancing: advanced, listed: listed, apart: apart, credit: credit, otherCredits: group.otherCredits, total: total,
      deadline: next.step.deadlineDays.map { group.today + $0 }, day: group.today,
      window: group.calendar.window, thread: thread(advancing), waitsFor: waitsFor)
    contact.pledge = cases[top].pledge
    contact.owner = owner
    if cases[top].courtesy?.isStatement ?? false { group.state(&contact, cases[top].key) }
    return contact
  }

  private func line(
    _ item: ItemCase, open: Money, advances: Bool = false, apart: PlannedContact.Line.Apart? = nil
  ) -> PlannedContact.Line {
    let level = advances ? max(item.progress.level, item.next?.step.level ?? 0) : item.progress.level
    let isPaid = item.courtesy == .thanks
    var line = PlannedContact.Line(
      invoice: item.item.invoice, open: open, daysPastDue: isPaid ? 0 : item.item.daysPastDue ?? 0, level: level,
      advances: advances, apart: apart, discount: apart == nil ? discount(on: item) : nil)
    line.paid = isPaid ? item.item.paid : nil
    return line
  }

  private func discount(on item: ItemCase) -> PlannedContact.OpenDiscount? {
    guard let found = item.item.openDiscount(on: group.today, terms: group.terms) else { return nil }
    let base = item.item.invoice.amount ?? item.item.open
    let off = base.times(Ratio(found.basisPoints, 10_000), .halfUp)
    guard item.dunnable > off else { return nil }
    return PlannedContact.OpenDiscount(
      lastDay: found.lastDay, basisPoints: found.basisPoints, reduced: item.dunnable - off)
  }

  /// Why an item that is not asked for is mentioned all the same; nil when it is not.
  private func apartReason(_ item: ItemCase) -> PlannedContact.Line.Apart? {
    guard item.item.open.isPositive else { return nil }
    switch item.rest?.ground {
    case .disputed?: return .disputed
    case .promised?: return .promised
    case nil: return !item.isOverdue && group.mayBeAskedFor(item) ? .notDue : nil
    default: return nil
    }
  }

  private func advance(_ item: ItemCase) -> AdvancedItem? {
    guard let next = item.next, let schedule = item.schedule else { return nil }
    return AdvancedItem(
      key: item.key, schedule: schedule.name, step: next.step.name, level: next.step.level, anchor: next.step.anchor,
      anchorDate: next.anchorDate, day: next.step.day, repetition: next.repetition, open: item.dunnable,
      ledgerSchedule: group.payer.schedule)
  }

  private func thread(_ advancing: [Int]) -> [String] {
    var seen: Set<String> = []
    var thread: [String] = []
    for index in advancing {
      for id in group.cases[index].progress.thread where seen.insert(id).inserted { thread.append(id) }
    }
    return thread
  }
}

extension GroupCase {
  /// The payer's good addresses, and those that the step escalates to.
  fileprivate func recipients(of step: Step) -> [String] {
    guard step.escalates else { return usableAddresses }
    return usableAddresses + payer.escalationEmails.filter { isGood($0) && !usableAddresses.contains($0) }
  }

  fileprivate func copies(of step: Step, _ owner: Owner?, besides to: [String]) -> [String] {
    var copies = payer.cc
    if step.copiesOwner, let owner, !copies.contains(owner.email) { copies.append(owner.email) }
    return copies.filter { isGood($0) && !to.contains($0) }
  }

  private func isGood(_ address: String) -> Bool { history.badAddresses[address.lowercasedAddress] == nil }
}
