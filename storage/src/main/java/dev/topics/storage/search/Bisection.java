package dev.topics.storage.search;

import java.util.function.IntPredicate;

/// Binary search among numbers, of which those that come before what is looked for are all below
/// the others.
public final class Bisection {
  private Bisection() {}

  /// The first of the numbers from `start` to `end`, exclusive, that does not come before; `end` if
  /// all do, `start` if there are no numbers at all.
  public static int first(int start, int end, IntPredicate isBefore) {
    int low = start;
    int high = end;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (isBefore.test(middle)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
