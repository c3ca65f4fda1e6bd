package dev.topics.storage.pack;

import dev.topics.storage.disk.NewFile;

/// The names of packs.
final class PackNames {
  static final String DIRECTORY = "packs";
  private static final String SUFFIX = ".pack";
  private static final int DIGITS = 10;
  private static final long ID_MAX = 9_999_999_999L;

  private PackNames() {}

  static String name(long id) {
    if (id < 1 || id > ID_MAX) {
      throw new IllegalArgumentException("pack " + id);
    }
    return DIRECTORY + "/" + "%010d".formatted(id) + SUFFIX;
  }

  static boolean isUnfinished(String nameInDirectory) {
    return nameInDirectory.endsWith(SUFFIX + NewFile.SUFFIX);
  }

  /// The id in a name, or -1 if it is not the name of a pack.
  static long id(String nameInDirectory) {
    if (nameInDirectory.length() != DIGITS + SUFFIX.length() || !nameInDirectory.endsWith(SUFFIX)) {
      return -1;
    }
    long id = 0;
    for (int i = 0; i < DIGITS; i++) {
      int digit = nameInDirectory.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      id = id * 10 + digit;
    }
    return id >= 1 ? id : -1;
  }
}
