package dev.topics.engine.router;

import static dev.topics.engine.router.RoutedEngine.route;
import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.engine.json.WriteBody;
import dev.topics.engine.model.AppendOptions;
import dev.topics.engine.model.AppendResult;
import dev.topics.engine.model.ConfigPatch;
import dev.topics.engine.model.Refusal;
import dev.topics.engine.model.RouterInfo;
import dev.topics.engine.model.TopicName;
import dev.topics.storage.sim.SimDisk;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/// Routers on a disk that is damaged or full: they stand still, say why, and go on by themselves.
final class TroubledForwardingTest {
  private static final String LARGE = "{\"data\":\"" + "x".repeat(4000) + "\"}";
  private static final long LONGER_THAN_ANY_BACKOFF_MILLIS = 2_000;

  private final RoutedEngine engine = new RoutedEngine();

  @Test
  void damageInASourceHoldsItsRouterAndNoOther() {
    engine.router("r", route("a", "b"));
    engine.router("other", route("c", "d"));
    engine.append("a", "{\"data\":\"sound\"}");
    engine.settle();
    engine.append("a", "{\"data\":\"soon rotten\"}");
    flip("soon rotten");
    engine.append("a", "{\"data\":\"behind\"}");
    engine.append("c", "{\"data\":1}");
    engine.settle();

    assertThat(engine.read("b")).containsExactly("{\"$seq\":1,\"data\":\"sound\"}");
    assertThat(engine.read("d")).hasSize(1);
    RouterInfo stopped = engine.router("r");
    assertThat(stopped.lag()).isEqualTo(2);
    assertThat(stopped.blocked()).isNotNull();
    assertThat(stopped.blocked().reason()).isEqualTo(RouterInfo.Reason.SOURCE_DAMAGED);
    assertThat(stopped.blocked().topic()).isEqualTo(new TopicName("a"));
    assertThat(stopped.blocked().first()).isEqualTo(2);
    assertThat(stopped.blocked().last()).isEqualTo(2);
    assertThat(engine.router("other").blocked()).isNull();

    flip("soon rotten");
    engine.clock.advance(LONGER_THAN_ANY_BACKOFF_MILLIS);
    engine.settle();
    assertThat(engine.read("b"))
        .containsExactly(
            "{\"$seq\":1,\"data\":\"sound\"}",
            "{\"$seq\":2,\"data\":\"soon rotten\"}",
            "{\"$seq\":3,\"data\":\"behind\"}");
    assertThat(engine.router("r").blocked()).isNull();
  }

  /// Changes a bit of the first letter wherever the text is stored; the second time it puts back
  /// what was there.
  private void flip(String text) {
    String flipped = (char) (text.charAt(0) ^ 1) + text.substring(1);
    int places = 0;
    for (String file : engine.disk().files()) {
      String content = new String(engine.disk().bytes(file), StandardCharsets.ISO_8859_1);
      int at = Math.max(content.indexOf(text), content.indexOf(flipped));
      if (at >= 0) {
        engine.disk().flip(file, at, 1);
        places++;
      }
    }
    assertThat(places).isPositive();
  }

  @Test
  void aFullDiskHoldsRoutersUntilThereIsSpaceAgain() {
    engine.topic("a", ConfigPatch.NONE);
    engine.router("r", route("a", "b"));
    engine.disk().capacity(engine.disk().files().stream().mapToLong(engine.disk()::size).sum());
    int appended = appended(LARGE) + appended("{\"data\":1}");
    engine.settle();

    RouterInfo stopped = engine.router("r");
    assertThat(stopped.blocked()).isNotNull();
    assertThat(stopped.blocked().reason()).isEqualTo(RouterInfo.Reason.STORAGE_FULL);
    assertThat(stopped.blocked().topic()).isEqualTo(new TopicName("b"));
    assertThat(stopped.lag()).isPositive();

    engine.disk().capacity(SimDisk.UNLIMITED);
    engine.clock.advance(LONGER_THAN_ANY_BACKOFF_MILLIS);
    engine.settle();
    engine.clock.advance(LONGER_THAN_ANY_BACKOFF_MILLIS);
    engine.settle();
    assertThat(engine.read("b")).hasSize(appended);
    assertThat(engine.router("r").blocked()).isNull();
    assertThat(engine.router("r").lag()).isZero();
  }

  /// Writes until the disk is full, without a step in between; returns how often.
  private int appended(String record) {
    byte[] bytes = ("{\"records\":[" + record + "]}").getBytes(StandardCharsets.UTF_8);
    var appender = engine.engine().newAppender();
    for (int count = 0; ; count++) {
      assertThat(appender.body().decode(bytes, 0, bytes.length))
          .isInstanceOf(WriteBody.Accepted.class);
      AppendResult result = engine.await(appender.append(new TopicName("a"), AppendOptions.NONE));
      assertThat(result).isInstanceOfAny(AppendResult.Appended.class, Refusal.StorageFull.class);
      if (result instanceof Refusal.StorageFull) {
        return count;
      }
    }
  }
}
