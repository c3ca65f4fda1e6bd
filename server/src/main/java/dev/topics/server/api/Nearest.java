package dev.topics.server.api;

import java.util.Collection;

/// Finds what somebody probably meant: the known word with the smallest edit distance, where the
/// rest of a word that was cut short counts as one; of several the one that begins most like it.
final class Nearest {
  private static final int SHORT_MIN = 3;

  private Nearest() {}

  static String of(String word, Collection<String> known) {
    String nearest = "";
    int smallest = Integer.MAX_VALUE;
    for (String candidate : known) {
      boolean cutShort = word.length() >= SHORT_MIN && candidate.startsWith(word);
      int distance = cutShort ? 1 : distance(word, candidate);
      boolean closer = distance < smallest;
      if (closer || (distance == smallest && shared(word, candidate) > shared(word, nearest))) {
        smallest = distance;
        nearest = candidate;
      }
    }
    return nearest;
  }

  private static int shared(String one, String other) {
    int i = 0;
    while (i < Math.min(one.length(), other.length()) && one.charAt(i) == other.charAt(i)) {
      i++;
    }
    return i;
  }

  /// How many characters must be added, taken away or changed (Levenshtein).
  static int distance(String from, String to) {
    int[] row = new int[to.length() + 1];
    for (int j = 0; j <= to.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int changed = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[to.length()];
  }
}
