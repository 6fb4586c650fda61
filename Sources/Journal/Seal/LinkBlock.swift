/// A stretch of the links in a file of histories, with the digest by which it is known to be as it was written.
///
/// The checkpoint has a row for each: the hash that it begins with, and the first half of its digest. So a link is found
/// with one look at the file, and a changed bit is damage and not a name that nobody bore.
package struct LinkBlock: Sendable, Equatable {
  /// Rows of a full block; the last one of a file may have fewer.
  static let rowsMax = 256
  /// Bytes of a row: the link's hash, the person's.
  static let rowCount = 16

  /// Of its first byte, from where the links begin.
  package let offset: Int
  /// Bytes.
  package let length: Int
  private let digest: [UInt64]

  /// Blocks that so many rows make.
  static func count(of rows: Int) -> Int { rows / rowsMax + (rows % rowsMax == 0 ? 0 : 1) }

  /// The rows that the checkpoint has of a file's links.
  static func words(of links: [UInt8], _ function: ChainFunction) -> [UInt64] {
    links.withUnsafeBytes { raw in
      stride(from: 0, to: raw.count, by: rowsMax * rowCount).flatMap { start in
        let block = UnsafeRawBufferPointer(rebasing: raw[start..<min(raw.count, start + rowsMax * rowCount)])
        return [UInt64(littleEndian: block.loadUnaligned(as: UInt64.self))] + digest(of: block, function)
      }
    }
  }

  /// - Parameters:
  ///   - rows: how many links the file has.
  ///   - first: where in the table its blocks begin.
  static func holding(_ wanted: UInt64, of rows: Int, in table: SealTable, from first: Int) -> [LinkBlock] {
    let all = first..<(first + count(of: rows))
    // Rows of one hash may begin at the end of a block and go on in the next ones.
    let behind = table.rows(of: wanted, in: all)
    return (max(first, behind.lowerBound - 1)..<behind.upperBound).map { index in
      let start = (index - first) * rowsMax
      return LinkBlock(
        offset: start * rowCount, length: min(rowsMax, rows - start) * rowCount,
        digest: Array(table.row(index).suffix(2)))
    }
  }

  /// What the rows of that hash lead to.
  ///
  /// - Returns: nil when these bytes are not as they were written. Without the key of a keyed chain they are believed.
  package func people(of wanted: UInt64, in bytes: [UInt8], of checkpoint: Checkpoint) -> [UInt64]? {
    bytes.withUnsafeBytes { raw in
      guard raw.count == length, checkpoint.function.map({ Self.digest(of: raw, $0) == digest }) ?? true else {
        return nil
      }
      let table = SealTable(width: 2, bytes: raw)
      return table.rows(of: wanted).map { table.row($0).last ?? 0 }
    }
  }

  private static func digest(of block: UnsafeRawBufferPointer, _ function: ChainFunction) -> [UInt64] {
    let bytes = function.digest(block).bytes
    return bytes.withUnsafeBytes { raw in
      [0, 8].map { UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: $0, as: UInt64.self)) }
    }
  }
}
