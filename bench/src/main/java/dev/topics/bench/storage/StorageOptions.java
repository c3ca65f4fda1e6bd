package dev.topics.bench.storage;

import dev.topics.storage.pack.PackOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/// The options of all that measures a store in this JVM.
final class StorageOptions {
  @Option(
      scope = ScopeType.INHERIT,
      names = "--directory",
      description = "Where; a temporary directory by default. What is written is removed.")
  private Path parent = Path.of(System.getProperty("java.io.tmpdir"));

  @Option(
      scope = ScopeType.INHERIT,
      names = "--journal-file-kilobytes",
      defaultValue = "65536",
      description = "Size of a file of the journal; default ${DEFAULT-VALUE}, as in a server.")
  private int journalFileKilobytes;

  @Option(
      scope = ScopeType.INHERIT,
      names = "--small-run-kilobytes",
      defaultValue = "256",
      description = "Runs below are merged; default ${DEFAULT-VALUE}, as in a server.")
  private int smallRunKilobytes;

  Path newDirectory() throws IOException {
    Files.createDirectories(parent);
    return Files.createTempDirectory(parent, "topics-storage-");
  }

  /// How packs are merged.
  PackOptions packs() {
    PackOptions defaults = PackOptions.defaults();
    return defaults.withMerges(defaults.mergePacks(), (long) smallRunKilobytes << 10);
  }

  int journalFileBytes() {
    return journalFileKilobytes << 10;
  }
}
