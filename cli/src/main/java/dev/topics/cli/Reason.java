package dev.topics.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;

/// Why something failed, for people.
final class Reason {
  private Reason() {}

  /// What happened, also where the message of a failure is no more than the name of a file.
  static String of(IOException failure) {
    Throwable cause = failure.getCause();
    return switch (failure) {
      case NoSuchFileException file -> "there is no " + file.getFile();
      case AccessDeniedException file -> "no permission for " + file.getFile();
      case FileAlreadyExistsException file -> file.getFile() + " is not a directory";
      default -> failure.getMessage() + (cause == null ? "" : ": " + cause.getMessage());
    };
  }
}
