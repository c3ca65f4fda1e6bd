package dev.topics.bench.watch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// What Linux knows of a process.
public final class ProcessFacts {
  private static final int STILL_LOOKS = 5;
  private static final long LOOK_MILLIS = 200;
  private static final long STILL_BYTES = 256 << 10;

  /// For an answer of a few lines.
  private static final long ANSWER_SECONDS = 30;

  private ProcessFacts() {}

  /// Bytes of memory that it occupies, after a collection of its garbage if it is a JVM of ours.
  /// The collector gives memory back in the background, so this waits until no more of it comes.
  public static long residentBytes(long pid) throws IOException, InterruptedException {
    jcmd(pid, "GC.run");
    long least = occupiedBytes(pid);
    for (int still = 0; still < STILL_LOOKS; still++) {
      Thread.sleep(LOOK_MILLIS);
      long now = occupiedBytes(pid);
      if (now < least - STILL_BYTES) {
        still = 0;
      }
      least = Math.min(least, now);
    }
    return least;
  }

  /// What a JVM says of its heap: how much it has from the system, and how much is in use. Empty
  /// for other processes.
  static String heap(long pid) throws IOException, InterruptedException {
    return jcmd(pid, "GC.heap_info")
        .lines()
        .filter(line -> line.contains("committed"))
        .map(line -> line.replaceAll(" *\\[.*", "").strip())
        .findFirst()
        .orElse("");
  }

  /// What the JVM says to `command`; an error, if it is none. What it says fits into a pipe.
  private static String jcmd(long pid, String command) throws IOException, InterruptedException {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    Process asked =
        new ProcessBuilder(jcmd.toString(), Long.toString(pid), command)
            .redirectErrorStream(true)
            .start();
    if (!asked.waitFor(ANSWER_SECONDS, TimeUnit.SECONDS)) {
      asked.destroyForcibly();
      throw new IOException("process " + pid + " has not answered " + command);
    }
    return new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  private static long occupiedBytes(long pid) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"))) {
      if (line.startsWith("VmRSS:")) {
        return 1024 * Long.parseLong(line.replaceAll("[^0-9]", ""));
      }
    }
    throw new IOException("no VmRSS for process " + pid);
  }

  /// Open file descriptors.
  static long descriptors(long pid) throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
      return open.count();
    }
  }
}
