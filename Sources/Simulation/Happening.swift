import Units

/// One thing that befalls the company: drawn up front with its moment, so that a history can be told again without it.
///
/// Whom it befalls is drawn when it comes about, from chance of its own: leaving one out changes nothing of another.
package struct Happening: Sendable {
  package enum Deed: Sendable, Equatable {
    // The accounts department.
    case invoice
    case payment, partPayment, overpayment, unappliedPayment, returnedPayment
    case creditNote
    /// In the ledger's column: all of it, part of it, or no longer.
    case ledgerDispute
    /// A row that cannot be read, or its correction.
    case badRow
    /// Customers get a new address, or lose all of them.
    case newAddress
    case importOld(Int)
    /// The files are not written for so long; the posted cash neither.
    case noExport(hours: Int)
    /// What the ledger's reader refuses as a whole.
    case halfWritten

    // The clerk, by a process of his own.
    case hold, release, dispute, closeDispute, note, approve, refuse, skip, resolve, addressOK
    case promise, plan, withdraw
    /// A plan is proposed to the customer, who agrees to it later.
    case propose, agree
    /// A call that is due; a letter that lies there is posted; a statement is asked for.
    case call, post, askStatement
    /// A customer answers, and what comes back is taken in.
    case answer

    // The mail server and what comes back from it.
    case mood(SimulatedRelay.Mood, hours: Int)
    case mailboxGone, mailboxBack
    case bounce(permanent: Bool)
    case serviceMood(SimulatedService.Mood, hours: Int)
    /// A message that cannot be made.
    case letterFails

    // The process and the machine.
    case kill, powerCut, stop
    case outage(hours: Int)
    case secondDaemon
    /// Somebody's personal data are erased, for which the daemon is stopped.
    case erase
    case reload
    case clock(minutes: Int, hours: Int)

    // The disk.
    case syncFails, appendFails, shortWrite
    case diskFull(hours: Int)
  }

  /// At what point of the daemon's work it comes about.
  package enum Point: Sendable, Equatable {
    case betweenCycles
    /// After so many steps of the next cycle.
    case inCycle(Int)
    /// So many steps after a message began, in whatever cycle the next one does.
    case whileSending(Int)
  }

  /// From 0, in the order of the plan.
  package let number: Int
  package let at: Instant
  package let point: Point
  package let deed: Deed
  /// Seed of its own chance.
  let salt: UInt64

  package var description: String { "\(at) #\(number) \(deed)\(point == .betweenCycles ? "" : " (\(point))")" }
}
