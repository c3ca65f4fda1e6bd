package dev.topics.engine.router;

import static dev.topics.engine.router.RoutedEngine.route;
import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.engine.model.ClaimRequest;
import dev.topics.engine.model.ClaimedJobs;
import dev.topics.engine.model.ConfigPatch;
import dev.topics.engine.model.Discard;
import dev.topics.engine.model.Durability;
import dev.topics.engine.model.Guarantee;
import dev.topics.engine.model.PutRouterResult;
import dev.topics.engine.model.RecordSelector;
import dev.topics.engine.model.RouterInfo;
import dev.topics.engine.model.RouterName;
import dev.topics.engine.model.RouterPatch;
import dev.topics.engine.model.RouterSource;
import dev.topics.engine.model.TagMatch;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.model.TopicType;
import dev.topics.engine.queue.PendingClaim;
import dev.topics.storage.sim.Crash;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What arrives in a destination, and what does not.
final class ForwardingTest {
  private final RoutedEngine engine = new RoutedEngine();

  @Test
  void copiesCarryEverythingOver() {
    engine.router("r", route("a", "b"));
    engine.append(
        "a", "{\"data\":{\"n\":1.50},\"node\":\"n1\",\"tag\":\"t\",\"meta\":{\"k\":\"v\"}}");
    engine.append("a", "{\"data\":null}", "{\"data\":2,\"tag\":\"u\"}");
    engine.settle();

    assertThat(engine.read("b"))
        .containsExactly(
            "{\"$seq\":1,\"$node\":\"n1\",\"$tag\":\"t\","
                + "\"data\":{\"n\":1.50},\"meta\":{\"k\":\"v\"}}",
            "{\"$seq\":2,\"data\":null}",
            "{\"$seq\":3,\"$tag\":\"u\",\"data\":2}");
    assertThat(engine.router("r").forwarded()).isEqualTo(3);
    assertThat(engine.router("r").lag()).isZero();
  }

  @Test
  void copiesWhoseTagsARecoveryFindsLateAreDeletedWithOthers() {
    engine.router("r", route("a", "b"));
    engine.append("a", "{\"data\":1,\"tag\":\"t\"}", "{\"data\":2,\"tag\":\"t\"}");
    engine.settle();
    engine.append("b", "{\"data\":3,\"tag\":\"t\"}");
    engine.crash(Crash.PROCESS);
    var selector = new RecordSelector(RecordSelector.ANY_SEQ, new TagMatch.Exact("t"));
    engine.await(engine.engine().deleteRecords(new TopicName("b"), selector));

    assertThat(engine.read("b")).isEmpty();
  }

  @Test
  void nodesAndTagsCanBeLeftOut() {
    engine.router("r", route("a", "b").preserving(false, false));
    engine.router("further", route("b", "c"));
    engine.append("a", "{\"data\":1,\"node\":\"n\",\"tag\":\"t\",\"meta\":{\"k\":\"v\"}}");
    engine.settle();

    String copy = "{\"$seq\":1,\"data\":1,\"meta\":{\"k\":\"v\"}}";
    assertThat(engine.read("b")).containsExactly(copy);
    assertThat(engine.read("c")).containsExactly(copy);
  }

  @Test
  void aRouterStartsAtTheHeadOrWhereItIsTold() {
    engine.append("a", "{\"data\":1}", "{\"data\":2}", "{\"data\":3}");
    engine.router("head", route("a", "b"));
    engine.router("back", route("a", "c").startingBehind(1));
    engine.append("a", "{\"data\":4}");
    engine.settle();

    assertThat(engine.read("b")).containsExactly("{\"$seq\":1,\"data\":4}");
    assertThat(engine.read("c"))
        .containsExactly(
            "{\"$seq\":1,\"data\":2}", "{\"$seq\":2,\"data\":3}", "{\"$seq\":3,\"data\":4}");
  }

  private static RouterPatch stamped(String source, String dest) {
    return route(source, dest).withGuarantee(Guarantee.EXACTLY_ONCE);
  }

