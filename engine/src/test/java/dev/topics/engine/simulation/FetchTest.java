package dev.topics.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.engine.Engine;
import dev.topics.engine.json.WriteBody;
import dev.topics.engine.model.AppendOptions;
import dev.topics.engine.model.DiffQuery;
import dev.topics.engine.model.DiffResult;
import dev.topics.engine.model.NodeFilter;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.topic.Appender;
import dev.topics.engine.topic.TopicReader;
import dev.topics.engine.topic.TopicRef;
import dev.topics.storage.pack.PackOptions;
import dev.topics.storage.sim.ForgetfulDisk;
import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Reads that do not wait for the disk.
class FetchTest {
  private static final TopicName TOPIC = new TopicName("t");
  private static final int RECORDS = 600;

  private final ManualClock clock = new ManualClock();
  private final ForgetfulDisk disk = new ForgetfulDisk(new SimDisk(1), _ -> true);
  private final SplittableRandom random = new SplittableRandom(5);
  private Engine engine;

  @BeforeEach
  void fill() throws IOException {
    engine =
        Engine.open(
            disk,
            SteppedEngine.options(clock, 8 << 10, new SplittableRandom(3))
                .withPacks(PackOptions.defaults().withChunks(4000, 40)));
    Appender appender = engine.newAppender();
    for (int i = 0; i < RECORDS; i++) {
      String data = "x".repeat(random.nextInt(300));
      byte[] body =
          "{\"records\":[{\"data\":\"%s\"}]}".formatted(data).getBytes(StandardCharsets.UTF_8);
      assertThat(appender.body().decode(body, 0, body.length))
          .isInstanceOf(WriteBody.Accepted.class);
      var answer = appender.append(TOPIC, AppendOptions.NONE);
      clock.advance(10);
      while (engine.step() > 0) {
        clock.advance(1);
      }
      answer.join();
    }
    for (int i = 0; i < 10; i++) {
      clock.advance(60_000);
      while (engine.step() > 0) {
        clock.advance(1);
      }
    }
  }

  @AfterEach
  void close() throws IOException {
    engine.close();
  }

  private DiffQuery query(long fromSeq) {
    return new DiffQuery(fromSeq, 1 + random.nextInt(200), NodeFilter.NONE, false, true, true, 0);
  }

  private TopicRef ref() {
    TopicRef ref = engine.find(TOPIC);
    assertThat(ref).isNotNull();
    return ref;
  }

  @Test
  void whatWasFetchedIsReadWithoutWaiting() {
    TopicReader reader = engine.newReader();
    int fetched = 0;
    for (int round = 0; round < 200; round++) {
      disk.forget();
      DiffQuery query = query(random.nextInt(RECORDS));
      CollectingSink now = new CollectingSink();
      if (reader.readNow(ref(), query, false, now) == null) {
        assertThat(now.text()).isEmpty();
        assertThat(disk.waiters()).isEmpty();
        reader.fetch(ref(), query, false).run();
        assertThat(reader.readNow(ref(), query, false, now)).isNotNull();
        fetched++;
      }
      CollectingSink waiting = new CollectingSink();
      assertThat(reader.read(ref(), query, false, waiting)).isInstanceOf(DiffResult.Page.class);
      assertThat(now.text()).isNotEmpty();
      assertThat(waiting.text()).startsWith(now.text());
    }
    assertThat(fetched).isGreaterThan(100);
  }

  @Test
  void pagesThatEndWhereTheDiskBeginsAreWholeTogether() {
    TopicReader reader = engine.newReader();
    StringBuilder all = new StringBuilder();
    long cursor = 0;
    while (cursor < RECORDS) {
      if (random.nextInt(3) == 0) {
        disk.forget();
      }
      DiffQuery query = query(cursor);
      CollectingSink sink = new CollectingSink();
      DiffResult answer = reader.readNow(ref(), query, false, sink);
      if (answer == null) {
        reader.fetch(ref(), query, false).run();
      } else {
        cursor = ((DiffResult.Page) answer).nextFromSeq();
        all.append(all.isEmpty() ? "" : ",").append(sink.text());
      }
    }
    CollectingSink whole = new CollectingSink();
    DiffQuery everything =
        new DiffQuery(0, RECORDS, NodeFilter.NONE, false, true, true, DiffQuery.BATCH_BYTES_MAX);
    assertThat(reader.read(ref(), everything, false, whole)).isInstanceOf(DiffResult.Page.class);
    assertThat(all.toString()).isEqualTo(whole.text());
  }
}
