import Foundation
import Testing

@testable import Supervision

@Suite("Telling systemd")
struct NotifySocketTests {
  /// A datagram socket at `address`, as systemd has one.
  private func listener(_ address: String) throws -> Int32 {
    let socket = UnixAddress.socket(SOCK_DGRAM)
    let place = try #require(UnixAddress(address))
    try #require(place.with { bind(socket, $0, $1) } == 0)
    return socket
  }

  @Test("all assignments go as one datagram, to a path or an abstract name", arguments: [false, true])
  func told(isAbstract: Bool) throws {
    let name = "dunningd-notify-\(UUID().uuidString.prefix(8))"
    let address = isAbstract ? "@" + name : NSTemporaryDirectory() + name
    let socket = try listener(address)
    defer {
      close(socket)
      unlink(address)
    }
    NotifySocket { $0 == "NOTIFY_SOCKET" ? address : nil }.tell("READY=1", "STATUS=two\nlines")
    var bytes = [UInt8](repeating: 0, count: 1000)
    let count = recv(socket, &bytes, bytes.count, Int32(MSG_DONTWAIT))
    #expect(String(decoding: bytes.prefix(max(0, count)), as: UTF8.self) == "READY=1\nSTATUS=two lines")
  }

  @Test("the watchdog is fed at half its time, and only by the process that it watches")
  func watchdog() {
    func interval(_ process: String?) -> Duration? {
      NotifySocket { ["WATCHDOG_USEC": "60000000", "WATCHDOG_PID": process][$0] ?? nil }.watchdogInterval
    }
    #expect(interval(nil) == .seconds(30))
    #expect(interval("\(getpid())") == .seconds(30))
    #expect(interval("1") == nil)
  }

  @Test("nobody listening is no failure")
  func nobody() {
    NotifySocket { _ in nil }.tell("READY=1")
    NotifySocket { $0 == "NOTIFY_SOCKET" ? "/nonexistent/socket" : nil }.tell("READY=1")
  }
}
