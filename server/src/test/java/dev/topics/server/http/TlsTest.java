package dev.topics.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.topics.server.auth.Keys;
import dev.topics.server.auth.TlsOptions;
import dev.topics.server.limits.ConnectionLimits;
import io.netty.handler.ssl.OpenSsl;
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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The server over TLS, by OpenSSL and by the JDK, as clients that check it see it.
@ParameterizedClass
@ValueSource(booleans = {true, false})
final class TlsTest {
  @Parameter boolean openSsl;

  @TempDir private Path directory;
  private Certificates authority;

  @BeforeEach
  void makeAuthority() throws Exception {
    authority = new Certificates("authority");
  }

  private TestServer server(TlsOptions options, AccessOptions access) throws IOException {
    Tls tls = Tls.open(options, openSsl);
    return new TestServer(HttpOptions.at("127.0.0.1", 0, 1 << 20), tls, access);
  }

  private TestServer server() throws Exception {
    return server(
        Certificates.files(directory, authority.server("localhost"), null, false),
        AccessOptions.open());
  }

  private static HttpClient client(SSLContext context, Version version) {
    return HttpClient.newBuilder().sslContext(context).version(version).build();
  }

  private static HttpRequest.Builder to(TestServer server, String path) {
    return HttpRequest.newBuilder(
        URI.create("https://localhost:" + server.address().getPort() + path));
  }

  private static HttpResponse<String> get(HttpClient client, TestServer server, String path)
      throws Exception {
    return client.send(to(server, path).build(), BodyHandlers.ofString());
  }

