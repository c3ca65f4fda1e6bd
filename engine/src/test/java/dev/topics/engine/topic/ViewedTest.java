package dev.topics.engine.topic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.engine.Engine;
import dev.topics.engine.EngineOptions;
import dev.topics.engine.EngineSeam;
import dev.topics.engine.index.AppendIndex;
import dev.topics.engine.model.AppendOptions;
import dev.topics.engine.model.AppendResult;
import dev.topics.engine.model.Durability;
import dev.topics.engine.model.RecordSelector;
import dev.topics.engine.model.TopicName;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is seen of a topic beside its changes is one moment of it, and no older than what was
/// answered.
final class ViewedTest {
  private static final TopicName TOPIC = new TopicName("t");
  private static final int READERS = 2;
  private static final int APPENDS_MIN = 20_000;
  private static final int VIEWS_MIN = 500;
  private static final int APPENDS_BETWEEN_DELETES = 500;
  private static final int RECORDS_MAX = 3;

  private static final int COLLECTIONS_MAX = 100;

  /// Payload bytes of a record.
  private static final int RECORD_BYTES = 3;

  @TempDir private Path directory;

  private final CountDownLatch views = new CountDownLatch(READERS * VIEWS_MIN);
  private volatile long ackedHead;
  private volatile boolean done;

  @Test
  void whatIsSeenFitsTogether() throws Exception {
    EngineOptions options = EngineOptions.defaults();
    try (Engine engine =
            Engine.open(
                directory, options.withStore(options.store().withJournalFileBytes(256 << 10)));
        ExecutorService threads = Executors.newFixedThreadPool(READERS)) {
      Appender appender = engine.newAppender();
      append(appender, 1);
      Topic topic = TopicSeam.topic(EngineSeam.topics(engine), TOPIC);
      List<Future<?>> readers = new ArrayList<>();
      for (int i = 0; i < READERS; i++) {
        readers.add(threads.submit(() -> read(topic)));
      }
      try {
        for (int i = 0; i < APPENDS_MIN || isMissedBy(readers); i++) {
          append(appender, 1 + i % RECORDS_MAX);
          if (i % APPENDS_BETWEEN_DELETES == 0) {
            engine.deleteRecords(TOPIC, new RecordSelector(ackedHead - 100, null)).join();
          }
        }
      } finally {
        done = true;
      }
      for (Future<?> reader : readers) {
        reader.get();
      }
    }
  }

  /// Whether readers, none of which has failed, have not seen enough yet.
  private boolean isMissedBy(List<Future<?>> readers) {
    return views.getCount() > 0 && readers.stream().noneMatch(Future::isDone);
  }

  /// It would hold what is gone.
  @Test
  void noViewIsLeftFromBeforeAChangeThatIsNoAppend() throws Exception {
    try (Engine engine = Engine.open(directory, EngineOptions.defaults())) {
      engine.putTopic(TOPIC, config -> config.durability(Durability.EPHEMERAL)).join();
      append(engine.newAppender(), 1);
      Topics topics = EngineSeam.topics(engine);
      Topic topic = TopicSeam.topic(topics, TOPIC);
      var _ = engine.state(TOPIC, false);
      WeakReference<View> before = new WeakReference<>(topic.view());
      engine.deleteRecords(TOPIC, new RecordSelector(RecordSelector.ANY_SEQ, null)).join();
      for (int i = 0; i < COLLECTIONS_MAX && before.get() != null; i++) {
        System.gc();
      }
      assertThat(before.get()).isNull();
      View after = topic.view();
      assertThat(after.count()).isZero();
      assertThat(topics.commits().locked(topic::committed)).isSameAs(after);
    }
  }

  private void append(Appender appender, int records) {
    String body = "{\"records\":[" + "{\"data\":123},".repeat(records - 1) + "{\"data\":123}]}";
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    appender.body().decode(bytes, 0, bytes.length);
    var result = appender.append(TOPIC, AppendOptions.NONE).join();
    ackedHead = ((AppendResult.Appended) result).lastSeq();
  }

  private void read(Topic topic) {
    boolean kept = true;
    View before = topic.view();
    while (!done) {
      long acked = ackedHead;
      View view = kept ? topic.view() : topic.glimpse();
      assertThat(view.head()).isGreaterThanOrEqualTo(acked);
      assertThat(view.change()).isGreaterThanOrEqualTo(before.change());
      if (view.change() != before.change()) {
        check(view);
        views.countDown();
        kept = !kept;
      }
      before = view;
    }
  }

  private static void check(View view) {
    assertThat(view.count()).isEqualTo(view.liveBetween(view.earliest(), view.head()));
    assertThat(view.bytes()).isEqualTo(RECORD_BYTES * view.count());
    AppendIndex.Snapshot index = view.index();
    long last = index.floor(view.head());
    assertThat(index.next(last)).isEqualTo(AppendIndex.Snapshot.NO_ENTRY);
    if (index.run(last) == null) {
      assertThat(index.ts(last)).isEqualTo(view.lastTs());
      assertThat(index.bytes() - index.bytesBefore(last))
          .isEqualTo(RECORD_BYTES * (view.head() - index.firstSeq(last) + 1));
    }
  }
}
