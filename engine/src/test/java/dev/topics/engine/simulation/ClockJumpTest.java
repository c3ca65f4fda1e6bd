package dev.topics.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.engine.Engine;
import dev.topics.engine.json.WriteBody;
import dev.topics.engine.model.AppendOptions;
import dev.topics.engine.model.AppendResult;
import dev.topics.engine.model.ConfigPatch;
import dev.topics.engine.model.DiffQuery;
import dev.topics.engine.model.DiffResult;
import dev.topics.engine.model.NodeFilter;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.topic.Appender;
import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A wall clock that jumps (semantics §4): nothing that lives is hidden or thrown away.
final class ClockJumpTest {
  private static final TopicName TOPIC = new TopicName("t");
  private static final long TTL_MILLIS = 5_000;
  private static final long HOUR_MILLIS = Duration.ofHours(1).toMillis();
  private static final Pattern TIME = Pattern.compile("\"\\$ts\":(\\d+)");

  private final ManualClock clock = new ManualClock();
  private final SimDisk disk = new SimDisk(1);
  private Engine engine;

  @BeforeEach
  void openWithOneRecord() throws IOException {
    engine = Engine.open(disk, SteppedEngine.options(clock, 64 << 10, new SplittableRandom(1)));
    await(engine.putTopic(TOPIC, config -> config.ttlMillis(TTL_MILLIS)));
    append();
  }

  private static long stepTo(String instant) {
    return Instant.parse(instant).toEpochMilli() - new ManualClock().wallMillis();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1970-01-02T00:00:00Z",
        "2100-01-01T00:00:00Z",
        "2023-11-14T21:13:20Z",
        "2023-11-14T23:13:20Z"
      })
  void nothingIsHiddenOrPurgedByAClockThatJumps(String instant) {
    long step = stepTo(instant);
    clock.step(step);
    append();
    clock.advance(TTL_MILLIS * 10);
    engine.step();
    append();
    assertThat(times()).hasSize(3).isSorted();
    assertThat(engine.stats().timeFrozen()).isTrue();
    assertThat(engine.stats().recordsEvicted()).isZero();

    clock.step(-step);
    append();
    engine.step();
    assertThat(engine.stats().timeFrozen()).isFalse();
    assertThat(times()).contains(clock.wallMillis() < last() ? last() : clock.wallMillis());
    assertThat(times()).isSorted();
  }

  @Test
  void noKeyIsForgottenByAClockThatJumps() {
    AppendOptions first = new AppendOptions("first", ConfigPatch.NONE);
    assertThat(append("1", first).deduped()).isFalse();
    clock.step(HOUR_MILLIS);
    append("2", new AppendOptions("second", ConfigPatch.NONE));
    engine.step();
    assertThat(append("1", first).deduped()).isTrue();
    clock.step(-HOUR_MILLIS);
    engine.step();
    assertThat(append("1", first).deduped()).isTrue();
  }

  @Test
  void aJumpForwardCountsOnceTheClockHasRunOnForTenMinutes() {
    clock.step(HOUR_MILLIS);
    clock.advance(Duration.ofMinutes(9).toMillis());
    engine.step();
    clock.advance(Duration.ofMinutes(10).toMillis());
    append();
    assertThat(engine.stats().timeFrozen()).isFalse();
    assertThat(times()).hasSize(1);
    engine.step();
    assertThat(engine.stats().recordsEvicted()).isEqualTo(1);
  }

  @Test
  void anotherJumpStartsTheTenMinutesAgain() {
    clock.step(HOUR_MILLIS);
    engine.step();
    clock.advance(Duration.ofMinutes(9).toMillis());
    engine.step();
    clock.step(HOUR_MILLIS);
    engine.step();
    clock.advance(Duration.ofMinutes(9).toMillis());
    engine.step();
    assertThat(engine.stats().timeFrozen()).isTrue();
    assertThat(times()).hasSize(1);
  }

  @Test
  void afterAConfirmedJumpBackRecordsExpireByTheNewTime() {
    clock.step(-HOUR_MILLIS);
    engine.step();
    clock.advance(Duration.ofMinutes(11).toMillis());
    engine.step();
    assertThat(engine.stats().timeFrozen()).isFalse();
    append();
    clock.advance(HOUR_MILLIS + TTL_MILLIS + 1);
    assertThat(times()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1970-01-01T00:00:00Z", "2100-01-01T00:00:00Z", "+1h", "-1h"})
  void noJumpHidesOrDeletesWhatLiesInPacks(String to) {
    int records = 1;
    while (packs().isEmpty() && records < 1_000) {
      append("x".repeat(2_000));
      clock.advance(1);
      engine.step();
      records++;
    }
    assertThat(packs()).isNotEmpty();
    clock.step(
        switch (to) {
          case "+1h" -> HOUR_MILLIS;
          case "-1h" -> -HOUR_MILLIS;
          default -> stepTo(to);
        });
    List<String> before = packs();
    for (int i = 0; i < 200; i++) {
      engine.step();
      clock.advance(10);
    }
    append("x");
    assertThat(times()).hasSize(records + 1).isSorted();
    assertThat(packs()).containsAll(before);
  }

  private List<String> packs() {
    return disk.files().stream().filter(name -> name.endsWith(".pack")).toList();
  }

  @Test
  void aClockThatDriftsSlowlyIsFollowed() {
    for (int hour = 0; hour < 10; hour++) {
      clock.advance(HOUR_MILLIS);
      clock.step(30_000);
      engine.step();
    }
    assertThat(engine.stats().timeFrozen()).isFalse();
    assertThat(times()).isEmpty();
  }

  private long last() {
    return times().getLast();
  }

  private List<Long> times() {
    CollectingSink sink = new CollectingSink();
    DiffQuery query = new DiffQuery(0, 1000, NodeFilter.NONE, false, true, true, 0);
    assertThat(engine.newReader().diff(TOPIC, query, sink)).isInstanceOf(DiffResult.Page.class);
    List<Long> times = new ArrayList<>();
    TIME.matcher(sink.text()).results().forEach(found -> times.add(Long.valueOf(found.group(1))));
    return times;
  }

  private void append() {
    append("1");
  }

  private void append(String text) {
    append(text, AppendOptions.NONE);
  }

  private AppendResult.Appended append(String text, AppendOptions options) {
    String body = "{\"records\":[{\"data\":\"" + text + "\"}]}";
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    Appender appender = engine.newAppender();
    assertThat(appender.body().decode(bytes, 0, bytes.length))
        .isInstanceOf(WriteBody.Accepted.class);
    CompletableFuture<AppendResult> answer = appender.append(TOPIC, options);
    await(answer);
    return (AppendResult.Appended) answer.join();
  }

  private void await(CompletableFuture<?> future) {
    for (int i = 0; i < 1_000 && !future.isDone(); i++) {
      engine.step();
    }
    assertThat(future).isDone();
  }
}
