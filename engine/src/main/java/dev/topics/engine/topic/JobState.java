package dev.topics.engine.topic;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// What a queue knows of its jobs beyond their records: who holds them, until when, how often they
/// were delivered. Declared here so that a topic carries it without knowing queues.
///
/// It changes through these methods alone, as operations are applied, in a live engine just as in
/// recovery. All times are milliseconds since the Unix epoch.
///
/// **Threading** Under the commit lock, but for [#visible].
public interface JobState {
  /// Makes the state of a new queue.
  @FunctionalInterface
  interface Factory {
    JobState create(Topic queue);
  }

  /// A job was written that is more than a record.
  ///
  /// @param ts the time of its record
  /// @param deliverAt nobody gets it before; 0 for at once
  /// @param priority 0 to 9
  /// @param orderKey jobs with the same one run one after the other
  void described(long seq, long ts, long deliverAt, int priority, @Nullable String orderKey);

  /// A number for whom claims are for, to be given to [#claimed].
  int holder(String node);

  /// A job was delivered once more.
  void claimed(long seq, long ts, int holder, long token, long deadline);

  /// A job is free again.
  ///
  /// @param availableAt nobody gets it before; 0 for at once
  /// @param error why it was given back
  void released(long seq, long availableAt, byte @Nullable [] error);

  /// The lease of a job ends later, or sooner.
  void extended(long seq, long deadline);

  /// All leases end at the time `at`; those that were over before have ended by themselves.
  void leasesEnded(long at);

  /// Jobs were moved to the dead letter.
  void deadLettered(long jobs);

  /// The records from `first` to `last`, inclusive, are gone, if they were there.
  void removed(long first, long last);

  /// Tells which records are there.
  @FunctionalInterface
  interface Live {
    boolean contains(long seq);
  }

  /// Everything in the log was applied; from now on the engine lives.
  void recovered(Live live);

  /// The topic is gone.
  void dropped();

  /// Readers see more or less of the topic than before. Any thread; must not block.
  void visible();

  /// A picture of the state as it is now, for a checkpoint.
  Image image();

  /// A state of the past. **Threading** Any thread, without the commit lock.
  @FunctionalInterface
  interface Image {
    /// Its bytes. What [JobState#decode] makes of them is the same state.
    ///
    /// @throws IOException if they are more than an array holds
    byte[] encode() throws IOException;
  }

  /// Takes over a state that was encoded; to be called on a new one.
  void decode(MemorySegment source, long at, long bytes);

  /// A guess at how many jobs are under a lease, for any thread.
  long likelyInFlight();

  /// How many of the jobs from `earliest` on are in which state now.
  Counts counts(long earliest);

  /// How many jobs are in which state; all others that are alive are ready and were never
  /// delivered.
  ///
  /// @param inFlight under a lease
  /// @param delayed invisible until some time
  /// @param blocked ready, but behind another job of the same order key
  /// @param stuck of those delayed, how many should be in the dead letter, which does not take them
  /// @param deadLettered moved to the dead letter so far
  record Counts(long inFlight, long delayed, long blocked, long stuck, long deadLettered) {}
}
