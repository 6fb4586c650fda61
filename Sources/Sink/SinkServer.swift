import Glibc
import Synchronization

/// An SMTP server that delivers nowhere: each accepted message becomes a file.
///
/// Plain SMTP on 127.0.0.1, a thread a connection. For the demonstration and for tests: it does what RFC 5321 asks of
/// a minimal server (section 4.5.1), and trusts nobody with more than loopback.
///
/// In its folder: `000001.eml` and so on, the message as it was before dots were doubled, and `index.jsonl`, a line
/// for each: `{"file":"000001.eml","connection":1,"sender":"a@x","recipients":["b@y"],"size":123}`.
package final class SinkServer: Sendable {
  /// Why a sink could not start.
  package struct Fault: Error, CustomStringConvertible {
    package let description: String
  }

  /// Where it listens, on 127.0.0.1.
  package let port: Int
  let store: SinkStore
  let script: SinkScript
  private let listener: Int32
  private let state = Mutex(State())

  private struct State {
    var sockets: Set<Int32> = []
    var threads: [pthread_t] = []
    var connections = 0
    var isStopped = false
  }

  /// Starts listening. `folder` is made when it is not there; `port` 0 takes any that is free.
  package init(folder: String, port: Int = 0, script: SinkScript = .healthy) throws(Fault) {
    store = try SinkStore(folder: folder)
    self.script = script
    (listener, self.port) = try SinkServer.listen(port: port)
    start { $0.acceptAll() }
  }

  deinit { close(listener) }

  /// The messages kept so far, oldest first.
  package var messages: [SinkMessage] { store.messages }

  /// Ends all conversations and waits for their threads. Afterwards the folder does not change any more.
  package func stop() {
    let threads = state.withLock { state in
      state.isStopped = true
      shutdown(listener, Int32(SHUT_RDWR))
      for socket in state.sockets { shutdown(socket, Int32(SHUT_RDWR)) }
      defer { state.threads = [] }
      return state.threads
    }
    for thread in threads { pthread_join(thread, nil) }
    // The accepting thread may have started one more while it ended.
    let late = state.withLock { state in
      defer { state.threads = [] }
      return state.threads
    }
    for thread in late { pthread_join(thread, nil) }
  }

  private func acceptAll() {
    while true {
      let socket = accept(listener, nil, nil)
      if socket < 0 {
        if errno == EINTR || errno == ECONNABORTED { continue }
        return
      }
      let number = state.withLock { state -> Int? in
        if state.isStopped { return nil }
        state.connections += 1
        state.sockets.insert(socket)
        return state.connections
      }
      guard let number else {
        close(socket)
        return
      }
      start { server in
        var session = SinkSession(server: server, socket: socket, number: number)
        session.run()
        server.state.withLock { state in
          _ = state.sockets.remove(socket)
          close(socket)
        }
      }
    }
  }

  // MARK: The system

  private final class Job {
    let server: SinkServer
    let body: @Sendable (SinkServer) -> Void
    init(_ server: SinkServer, _ body: @escaping @Sendable (SinkServer) -> Void) {
      self.server = server
      self.body = body
    }
  }

  private func start(_ body: @escaping @Sendable (SinkServer) -> Void) {
    let job = Unmanaged.passRetained(Job(self, body))
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    var thread = pthread_t()
    let failure = pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        let job = Unmanaged<Job>.fromOpaque(context).takeRetainedValue()
        job.body(job.server)
        return nil
      }, job.toOpaque())
    pthread_sigmask(SIG_SETMASK, &before, nil)
    if failure == 0 {
      state.withLock { $0.threads.append(thread) }
    } else {
      job.release()
    }
  }

  private static func listen(port: Int) throws(Fault) -> (socket: Int32, port: Int) {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard listener >= 0 else { throw Fault(description: "the sink gets no socket: \(reason())") }
    var yes: Int32 = 1
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let failure = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(listener, address, size) != 0 || Glibc.listen(listener, 64) != 0
          || getsockname(listener, address, &size) != 0
      }
    }
    if failure {
      let fault = Fault(description: "the sink cannot listen on 127.0.0.1:\(port): \(reason())")
      close(listener)
      throw fault
    }
    return (listener, Int(UInt16(bigEndian: address.sin_port)))
  }

  static func reason() -> String { String(cString: strerror(errno)) }
}
