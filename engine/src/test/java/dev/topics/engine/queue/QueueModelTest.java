package dev.topics.engine.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.engine.Engine;
import dev.topics.engine.json.WriteBody;
import dev.topics.engine.model.AppendOptions;
import dev.topics.engine.model.ClaimRequest;
import dev.topics.engine.model.ClaimedJobs;
import dev.topics.engine.model.LeaseRequest;
import dev.topics.engine.model.RecordSelector;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.model.TopicState;
import dev.topics.engine.topic.Topic;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.ObjIntConsumer;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// Thousands of seeded lives of a queue. A failing seed is printed; run it alone to replay it.
final class QueueModelTest {
  private static final long TRIALS = Long.getLong("topics.trials", 20_000) / 4;
  private static final long FIRST_SEED = Long.getLong("topics.seed", 1);
  private static final int RUNS = 4;
  private static final int LIVES_TO_NOTICE = 300;
  private static final TopicName QUEUE = new TopicName("q");
  private static final TopicName DEAD = new TopicName("dead");

  @Test
  void noJobIsLostHeldTwiceOrOutOfOrderWhateverItsWorkersDoAndWheneverItCrashes() {
    LongStream.range(FIRST_SEED, FIRST_SEED + Math.max(1, TRIALS))
        .parallel()
        .forEach(seed -> {
          try {
            new QueueTrial(seed, engine -> {}).run(RUNS);
          } catch (Exception | AssertionError e) {
            throw new AssertionError(
                "seed %d (-Dtopics.seed=%d -Dtopics.trials=4): %s".formatted(seed, seed, e), e);
          }
        });
  }

  // The model is worth something only if bugs turn it red: each of these must.

  @Test
  void aClaimThatNobodyMadeIsNoticed() {
    assertThat(isNoticed(engine -> claimAs(engine, "ghost"))).isTrue();
  }

  @Test
  void anAckThatNobodySentIsNoticed() {
    assertThat(
            isNoticed(engine -> {
              ClaimedJobs jobs = claimAs(engine, "ghost");
              if (jobs.size() > 0) {
                var _ = engine.queues().ack(new LeaseRequest(QUEUE, "ghost", jobs.seqs(), null));
              }
            }))
        .isTrue();
  }

  @Test
  void aReleaseThatDoesNotCountTheDeliveryOfTheModelIsNoticed() {
    assertThat(isNoticed(engine -> engine.queues().giveBack(QUEUE, claimAs(engine, "ghost"))))
        .isTrue();
  }

  @Test
  void aLostJobIsNoticed() {
    assertThat(isNoticed(engine -> deleteFirst(engine, QUEUE))).isTrue();
  }

  @Test
  void aJobLostFromTheDeadLetterIsNoticed() {
    assertThat(isNoticed(engine -> deleteFirst(engine, DEAD))).isTrue();
  }

  @Test
  void aJobThatComesFromNowhereIsNoticed() {
    assertThat(isNoticed(engine -> append(engine, QUEUE, "{\"data\":1}"))).isTrue();
  }

  // And bugs of the queue itself, made in its state.

  @Test
  void aLeaseThatIsNotFencedIsNoticed() {
    Map<Long, Long> firstTokens = new HashMap<>();
    assertThat(
            isNoticedInEach(
                JobSlots.LEASED,
                (jobs, slot) -> {
                  long token = jobs.table().token(slot);
                  Long first = firstTokens.putIfAbsent(jobs.table().seq(slot), token);
                  jobs.table().token(slot, first == null ? token : first);
                }))
        .isTrue();
  }

  @Test
  void aLeaseThatEndsTooEarlyIsNoticed() {
    assertThat(isNoticedInEach(JobSlots.LEASED, QueueModelTest::release)).isTrue();
  }

  @Test
  void aDelayThatIsForgottenIsNoticed() {
    assertThat(isNoticedInEach(JobSlots.DELAYED, QueueModelTest::release)).isTrue();
  }

  @Test
  void aForgottenDeliveryCounterIsNoticed() {
    assertThat(isNoticedInEach(JobSlots.READY, (jobs, slot) -> jobs.table().deliveries(slot, 0)))
        .isTrue();
  }

