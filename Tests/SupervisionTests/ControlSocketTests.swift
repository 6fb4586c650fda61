import Foundation
import Testing

@testable import Supervision

@Suite("The control socket")
struct ControlSocketTests {
  private let path = NSTemporaryDirectory() + "dunningd-control-\(UUID().uuidString.prefix(8))"

  @Test("a caller's line is answered, and the kernel says who calls")
  func answered() async throws {
    let socket = try ControlSocket(path, group: "no such group")
    let caller = Task.detached { [path] in try ControlSocket.ask(path, "how are you", patience: .seconds(10)) }
    var seen: ControlSocket.Caller?
    while seen == nil {
      Signals.wait(.milliseconds(20), listeners: socket.descriptors)
      socket.attend { who, line in
        seen = who
        return "you said: \(line)"
      }
    }
    #expect(try await caller.value == "you said: how are you")
    #expect(seen == ControlSocket.Caller(process: getpid(), user: getuid()))
  }

  @Test("only owner and group may call; the socket is gone with its listener")
  func mode() throws {
    do {
      let socket = try ControlSocket(path, group: "no such group")
      var status = stat()
      try #require(stat(path, &status) == 0)
      #expect(status.st_mode & 0o777 == 0o660)
      #expect(!socket.descriptors.isEmpty)
    }
    #expect(access(path, F_OK) != 0)
  }

  @Test("where nobody listens, or only a dead socket lies, one is alone")
  func alone() throws {
    #expect(performing { try ControlSocket.ask(path, "x", patience: .seconds(1)) }?.isAlone == true)
    // What a daemon that was killed left behind is taken over.
    let dead = try #require(UnixAddress(path))
    let descriptor = UnixAddress.socket(SOCK_STREAM)
    #expect(dead.with { bind(descriptor, $0, $1) } == 0)
    close(descriptor)
    #expect(performing { try ControlSocket.ask(path, "x", patience: .seconds(1)) }?.isAlone == true)
    let socket = try ControlSocket(path, group: "no such group")
    #expect(!socket.descriptors.isEmpty)
    // A living one, or anything else, is not.
    #expect(performing { try ControlSocket(path, group: "no such group") }?.what.contains("another program") == true)
  }

  @Test("a file where the socket should be stays, and is named")
  func occupied() throws {
    try "mine".write(toFile: path, atomically: true, encoding: .utf8)
    defer { unlink(path) }
    #expect(performing { try ControlSocket(path, group: "g") }?.what.contains("stays") == true)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "mine")
  }

  @Test("a caller who says nothing is not waited for long, one who says too much is not heard")
  func silent() async throws {
    let socket = try ControlSocket(path, group: "no such group")
    let caller = Task.detached { [path] in
      performing { try ControlSocket.ask(path, String(repeating: "x", count: 100_000), patience: .seconds(10)) }
    }
    var answered = false
    for _ in 0..<20 {
      Signals.wait(.milliseconds(20), listeners: socket.descriptors)
      socket.attend { _, _ in
        answered = true
        return ""
      }
    }
    #expect(await caller.value != nil)
    #expect(!answered)
  }

  @Test("a path that is too long is refused in words")
  func tooLong() {
    let fault = performing { _ = try ControlSocket("/tmp/" + String(repeating: "x", count: 120), group: "g") }
    #expect(fault?.what.contains("too long") == true)
  }
}

/// What it throws; nil when it does not.
private func performing<Value>(_ body: () throws -> Value) -> ControlFault? {
  do { _ = try body() } catch { return error as? ControlFault }
  return nil
}
