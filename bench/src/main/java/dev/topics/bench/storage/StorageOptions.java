package dev.topics.bench.storage;

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

  Path newDirectory() throws IOException {
    Files.createDirectories(parent);
    return Files.createTempDirectory(parent, "topics-storage-");
  }

  int journalFileBytes() {
    return journalFileKilobytes << 10;
  }
}
