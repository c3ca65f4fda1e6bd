package dev.topics.bench.remote;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The CPU time a process has used, all its threads, user and system; Linux only.
public final class CpuClock {
  /// Ticks of `/proc`: 100 a second on every Linux that Java runs on.
  private static final long TICK_MICROS = 10_000;

  private static final int UTIME_FIELD = 11;

  private CpuClock() {}

  /// Microseconds since the process started, in steps of 10 ms; -1 where it cannot be known.
  public static long usedMicros(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      // The second field is the command in brackets and may hold blanks.
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      long ticks = Long.parseLong(fields[UTIME_FIELD]) + Long.parseLong(fields[UTIME_FIELD + 1]);
      return ticks * TICK_MICROS;
    } catch (IOException e) {
      return -1;
    }
  }
}
