package dev.topics.bench.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.bench.remote.ClassPathServer;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// What measures must not rot: each with tiny input. Times are not looked at.
final class StorageCommandTest {
  @TempDir private Path directory;

  @Test
  void recoveryIsMeasured() {
    run("recovery", "--records", "3000", "--tail-megabytes", "1", "--openings", "1");
  }

  @Test
  void manyTopicsAreMeasured() {
    run("topics", "--topics", "100", "--appends", "100", "--rounds", "1");
  }

  @Test
  void deletesAreMeasured() {
    run("deletes", "--records", "10000", "--topics", "1");
  }

  @Test
  void reclaimIsMeasured() {
    run("reclaim", "--megabytes", "4", "--seconds", "1");
  }

  @Test
  void pacedWritesAreMeasured() {
    String printed =
        printedBy(() -> run("writes", "--topics", "2", "--warm-up", "0.1", "--seconds", "0.1"));
    assertThat(printed).as("each of what is measured, the last too").contains(" ms (100); ");
    assertThat(printed).as("what was written, by kind").contains("= frames ", " + checkpoints ");
  }

  @Test
  void readsOfPacksAreMeasured() {
    run("deep-diff", "--records", "10000", "--rounds", "1");
  }

  @Test
  void restartsAreMeasured() throws Exception {
    new RestartBench(ClassPathServer::start, directory).run(2000);
  }

  private static String printedBy(Runnable run) {
    PrintStream before = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      run.run();
    } finally {
      System.setOut(before);
    }
    return printed.toString(StandardCharsets.UTF_8);
  }

  /// Runs a command on files of the journal that are full soon; it leaves nothing behind.
  private void run(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--directory", directory.toString()));
    all.addAll(List.of("--journal-file-kilobytes", "512"));
    int exit = new CommandLine(new StorageCommand()).execute(all.toArray(String[]::new));
    assertThat(exit).isZero();
    assertThat(directory).isEmptyDirectory();
  }
}
