import ArgumentParser

/// Why a command ends without having done its work: words for a person, and the exit status of sysexits(3).
struct CommandFailure: Error {
  enum Status: Int32 {
    /// A policy test that differs.
    case differs = 1
    case usage = 64
    case data = 65
    case unavailable = 69
    case bug = 70
    case inputOutput = 74
    case tryLater = 75
    case configuration = 78
  }

  let status: Status
  let message: String

  init(_ status: Status, _ message: String) {
    self.status = status
    self.message = message
  }
}
