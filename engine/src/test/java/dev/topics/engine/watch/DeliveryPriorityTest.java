package dev.topics.engine.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.engine.Engine;
import dev.topics.engine.json.WriteBody;
import dev.topics.engine.model.AppendOptions;
import dev.topics.engine.model.AppendResult;
import dev.topics.engine.model.ConfigPatch;
import dev.topics.engine.model.DiffQuery;
import dev.topics.engine.model.DiffResult;
import dev.topics.engine.model.NodeFilter;
import dev.topics.engine.model.Refusal;
import dev.topics.engine.model.Tombstone;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.simulation.ManualClock;
import dev.topics.engine.simulation.SteppedEngine;
import dev.topics.engine.topic.Appender;
import dev.topics.engine.topic.TopicRef;
import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Semantics §9, on one thread that cannot keep up: whose records are delivered first, and that
/// nothing else depends on it.
final class DeliveryPriorityTest {
  private final ManualClock clock = new ManualClock();
  private final Queue<Runnable> news = new ArrayDeque<>();
  private final Queue<Runnable> slices = new ArrayDeque<>();
  private final List<String> served = new ArrayList<>();
  private Engine engine;
  private Appender appender;
  private WatchDesk<String> desk;

  private final List<Throwable> broken = new ArrayList<>();

  /// Whose records cannot be delivered.
  private String fatalTopic = "";

  /// How long the delivery of a page takes.
  private long pageMillis;

  @BeforeEach
  void open() throws IOException {
    engine =
        Engine.open(
            new SimDisk(1), SteppedEngine.options(clock, 64 << 10, new SplittableRandom(1)));
    appender = engine.newAppender();
    WatchDesk.Turns turns =
        new WatchDesk.Turns() {
          @Override
          public void soon(Runnable task) {
            slices.add(task);
          }

          @Override
          public void later(Runnable task) {
            slices.add(task);
          }

          @Override
          public Future<?> fetch(Runnable fetch, Runnable then) {
            throw new AssertionError("all is in memory");
          }

          @Override
          public Future<?> after(long millis, Runnable task) {
            throw new AssertionError("all can be read");
          }
        };
    desk =
        new WatchDesk<>(engine.newWire(news::add), engine.newReader(), new Pages(), clock, turns);
  }

  @AfterEach
  void close() throws IOException {
    engine.close();
  }

  @Test
  void manualGoesBeforeRecentRecentBeforeFadedAndThatBeforeNone() {
    topic("low", config -> config.priority(-100));
    topic("recent", ConfigPatch.NONE);
    topic("none", config -> config.autoPriority(false));
    topic("faded", ConfigPatch.NONE);
    topic("manual", config -> config.priority(501));
    run();
    clock.advance(30_000);
    var _ = engine.state(new TopicName("recent"), true);
    for (String topic : List.of("low", "none", "manual", "faded", "recent")) {
      append(topic);
    }
    run();
    assertThat(served).containsExactly("manual 1", "recent 1", "faded 1", "none 1", "low 1");
  }

  @Test
  void whoeverWaitsIsServedInTheEndHoweverMuchOfTheUrgentComes() {
    topic("urgent", config -> config.priority(700));
    topic("patient", config -> config.priority(0));
    run();
    pageMillis = 1000;
    append("patient");
    for (int i = 0; i < 12; i++) {
      append("urgent");
      while (served.size() <= i) {
        step();
      }
    }
    assertThat(served.indexOf("patient 1")).isBetween(7, 8);
    run();
    assertThat(served).hasSize(13);
    assertThat(served.stream().filter(page -> page.startsWith("urgent")))
        .containsExactlyElementsOf(pages("urgent", 12));
  }

  @Test
  void anErrorEndsTheWatchThatItHappenedToAndNoOther() {
    topic("fatal", config -> config.priority(1));
    topic("beside", ConfigPatch.NONE);
    run();
    fatalTopic = "fatal";
    append("fatal");
    append("beside");
    run();
    fatalTopic = "";
    append("fatal");
    append("beside");
    run();
    assertThat(served).containsExactly("beside 1", "beside 2");
    assertThat(broken).hasSize(1).first().isInstanceOf(OutOfMemoryError.class);
  }