  @Test
  void jobsOfOneOrderKeyAtTheSameTimeAreNoticed() {
    assertThat(
            isNoticedInEach(
                JobSlots.BLOCKED,
                (jobs, slot) -> {
                  jobs.table().phase(slot, JobSlots.READY);
                  jobs.putBack(slot);
                }))
        .isTrue();
  }

  @Test
  void aPriorityThatDoesNotCountIsNoticed() {
    assertThat(
            isNoticedInEach(
                JobSlots.DELAYED,
                (jobs, slot) -> {
                  JobTable table = jobs.table();
                  long step = table.priority(slot) * Jobs.PRIORITY_STEP_MILLIS;
                  table.waits(slot, table.waits(slot) + step);
                  table.priority(slot, (byte) 0);
                }))
        .isTrue();
  }

  @Test
  void aDeadLetterThatIsCopiedAndNotMovedIsNoticed() {
    assertThat(
            isNoticed(engine -> {
              Jobs jobs = jobs(engine);
              for (int slot : slots(jobs, JobSlots.READY)) {
                JobTable table = jobs.table();
                append(
                    engine,
                    DEAD,
                    """
                    {"data":1,"meta":{"$dead_letter_from":"q","$dead_letter_deliveries":"%d",\
                    "$dead_letter_src_seq":"%d"}}\
                    """
                        .formatted(table.deliveries(slot), table.seq(slot)));
              }
            }))
        .isTrue();
  }

  @Test
  void livesAreLongEnoughForPacksAndCheckpoints() throws IOException {
    Set<String> recoveredFrom = new HashSet<>();
    for (long seed = 1; seed <= LIVES_TO_NOTICE; seed++) {
      QueueTrial trial = new QueueTrial(seed, engine -> {});
      trial.run(RUNS);
      recoveredFrom.addAll(trial.recoveredFrom());
    }
    assertThat(recoveredFrom).contains("journal/", "packs/", "checkpoints/");
  }

  private static boolean isNoticedInEach(byte phase, ObjIntConsumer<Jobs> change) {
    return isNoticed(engine -> {
      Jobs jobs = jobs(engine);
      for (int slot : slots(jobs, phase)) {
        change.accept(jobs, slot);
      }
    });
  }

  private static Jobs jobs(Engine engine) {
    Topic queue = engine.queues().door().find(QUEUE);
    if (queue == null || !(queue.jobs() instanceof Jobs jobs)) {
      throw new IllegalStateException("there is no queue");
    }
    return jobs;
  }

  private static int[] slots(Jobs jobs, byte phase) {
    JobTable table = jobs.table();
    return IntStream.range(0, table.endSlot())
        .filter(slot -> table.isUsed(slot) && table.phase(slot) == phase)
        .toArray();
  }

  private static void release(Jobs jobs, int slot) {
    jobs.released(jobs.table().seq(slot), 0, null);
  }

  private static void append(Engine engine, TopicName topic, String record) {
    byte[] body = ("{\"records\":[" + record + "]}").getBytes(StandardCharsets.UTF_8);
    var appender = engine.newAppender();
    assertThat(appender.body().decode(body, 0, body.length)).isInstanceOf(WriteBody.Accepted.class);
    var _ = appender.append(topic, AppendOptions.NONE);
  }

  private static ClaimedJobs claimAs(Engine engine, String node) {
    var claim = engine.queues().claim(new ClaimRequest(QUEUE, node, 1, 0, false));
    while (engine.step() > 0) {
      assert engine.stats().topics() > 0;
    }
    return (ClaimedJobs) claim.answer().join();
  }

  private static void deleteFirst(Engine engine, TopicName topic) {
    TopicState state = engine.state(topic, false);
    if (state != null && state.count() > 0) {
      var _ = engine.deleteRecords(topic, new RecordSelector(state.earliestSeq() + 1, null));
    }
  }

  private static boolean isNoticed(Consumer<Engine> sabotage) {
    for (long seed = 1; seed <= LIVES_TO_NOTICE; seed++) {
      try {
        new QueueTrial(seed, sabotage).run(RUNS);
      } catch (QueueTrial.Violated | IOException noticed) {
        return true;
      }
    }
    return false;
  }
}
