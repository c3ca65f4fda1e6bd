package dev.topics.engine.simulation;

import dev.topics.storage.sim.FailedSync;
import dev.topics.storage.sim.Fault;
import dev.topics.storage.sim.SimDisk;
import java.util.SplittableRandom;

/// Decides what fails in an [EngineTrial].
interface EngineFaults {
  /// Sets up `disk` for the run that begins; answers whether anything may fail in it.
  boolean plan(SimDisk disk, SplittableRandom random);

  /// Every other run some fault, and any kind of failed syncs.
  static boolean any(SimDisk disk, SplittableRandom random) {
    disk.failedSync(oneOf(FailedSync.values(), random));
    boolean faulty = random.nextInt(2) == 0;
    if (faulty) {
      long at = disk.operations() + random.nextInt(random.nextBoolean() ? 30 : 120);
      disk.fail(new Fault(at, oneOf(Fault.Kind.values(), random), random.nextBoolean()));
    }
    return faulty;
  }

  private static <T> T oneOf(T[] values, SplittableRandom random) {
    return values[random.nextInt(values.length)];
  }
}
