package dev.topics.storage.checkpoint;

import dev.topics.storage.disk.NewFile;

/// The names of checkpoints.
final class CheckpointNames {
  static final String DIRECTORY = "checkpoints";
  private static final String SUFFIX = ".checkpoint";
  private static final int DIGITS = 10;
  private static final long GENERATION_MAX = 9_999_999_999L;

  private CheckpointNames() {}

  static String name(long generation) {
    if (generation < 1 || generation > GENERATION_MAX) {
      throw new IllegalArgumentException("generation " + generation);
    }
    return DIRECTORY + "/" + "%010d".formatted(generation) + SUFFIX;
  }

  static boolean isUnfinished(String nameInDirectory) {
    return nameInDirectory.endsWith(SUFFIX + NewFile.SUFFIX);
  }

  /// The generation in a name, or -1 if it is not the name of a checkpoint.
  static long generation(String nameInDirectory) {
    if (nameInDirectory.length() != DIGITS + SUFFIX.length() || !nameInDirectory.endsWith(SUFFIX)) {
      return -1;
    }
    long generation = 0;
    for (int i = 0; i < DIGITS; i++) {
      int digit = nameInDirectory.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      generation = generation * 10 + digit;
    }
    return generation >= 1 ? generation : -1;
  }
}
