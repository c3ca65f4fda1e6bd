package dev.topics.engine.simulation;

import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// Tries something at many places of the files of a store: at all of them where that is asked for.
/// It goes on after failures, and tells of all of them in the end.
final class Sweep {
  /// Everything is tried, instead of a sample.
  static final boolean THOROUGH = Integer.getInteger("topics.trials", 0) > 0;

  /// More than there are processors: a trial often waits for the virtual machine, whenever memory
  /// that threads share is unmapped.
  private static final int WORKERS = 3 * Runtime.getRuntime().availableProcessors();

  private static final int FAILURES_TOLD = 20;

  private final Queue<Place> places = new ConcurrentLinkedQueue<>();
  private final Queue<AssertionError> failures = new ConcurrentLinkedQueue<>();
  private final Trial trial;

  /// One trial, on any thread.
  interface Trial {
    void at(String name, long at) throws IOException;
  }

  private record Place(String name, long at) {}

  private Sweep(Trial trial) {
    this.trial = trial;
  }

  /// Tries one of `step` places of each file, or each, from 0 to before its end; the first and the
  /// last one in any case.
  static void places(SimDisk disk, List<String> names, int step, Trial trial) {
    Sweep sweep = new Sweep(trial);
    int stride = THOROUGH ? 1 : step;
    for (String name : names) {
      long size = disk.size(name);
      for (long at = 0; at < size; at += Math.clamp(size - 1 - at, 1, stride)) {
        sweep.places.add(new Place(name, at));
      }
    }
    sweep.run();
  }

  /// One bit of a byte, always the same one.
  static int bit(long at) {
    return 1 << new SplittableRandom(at).nextInt(8);
  }

  private void run() {
    try (ExecutorService workers = Executors.newFixedThreadPool(WORKERS)) {
      for (int i = 0; i < WORKERS; i++) {
        workers.execute(this::work);
      }
    }
    List<AssertionError> all = new ArrayList<>(failures);
    if (!all.isEmpty()) {
      AssertionError error = new AssertionError(all.size() + " trials failed", all.getFirst());
      all.stream().skip(1).limit(FAILURES_TOLD).forEach(error::addSuppressed);
      throw error;
    }
  }

  private void work() {
    for (Place place = places.poll(); place != null; place = places.poll()) {
      try {
        trial.at(place.name(), place.at());
      } catch (IOException | RuntimeException | Error e) {
        failures.add(new AssertionError("%s at %d: %s".formatted(place.name(), place.at(), e), e));
      }
    }
  }
}