  @Test
  void filtersAndDeletesLeaveHolesThatNobodySees() {
    engine.router("r", route("a", "b").withFilter(new TagMatch.Prefix("x")));
    engine.router("s", stamped("b", "c"));
    engine.append(
        "a",
        "{\"data\":1,\"tag\":\"x1\"}",
        "{\"data\":2,\"tag\":\"y\"}",
        "{\"data\":3,\"tag\":\"x2\"}",
        "{\"data\":4}",
        "{\"data\":5,\"tag\":\"x3\"}");
    engine.await(
        engine
            .engine()
            .deleteRecords(
                new TopicName("a"),
                new RecordSelector(RecordSelector.ANY_SEQ, new TagMatch.Exact("x2"))));
    engine.settle();

    assertThat(engine.read("b"))
        .containsExactly(
            "{\"$seq\":1,\"$tag\":\"x1\",\"data\":1}", "{\"$seq\":2,\"$tag\":\"x3\",\"data\":5}");
    assertThat(engine.read("c"))
        .containsExactly(
            "{\"$seq\":1,\"$tag\":\"x1\",\"data\":1," + stamp("s", "b", 1) + "}",
            "{\"$seq\":2,\"$tag\":\"x3\",\"data\":5," + stamp("s", "b", 2) + "}");
    assertThat(engine.router("r").lag()).isZero();
  }

  private static String stamp(String router, String source, long seq) {
    return "\"meta\":{\"_topics_router\":{\"router\":\"%s\",\"source\":\"%s\",\"seq\":%d}}"
        .formatted(router, source, seq);
  }

  @Test
  void exactlyOnceTellsWhereACopyCameFromLast() {
    engine.append("a", "{\"data\":0}");
    engine.router("r", stamped("a", "b"));
    engine.router("s", stamped("b", "c"));
    engine.router("t", route("c", "d"));
    engine.append("a", "{\"data\":1,\"meta\":{\"k\":\"v\"}}", "{\"data\":2,\"meta\":{}}");
    engine.settle();

    String where = "{\"router\":\"%s\",\"source\":\"%s\",\"seq\":%d}";
    assertThat(engine.read("b"))
        .containsExactly(
            "{\"$seq\":1,\"data\":1,\"meta\":{\"k\":\"v\",\"_topics_router\":"
                + where.formatted("r", "a", 2)
                + "}}",
            "{\"$seq\":2,\"data\":2," + stamp("r", "a", 3) + "}");
    List<String> last =
        List.of(
            "{\"$seq\":1,\"data\":1,\"meta\":{\"k\":\"v\",\"_topics_router\":"
                + where.formatted("s", "b", 1)
                + "}}",
            "{\"$seq\":2,\"data\":2," + stamp("s", "b", 2) + "}");
    assertThat(engine.read("c")).isEqualTo(last);
    assertThat(engine.read("d")).isEqualTo(last);
  }

  @Test
  void patternsTakeTopicsThatComeLater() {
    engine.append("orders.eu", "{\"data\":0}");
    engine.router("all", route("orders.>", "audit"));
    engine.append("orders.eu", "{\"data\":1}");
    engine.append("orders.us:west", "{\"data\":2}");
    engine.append("orders", "{\"data\":3}");
    engine.settle();

    assertThat(engine.read("audit"))
        .containsExactlyInAnyOrder(
            "{\"$seq\":1,\"data\":1," + stamp("all", "orders.eu", 2) + "}",
            "{\"$seq\":2,\"data\":2," + stamp("all", "orders.us:west", 1) + "}");
    engine.restart();
    engine.append("orders.eu", "{\"data\":4}");
    engine.settle();
    assertThat(engine.read("audit"))
        .contains("{\"$seq\":3,\"data\":4," + stamp("all", "orders.eu", 3) + "}")
        .hasSize(3);
  }

  @Test
  void whatTheSourceLostIsToldOnceAndInOrder() {
    engine.topic("a", config -> config.capRecords(2));
    engine.router("r", route("a", "b"));
    engine.router("s", route("b", "c"));
    engine.append("a", "{\"data\":1}");
    engine.settle();
    engine.append(
        "a", "{\"data\":2}", "{\"data\":3}", "{\"data\":4}", "{\"data\":5}", "{\"data\":6}");
    engine.settle();

    List<String> told =
        List.of(
            "{\"$seq\":1,\"data\":1}",
            "SOURCE_TRIM 2-4",
            "{\"$seq\":5,\"data\":5}",
            "{\"$seq\":6,\"data\":6}");
    assertThat(engine.read("b")).isEqualTo(told);
    assertThat(engine.read("c")).isEqualTo(told);
    engine.restart();
    assertThat(engine.read("b")).isEqualTo(told);
  }

