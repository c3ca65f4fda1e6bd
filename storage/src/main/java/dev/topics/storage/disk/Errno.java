package dev.topics.storage.disk;

/// Turns what a call returned into an exception that says what went wrong where.
final class Errno {
  private Errno() {}

  /// Returns `result` unless it is a negative `errno`.
  static long check(long result, String what, String path) throws DiskException {
    if (result >= 0) {
      return result;
    }
    int errno = (int) -result;
    String message = "cannot %s: %s: %s".formatted(what, path, describe(errno));
    throw switch (errno) {
      case Libc.ENOSPC, Libc.EDQUOT -> new DiskFullException(message);
      case Libc.EMFILE, Libc.ENFILE, Libc.ENOMEM -> new ProcessExhaustedException(message);
      default -> new DiskFailedException(message);
    };
  }

  private static String describe(int errno) {
    return switch (errno) {
      case Libc.ENOSPC -> "no space left on device";
      case Libc.EDQUOT -> "disk quota exceeded";
      case Libc.EIO -> "input/output error";
      case Libc.EFAULT -> "bytes that cannot be read";
      case Libc.EACCES -> "permission denied";
      case Libc.ENOENT -> "no such file or directory";
      case Libc.EEXIST -> "file exists";
      case Libc.EMFILE -> "too many open files";
      case Libc.ENFILE -> "too many open files in system";
      case Libc.ENOMEM -> "not enough memory";
      default -> "errno " + errno;
    };
  }
}
