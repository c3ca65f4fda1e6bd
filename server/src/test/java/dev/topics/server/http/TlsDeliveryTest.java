package dev.topics.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.engine.Engine;
import dev.topics.engine.EngineOptions;
import dev.topics.server.ServerOptions;
import dev.topics.server.TopicsServer;
import dev.topics.server.auth.TlsOptions;
import io.netty.pkitesting.X509Bundle;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Watches and WebSockets over TLS, by the clients of the JDK.
final class TlsDeliveryTest {
  /// More than a TLS record holds, and more than goes out in one piece.
  private static final String LARGE = "\"" + "x".repeat(200_000) + "\"";

  @TempDir private Path directory;
  private Certificates authority;
  private TopicsServer server;
  private final List<HttpClient> clients = new ArrayList<>();

  @BeforeEach
  void start() throws Exception {
    authority = new Certificates("authority");
    Path files = Files.createDirectory(directory.resolve("tls"));
    TlsOptions tls = Certificates.files(files, authority.server("localhost"), null, false);
    Map<String, String> variables =
        Map.of(
            "TOPICS_TLS_CERT",
            tls.certificate().toString(),
            "TOPICS_TLS_KEY",
            tls.key().toString());
    ServerOptions options = ServerOptions.fromVariables(variables).withPort(0);
    Path data = directory.resolve("data");
    server =
        TopicsServer.start(options, progress -> Engine.open(data, EngineOptions.defaults()))
            .awaitReady();
  }

  @AfterEach
  void stop() throws IOException {
    clients.forEach(HttpClient::shutdownNow);
    server.close();
  }

  private HttpClient client(Version version) throws Exception {
    HttpClient client =
        HttpClient.newBuilder()
            .sslContext(authority.client((X509Bundle) null))
            .version(version)
            .build();
    clients.add(client);
    return client;
  }

  private HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(
        URI.create("https://localhost:" + server.address().getPort() + path));
  }

  private String post(HttpClient client, String path, String json) throws Exception {
    HttpRequest request =
        to(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(json))
            .build();
    HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isIn(200, 201);
    return answer.body();
  }

  @ParameterizedTest
  @EnumSource(Version.class)
  void aStreamDeliversTheBacklogAndNews(Version version) throws Exception {
    HttpClient client = client(version);
    post(client, "/v0/topics/t", "{\"records\":[{\"data\":" + LARGE + "}]}");
    String session = post(client, "/v0/watch", "{\"topics\":{\"t\":{}}}");
    String url = session.replaceAll(".*\"stream_url\":\"([^\"]+)\".*", "$1");
    HttpResponse<InputStream> stream = client.send(to(url).build(), BodyHandlers.ofInputStream());
    assertThat(stream.version()).isEqualTo(version);
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8))) {
      assertThat(data(lines, "record")).contains("\"$seq\":1", LARGE);
      assertThat(data(lines, "caught-up")).isEqualTo("{\"topic\":\"t\",\"head_seq\":1}");
      post(client, "/v0/topics/t", "{\"records\":[{\"data\":2}]}");
      assertThat(data(lines, "record")).contains("\"$seq\":2");
    }
  }

  /// The data of the next event of this type.
  private static String data(BufferedReader lines, String type) throws IOException {
    String line = lines.readLine();
    while (!line.equals("event: " + type)) {
      line = lines.readLine();
    }
    return lines.readLine().substring("data: ".length());
  }

  @Test
  void aWebSocketPublishesAndHearsOfIt() throws Exception {
    HttpClient client = client(Version.HTTP_1_1);
    Messages messages = new Messages();
    URI uri = URI.create("wss://localhost:" + server.address().getPort() + "/v0/ws");
    WebSocket socket = client.newWebSocketBuilder().buildAsync(uri, messages).join();
    post(client, "/v0/topics/t", "{\"records\":[{\"data\":1}]}");
    socket.sendText("{\"type\":\"subscribe\",\"topic\":\"t\",\"tail\":true}", true).join();
    assertThat(messages.whole.take()).startsWith("{\"type\":\"subscribed\"");
    assertThat(messages.whole.take()).startsWith("{\"type\":\"caught_up\"");
    String publish = "{\"type\":\"publish\",\"topic\":\"t\",\"records\":[{\"data\":";
    socket.sendText(publish, false).join();
    socket.sendText(LARGE + "}]}", true).join();
    assertThat(messages.whole.take()).startsWith("{\"type\":\"ack\"");
    assertThat(messages.whole.take()).startsWith("{\"type\":\"record\"").contains(LARGE);
    socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
    assertThat(messages.whole.take()).isEqualTo("closed with 1000");
  }

  /// What a WebSocket received.
  private static final class Messages implements WebSocket.Listener {
    private final LinkedBlockingQueue<String> whole = new LinkedBlockingQueue<>();
    private final StringBuilder begun = new StringBuilder();

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
      begun.append(text);
      if (last) {
        whole.add(begun.toString());
        begun.setLength(0);
      }
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      whole.add("closed with " + code);
      return null;
    }
  }
}