  @Test
  void aCycleEnds() {
    engine.router("r", route("a", "b"));
    engine.router("s", route("b", "a").allowingCycles());
    engine.append("a", "{\"data\":1}");
    engine.settle();

    assertThat(engine.read("a")).hasSize(1 + 8);
    assertThat(engine.read("b")).hasSize(8);
  }

  /// Whoever closed the cycle allowed it, not the routers that were there before.
  @Test
  void aRepeatIsNoNewCycle() {
    engine.router("r", route("a", "b"));
    engine.router("s", route("b", "a").allowingCycles());
    engine.append("a", "{\"data\":1}");
    engine.settle();

    assertThat(engine.router("r", route("a", "b")).forwarded()).isEqualTo(8);
    RouterPatch forbidding =
        new RouterPatch(
            RouterSource.of("b"),
            new TopicName("a"),
            null,
            null,
            true,
            false,
            null,
            false,
            null,
            null);
    assertThat(engine.await(engine.engine().putRouter(new RouterName("s"), forbidding)))
        .isInstanceOf(PutRouterResult.Cycle.class);
  }

  /// Where there is nothing to refer to, copies are carried as bytes, and how often they were
  /// forwarded is logged beside them.
  @Test
  void aCycleOfTopicsInMemoryEnds() {
    engine.topic("a", config -> config.durability(Durability.EPHEMERAL));
    engine.topic("b", config -> config.durability(Durability.EPHEMERAL));
    engine.router("r", route("a", "b"));
    engine.router("s", route("b", "a").allowingCycles());
    engine.append("a", "{\"data\":1}");
    engine.settle();

    assertThat(engine.read("a")).hasSize(1 + 8);
    assertThat(engine.read("b")).hasSize(8);
  }

  @Test
  void aFullDestinationHoldsTheRouterAndLosesNothing() {
    engine.topic("b", config -> config.capRecords(2).discard(Discard.REJECT));
    engine.router("r", route("a", "b"));
    engine.append("a", "{\"data\":1}", "{\"data\":2}", "{\"data\":3}");
    engine.settle();

    assertThat(engine.read("b")).hasSize(2);
    RouterInfo stopped = engine.router("r");
    assertThat(stopped.lag()).isEqualTo(1);
    assertThat(stopped.blocked()).isNotNull();
    assertThat(stopped.blocked().reason()).isEqualTo(RouterInfo.Reason.DEST_FULL);
    engine.await(engine.engine().deleteRecords(new TopicName("b"), new RecordSelector(2, null)));
    engine.clock.advance(1000);
    engine.settle();
    assertThat(engine.read("b"))
        .containsExactly("{\"$seq\":2,\"data\":2}", "{\"$seq\":3,\"data\":3}");
    assertThat(engine.router("r").blocked()).isNull();
  }

  @Test
  void aRecordLargerThanTheCapOfItsDestinationHoldsTheRouterAndIsNamed() {
    engine.topic("b", config -> config.capBytes(20).discard(Discard.REJECT));
    engine.router("r", route("a", "b"));
    engine.append("a", "{\"data\":1}", "{\"data\":\"" + "x".repeat(30) + "\"}", "{\"data\":3}");
    engine.settle();

    assertThat(engine.read("b")).containsExactly("{\"$seq\":1,\"data\":1}");
    RouterInfo.Blocked blocked = engine.router("r").blocked();
    assertThat(blocked).isNotNull();
    assertThat(blocked.reason()).isEqualTo(RouterInfo.Reason.RECORD_LARGER_THAN_CAP);
    assertThat(blocked.topic()).isEqualTo(new TopicName("b"));
    assertThat(blocked.first()).isEqualTo(2);
    engine.topic("b", config -> config.capBytes(100));
    engine.clock.advance(1000);
    engine.settle();
    assertThat(engine.read("b")).hasSize(3);
    assertThat(engine.router("r").blocked()).isNull();
  }

  @Test
  void copiesInAQueueAreJobsAndWakeWhoWaits() {
    engine.topic("q", config -> config.type(TopicType.QUEUE).leaseMillis(1000));
    engine.router("r", route("a", "q"));
    PendingClaim waiting =
        engine.engine().queues().claim(new ClaimRequest(new TopicName("q"), "n", 5, 0, true));
    assertThat(waiting.answer()).isNotDone();
    engine.append("a", "{\"data\":1}", "{\"data\":2}");
    engine.settle();

    assertThat(waiting.answer())
        .isCompletedWithValueMatching(
            result -> result instanceof ClaimedJobs jobs && jobs.size() == 2);
    engine.restart();
    assertThat(engine.read("q")).hasSize(2);
    engine.append("a", "{\"data\":3}");
    engine.settle();
    PendingClaim again =
        engine.engine().queues().claim(new ClaimRequest(new TopicName("q"), "n", 5, 0, false));
    assertThat(((ClaimedJobs) again.answer().join()).seqs()).containsExactly(1, 2, 3);
  }

