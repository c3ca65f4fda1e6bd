package dev.topics.cli;

import dev.topics.engine.model.InconsistentLogException;
import dev.topics.storage.disk.RefusedException;
import dev.topics.storage.journal.DamagedException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/// Why something failed, for people.
final class Reason {
  private Reason() {}

  /// What happened, also where the message of a failure is no more than the name of a file.
  static String of(Exception failure) {
    Throwable cause = failure.getCause();
    return switch (failure) {
      case DamagedException damaged -> "stored data is damaged: " + damaged.getMessage();
      case InconsistentLogException _ -> "stored data contradicts itself: " + failure.getMessage();
      case RefusedException refused -> "stored data cannot be used: " + refused.getMessage();
      case NoSuchFileException file -> "there is no " + missing(Path.of(file.getFile()));
      case AccessDeniedException file -> "no permission for " + file.getFile();
      case FileAlreadyExistsException file -> file.getFile() + " is not a directory";
      case NotDirectoryException file -> file.getFile() + " is not a directory";
      case DirectoryNotEmptyException file -> file.getFile() + " is not empty";
      case CharacterCodingException _ -> "a file is not UTF-8";
      default -> failure.getMessage() + (cause == null ? "" : ": " + cause.getMessage());
    };
  }

  /// A file that was to be made lacks its directory.
  private static String missing(Path file) {
    Path parent = file.toAbsolutePath().getParent();
    boolean homeless = parent != null && !Files.exists(parent);
    return homeless ? "directory " + file.getParent() : file.toString();
  }
}
