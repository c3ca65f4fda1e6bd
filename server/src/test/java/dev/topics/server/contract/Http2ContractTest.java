package dev.topics.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Exception;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// http-api §1.1: HTTP/2 without TLS, by upgrade and with prior knowledge, on the same port.
class Http2ContractTest {
  @RegisterExtension static final ContractServer server = new ContractServer();

  // ---- upgrade, by the client of the JDK

  @Test
  void aConnectionIsUpgraded() throws Exception {
    try (HttpClient client = client()) {
      HttpResponse<String> health = client.send(get("/v0/health"), BodyHandlers.ofString());
      assertThat(health.version()).isEqualTo(HttpClient.Version.HTTP_2);
      assertThat(health.statusCode()).isEqualTo(200);
      assertThat(health.headers().firstValue("content-type").orElse("")).contains("json");
    }
  }

  @Test
  void aWriteAndAReadWorkOverAnUpgradedConnection() throws Exception {
    String topic = server.name();
    try (HttpClient client = client()) {
      HttpResponse<String> written = post(client, "/v0/topics/" + topic, Json.write("[1]", "[2]"));
      assertThat(written.statusCode()).isEqualTo(201);
      HttpResponse<String> read = post(client, "/v0/topics/" + topic + "/diff", "{}");
      assertThat(read.version()).isEqualTo(HttpClient.Version.HTTP_2);
      assertThat(read.body()).contains("\"data\":[1]", "\"data\":[2]");
    }
  }

  @Test
  void manyStreamsShareAConnection() throws Exception {
    String topic = server.topic("{'durability':'fsync'}");
    try (HttpClient client = client()) {
      client.send(get("/v0/health"), BodyHandlers.ofString());
      List<CompletableFuture<HttpResponse<String>>> writes = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        writes.add(
            client.sendAsync(
                postOf("/v0/topics/" + topic, Json.write("" + i)), BodyHandlers.ofString()));
      }
      for (var write : writes) {
        assertThat(write.get().statusCode()).isEqualTo(200);
        assertThat(write.get().version()).isEqualTo(HttpClient.Version.HTTP_2);
      }
    }
    assertThat(server.head(topic)).isEqualTo(100);
  }

  @Test
  void largeBodiesPassInBothDirections() throws Exception {
    String topic = server.topic("{}");
    String text = "\"" + "x".repeat(900_000) + "\"";
    try (HttpClient client = client()) {
      assertThat(post(client, "/v0/topics/" + topic, Json.write(text, text, text)).statusCode())
          .isEqualTo(200);
      String read =
          post(client, "/v0/topics/" + topic + "/diff", "{'max_batch_bytes':8000000}").body();
      assertThat(read.length()).isGreaterThan(2_700_000);
      assertThat(Json.raw(ContractServer.utf8(read), "/records/2/data")).isEqualTo(text);
    }
  }

  @Test
  void errorsAreTheSame() throws Exception {
    try (HttpClient client = client()) {
      HttpResponse<String> absent = client.send(get("/v0/topics/absent"), BodyHandlers.ofString());
      assertThat(absent.statusCode()).isEqualTo(404);
      assertThat(absent.body()).contains("\"topic_not_found\"");
      HttpResponse<String> bad = post(client, "/v0/topics/x", "{'records':5}");
      assertThat(bad.statusCode()).isEqualTo(400);
      assertThat(bad.body()).contains("\"invalid_request\"", "records");
      HttpRequest delete = HttpRequest.newBuilder(uri("/v0/health")).DELETE().build();
      HttpResponse<String> method = client.send(delete, BodyHandlers.ofString());
      assertThat(method.statusCode()).isEqualTo(405);
      assertThat(method.headers().firstValue("allow").orElse("")).contains("GET");
      HttpRequest untyped =
          HttpRequest.newBuilder(uri("/v0/topics/x")).POST(BodyPublishers.ofString("{}")).build();
      assertThat(client.send(untyped, BodyHandlers.ofString()).statusCode()).isEqualTo(415);
    }
    assertThat(server.exists("x")).isFalse();
  }

  @Test
  void aWaitDoesNotHoldUpOtherStreams() throws Exception {
    String topic = server.topic("{}");
    try (HttpClient client = client()) {
      client.send(get("/v0/health"), BodyHandlers.ofString());
      var poll =
          client.sendAsync(
              postOf("/v0/topics/" + topic + "/diff", "{'wait_ms':20000}"),
              BodyHandlers.ofString());
      assertThat(client.send(get("/v0/health"), BodyHandlers.ofString()).statusCode())
          .isEqualTo(200);
      assertThat(post(client, "/v0/topics/" + topic, Json.write("7")).statusCode()).isEqualTo(200);
      assertThat(poll.get().body()).contains("\"data\":7");
    }
  }

  // ---- prior knowledge, by frames

  @Test
  void aClientMaySpeakHttp2FromTheFirstByte() throws Exception {
    String topic = server.name();
    try (H2Wire wire = new H2Wire(server.address())) {
      wire.request(1, "GET", "/v0/health", null);
      wire.read(1).is(200).has("/status", "ok");
      wire.request(3, "POST", "/v0/topics/" + topic, Json.write("{\"n\":1.50}"));
      wire.read(3).is(201).has("/first_seq", 1);
      wire.request(5, "POST", "/v0/topics/" + topic + "/diff", "{}");
      wire.read(5).is(200).hasRaw("/records/0/data", "{\"n\":1.50}");
      wire.request(7, "DELETE", "/v0/topics/" + topic, null);
      wire.read(7).is(200).has("/deleted", true);
      wire.request(9, "PATCH", "/v0/topics/" + topic, null);
      assertThat(wire.read(9).refused(405, "method_not_allowed").header("allow")).contains("PUT");
    }
  }

  @Test
  void answersComeAsTheyAreReady() throws IOException, Http2Exception {
    String topic = server.topic("{}");
    try (H2Wire wire = new H2Wire(server.address())) {
      wire.request(1, "POST", "/v0/topics/" + topic + "/diff", Json.json("{'wait_ms':20000}"));
      wire.request(3, "POST", "/v0/topics/" + topic, Json.write("1"));
      wire.read(3).is(200);
      wire.read(1).is(200).hasJson("/records/0/data", "1");
    }
  }

  // ---- steps

  private static HttpClient client() {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_2)
        .connectTimeout(Duration.ofSeconds(60))
        .build();
  }

  private static URI uri(String target) {
    return URI.create("http://127.0.0.1:" + server.address().getPort() + target);
  }

  private static HttpRequest get(String target) {
    return HttpRequest.newBuilder(uri(target)).timeout(Duration.ofSeconds(60)).build();
  }

  private static HttpRequest postOf(String target, String json) {
    return HttpRequest.newBuilder(uri(target))
        .timeout(Duration.ofSeconds(60))
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(Json.json(json)))
        .build();
  }

  private static HttpResponse<String> post(HttpClient client, String target, String json)
      throws IOException, InterruptedException {
    return client.send(postOf(target, json), BodyHandlers.ofString());
  }
}
