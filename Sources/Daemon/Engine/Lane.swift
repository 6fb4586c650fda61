import Decisions
import Delivery
import Ledger

/// The way that a contact takes. Each has a line, a window and a breaker of its own, so that what holds up one does not hold
/// up the others.
enum Lane: Int, Sendable, CaseIterable, Comparable {
  case mail
  /// Letters go no further than the outbox, which is always near.
  case letter
  case webhook

  /// Nil for what a person does.
  init?(_ channel: Channel) {
    switch channel {
    case .email: self = .mail
    case .letter: self = .letter
    case .webhook: self = .webhook
    case .call, .statement, .handover: return nil
    }
  }

  static func < (a: Lane, b: Lane) -> Bool { a.rawValue < b.rawValue }
}

extension PlannedContact {
  var lane: Lane? { Lane(channel) }
}

extension IntendedContact {
  /// Mail for whatever is nothing else.
  var lane: Lane { Lane(channel) ?? .mail }
}

/// A breaker for each lane that leads to somebody else's server.
struct Breakers: Sendable {
  var mail = Breaker()
  var webhook = Breaker()

  mutating func rearm() {
    mail.rearm()
    webhook.rearm()
  }

  /// What was admitted last was not begun after all.
  mutating func withdraw(_ lane: Lane) {
    switch lane {
    case .letter: break
    case .mail: mail.withdraw()
    case .webhook: webhook.withdraw()
    }
  }

  func mayBegin(_ lane: Lane) -> Bool {
    switch lane {
    case .letter: true
    case .mail: mail.mayBegin
    case .webhook: webhook.mayBegin
    }
  }

  mutating func admit(_ lane: Lane) -> Bool {
    switch lane {
    case .letter: true
    case .mail: mail.admit()
    case .webhook: webhook.admit()
    }
  }

  /// Whether it forbids even what it had admitted.
  func isBarred(_ lane: Lane) -> Bool {
    switch lane {
    case .letter: false
    case .mail: mail.isBarred
    case .webhook: webhook.isBarred
    }
  }
}

extension Envelope {
  var lane: Lane { webhookKey == nil ? .mail : .webhook }
}

extension Breaker {
  fileprivate var isBarred: Bool { if case .open = state { true } else { false } }
}
