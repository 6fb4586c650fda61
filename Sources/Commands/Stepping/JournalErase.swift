import ArgumentParser
import Daemon
import Journal
import Storage

struct JournalErase: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "erase",
    abstract: "Erases a customer's personal data from the journal and the kept messages.",
    discussion: """
      Addresses, names, what was typed and heard, and the messages as they were sent are gone for good; what was done \
      on which invoice, and when, stays, and the chain still holds. A record says that it was done, by whom and why. \
      It runs only while no daemon does. Backups are not reached.

      Example:
        systemctl stop dunningd
        dunningd journal erase K-7 --reason "request of 2 March"
        systemctl start dunningd
      """)

  @OptionGroup var common: CommonOptions
  /// What is erased is erased now; it is there for scripts that pass it to all commands.
  @OptionGroup var asOf: AsOfOption
  @OptionGroup var by: AuthorOption

  @Argument(help: ArgumentHelp("A customer's id.", valueName: "customer"))
  var customer: String

  @Option(help: ArgumentHelp("Why.", valueName: "text"))
  var reason: String

  func validate() throws {
    if reason.isBlank { throw ValidationError("erase needs --reason TEXT") }
  }

  func run() throws {
    try reporting {
      let session = try Session(common)
      let key = try session.journalKey()
      let result: JournalEraser.Result
      do throws(JournalFault) {
        result = try JournalEraser(session.state, on: PosixDisk(), key: key).erase(
          customer: customer, by: by.author, reason: reason, now: max(session.now, Clock.real.now()))
      } catch {
        throw CommandFailure(error)
      }
      if result.records + result.messages == 0 {
        Output.error("warning: nothing of customer \(customer) was in the journal: check the id")
      }
      Output.line(
        "Erased of customer \(customer): the personal parts of \(result.records.of("record")), "
          + "\(result.messages.of("kept message")), "
          + "\(result.asides.of("file that a crash had left", "files that crashes had left")).")
      // A page of the customer may lie there, and is erased only with that.
      try session.arrangeOutbox()
    }
  }
}
