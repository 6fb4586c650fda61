import Delivery
import Foundation
import Glibc
import Sink
import Testing

/// A client that writes what it is told and gives back all that comes until the end.
private func talk(to port: Int, _ text: String) -> String {
  let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
  defer { close(client) }
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_port = UInt16(port).bigEndian
  address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
  let size = socklen_t(MemoryLayout<sockaddr_in>.size)
  let isConnected = withUnsafePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(client, $0, size) == 0 }
  }
  guard isConnected else { return "no connection" }
  let bytes = Array(text.utf8)
  _ = bytes.withUnsafeBytes { send(client, $0.baseAddress, bytes.count, Int32(MSG_NOSIGNAL)) }
  var all: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 4096)
  while true {
    let count = chunk.withUnsafeMutableBytes { recv(client, $0.baseAddress, 4096, 0) }
    guard count > 0 else { return String(decoding: all, as: UTF8.self) }
    all += chunk[..<count]
  }
}

private func newFolder() -> String {
  FileManager.default.temporaryDirectory.appendingPathComponent("sink-\(UUID().uuidString)").path
}

@Suite("The sink")
struct SinkServerTests {
  private static let mail =
    "EHLO me\r\nMAIL FROM:<a@x> SIZE=9\r\nRCPT TO:<b\"@y>\r\nDATA\r\n..one\r\n\r\ntwo\n.\ntoo\r\n.\r\nQUIT\r\n"

  @Test("a message becomes a file with its dots undone, and a line of the index")
  func keeps() throws {
    let folder = newFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let sink = try SinkServer(folder: folder)
    let answers = talk(to: sink.port, Self.mail)
    sink.stop()
    #expect(answers.hasSuffix("354 end with a dot on a line of its own\r\n250 2.0.0 kept\r\n221 2.0.0 goodbye\r\n"))
    #expect(try String(contentsOfFile: folder + "/000001.eml", encoding: .utf8) == ".one\r\n\r\ntwo\n.\ntoo\r\n")
    let index = try String(contentsOfFile: folder + "/index.jsonl", encoding: .utf8)
    #expect(
      index
        == "{\"file\":\"000001.eml\",\"connection\":1,\"sender\":\"a@x\",\"recipients\":[\"b\\\"@y\"],\"size\":19}\n")
    #expect(sink.messages.map(\.recipients) == [["b\"@y"]])
  }

  @Test(
    "a script refuses, drops and lies at its stage",
    arguments: [
      (SinkStage.connect, SinkAnswer.drop, "", 0), (.rcpt, .reply("550 5.1.1 no"), "503 5.5.1 RCPT comes first", 0),
      (.dot, .reply("451 later"), "451 later", 0), (.dot, .reply("251 yes"), "251 yes", 1),
      (.dot, .keepAndDrop, "354", 1),
      (.dot, .drop, "354", 0),
    ])
  func script(stage: SinkStage, answer: SinkAnswer, words: String, kept: Int) throws {
    let folder = newFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let sink = try SinkServer(folder: folder, script: SinkScript { $0.stage == stage ? answer : .usual })
    let answers = talk(to: sink.port, Self.mail)
    sink.stop()
    #expect(words.isEmpty ? answers.isEmpty : answers.contains(words))
    #expect(sink.messages.count == kept)
  }

  @Test("mails from the postroom arrive, over several connections")
  func postroom() throws {
    let folder = newFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let sink = try SinkServer(folder: folder)
    let room = Postroom(RelaySettings(host: "127.0.0.1", port: sink.port, security: .none, connections: 3))
    for ticket in 1...20 {
      let message = Array("Subject: \(ticket)\r\n\r\n.dot\r\n".utf8)
      room.submit(Envelope(ticket: ticket, sender: "a@x", recipient: "b\(ticket)@y", message: message))
    }
    var accepted: Set<Int> = []
    while accepted.count < 20, let delivered = room.next(within: .seconds(60)) {
      #expect(delivered.result.verdict == .accepted)
      accepted.insert(delivered.ticket)
    }
    #expect(room.close(within: .seconds(30)) == [])
    sink.stop()
    #expect(Set(sink.messages.flatMap(\.recipients)) == Set((1...20).map { "b\($0)@y" }))
    for message in sink.messages {
      let number = message.recipients[0].dropFirst().dropLast(2)
      let text = try String(contentsOfFile: folder + "/" + message.file, encoding: .utf8)
      #expect(text == "Subject: \(number)\r\n\r\n.dot\r\n")
    }
  }

  @Test("stopping ends a conversation that hangs")
  func stops() throws {
    let folder = newFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let sink = try SinkServer(folder: folder, script: SinkScript { $0.stage == .mail ? .hang : .usual })
    let thread = Thread { _ = talk(to: sink.port, Self.mail) }
    thread.start()
    while !thread.isExecuting { usleep(1000) }
    sink.stop()
    #expect(talk(to: sink.port, Self.mail) == "no connection")
  }

  @Test("a port that is taken is said")
  func taken() throws {
    let folder = newFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let sink = try SinkServer(folder: folder)
    defer { sink.stop() }
    #expect(throws: SinkServer.Fault.self) { try SinkServer(folder: folder, port: sink.port) }
  }
}