  @ParameterizedTest
  @EnumSource(Version.class)
  void bothProtocolsAreServedAsTheClientChoosesByAlpn(Version version) throws Exception {
    try (TestServer server = server();
        HttpClient client = client(authority.client((X509Bundle) null), version)) {
      String body = "\"" + "x".repeat(300_000) + "\"";
      for (int i = 0; i < 3; i++) {
        HttpResponse<String> echo =
            client.send(
                to(server, "/echo")
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString(body))
                    .build(),
                BodyHandlers.ofString());
        assertThat(echo.statusCode()).isEqualTo(200);
        assertThat(echo.version()).isEqualTo(version);
        assertThat(echo.body()).isEqualTo(body);
      }
      assertThat(get(client, server, "/size/2000000").body()).hasSize(2_000_000);
    }
  }

  @ParameterizedTest
  @EnumSource(Version.class)
  void eventsStream(Version version) throws Exception {
    try (TestServer server = server();
        HttpClient client = client(authority.client((X509Bundle) null), version)) {
      HttpResponse<InputStream> stream =
          client.send(to(server, "/events").build(), BodyHandlers.ofInputStream());
      ScriptedSource source = server.sources.take();
      source.say("one");
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8));
      assertThat(List.of(lines.readLine(), lines.readLine(), lines.readLine()))
          .containsExactly("retry: 2000", "", "data: one");
      source.end();
      assertThat(lines.readLine()).isEmpty();
      assertThat(lines.readLine()).isNull();
    }
  }

  @Test
  void openSslIsThereOnThisMachine() {
    assertThat(OpenSsl.isAvailable()).isTrue();
  }

  @Test
  void modernVersionsOnlyAreSpoken() throws Exception {
    try (TestServer server = server()) {
      for (String version : List.of("TLSv1.3", "TLSv1.2")) {
        try (SSLSocket socket = connect(server, version)) {
          socket.startHandshake();
          assertThat(socket.getSession().getProtocol()).isEqualTo(version);
          assertThat(socket.getSession().getCipherSuite()).containsAnyOf("GCM", "CHACHA20");
        }
      }
    }
  }

  private SSLSocket connect(TestServer server, String version) throws Exception {
    SSLContext context = authority.client((X509Bundle) null);
    SSLSocket socket =
        (SSLSocket)
            context.getSocketFactory().createSocket("localhost", server.address().getPort());
    socket.setSoTimeout(60_000);
    socket.setEnabledProtocols(new String[] {version});
    return socket;
  }

  @Test
  void theEndOfAConnectionIsToldSoThatNothingIsTakenForCutOff() throws Exception {
    try (TestServer server = server();
        SSLSocket socket = connect(server, "TLSv1.3")) {
      socket
          .getOutputStream()
          .write(TestServer.utf8("GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answer).startsWith("HTTP/1.1 200 OK").endsWith("{}");
    }
  }

  @Test
  void plainHttpIsToldToUseTls() throws Exception {
    try (TestServer server = server();
        RawClient client = server.connect()) {
      RawClient.Reply reply = client.send("GET /health HTTP/1.1\r\nHost: a\r\n\r\n").read();
      assertThat(reply.status()).isEqualTo(400);
      assertThat(new String(reply.body(), StandardCharsets.US_ASCII)).contains("https://");
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  void clientsRefuseACertificateThatExpiredOrIsForAnotherHost() throws Exception {
    X509Bundle expired = authority.expiredServer();
    X509Bundle other = authority.server("other.example");
    for (X509Bundle wrong : List.of(expired, other)) {
      try (TestServer server =
              server(Certificates.files(directory, wrong, null, false), AccessOptions.open());
          HttpClient client = client(authority.client((X509Bundle) null), Version.HTTP_2)) {
        assertThatThrownBy(() -> get(client, server, "/health")).isInstanceOf(SSLException.class);
        try (RawClient raw = server.connect()) {
          assertThat(raw.send("GET / HTTP/1.1\r\n\r\n").read().status()).isEqualTo(400);
        }
      }
    }
  }

  private static AccessOptions keyed(String subject, Path directory) throws IOException {
    Path file = directory.resolve("keys.toml");
    Files.writeString(file, "[worker]\nsubject = \"" + subject + "\"\nscopes = \"read\"\n");
    return new AccessOptions(
        Keys.open("", file),
        false,
        0,
        Set.of(),
        Set.of(),
        ConnectionLimits.defaults(),
        AuditTrail.NONE);
  }

  @Test
  void aClientCertificateStandsForTheKeyThatNamesItsSubject() throws Exception {
    Certificates clients = new Certificates("clients");
    TlsOptions options =
        Certificates.files(directory, authority.server("localhost"), clients, false);
    try (TestServer server = server(options, keyed("CN=worker,O=Example", directory))) {
      for (Version version : Version.values()) {
        assertThat(status(server, clients.client("CN=worker,O=Example", false), version))
            .isEqualTo(200);
        assertThat(status(server, clients.client("CN=other,O=Example", false), version))
            .isEqualTo(401);
        assertThat(status(server, null, version)).isEqualTo(401);
      }
    }
  }

  private int status(TestServer server, @Nullable X509Bundle own, Version version)
      throws Exception {
    try (HttpClient client = client(authority.client(own), version)) {
      return get(client, server, "/items/x").statusCode();
    }
  }

  @Test
  void aMissingExpiredOrForeignClientCertificateIsRefusedWhereOneIsRequired() throws Exception {
    Certificates clients = new Certificates("clients");
    TlsOptions options =
        Certificates.files(directory, authority.server("localhost"), clients, true);
    Certificates strangers = new Certificates("strangers");
    try (TestServer server = server(options, keyed("CN=worker", directory))) {
      assertThat(status(server, clients.client("CN=worker", false), Version.HTTP_2)).isEqualTo(200);
      List<@Nullable X509Bundle> refused = new ArrayList<>();
      refused.add(null);
      refused.add(clients.client("CN=worker", true));
      refused.add(strangers.client("CN=worker", false));
      for (X509Bundle own : refused) {
        assertThatThrownBy(() -> status(server, own, Version.HTTP_1_1))
            .isInstanceOf(IOException.class);
      }
    }
  }

  /// In TLS 1.3 a client is through with its handshake before the server has seen its certificate.
  @Test
  void aClientThatSpeaksOnIsStillToldWhyItsHandshakeFailed() throws Exception {
    TlsOptions options =
        Certificates.files(
            directory, authority.server("localhost"), new Certificates("clients"), true);
    try (TestServer server = server(options, AccessOptions.open());
        SSLSocket socket = connect(server, "TLSv1.3")) {
      socket.startHandshake();
      socket.getOutputStream().write(new byte[1 << 20]);
      assertThatThrownBy(() -> socket.getInputStream().read())
          .isInstanceOf(SSLException.class)
          .hasMessageContaining("certificate");
    }
  }

  @Test
  void aLongPlainRequestIsToldToUseTlsToo() throws Exception {
    try (TestServer server = server();
        RawClient client = server.connect()) {
      client.sendLines("POST /echo HTTP/1.1", "Host: a", "Content-Length: 4000000", "");
      assertThat(client.send(new byte[4_000_000]).read().status()).isEqualTo(400);
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  void aClientThatStaysIsClosedSomeTimeAfterItsHandshakeFailed() throws Exception {
    try (TestServer server = server();
        RawClient client = server.connect()) {
      client.send("nothing like TLS").readUntilClosed();
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      while (client.takes("x")) {
        assertThat(System.nanoTime()).isLessThan(deadline);
        Thread.sleep(10);
      }
    }
  }

  @Test
  void aReloadUnderAHundredStreamsDropsNone() throws Exception {
    TlsOptions options = Certificates.files(directory, authority.server("localhost"), null, false);
    Tls tls = Tls.open(options, openSsl);
    List<SSLSocket> sockets = new ArrayList<>();
    try (TestServer server =
        new TestServer(HttpOptions.at("127.0.0.1", 0, 1 << 20), tls, AccessOptions.open())) {
      for (int i = 0; i < 100; i++) {
        SSLSocket socket = connect(server, "TLSv1.3");
        socket.getOutputStream().write(TestServer.utf8("GET /events HTTP/1.0\r\nHost: a\r\n\r\n"));
        sockets.add(socket);
      }
      List<ScriptedSource> sources = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        sources.add(server.sources.take());
      }
      X509Bundle renewed = authority.server("localhost");
      Certificates.write(renewed, options);
      assertThat(tls.reload()).isTrue();
      assertThat(tls.reload()).isFalse();
      try (SSLSocket fresh = connect(server, "TLSv1.3")) {
        X509Certificate shown = (X509Certificate) fresh.getSession().getPeerCertificates()[0];
        assertThat(shown).isEqualTo(renewed.getCertificate());
      }
      for (ScriptedSource source : sources) {
        source.say("after");
        source.end();
      }
      for (SSLSocket socket : sockets) {
        String text = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(text).endsWith("data: after\n\n");
      }
    } finally {
      for (SSLSocket socket : sockets) {
        socket.close();
      }
    }
  }

  @Test
  void filesThatMakeNoSenseChangeNothing() throws Exception {
    TlsOptions options = Certificates.files(directory, authority.server("localhost"), null, false);
    Tls tls = Tls.open(options, openSsl);
    Files.writeString(options.certificate(), "nothing");
    assertThat(tls.reload()).isFalse();
    assertThatThrownBy(() -> Tls.open(options))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cert.pem");
  }
}
