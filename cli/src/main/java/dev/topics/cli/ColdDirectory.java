package dev.topics.cli;

import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.FileDisk;
import dev.topics.storage.pack.JoinedDisk;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Where the server has moved old packs to, for commands that read a data directory.
final class ColdDirectory {
  @Option(
      names = "--cold-dir",
      paramLabel = "DIR",
      description = "The cold directory of the server, if it has one; default TOPICS_COLD_DIR.")
  private @Nullable Path directory;

  /// Null if there is none.
  @Nullable Path named() {
    String given = System.getenv().getOrDefault("TOPICS_COLD_DIR", "");
    return directory == null && !given.isEmpty() ? Path.of(given) : directory;
  }

  boolean isNamed() {
    return named() != null;
  }

  /// How to name it again, with a space behind; empty if there is none.
  String flag() {
    return isNamed() ? "--cold-dir " + named() + " " : "";
  }

  /// A data directory with what was moved away from it; nothing is changed in the cold one.
  ///
  /// @throws IOException if one of the directories is not there
  Disk open(Path dataDirectory) throws IOException {
    Disk data = FileDisk.openExisting(dataDirectory);
    Path cold = named();
    return cold == null ? data : JoinedDisk.of(data, FileDisk.openExisting(cold));
  }
}