  @Test
  void aChangeOfARouterDoesNotForgetHowOftenRecordsWereForwarded() {
    engine.router("r", route("a", "b"));
    engine.router("s", route("b", "a").allowingCycles());
    engine.append("a", "{\"data\":1}");
    RouterPatch there = route("a", "b").allowingCycles();
    RouterPatch back = route("b", "a").allowingCycles();
    for (int i = 0; i < 100; i++) {
      engine.router("r", there.preserving(i % 2 == 0, true));
      engine.router("s", back.preserving(i % 2 == 0, true));
    }
    engine.settle();

    assertThat(engine.read("a")).hasSize(1 + 8);
    assertThat(engine.read("b")).hasSize(8);
  }

  @ParameterizedTest
  @EnumSource(Durability.class)
  void everyClassTakesCopiesFromEveryClass(Durability source) {
    List<String> expected = new ArrayList<>();
    for (Durability dest : Durability.values()) {
      engine.topic("to-" + dest, config -> config.durability(dest));
    }
    engine.topic("a", config -> config.durability(source).capRecords(50));
    for (Durability dest : Durability.values()) {
      engine.topic("to-" + dest, config -> config.capRecords(20));
      engine.router("r-" + dest, route("a", "to-" + dest));
    }
    for (int i = 1; i <= 30; i++) {
      engine.append("a", "{\"data\":" + i + ",\"tag\":\"t\"}");
      if (i % 7 == 0) {
        engine.settle();
      }
    }
    engine.settle();
    expected.add("CAP 1-10");
    for (int i = 11; i <= 30; i++) {
      expected.add("{\"$seq\":" + i + ",\"$tag\":\"t\",\"data\":" + i + "}");
    }
    for (Durability dest : Durability.values()) {
      assertThat(engine.read("to-" + dest)).as("%s", dest).isEqualTo(expected);
    }
    engine.crash(Crash.PROCESS);
    engine.settle();
    assertThat(engine.read("to-DISK").subList(0, 21)).isEqualTo(expected);
    assertThat(engine.read("to-FSYNC").subList(0, 21)).isEqualTo(expected);
    engine.append("a", "{\"data\":31}");
    engine.settle();
    assertThat(engine.read("to-EPHEMERAL").getLast()).contains("\"data\":31");
  }

  @Test
  void tagsOfCopiesAreFoundAlsoAfterARestart() {
    engine.router("r", route("a", "b"));
    engine.append("a", "{\"data\":1,\"tag\":\"x\"}", "{\"data\":2,\"tag\":\"y\"}");
    engine.settle();
    engine.restart();
    engine.await(
        engine
            .engine()
            .deleteRecords(
                new TopicName("b"),
                new RecordSelector(RecordSelector.ANY_SEQ, new TagMatch.Exact("x"))));
    assertThat(engine.read("b")).containsExactly("{\"$seq\":2,\"$tag\":\"y\",\"data\":2}");
  }

  @Test
  void aDeletedTopicTakesItsRoutersWithIt() {
    engine.router("in", route("a", "b"));
    engine.router("out", route("b", "c"));
    engine.router("other", route("a", "d"));
    var deleted = engine.await(engine.engine().deleteTopic(new TopicName("b"), false));
    assertThat(deleted.toString()).contains("routers=[in, out]");
    engine.append("a", "{\"data\":1}");
    engine.settle();
    assertThat(engine.engine().state(new TopicName("b"), false)).isNull();
    assertThat(engine.read("d")).hasSize(1);
    engine.restart();
    assertThat(engine.router("in")).isNull();
    assertThat(engine.router("other").forwarded()).isEqualTo(1);
  }

  @Test
  void anUncappedTopicIsNotTouchedByPatches() {
    engine.topic("a", ConfigPatch.NONE);
    engine.router("r", route("a", "b"));
    long lsn = engine.engine().stats().lastLsn();
    engine.router("r", route("a", "b"));
    assertThat(engine.engine().stats().lastLsn()).isEqualTo(lsn);
  }
}
