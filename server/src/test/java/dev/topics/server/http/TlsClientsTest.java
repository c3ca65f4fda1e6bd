package dev.topics.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.topics.server.ServerOptions;
import dev.topics.server.TopicsServer;
import dev.topics.server.auth.TlsOptions;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The whole server over TLS, as curl, the JDK and Netty see it.
final class TlsClientsTest {
  private static final String EVENTS = "/v0/topics/q/work?node=w";

  @TempDir private Path directory;
  private Certificates authority;
  private TopicsServer server;

  @BeforeEach
  void start() throws Exception {
    authority = new Certificates("authority");
    server = started(authority.server("localhost"), null);
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private TopicsServer started(X509Bundle certificate, @Nullable Certificates clients)
      throws Exception {
    Path own = Files.createTempDirectory(directory, "server");
    TlsOptions files = Certificates.files(own, certificate, clients, clients != null);
    Map<String, String> variables = new HashMap<>();
    variables.put("TOPICS_PORT", "0");
    variables.put("TOPICS_DATA_DIR", own.resolve("data").toString());
    variables.put("TOPICS_TLS_CERT", files.certificate().toString());
    variables.put("TOPICS_TLS_KEY", files.key().toString());
    if (files.clientAuthorities() != null) {
      variables.put("TOPICS_TLS_CLIENT_CA", files.clientAuthorities().toString());
      variables.put("TOPICS_TLS_CLIENT_REQUIRED", "true");
    }
    return TopicsServer.start(ServerOptions.fromVariables(variables)).awaitReady();
  }

  private static String url(TopicsServer server, String path) {
    return "https://localhost:" + server.address().getPort() + path;
  }

  // ---- curl

  /// What curl said, and with which exit status.
  private record Curled(int status, String text) {}

  private Curled curl(String... arguments) throws Exception {
    Process process = startCurl(arguments);
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Curled(process.waitFor(), text);
  }

  private Process startCurl(String... arguments) throws IOException {
    Path trusted = directory.resolve("trusted.pem");
    Files.writeString(trusted, authority.pem());
    List<String> command = new ArrayList<>(List.of("curl", "-sSN", "--max-time", "60"));
    command.addAll(List.of("--cacert", trusted.toString()));
    command.addAll(List.of(arguments));
    try {
      return new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      assumeTrue(false, "there is no curl here");
      throw e;
    }
  }

  @ParameterizedTest
  @CsvSource({"--http1.1,1.1", "--http2,2"})
  void curlWritesAndReadsInBothProtocols(String protocol, String version) throws Exception {
    String json = "{\"records\":[{\"data\":\"" + "x".repeat(200_000) + "\"}]}";
    Path body = directory.resolve("body.json");
    Files.writeString(body, json);
    Curled written =
        curl(
            protocol,
            "-w",
            " %{http_code} %{http_version}",
            "-H",
            "Content-Type: application/json",
            "--data-binary",
            "@" + body,
            url(server, "/v0/topics/t"));
    assertThat(written.text).contains("\"last_seq\":1").endsWith(" 201 " + version);
    Curled read = curl(protocol, "-X", "POST", url(server, "/v0/topics/t/diff"));
    assertThat(read.text).contains("x".repeat(200_000));
  }

  @ParameterizedTest
  @CsvSource({"--http1.1", "--http2"})
  void curlReadsEventsUntilItHasEnough(String protocol) throws Exception {
    queueWithAJob();
    Process curl = startCurl(protocol, url(server, EVENTS));
    StringBuilder events = new StringBuilder();
    try (InputStream out = curl.getInputStream()) {
      for (int c = out.read(); c >= 0 && events.indexOf("\"data\":42") < 0; c = out.read()) {
        events.append((char) c);
      }
    } finally {
      curl.destroyForcibly();
    }
    assertThat(events).startsWith("retry: 2000\n\n").contains("event: job", "\"data\":42");
  }

  private void queueWithAJob() throws Exception {
    for (String[] step :
        new String[][] {
          {"PUT", "{\"type\":\"queue\"}"}, {"POST", "{\"records\":[{\"data\":42}]}"}
        }) {
      Curled made =
          curl(
              "-f",
              "-X",
              step[0],
              "-H",
              "Content-Type: application/json",
              "-d",
              step[1],
              url(server, "/v0/topics/q"));
      assertThat(made.status).as(made.text).isZero();
    }
  }

  @Test
  void curlSaysClearlyWhyItRefusesAServer() throws Exception {
    try (TopicsServer expired = started(authority.expiredServer(), null)) {
      Curled refusal = curl(url(expired, "/v0/health"));
      assertThat(refusal.status).isEqualTo(60);
      assertThat(refusal.text).contains("certificate has expired");
    }
    try (TopicsServer other = started(authority.server("other.example"), null)) {
      Curled refusal = curl(url(other, "/v0/health"));
      assertThat(refusal.status).isEqualTo(60);
      assertThat(refusal.text).contains("localhost");
    }
  }

  @Test
  void curlIsToldThatACertificateIsMissing() throws Exception {
    try (TopicsServer strict = started(authority.server("localhost"), new Certificates("c"))) {
      Curled refusal = curl(url(strict, "/v0/health"));
      assertThat(refusal.status).isNotZero();
      assertThat(refusal.text).containsPattern("certificate.required|certificate");
      assertThat(refusal.text).doesNotContain("\"status\"");
    }
  }

  // ---- the JDK

  @Test
  void theJdkSpeaksWebSocket() throws Exception {
    CompletableFuture<String> answer = new CompletableFuture<>();
    WebSocket.Listener listener =
        new WebSocket.Listener() {
          @Override
          public @Nullable CompletionStage<?> onText(
              WebSocket socket, CharSequence text, boolean last) {
            answer.complete(text.toString());
            return null;
          }
        };
    try (HttpClient client =
        HttpClient.newBuilder().sslContext(authority.client((X509Bundle) null)).build()) {
      URI address = URI.create(url(server, "/v0/ws").replace("https", "wss"));
      WebSocket socket = client.newWebSocketBuilder().buildAsync(address, listener).join();
      var _ =
          socket.sendText(
              "{\"type\":\"publish\",\"topic\":\"t\",\"records\":[{\"data\":1}]}", true);
      assertThat(answer.get(60, TimeUnit.SECONDS)).contains("\"type\":\"ack\"", "\"last_seq\":1");
      socket.abort();
    }
  }

  // ---- Netty

  private SslContext netty() throws IOException {
    Path trusted = directory.resolve("netty.pem");
    Files.writeString(trusted, authority.pem());
    return SslContextBuilder.forClient()
        .trustManager(trusted.toFile())
        .applicationProtocolConfig(
            new ApplicationProtocolConfig(
                Protocol.ALPN,
                SelectorFailureBehavior.NO_ADVERTISE,
                SelectedListenerFailureBehavior.ACCEPT,
                ApplicationProtocolNames.HTTP_2))
        .build();
  }

  @Test
  void nettySpeaksHttp2() throws Exception {
    try (Http2Client client = new Http2Client(server.address(), netty())) {
      Http2Client.Reply written =
          client.post("/v0/topics/t", "{\"records\":[{\"data\":1}]}").get(60, TimeUnit.SECONDS);
      assertThat(written.status()).isEqualTo(201);
      assertThat(client.get("/v0/topics/t").get(60, TimeUnit.SECONDS).body())
          .contains("\"head_seq\":1");
    }
  }

  @Test
  void nettyReadsEvents() throws Exception {
    queueWithAJob();
    try (Http2Client client = new Http2Client(server.address(), netty())) {
      Http2Client.Stream events = client.new Stream().head("GET", EVENTS, true);
      TestServer.awaitTrue("a job", () -> events.soFar().contains("\"data\":42"));
    }
  }

  @Test
  void nettyRefusesAnotherHost() throws Exception {
    try (TopicsServer other = started(authority.server("other.example"), null)) {
      assertThatThrownBy(
              () -> {
                try (Http2Client client = new Http2Client(other.address(), netty())) {
                  client.get("/v0/health").get(60, TimeUnit.SECONDS);
                }
              })
          .isInstanceOf(SSLHandshakeException.class)
          .hasStackTraceContaining("localhost");
    }
  }
}
