package dev.topics.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Where old data goes (http-api §12).
///
/// @param directory must be there; while it is not, its data is not served, and nothing is moved
/// @param hotRetainBytes how much of the newest packed data stays in the data directory
public record ColdOptions(Path directory, long hotRetainBytes) {
  /// Whether neither directory is, or is in, the other one, whatever links and mounts they are
  /// named by.
  boolean isApartFrom(Path dataDirectory) {
    return !isWithin(directory, dataDirectory)
        && !isWithin(dataDirectory, directory)
        && !isSame(directory.resolve("packs"), dataDirectory.resolve("packs"));
  }

  private static boolean isWithin(Path inner, Path outer) {
    Path end = real(outer);
    for (Path path = real(inner); path != null; path = path.getParent()) {
      if (isSame(path, end)) {
        return true;
      }
    }
    return false;
  }

  /// Directories that are not there yet are the same if their names are.
  private static boolean isSame(Path a, Path b) {
    try {
      return a.equals(b) || (Files.exists(a) && Files.exists(b) && Files.isSameFile(a, b));
    } catch (IOException e) {
      return false;
    }
  }

  /// Without links, as far as the directory is there.
  private static Path real(Path directory) {
    Path path = directory.toAbsolutePath().normalize();
    for (Path there = path; there != null; there = there.getParent()) {
      if (Files.exists(there)) {
        try {
          return there.toRealPath().resolve(there.relativize(path));
        } catch (IOException e) {
          return path;
        }
      }
    }
    return path;
  }
}
