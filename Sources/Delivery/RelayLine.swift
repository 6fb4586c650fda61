import CCurl
import Glibc

/// An open line to a relay that has let us in. Never waits.
protocol RelayLine: AnyObject {
  /// What to poll; -1 for nothing.
  var socket: Int32 { get }
  /// What has come may not show on the socket.
  var isEncrypted: Bool { get }
  /// Hands over as much as goes at once.
  func send(_ bytes: UnsafeRawBufferPointer) throws(LineFault) -> Int
  /// Puts into `buffer` what has come; 0 when there is nothing yet.
  func receive(_ buffer: UnsafeMutableRawBufferPointer) throws(LineFault) -> Int
}

/// Why a line gives or takes no more.
enum LineFault: Error, Equatable {
  case timedOut
  /// The other side closed it in order.
  case closed
  /// It said what nobody had asked for, or more than anybody could want to hear.
  case outOfStep
  /// libcurl's code, and words.
  case lost(curlCode: Int, words: String)
}

/// The line that a libcurl handle opened, with its encryption if it has one.
final class CurlLine: RelayLine {
  let socket: Int32
  let isEncrypted: Bool
  private let handle: UnsafeMutableRawPointer
  private let errorText: UnsafeMutablePointer<CChar>

  /// - Parameters:
  ///   - handle: connected with CURLOPT_CONNECT_ONLY; outlives the line.
  ///   - errorText: its CURLOPT_ERRORBUFFER.
  init(
    _ handle: UnsafeMutableRawPointer, socket: Int32, isEncrypted: Bool, errorText: UnsafeMutablePointer<CChar>
  ) {
    self.handle = handle
    self.socket = socket
    self.isEncrypted = isEncrypted
    self.errorText = errorText
  }

  func send(_ bytes: UnsafeRawBufferPointer) throws(LineFault) -> Int {
    var count = 0
    switch curl_easy_send(handle, bytes.baseAddress, bytes.count, &count) {
    case CURLE_OK: return count
    case CURLE_AGAIN: return 0
    case let code: throw lost(code)
    }
  }

  func receive(_ buffer: UnsafeMutableRawBufferPointer) throws(LineFault) -> Int {
    var count = 0
    switch curl_easy_recv(handle, buffer.baseAddress, buffer.count, &count) {
    case CURLE_OK:
      guard count > 0 else { throw .closed }
      return count
    case CURLE_AGAIN: return 0
    case let code: throw lost(code)
    }
  }

  private func lost(_ code: CURLcode) -> LineFault {
    let words = errorText[0] == 0 ? String(cString: curl_easy_strerror(code)) : String(cString: errorText)
    return .lost(curlCode: Int(code.rawValue), words: words)
  }
}
