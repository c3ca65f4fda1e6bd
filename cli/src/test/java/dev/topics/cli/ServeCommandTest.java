package dev.topics.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `topics serve` as a process.
final class ServeCommandTest {
  /// Of `SECRET-FILED`.
  private static final String SHA256 =
      "5a50913c998fb27ab2b816ab91b0243a7b5edc1d90f7d110e66c67d1dd06a91d";

  @TempDir private Path directory;
  private final List<Process> started = new ArrayList<>();

  @AfterEach
  void stop() {
    started.forEach(Process::destroyForcibly);
  }

  private Process serve(String... flags) throws IOException {
    return serve(Map.of(), flags);
  }

  private Process serve(Map<String, String> variables, String... flags) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(Main.class.getName());
    command.add("serve");
    command.addAll(List.of("--port", "0", "--data-dir", directory.resolve("data").toString()));
    command.addAll(List.of(flags));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("TOPICS_"));
    builder.environment().putAll(variables);
    Process process =
        builder
            .redirectOutput(directory.resolve("out").toFile())
            .redirectError(directory.resolve("err").toFile())
            .start();
    started.add(process);
    return process;
  }

  private String awaitReady(Process process, Path portFile) throws Exception {
    Instant deadline = Instant.now().plus(Duration.ofMinutes(2));
    try (HttpClient client = HttpClient.newHttpClient()) {
      while (Instant.now().isBefore(deadline) && process.isAlive()) {
        if (Files.exists(portFile)) {
          String address = Files.readString(portFile).strip();
          URI ready = URI.create("http://" + address + "/v0/ready");
          var reply = client.send(HttpRequest.newBuilder(ready).build(), BodyHandlers.discarding());
          if (reply.statusCode() == 200) {
            return address;
          }
        }
        Thread.sleep(50);
      }
    }
    throw new AssertionError("not ready: " + Files.readString(directory.resolve("err")));
  }

  private String errors() throws IOException {
    assertThat(Files.readString(directory.resolve("out"))).isEmpty();
    return Files.readString(directory.resolve("err"));
  }

  private static int status(Process process) throws InterruptedException {
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    return process.exitValue();
  }

  @Test
  void itServesUntilSigtermAndThenExitsWithZero() throws Exception {
    Path portFile = directory.resolve("port");
    Process server = serve("--port-file", portFile.toString(), "--log-format", "json");
    String address = awaitReady(server, portFile);
    server.destroy();
    assertThat(status(server)).isZero();
    assertThat(errors())
        .contains("\"message\":\"  url   http://" + address, "\"message\":\"stopped\"");
  }

  @Test
  void aDirectoryInUseIsAnErrorOfOneLine() throws Exception {
    Path portFile = directory.resolve("port");
    Process first = serve("--port-file", portFile.toString());
    awaitReady(first, portFile);
    Process second = serve();
    assertThat(status(second)).isEqualTo(ExitStatus.FAILED);
    assertThat(errors())
        .contains("ERROR ServeCommand: the directory ", " is in use by another process")
        .doesNotContain("\n    at ");
  }

  @Test
  void whatItCannotDoItSays() throws Exception {
    assertThat(status(serve("--host", "0.0.0.0"))).isEqualTo(ExitStatus.USAGE);
    assertThat(errors()).contains("not a loopback address");
    assertThat(status(serve("--log-format", "xml"))).isEqualTo(ExitStatus.USAGE);
    assertThat(errors()).contains("text or json, not xml");
    Path absent = directory.resolve("absent");
    assertThat(status(serve("--config", absent.toString()))).isEqualTo(ExitStatus.FAILED);
    assertThat(errors()).contains("ServeCommand: there is no " + absent);
    Path config = Files.writeString(directory.resolve("config"), "log_level = 'loud'");
    assertThat(status(serve("--config", config.toString()))).isEqualTo(ExitStatus.USAGE);
    assertThat(errors()).contains("error, not loud");
    Path data = Files.writeString(directory.resolve("data"), "");
    assertThat(status(serve())).isEqualTo(ExitStatus.FAILED);
    assertThat(errors()).contains("data is not a directory");
    assertThat(status(serve(Map.of("TOPICS_COLD_DIR", absent.toString()))))
        .isEqualTo(ExitStatus.FAILED);
    assertThat(errors()).contains(absent + ", WHICH IS NOT THERE");
    Files.delete(data);
    Files.writeString(Files.createDirectory(data).resolve("superblock-a"), "not one of ours");
    assertThat(status(serve())).isEqualTo(ExitStatus.DAMAGED);
    assertThat(errors()).contains("stored data cannot be used: ").doesNotContain("\n    at ");
    assertThat(data.toFile().list()).as("a foreign directory").containsExactly("superblock-a");
  }

  @Test
  void plantedSecretsShowInNeitherItsLogNorItsAuditLog() throws Exception {
    Path portFile = directory.resolve("port");
    Path audit = directory.resolve("audit.jsonl");
    Path keys =
        Files.writeString(
            directory.resolve("keys.toml"), "[filed]\nsha256 = \"%s\"\n".formatted(SHA256));
    Map<String, String> variables =
        Map.of(
            "TOPICS_API_KEYS", "SECRET-KEY,SECRET-READER:r",
            "TOPICS_KEYS_FILE", keys.toString(),
            "TOPICS_AUDIT_LOG", audit.toString());
    for (String format : List.of("text", "json")) {
      Files.deleteIfExists(portFile);
      Process server =
          serve(
              variables,
              "--port-file",
              portFile.toString(),
              "--log-level",
              "debug",
              "--log-format",
              format);
      String address = awaitReady(server, portFile);
      for (String key : List.of("SECRET-KEY", "SECRET-READER", "SECRET-FILED", "SECRET-WRONG")) {
        sendSecrets("http://" + address, key);
      }
      Files.writeString(keys, "[filed]\nsha256 = \"SECRET-DIGEST\"\nSECRET-REST");
      awaitInLog("the keys stay as they are");
      Files.writeString(keys, "[filed]\nsha256 = \"%s\"\n".formatted(SHA256));
      server.destroy();
      assertThat(status(server)).isZero();
      assertThat(errors()).contains("stopped").doesNotContain("SECRET");
    }
    assertThat(Files.readString(audit)).contains("\"who\":\"filed\"").doesNotContain("SECRET");
  }

  private static void sendSecrets(String url, String key) throws Exception {
    String records = "{\"records\":[{\"data\":\"SECRET-DATA\",\"tag\":\"SECRET-TAG\"}]}";
    List<String[]> requests =
        List.of(
            new String[] {"PUT", "/v0/topics/t?token=SECRET-TOKEN", "{}"},
            new String[] {"POST", "/v0/topics/t?token=SECRET-TOKEN", records},
            new String[] {"POST", "/v0/topics/t", records + "SECRET-REST"},
            new String[] {"PUT", "/v0/topics/t", "{\"ttl_ms\":\"SECRET-DATA\"}"},
            new String[] {"GET", "/v0/watch/session?token=" + key, ""},
            new String[] {"GET", "/v0/topics/t/SECRET-PATH", ""},
            new String[] {"DELETE", "/v0/topics/t", ""});
    try (HttpClient client = HttpClient.newHttpClient()) {
      for (String[] request : requests) {
        client.send(
            HttpRequest.newBuilder(URI.create(url + request[1]))
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", "SECRET-IDEMPOTENCE")
                .method(request[0], BodyPublishers.ofString(request[2]))
                .build(),
            BodyHandlers.discarding());
      }
    }
  }

  private void awaitInLog(String text) throws Exception {
    Instant deadline = Instant.now().plus(Duration.ofSeconds(30));
    while (!errors().contains(text)) {
      assertThat(Instant.now()).as("nothing is said of %s", text).isBefore(deadline);
      Thread.sleep(50);
    }
  }

  @Test
  void keysThatItCannotReadAreNotShown() throws Exception {
    for (String keys : List.of("SECRET-KEY:SECRET-SCOPE", ":SECRET-SCOPE", "a,,SECRET-KEY")) {
      assertThat(status(serve(Map.of("TOPICS_API_KEYS", keys)))).isNotZero();
      assertThat(errors()).isNotEmpty().doesNotContain("SECRET");
    }
    for (String line : List.of("api_keys = \"SECRET-KEY", "api_keys = SECRET-KEY", "SECRET-KEY")) {
      Path config = Files.writeString(directory.resolve("config"), line + "\n");
      assertThat(status(serve("--config", config.toString()))).isNotZero();
      assertThat(errors()).isNotEmpty().doesNotContain("SECRET");
    }
  }
}
