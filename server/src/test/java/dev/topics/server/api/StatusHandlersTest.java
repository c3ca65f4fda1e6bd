package dev.topics.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.server.http.AccessOptions;
import dev.topics.server.http.ExchangeListener;
import dev.topics.server.http.HttpOptions;
import dev.topics.server.http.HttpServer;
import dev.topics.server.http.Problem;
import dev.topics.server.http.Route;
import dev.topics.server.http.Router;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class StatusHandlersTest {
  /// A server that is well.
  private static final class Well implements Status {
    @Override
    public String version() {
      return "1";
    }

    @Override
    public long uptimeMillis() {
      return 0;
    }

    @Override
    public @Nullable Problem unready() {
      return null;
    }

    @Override
    public int topics() {
      return 0;
    }
  }

  /// Does not care.
  private static final class Deaf implements ExchangeListener {
    @Override
    public void answered(@Nullable Route route, int status, long nanos, long in, long out) {}

    @Override
    public void streamBegan() {}

    @Override
    public void streamEnded(long bytesOut) {}
  }

  @Test
  void metricsAreNotCollectedOnAnEventLoop() throws Exception {
    AtomicReference<String> collector = new AtomicReference<>();
    Router.Builder router = Router.builder();
    new StatusHandlers(
            new Well(),
            grant -> {
              collector.set(Thread.currentThread().getName());
              return "a 1\n";
            })
        .addTo(router);
    HttpOptions options = HttpOptions.at("127.0.0.1", 0, 1);
    try (HttpServer server =
            HttpServer.start(
                options, null, AccessOptions.open(), router.build(), route -> null, new Deaf());
        HttpClient client = HttpClient.newHttpClient()) {
      URI metrics = URI.create("http://127.0.0.1:" + server.address().getPort() + "/metrics");
      var reply = client.send(HttpRequest.newBuilder(metrics).build(), BodyHandlers.ofString());
      assertThat(reply.body()).isEqualTo("a 1\n");
      assertThat(collector.get()).isEqualTo("metrics");
    }
  }
}
