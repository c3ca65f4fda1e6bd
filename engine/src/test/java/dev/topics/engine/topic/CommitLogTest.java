package dev.topics.engine.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.topics.engine.Engine;
import dev.topics.engine.EngineSeam;
import dev.topics.engine.model.ConfigPatch;
import dev.topics.engine.model.InconsistentLogException;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.simulation.ManualClock;
import dev.topics.engine.simulation.SteppedEngine;
import dev.topics.storage.journal.JournalState;
import dev.topics.storage.journal.Room;
import dev.topics.storage.journal.Urgency;
import dev.topics.storage.sim.Crash;
import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;

/// What defects of ours leave behind in the log and in the queue of answers.
final class CommitLogTest {
  private static final TopicName TOPIC = new TopicName("t");
  private static final int FILE_BYTES = 64 << 10;

  private final SimDisk disk = new SimDisk(1);
  private Engine engine = open(disk);

  private static Engine open(SimDisk disk) {
    try {
      return Engine.open(
          disk, SteppedEngine.options(new ManualClock(), FILE_BYTES, new SplittableRandom(1)));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void create(TopicName name) {
    CompletableFuture<?> created = engine.putTopic(name, ConfigPatch.NONE);
    while (!created.isDone()) {
      assertThat(engine.step()).isPositive();
    }
  }

  private CommitLog commits() {
    return EngineSeam.topics(engine).commits();
  }

  private Room commit(Operation operation) {
    return commits().locked(() -> commits().commit(List.of(operation), Urgency.APPEND));
  }

  private Operation reserve() {
    return new Operation.Reserve(topic().id(), 0, 1000);
  }

  private Topic topic() {
    return TopicSeam.topic(EngineSeam.topics(engine), TOPIC);
  }

  /// @param before what it does before it fails
  private static Operation thatCannotBeEncoded(long topicId, Runnable before) {
    BitSet broken =
        new BitSet() {
          @Override
          public long[] toLongArray() {
            before.run();
            throw new IllegalStateException("a defect");
          }
        };
    return new Forward(
        topicId,
        1,
        1,
        1,
        1,
        1,
        new Forward.Reference(1, 1, 1, 1, broken, 1, false, true, true, null));
  }

  @Test
  void anOperationThatCannotBeEncodedLeavesTheLogAsItWas() {
    create(TOPIC);
    long before = commits().lastLsn();

    assertThatThrownBy(() -> commit(thatCannotBeEncoded(topic().id(), () -> {})))
        .hasMessage("a defect");

    assertThat(commits().lastLsn()).isEqualTo(before);
    assertThat(commit(reserve())).isEqualTo(Room.OK);
    create(new TopicName("behind"));
    engine = open(disk.crash(Crash.PROCESS));
    assertThat(engine.topicCount()).isEqualTo(2);
  }

  @Test
  void whatFailsHalfWayInMemoryIsFollowedByNothing() {
    create(TOPIC);
    Operation ofNoTopic = new Operation.Reserve(topic().id() + 1, 0, 1000);
    MemorySegment memory = MemorySegment.ofArray(new long[ofNoTopic.encodedBytes() / Long.BYTES]);

    assertThatThrownBy(() ->
            commits()
                .locked(() -> {
                  commits().applyInMemory(ofNoTopic, memory, 0);
                  return true;
                }))
        .isInstanceOf(InconsistentLogException.class);

    assertThat(commit(reserve())).isEqualTo(Room.FAILED);
    assertThat(engine.journalState()).isEqualTo(JournalState.FAILED);
  }

  @Test
  void aChangeThatIsLoggedButNotDoneInMemoryIsFollowedByNothing() {
    create(TOPIC);
    assertThat(commit(reserve())).isEqualTo(Room.OK);

    assertThatThrownBy(() ->
            commits()
                .locked(() -> {
                  commits().completing(() -> fail("no memory"));
                  return true;
                }))
        .hasMessage("no memory");

    assertThat(commit(reserve())).isEqualTo(Room.FAILED);
  }

  private CompletableFuture<Boolean> answer(LongFunction<Boolean> result) {
    return commits()
        .locked(() -> commits().whenDurable(commits().lastLsn(), topic(), null, result, false));
  }

  private static Boolean fail(String message) {
    throw new IllegalStateException(message);
  }

  @Test
  void answersThatFailAreCountedAndStopNeitherOthersNorTheJournal() {
    create(TOPIC);
    assertThat(commit(reserve())).isEqualTo(Room.OK);
    CompletableFuture<Boolean> first = answer(_ -> fail("first"));
    CompletableFuture<Boolean> second = answer(_ -> fail("second"));
    CompletableFuture<Boolean> third = answer(_ -> true);
    assertThat(third).isNotDone();

    assertThat(engine.step()).isPositive();

    assertThat(first).isCompletedExceptionally();
    assertThat(second).isCompletedExceptionally();
    assertThat(third).isCompletedWithValue(true);
    assertThat(engine.stats().failures()).isEqualTo(2);
    CompletableFuture<Boolean> next = answer(_ -> true);
    assertThat(next).isCompletedWithValue(true);
  }

  /// What it says is durable, and readers see it.
  @Test
  void anAnswerIsNoFailureWhereSomebodyCannotBeToldOfIt() {
    create(TOPIC);
    assertThat(commit(reserve())).isEqualTo(Room.OK);
    View view = topic().committed();
    topic().follow(() -> fail("nobody can be told"));
    CompletableFuture<Boolean> answer =
        commits()
            .locked(
                () -> commits().whenDurable(commits().lastLsn(), topic(), view, _ -> true, false));

    assertThat(engine.step()).isPositive();

    assertThat(answer).isCompletedWithValue(true);
    assertThat(topic().view()).isSameAs(view);
    assertThat(engine.stats().failures()).isEqualTo(1);
  }

  /// The command is done, those that were to hear of it later hear of it, and so do those whose
  /// answers have become due meanwhile.
  @Test
  void aTaskThatFailsBehindACommandKeepsNeitherItsAnswerNorOthers() {
    create(TOPIC);
    AtomicInteger told = new AtomicInteger();
    List<CompletableFuture<Boolean>> due = new ArrayList<>();

    Room room =
        commits()
            .locked(() -> {
              commits().afterUnlock(() -> fail("a task"));
              commits().afterUnlock(told::incrementAndGet);
              long durable = commits().durableLsn();
              due.add(commits().whenDurable(durable, topic(), null, _ -> true, false));
              return Room.OK;
            });

    assertThat(room).isEqualTo(Room.OK);
    assertThat(told).hasValue(1);
    assertThat(due.getFirst()).isCompletedWithValue(true);
    assertThat(engine.stats().failures()).isEqualTo(1);
  }

  @Test
  void aClaimThatCannotBeGivenBackHidesNoDefect() {
    create(TOPIC);
    Operation givesBackTooMuch =
        thatCannotBeEncoded(topic().id(), () -> EngineSeam.store(engine).journal().abandon());

    assertThatThrownBy(() -> commit(givesBackTooMuch))
        .hasMessage("a defect")
        .satisfies(thrown -> assertThat(thrown.getSuppressed()).hasSize(1));

    // Part of the frame may be left in the file: nothing may follow it.
    assertThat(commit(reserve())).isEqualTo(Room.FAILED);
    engine = open(disk.crash(Crash.PROCESS));
    assertThat(commit(reserve())).isEqualTo(Room.OK);
  }
}
