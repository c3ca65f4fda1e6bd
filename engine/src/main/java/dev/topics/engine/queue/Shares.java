package dev.topics.engine.queue;

/// How many jobs each of several claimants gets.
final class Shares {
  private Shares() {}

  /// Each as much as it wants, in turn, as long as there is something.
  static int[] firstComeFirstServed(int[] wants, int jobs) {
    int[] shares = new int[wants.length];
    int left = jobs;
    for (int i = 0; i < wants.length; i++) {
      shares[i] = Math.min(wants[i], left);
      left -= shares[i];
    }
    return shares;
  }

  /// Each in proportion to what it wants; what cannot be divided goes to those with the largest
  /// fractions, the first ones of equals.
  static int[] proportional(int[] wants, int jobs) {
    long sum = 0;
    for (int want : wants) {
      sum += want;
    }
    if (jobs >= sum) {
      return wants.clone();
    }
    int[] shares = new int[wants.length];
    long[] fractions = new long[wants.length];
    int left = jobs;
    for (int i = 0; i < wants.length; i++) {
      long part = (long) wants[i] * jobs;
      shares[i] = (int) (part / sum);
      fractions[i] = part % sum;
      left -= shares[i];
    }
    for (; left > 0; left--) {
      int largest = 0;
      for (int i = 1; i < wants.length; i++) {
        if (fractions[i] > fractions[largest]) {
          largest = i;
        }
      }
      shares[largest]++;
      fractions[largest] = -1;
    }
    return shares;
  }
}
