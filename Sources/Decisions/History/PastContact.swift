import Ledger
import Units

/// A contact that was tried, and how it stands now.
package struct PastContact: Sendable, Equatable {
  /// What became of one recipient.
  package enum Fate: Sendable, Equatable {
    /// Intended, and nothing heard since.
    case pending
    case sent
    case deferred(until: Instant)
    case failed
    case inDoubt
    case bounced
  }

  /// What became of the contact: it counts as made when one To recipient took it, or may have taken it.
  package enum Standing: Sendable, Equatable {
    case made
    /// One To recipient may have it, none surely has.
    case inDoubt
    case deferred(until: Instant)
    case failed
    case bounced
    /// A letter whose page waits for a person to post it.
    case outbox
    /// A person said that it never left, or a rule called it off.
    case undone
  }

  /// What an earlier attempt did to a To recipient, and which place of which attempt that was.
  struct Trace: Sendable, Equatable {
    var fate: Fate
    let attempt: Int
    let recipient: Int

    func with(_ fate: Fate) -> Trace { Trace(fate: fate, attempt: attempt, recipient: recipient) }
  }

  package let id: String
  package let attempt: Int
  /// When it was intended first.
  package let began: Instant
  /// When it was last intended; of a letter that was posted, when it was.
  package internal(set) var at: Instant
  package let payer: String
  package let currency: Currency
  package let kind: ContactKind
  package let step: String
  package let level: Int
  package let channel: Channel
  package let items: [AdvancedItem]
  package let deadline: Day?
  package let messageID: String
  package let sha256: String
  /// Addresses; of a letter the lines of its one address.
  package let to: [String]
  package let cc: [String]
  /// What a letter asks for: until it is posted, it is looked at whether that is still so. Empty for all else.
  package let listed: [ListedItem]
  /// Of the last attempt, over `to`, then `cc`.
  package internal(set) var recipients: [Fate]
  /// What earlier attempts did to To recipients whom the last one is not for, by address, or by attempt and place where that
  /// was erased: two that nobody knows any more are still two, and what one of them has stays made.
  var earlier: [String: Trace] = [:]
  /// Attempts that ended in doubt.
  package internal(set) var doubts: Int
  let isByKey: Bool
  var verdict: Bool?
  var cancelled = false

  init(_ intended: IntendedContact, at time: Instant, after earlier: PastContact?) {
    id = intended.contact
    attempt = intended.attempt
    began = earlier?.began ?? time
    at = time
    payer = intended.customer
    currency = intended.currency
    kind = intended.kind
    step = intended.step
    level = intended.level
    channel = intended.channel
    items = intended.invoices
    isByKey = Self.isSorted(intended.invoices)
    deadline = intended.deadline
    messageID = intended.messageID
    sha256 = intended.sha256
    to = intended.to
    cc = intended.cc
    let isMail = intended.channel == .email
    listed = intended.channel == .letter ? intended.listed : []
    recipients = Array(repeating: .pending, count: isMail ? max(1, intended.to.count + intended.cc.count) : 1)
    doubts = earlier?.doubts ?? 0
    guard let last = earlier else { return }
    guard isMail, last.channel == .email else {
      // It went another way: of mails before it only the addresses matter any more.
      self.earlier = (last.channel == .email ? last.traces : last.earlier).mapValues { $0.with(.failed) }
      for address in isMail ? to : [] { self.earlier[address] = nil }
      return
    }
    // Of whom a person said that nothing had left for them is in doubt no more.
    self.earlier =
      last.verdict == false ? last.traces.mapValues { $0.fate == .inDoubt ? $0.with(.failed) : $0 } : last.traces
    for address in to { self.earlier[address] = nil }
    // Who took an earlier attempt is not tried again, so what is known of them stays.
    let took = last.tookIt
    let isAlike = last.to.count == to.count && last.recipients.count == recipients.count
    let before = last.to + last.cc
    for (index, address) in (to + cc).enumerated() {
      // Of one who was erased, in that attempt or in this one, the place is all that is left to know him by.
      let isErased = address.isEmpty || isAlike && before.indices.contains(index) && before[index].isEmpty
      let has = isErased && isAlike && last.recipients[index] == .sent || took.contains(address)
      if has { recipients[index] = .sent }
    }
  }

  static func isSorted(_ items: [AdvancedItem]) -> Bool {
    items.indices.dropFirst().allSatisfy { items[$0 - 1].key < items[$0].key }
  }

  /// To recipients of all attempts.
  private var traces: [String: Trace] {
    var traces = earlier
    for (index, (address, fate)) in zip(to, recipients).enumerated() {
      let name = address.isEmpty ? "\(Self.erased)\(attempt).\(index)" : address
      traces[name] = Trace(fate: fate, attempt: attempt, recipient: index)
    }
    return traces
  }

  /// No address begins so.
  private static let erased = "erased "

  /// To recipients of all attempts by e-mail; of the last attempt alone where that was another channel's too.
  package var addressesTried: [String] { to + earlier.keys }

  /// The attempt, and the place in it, at which an address was written to last, where the last attempt is not for it.
  package func earlierPlace(of address: String) -> (attempt: Int, recipient: Int)? {
    let address = address.lowercased()
    return earlier.filter { $0.key.lowercased() == address }.values.map { ($0.attempt, $0.recipient) }.max { $0 < $1 }
  }

  /// Whom an earlier attempt was for, by that place; nil where a later one was for the same.
  private func earlierName(at recipient: Int, ofAttempt attempt: Int) -> String? {
    earlier.first { $0.value.attempt == attempt && $0.value.recipient == recipient }?.key
  }

  /// The address at a place of an attempt, without a number of the last one; nil where none is known.
  func address(at recipient: Int, ofAttempt attempt: Int?) -> String? {
    if let attempt, attempt != self.attempt {
      return earlierName(at: recipient, ofAttempt: attempt).flatMap { $0.hasPrefix(Self.erased) ? nil : $0 }
    }
    let all = channel == .email ? to + cc : []
    return all.indices.contains(recipient) ? all[recipient] : nil
  }

  /// To and cc recipients who surely have it, as far as one knows who they are.
  private var tookIt: Set<String> {
    var took = Set(zip(to + cc, recipients).filter { $0.1 == .sent }.map(\.0))
    for (address, trace) in earlier where trace.fate == .sent { took.insert(address) }
    took.remove("")
    return took
  }

  /// What it did to that item; nil when it did not move it. Contacts list their items by key as a rule, and a large one
  /// is asked once for each of them.
  func item(_ key: ItemKey) -> AdvancedItem? {
    var low = 0
    var high = items.count
    while low < high {
      let middle = (low + high) / 2
      if items[middle].key < key { low = middle + 1 } else { high = middle }
    }
    if low < items.count, items[low].key == key { return items[low] }
    return isByKey ? nil : items.first { $0.key == key }
  }

  /// How many of `recipients` are To.
  private var toCount: Int { max(1, to.count) }

  package var standing: Standing {
    if let verdict { return verdict ? .made : .undone }
    if cancelled { return .undone }
    if isLetter, recipients.first == .pending { return .outbox }
    let fates =
      earlier.isEmpty ? recipients.prefix(toCount) : (recipients.prefix(toCount) + earlier.values.map(\.fate))[...]
    if fates.contains(.sent) { return .made }
    if fates.contains(.inDoubt) || fates.contains(.pending) { return .inDoubt }
    var next: Instant?
    for case .deferred(let until) in fates { next = max(next ?? until, until) }
    if let next { return .deferred(until: next) }
    return fates.contains(.bounced) ? .bounced : .failed
  }

  package var isLetter: Bool { channel == .letter }
  /// A person has said what became of it, and may say otherwise.
  package var isResolved: Bool { verdict != nil }

  /// Nothing was heard of a recipient, or nobody has posted it.
  package var isPending: Bool { isLetter ? standing == .outbox : recipients.contains(.pending) }

  /// Whether it reached the customer, or may have: only that counts for caps, gaps and deadlines.
  package var mayHaveReached: Bool { standing == .made || standing == .inDoubt }

  /// To recipients whom the server put off while another of them took the message, or may have: only these are tried
  /// again. Sorted; without those whose address was erased.
  package var leftOut: [String] {
    // Asked after each event, and hardly ever true.
    guard !cancelled, verdict == nil, hasDeferred, mayHaveReached else { return [] }
    return traces.compactMap { name, trace in
      if case .deferred = trace.fate, !name.hasPrefix(Self.erased) { name } else { nil }
    }.sorted()
  }

  private var hasDeferred: Bool {
    for case .deferred in recipients { return true }
    for case .deferred in earlier.values.lazy.map(\.fate) { return true }
    return false
  }

  /// As it would stand if nobody had it yet and all waited for those who were put off.
  mutating func reopen() {
    var until = at
    for case .deferred(let next) in traces.values.map(\.fate) { until = max(until, next) }
    recipients = recipients.map { _ in .deferred(until: until) }
    earlier = [:]
  }

  mutating func settle(_ recipient: Int, _ fate: Fate, ofAttempt attempt: Int? = nil) {
    if let attempt, attempt != self.attempt { return settleEarlier(recipient, fate, ofAttempt: attempt) }
    guard recipients.indices.contains(recipient) else { return }
    // The mail of an earlier attempt came back; this one went another way.
    if fate == .bounced, channel != .email { return }
    if fate == .bounced { liftVerdict() }
    if fate == .inDoubt, !recipients.contains(.inDoubt) { doubts += 1 }
    recipients[recipient] = fate
  }

  /// The mail of an earlier attempt came back: whom the last one went to may have it all the same.
  private mutating func settleEarlier(_ recipient: Int, _ fate: Fate, ofAttempt attempt: Int) {
    guard channel == .email, let name = earlierName(at: recipient, ofAttempt: attempt) else { return }
    if fate == .bounced { liftVerdict() }
    earlier[name]?.fate = fate
  }

  /// A person said that the customer has it, and then it came back from one of them: of the others that word holds.
  private mutating func liftVerdict() {
    guard verdict == true else { return }
    verdict = nil
    recipients = recipients.map { $0 == .inDoubt ? .sent : $0 }
    earlier = earlier.mapValues { $0.fate == .inDoubt ? $0.with(.sent) : $0 }
  }

  /// The address is good after all: what failed there may be tried again at once.
  mutating func forgive(_ address: String?, at time: Instant) {
    for index in recipients.indices where recipients[index] == .failed {
      if address == nil || to.indices.contains(index) && to[index].lowercased() == address?.lowercased() {
        recipients[index] = .deferred(until: time)
      }
    }
  }

  mutating func resolve(sent: Bool, at time: Instant) {
    verdict = sent
    // A letter is written on one day and posted on another: only that one counts for the customer.
    if sent, isLetter { at = time }
  }

  /// A person's word on what became of it stands.
  mutating func cancel() { if verdict == nil { cancelled = true } }
}
