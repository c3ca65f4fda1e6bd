package dev.topics.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The whole server on a free port over a directory of its own.
final class TopicsServerTest {
  @TempDir private Path directory;
  private TopicsServer server;
  private HttpClient client;

  @BeforeEach
  void start() throws IOException {
    server = TopicsServer.start(options()).awaitReady();
    client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    server.close();
  }

  private ServerOptions options() {
    return ServerOptions.defaults().withPort(0).withDataDirectory(directory.resolve("data"));
  }

  private HttpResponse<String> send(String method, String path, String body) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.url() + path));
    if (!body.isEmpty()) {
      request.header("Content-Type", "application/json");
    }
    request.method(method, BodyPublishers.ofString(body));
    return client.send(request.build(), BodyHandlers.ofString());
  }

  @Test
  void whatIsAppendedIsReadBackAfterARestart() throws Exception {
    String body = "{\"records\":[{\"data\":{\"n\": 1.50}},{\"data\":null,\"tag\":\"t\"}]}";
    HttpResponse<String> appended = send("POST", "/v0/topics/jobs", body);
    assertThat(appended.statusCode()).isEqualTo(201);
    assertThat(appended.body())
        .startsWith(
            "{\"topic\":\"jobs\",\"first_seq\":1,\"last_seq\":2,\"seqs\":[1,2],\"head_seq\":2,"
                + "\"count\":2,\"created\":true,\"deduped\":false,"
                + "\"performance\":{\"server_total_ms\":");
    server.close();
    server = TopicsServer.start(options()).awaitReady();
    HttpResponse<String> read = send("POST", "/v0/topics/jobs/diff", "{\"include_tags\":true}");
    assertThat(read.statusCode()).isEqualTo(200);
    assertThat(read.body().replaceAll("\"\\$ts\":\\d+", "\"\\$ts\":0"))
        .startsWith(
            "{\"topic\":\"jobs\",\"records\":[{\"$seq\":1,\"$ts\":0,\"data\":{\"n\":1.50}},"
                + "{\"$seq\":2,\"$ts\":0,\"$tag\":\"t\",\"data\":null}],\"next_from_seq\":2,"
                + "\"head_seq\":2,\"earliest_seq\":1,\"caught_up\":true,\"tombstone\":null,"
                + "\"lag\":0,\"performance\":{");
  }

  @Test
  void aReaderThatWaitsIsWokenByAnAppendAndByADeletion() throws Exception {
    send("PUT", "/v0/topics/news", "");
    CompletableFuture<HttpResponse<String>> waiting =
        client.sendAsync(
            HttpRequest.newBuilder(URI.create(server.url() + "/v0/topics/news/diff"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"wait_ms\":20000}"))
                .build(),
            BodyHandlers.ofString());
    send("POST", "/v0/topics/news", "{\"records\":[{\"data\":1}]}");
    assertThat(waiting.get(60, TimeUnit.SECONDS).body()).contains("\"$seq\":1");

    CompletableFuture<HttpResponse<String>> again =
        client.sendAsync(
            HttpRequest.newBuilder(URI.create(server.url() + "/v0/topics/news/diff"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"wait_ms\":20000,\"from_seq\":1}"))
                .build(),
            BodyHandlers.ofString());
    send("DELETE", "/v0/topics/news", "");
    assertThat(again.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(404);
  }

  @Test
  void aReaderThatWaitsInVainGetsAnEmptyPage() throws Exception {
    send("PUT", "/v0/topics/quiet", "");
    HttpResponse<String> read = send("POST", "/v0/topics/quiet/diff", "{\"wait_ms\":30}");
    assertThat(read.body()).contains("\"records\":[],", "\"caught_up\":true");
  }

  @Test
  void listsGoPageByPage() throws Exception {
    for (String name : new String[] {"b", "a", "c"}) {
      send("PUT", "/v0/topics/" + name, "");
    }
    HttpResponse<String> first = send("GET", "/v0/topics?page_size=2", "");
    assertThat(first.body()).contains("\"topic\":\"a\"", "\"topic\":\"b\"", "\"next_cursor\":\"");
    String cursor = first.body().replaceAll(".*\"next_cursor\":\"([^\"]*)\".*", "$1");
    HttpResponse<String> second = send("GET", "/v0/topics?page_size=2&cursor=" + cursor, "");
    assertThat(second.body()).contains("\"topic\":\"c\"").doesNotContain("next_cursor");
    assertThat(send("GET", "/v0/topics?cursor=" + cursor + "AA", "").statusCode()).isEqualTo(400);
  }

  @Test
  void mistakesAreNamed() throws Exception {
    assertThat(send("PUT", "/v0/topics/x", "{\"cap_record\":1}").body())
        .contains("did you mean \\\"cap_records\\\"?");
    assertThat(send("PUT", "/v0/topics/x", "{\"ttl_ms\":-1}").body()).contains("ttl_ms must be");
    assertThat(send("PUT", "/v0/topics/x", "{\"dead_letter\":\"x\"}").statusCode()).isEqualTo(400);
    assertThat(send("POST", "/v0/topics/x", "{\"records\":[]}").statusCode()).isEqualTo(400);
    assertThat(send("POST", "/v0/topics/x/diff", "{\"limit\":\"2\"}").body())
        .contains("limit must be a whole number, 0 or more, not a string");
    assertThat(send("GET", "/v0/topics/x", "").statusCode()).isEqualTo(404);
    assertThat(send("POST", "/v0/topics/x/delete", "{\"match\":[\"tag\",\"Glob\",\"a*b\"]}").body())
        .contains("match must be");
  }

  @Test
  void healthAndMetricsAreServedUnderBothNames() throws Exception {
    assertThat(send("GET", "/healthz", "").body()).contains("\"status\":\"ok\"");
    assertThat(send("GET", "/v0/ready", "").body()).contains("\"wal_replay_complete\":true");
    assertThat(send("GET", "/metrics", "").body()).contains("\ntopics_ready 1.0");
    HttpRequest json =
        HttpRequest.newBuilder(URI.create(server.url() + "/v0/metrics"))
            .header("Accept", "application/json")
            .build();
    assertThat(client.send(json, BodyHandlers.ofString()).body()).contains("\"topics_topics\":0");
  }

  @Test
  void aDirectoryInUseIsRefused() throws IOException {
    try (TopicsServer second = TopicsServer.start(options())) {
      assertThatThrownBy(second::awaitReady)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("in use");
    }
  }

  @Test
  void thePortFileTellsWhereTheServerListens() throws IOException {
    Path file = directory.resolve("port");
    Map<String, String> variables =
        Map.of(
            "TOPICS_HOST", "127.0.0.1:0",
            "TOPICS_PORT_FILE", file.toString(),
            "TOPICS_DATA_DIR", directory.resolve("other").toString());
    try (TopicsServer other =
        TopicsServer.start(ServerOptions.fromVariables(variables)).awaitReady()) {
      assertThat(Files.readString(file).strip())
          .isEqualTo("127.0.0.1:" + other.address().getPort());
    }
  }
}