  private static List<String> pages(String topic, int count) {
    List<String> pages = new ArrayList<>();
    for (int seq = 1; seq <= count; seq++) {
      pages.add(topic + " " + seq);
    }
    return pages;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void priorityTouchesNeitherTheOrderOfATopicNorWhatIsVisible(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int[] heads = new int[20];
    for (int i = 0; i < heads.length; i++) {
      int priority = random.nextInt(-1000, 1001);
      topic("t" + i, random.nextBoolean() ? ConfigPatch.NONE : to -> to.priority(priority));
    }
    run();
    pageMillis = 100;
    for (int i = 0; i < 500; i++) {
      int topic = random.nextInt(heads.length);
      append("t" + topic);
      heads[topic]++;
      assertThat(ref("t" + topic).headSeq()).isEqualTo(heads[topic]);
      clock.advance(random.nextInt(500));
      if (random.nextInt(4) == 0) {
        step();
      }
    }
    run();
    for (int i = 0; i < heads.length; i++) {
      String prefix = "t" + i + " ";
      assertThat(served.stream().filter(page -> page.startsWith(prefix)))
          .containsExactlyElementsOf(pages("t" + i, heads[i]));
    }
  }

  // ---- what is served

  private TopicRef ref(String topic) {
    return Objects.requireNonNull(engine.find(new TopicName(topic)));
  }

  /// A topic and somebody who follows it, a record at a time.
  private void topic(String name, ConfigPatch config) {
    var put = engine.putTopic(new TopicName(name), config);
    while (!put.isDone()) {
      engine.step();
    }
    DiffQuery one = new DiffQuery(0, 1, NodeFilter.NONE, false, true, true, 0);
    Watch watch = new Watch();
    watch.add(new WatchedTopic(ref(name), one, false));
    var _ = desk.serve(watch, new Reader());
  }

  private void append(String topic) {
    byte[] body = "{\"records\":[{\"data\":1}]}".getBytes(StandardCharsets.UTF_8);
    assertThat(appender.body().decode(body, 0, body.length)).isInstanceOf(WriteBody.Accepted.class);
    var ack = appender.append(new TopicName(topic), AppendOptions.NONE);
    while (!ack.isDone()) {
      engine.step();
    }
    assertThat(ack.join()).isInstanceOf(AppendResult.Appended.class);
  }

  /// What the thread does next: it hears of news before it delivers more.
  private void step() {
    Queue<Runnable> tasks = news.isEmpty() ? slices : news;
    if (!tasks.isEmpty()) {
      tasks.remove().run();
    }
  }

  private void run() {
    while (!news.isEmpty() || !slices.isEmpty()) {
      step();
    }
  }

  /// Takes everything at once.
  private final class Reader implements WatchReader<String> {
    @Override
    public boolean isWritable() {
      return true;
    }

    @Override
    public void records(WatchedTopic topic, DiffResult.Page found, String page) {
      if (topic.name().equals(fatalTopic)) {
        throw new OutOfMemoryError("as a test wants it");
      }
      served.add(page);
      clock.advance(pageMillis);
    }

    @Override
    public void tombstone(WatchedTopic topic, Tombstone tombstone, boolean onConnect) {
      throw new AssertionError(tombstone);
    }

    @Override
    public void caughtUp(WatchedTopic topic, long headSeq) {}

    @Override
    public void deleted(WatchedTopic topic) {
      throw new AssertionError(topic.name());
    }

    @Override
    public void failed(WatchedTopic topic, Refusal why) {
      throw new AssertionError(why);
    }

    @Override
    public void flush() {}

    @Override
    public void broken(Throwable defect) {
      broken.add(defect);
    }
  }

  /// A page is the name of its topic and its seq.
  private static final class Pages implements WatchReader.PageWriter<String> {
    @Override
    public void open(WatchedTopic topic) {}

    @Override
    public void write(MemorySegment source, long offset, int length) {}

    @Override
    public void write(byte[] source, int offset, int length) {}

    @Override
    public @Nullable String close(WatchedTopic topic, long fromSeq, DiffResult.Page found) {
      return found.records() == 0 ? null : topic.name() + " " + found.nextFromSeq();
    }

    @Override
    public void drop() {}

    @Override
    public long bytes(String page) {
      return page.length();
    }

    @Override
    public void release(String page) {}
  }
}
