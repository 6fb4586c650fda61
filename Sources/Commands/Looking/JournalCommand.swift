import ArgumentParser
import Daemon
import Decisions
import Glibc
import Journal
import Storage
import Units

struct JournalCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "journal",
    abstract: "Reads, verifies and exports the record of all contacts; erases a customer's personal data.",
    subcommands: [
      JournalList.self, JournalShow.self, JournalVerify.self, JournalFollow.self, JournalExport.self, JournalErase.self,
    ])
}

/// Which records are meant; all that are given must fit.
struct JournalFilter: ParsableArguments {
  @Option(help: ArgumentHelp("Records of this type, or of all types that start with it (contact).", valueName: "type"))
  var type: String?

  @Option(help: ArgumentHelp("Records about this customer.", valueName: "customer"))
  var customer: String?

  @Option(help: ArgumentHelp("Records about this invoice.", valueName: "number"))
  var invoice: String?

  @OptionGroup var period: JournalPeriod
}

/// The time from which and before which records were made.
struct JournalPeriod: ParsableArguments {
  @Option(help: ArgumentHelp("From then on: a date, or a date and time in the company's zone.", valueName: "time"))
  var since: LocalTime?

  @Option(help: ArgumentHelp("Before then.", valueName: "time"))
  var until: LocalTime?

  /// - Parameter zone: the company's.
  func instants(in zone: Zone) -> (since: Instant?, until: Instant?) {
    (since?.instant(in: zone), until?.instant(in: zone))
  }
}

/// Sees records in order and says which fit. A contact's outcomes name it by id alone, so its intents are remembered.
private struct RecordSieve {
  private let filter: JournalFilter
  private let since: Instant?
  private let until: Instant?
  private var contacts: Set<String> = []

  init(_ filter: JournalFilter, zone: Zone) {
    self.filter = filter
    (since, until) = filter.period.instants(in: zone)
  }

  mutating func passes(_ entry: Entry) -> Bool {
    let named =
      (filter.customer.map { entry.names(customer: $0) } ?? true)
      && (filter.invoice.map { entry.names(invoice: $0) } ?? true)
    if let contact = entry.contact, named, entry.type == "contact.intended" { contacts.insert(contact) }
    guard named || (entry.contact.map { contacts.contains($0) } ?? false) else { return false }
    if let type = filter.type, entry.type != type, !entry.type.hasPrefix(type + ".") { return false }
    if let since, entry.time < since { return false }
    if let until, entry.time >= until { return false }
    return true
  }
}

