/// What becomes of the part of a minor unit that is left over in a division.
package enum Rounding: Sendable, CaseIterable {
  /// To the nearest; a half away from zero, as invoices do it: 0.5 to 1, -0.5 to -1.
  case halfUp
  /// To the nearest; a half to the even neighbour: 0.5 to 0, 1.5 to 2.
  case halfEven
  /// Towards zero: 0.9 to 0, -0.9 to 0.
  case down
}
