import CCurl
import Glibc

/// An open line to a relay that has let us in: bytes out, bytes in.
protocol RelayLine: AnyObject {
  /// Hands over bytes until `deadline` (of `Monotonic.now`); how many were taken, and what kept the rest back.
  func send(_ bytes: UnsafeRawBufferPointer, until deadline: Duration) -> (count: Int, fault: LineFault?)
  /// Waits until `deadline` for bytes, at least one, and puts them into `buffer`; how many.
  ///
  /// - Parameter isStopping: asked once a second; true ends the wait.
  func receive(
    _ buffer: UnsafeMutableRawBufferPointer, until deadline: Duration, isStopping: () -> Bool
  ) throws(LineFault) -> Int
}

/// Why a line gave or took no more.
enum LineFault: Error, Equatable {
  case timedOut
  /// The other side closed it in order.
  case closed
  case stopped
  /// libcurl's code, the system's number (0 for none), and words.
  case lost(curlCode: Int, systemError: Int, words: String)
}

/// The line that a libcurl handle opened, with its encryption if it has one. Belongs to the thread of the handle.
final class CurlLine: RelayLine {
  private let handle: UnsafeMutableRawPointer
  private let socket: Int32
  private let errorText: UnsafeMutablePointer<CChar>

  /// - Parameters:
  ///   - handle: connected with CURLOPT_CONNECT_ONLY; outlives the line.
  ///   - errorText: its CURLOPT_ERRORBUFFER.
  init(_ handle: UnsafeMutableRawPointer, socket: Int32, errorText: UnsafeMutablePointer<CChar>) {
    self.handle = handle
    self.socket = socket
    self.errorText = errorText
  }

  func send(_ bytes: UnsafeRawBufferPointer, until deadline: Duration) -> (count: Int, fault: LineFault?) {
    var count = 0
    errorText[0] = 0
    while count < bytes.count {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[count...])
      var taken = 0
      let code = curl_easy_send(handle, rest.baseAddress, rest.count, &taken)
      count += taken
      switch code {
      case CURLE_OK: break
      case CURLE_AGAIN:
        guard wait(Int16(POLLOUT), until: deadline) else { return (count, .timedOut) }
      default: return (count, lost(code))
      }
    }
    return (count, nil)
  }

  func receive(
    _ buffer: UnsafeMutableRawBufferPointer, until deadline: Duration, isStopping: () -> Bool
  ) throws(LineFault) -> Int {
    errorText[0] = 0
    while true {
      var count = 0
      // Asked before the socket is: what was encrypted together may have come already.
      let code = curl_easy_recv(handle, buffer.baseAddress, buffer.count, &count)
      switch code {
      case CURLE_OK:
        guard count > 0 else { throw .closed }
        return count
      case CURLE_AGAIN:
        if isStopping() { throw .stopped }
        let now = Monotonic.now
        guard now < deadline else { throw .timedOut }
        _ = wait(Int16(POLLIN), until: min(deadline, now + .seconds(1)))
      default: throw lost(code)
      }
    }
  }

  /// False when nothing happened until then.
  private func wait(_ events: Int16, until deadline: Duration) -> Bool {
    let left = (deadline - Monotonic.now).milliseconds
    guard left > 0 else { return false }
    var ready = pollfd(fd: socket, events: events, revents: 0)
    return poll(&ready, 1, Int32(clamping: left)) != 0
  }

  private func lost(_ code: CURLcode) -> LineFault {
    let words = errorText[0] == 0 ? String(cString: curl_easy_strerror(code)) : String(cString: errorText)
    return .lost(
      curlCode: Int(code.rawValue), systemError: ccurl_get_long(handle, CURLINFO_OS_ERRNO), words: words)
  }
}

extension Duration {
  /// Whole milliseconds, rounded up.
  var milliseconds: Int {
    Int(components.seconds) * 1000 + Int((components.attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
  }
}