private struct JournalList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Lists records, oldest first.",
    discussion: """
      With --format json the records are printed as they were written.

      Examples:
        dunningd journal list --customer K-7
        dunningd journal list --type contact.in_doubt
        dunningd journal list --since 2026-03-01 --format json | jq .
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var asOf: AsOfOption
  @OptionGroup var filter: JournalFilter

  func run() throws {
    try reporting {
      let session = try Session(common, asOf: asOf.time)
      var sieve = RecordSieve(filter, zone: session.policy.company.zone)
      var listing = Listing.records
      let zone = session.policy.company.zone
      let since = filter.period.instants(in: zone).since
      try session.search(JournalSearch(customer: filter.customer, invoice: filter.invoice, since: since)) {
        entry, line in
        guard !session.isFrozen || entry.time <= session.now, sieve.passes(entry) else { return }
        if common.format == .json {
          Output.line(String(decoding: line, as: UTF8.self))
        } else {
          listing.add(entry, zone)
        }
      }
      if common.format != .json { session.show(listing) }
    }
  }
}

private struct JournalShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Shows all records of one contact, or the record of a number, in full.",
    discussion: """
      Examples:
        dunningd journal show 4k2m9q0r7t1v3x5z
        dunningd journal show 17 --format json
        dunningd journal show 4k2m9q0r7t1v3x5z --message > mail.eml
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var asOf: AsOfOption

  @Argument(help: ArgumentHelp("A contact's id, or a record's seq.", valueName: "contact|seq"))
  var name: String

  @Flag(help: "Prints the message as it was sent.")
  var message = false

  func run() throws {
    try reporting {
      let session = try Session(common, asOf: asOf.time)
      var found: [(Entry, String)] = []
      let search = Int(name).map { JournalSearch(seq: $0) } ?? JournalSearch(contact: name)
      func look(_ search: JournalSearch) throws {
        try session.search(search) { entry, line in
          guard !session.isFrozen || entry.time <= session.now else { return }
          guard entry.contact == name || String(entry.seq) == name else { return }
          found.append((entry, String(decoding: line, as: UTF8.self)))
        }
      }
      try look(search)
      // A contact's id may look like a number.
      if found.isEmpty, search.seq != nil { try look(JournalSearch(contact: name)) }
      guard !found.isEmpty else {
        throw CommandFailure(.data, "the journal has no contact and no record \"\(name)\"")
      }
      if message { return try printMessage(session, found.map(\.0)) }
      for (entry, line) in found {
        if common.format == .json { Output.line(line) } else { show(entry) }
      }
    }
  }

  private func show(_ entry: Entry) {
    Output.line(common.terminal.paint("\(entry.seq)  \(entry.time)  \(entry.type)", .bold))
    for member in entry.record.members where !["seq", "time", "type"].contains(member.name) {
      Output.line("  \(member.name): " + (member.value.string ?? member.value.text).printable)
    }
  }

  private func printMessage(_ session: Session, _ found: [Entry]) throws(CommandFailure) {
    var sha256 = ""
    for entry in found {
      if case .contactIntended(let intended) = entry.event { sha256 = intended.sha256 }
    }
    guard !sha256.isEmpty else {
      throw CommandFailure(.data, "record \"\(name)\" has no message: name a contact that was sent by e-mail")
    }
    let bytes: [UInt8]?
    do throws(JournalFault) {
      bytes = try MessageStore(session.state.messages, on: PosixDisk()).read(sha256)
    } catch {
      throw CommandFailure(error)
    }
    guard let bytes else { throw CommandFailure(.data, "the message of contact \(name) is no longer kept") }
    Output.text(String(decoding: bytes, as: UTF8.self))
  }
}

private struct JournalFollow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "follow",
    abstract: "Prints new records as they are written, until it is interrupted.",
    discussion: """
      Example:
        dunningd journal follow --type contact
      """)

  @OptionGroup var common: CommonOptions
  /// New records come when they come; it is there for scripts that pass it to all commands.
  @OptionGroup var asOf: AsOfOption
  @OptionGroup var filter: JournalFilter

  /// Microseconds between two looks.
  private static let pause: UInt32 = 200_000

  func run() throws {
    try reporting {
      let session = try Session(common, asOf: asOf.time)
      var sieve = RecordSieve(filter, zone: session.policy.company.zone)
      let zone = session.policy.company.zone
      // Only a sieve that follows somebody's contacts has to know those of old.
      var reading =
        filter.customer == nil && filter.invoice == nil
        ? try session.journalReading() : try session.journalReading { entry, _ in _ = sieve.passes(entry) }
      while true {
        do throws(JournalFault) {
          try reading.more { entry, line in
            guard sieve.passes(entry) else { return }
            if common.format == .json {
              Output.line(String(decoding: line, as: UTF8.self))
            } else {
              var listing = Listing.records
              listing.add(entry, zone)
              Output.line(listing.rows.map { $0.cells.joined(separator: "  ").printable }.joined())
            }
          }
        } catch {
          throw CommandFailure(error)
        }
        usleep(Self.pause)
      }
    }
  }
}

extension Listing {
  fileprivate static var records: Listing {
    Listing(
      [
        .init("SEQ", right: true), .init("TIME"), .init("TYPE"), .init("CUSTOMER", least: 8), .init("ABOUT", least: 12),
      ], names: ["seq", "time", "type", "customer", "about"], empty: "No record fits.")
  }

  fileprivate mutating func add(_ entry: Entry, _ zone: Zone) {
    let customer = entry.record["customer"]?.string ?? ""
    var fields: [(String, JSONValue)] = [
      ("seq", .int(entry.seq)), ("time", .instant(entry.time)), ("type", .string(entry.type)),
      ("customer", .string(customer)),
    ]
    fields.append(("about", .string(entry.summary)))
    let local = zone.civil(entry.time)
    rows.append(Row([String(entry.seq), "\(local.day) \(local.clock)", entry.type, customer, entry.summary], fields))
  }
}
