package dev.topics.bench.storage;

import dev.topics.engine.Engine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `storage open`: opens a store once, in a JVM that has just started, and says what that took.
///
/// Nothing is done in the background, so the next opening finds the same.
@Command(name = "open", description = "Opens a store once; says how long that took.")
final class OpenCommand implements Callable<Integer> {
  private static final String RESULT = "opened";

  @Parameters(description = "The data directory.")
  private Path directory = Path.of("");

  @Option(names = "--file-bytes", defaultValue = "67108864")
  private int journalFileBytes;

  /// What an opening took, and what the JVM held afterwards.
  record Opened(double millis, Memory memory) {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    long start = System.nanoTime();
    try (Engine engine =
        Engine.open(directory, StorageRig.options(journalFileBytes).withBackground(false))) {
      long nanos = System.nanoTime() - start;
      Memory memory = Memory.now();
      System.out.printf(
          Locale.ROOT,
          "%s %d %d %d %d%n",
          RESULT,
          nanos,
          memory.heapBytes(),
          memory.nativeBytes(),
          engine.topicCount());
    }
    return 0;
  }

  /// Opens a store in a JVM of its own, with the options of this one's and its memory tracked.
  static Opened inAnotherJvm(Path directory, int journalFileBytes)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-XX:+UseCompactObjectHeaders");
    command.add("-XX:NativeMemoryTracking=summary");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add("dev.topics.bench.Main");
    command.addAll(List.of("storage", "open", directory.toString()));
    command.addAll(List.of("--file-bytes", Integer.toString(journalFileBytes)));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException("not opened: " + output);
    }
    for (String line : output.lines().toList()) {
      String[] words = line.split(" ");
      if (words[0].equals(RESULT)) {
        Memory memory = new Memory(Long.parseLong(words[2]), Long.parseLong(words[3]));
        return new Opened(Long.parseLong(words[1]) / 1e6, memory);
      }
    }
    throw new IOException("no word of the opening: " + output);
  }
}
