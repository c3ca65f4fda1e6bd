package dev.topics.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `topics serve` as a process.
final class ServeCommandTest {
  @TempDir private Path directory;
  private final List<Process> started = new ArrayList<>();

  @AfterEach
  void stop() {
    started.forEach(Process::destroyForcibly);
  }

  private Process serve(String... flags) throws IOException {
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
        .contains("ERROR ServeCommand: another process uses the data directory")
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
    Files.delete(data);
    Files.writeString(Files.createDirectory(data).resolve("superblock-a"), "not one of ours");
    assertThat(status(serve())).isEqualTo(ExitStatus.DAMAGED);
    assertThat(errors()).contains("stored data cannot be used: ").doesNotContain("\n    at ");
  }
}
