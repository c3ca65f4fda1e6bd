package dev.topics.engine.router;

import static dev.topics.engine.router.RoutedEngine.route;
import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.engine.model.ConfigPatch;
import dev.topics.engine.model.TagMatch;
import dev.topics.engine.model.TopicName;
import dev.topics.storage.sim.Crash;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/// What happens between topics and routers while a checkpoint is written.
final class CheckpointedRoutersTest {
  private static final TopicName LOG = new TopicName("log");
  private static final String LARGE = "{\"data\":\"" + "x".repeat(1000) + "\"}";

  private final RoutedEngine engine = new RoutedEngine();
  private final List<CompletableFuture<?>> answers = new ArrayList<>();
  private final AtomicBoolean begun = new AtomicBoolean();

  @Test
  void aTopicThatComesAsACheckpointBeginsIsForwardedFromAfterARestartToo() {
    engine.router("r", route("a.*", "b"));
    beginCheckpoint(
        () -> answers.add(engine.engine().putTopic(new TopicName("a.1"), ConfigPatch.NONE)));
    engine.append("a.1", "{\"data\":1}");
    restartFromTheCheckpoint();
    engine.append("a.1", "{\"data\":2}");
    engine.settle();

    assertThat(engine.read("b"))
        .satisfiesExactly(
            copy -> assertThat(copy).contains("\"data\":1"),
            copy -> assertThat(copy).contains("\"data\":2"));
  }

  @Test
  void theLastTopicMayGoAsACheckpointBegins() {
    beginCheckpoint(() -> answers.add(engine.engine().deleteTopic(LOG, false)));
    restartFromTheCheckpoint();

    assertThat(engine.engine().topicCount()).isZero();
  }

  @Test
  void sourcesOfAPatternThatGoBeforeTheirTurnInACheckpointKeepTheirCursorsApart() {
    for (int i = 0; i < 300; i++) {
      engine.topic("other" + i, ConfigPatch.NONE);
    }
    engine.topic("a.1", ConfigPatch.NONE);
    engine.topic("a.2", ConfigPatch.NONE);
    beginCheckpoint(() -> {});
    engine.router("r", route("a.*", "b").withFilter(new TagMatch.Exact("t")));
    engine.append("a.1", "{\"data\":1}", "{\"data\":2}", "{\"data\":3}");
    stepUntilForwarded();
    engine.append("a.2", "{\"data\":4}");
    stepUntilForwarded();
    engine.await(engine.engine().deleteTopic(new TopicName("a.1"), false));
    engine.await(engine.engine().deleteTopic(new TopicName("a.2"), false));
    restartFromTheCheckpoint();
    engine.append("a.1", "{\"data\":5,\"tag\":\"t\"}");
    engine.settle();

    assertThat(engine.read("b")).singleElement().asString().contains("\"data\":5");
  }

  private void stepUntilForwarded() {
    while (engine.router("r").lag() > 0) {
      assertThat(engine.engine().step()).isPositive();
    }
  }

  private void restartFromTheCheckpoint() {
    engine.settle();
    engine.clock.advance(60);
    engine.settle();
    assertThat(engine.disk().files()).anyMatch(name -> name.endsWith(".checkpoint"));
    assertThat(answers).allMatch(CompletableFuture::isDone);
    engine.crash(Crash.PROCESS);
  }

  /// Fills a journal file, and steps until `first` has run, right after the first checkpoint took
  /// its picture of the routers.
  private void beginCheckpoint(Runnable first) {
    engine.beforeCheckpoint(() -> {
      if (begun.compareAndSet(false, true)) {
        first.run();
      }
    });
    for (int i = 0; i < 100 && !begun.get(); i++) {
      engine.append(LOG.value(), LARGE);
      engine.clock.advance(60);
    }
    assertThat(begun).isTrue();
  }
}
