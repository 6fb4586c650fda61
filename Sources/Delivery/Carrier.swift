/// Who hands over one message at a time, on one thread.
protocol Carrier: AnyObject {
  /// A connection may be open.
  var isOpen: Bool { get }
  func deliver(_ envelope: Envelope) -> DeliveryResult
  /// Says goodbye and closes.
  func close()
}

/// How messages of one way are carried.
struct Carriage: Sendable {
  /// How many at the same time, each with a thread of its own.
  var connections: Int
  /// A connection without work for so long is closed.
  var idleTimeout: Duration
  /// Makes one, on its thread; it is to stop what has not begun when it is told so.
  var carrier: @Sendable (_ isStopping: @escaping @Sendable () -> Bool) -> any Carrier

  static func webhook(_ endpoint: WebhookEndpoint) -> Carriage {
    Carriage(connections: 1, idleTimeout: .seconds(1)) { WebhookConnection(endpoint, isStopping: $0) }
  }
}
