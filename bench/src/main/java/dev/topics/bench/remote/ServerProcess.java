package dev.topics.bench.remote;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// A server as a child process on a data directory, on a free port of the loopback.
public final class ServerProcess implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(5);
  private static final Duration CONNECT = Duration.ofSeconds(10);

  private final Process process;
  private final Path portFile;
  private final Path logFile;

  private ServerProcess(Process process, Path portFile, Path logFile) {
    this.process = process;
    this.portFile = portFile;
    this.logFile = logFile;
  }

  /// Starts `command` (say `./topics serve`); its output is appended to `logFile`. Does not wait.
  ///
  /// @param variables of its environment, unless ours has them already
  public static ServerProcess start(
      List<String> command, Map<String, String> variables, Path dataDir, Path logFile)
      throws IOException {
    Path portFile = Files.createTempFile("topics", ".port");
    Files.delete(portFile);
    ProcessBuilder builder = new ProcessBuilder(command);
    variables.forEach(builder.environment()::putIfAbsent);
    builder.environment().put("TOPICS_HOST", "127.0.0.1");
    builder.environment().put("TOPICS_PORT", "0");
    builder.environment().put("TOPICS_PORT_FILE", portFile.toString());
    builder.environment().put("TOPICS_DATA_DIR", dataDir.toString());
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(logFile.toFile()));
    return new ServerProcess(builder.start(), portFile, logFile);
  }

  /// Waits until the server has recovered and serves; returns where.
  public InetSocketAddress awaitReady(Duration timeout) throws IOException {
    return await(timeout, ServerProcess::isReady);
  }

  /// Waits until the server listens, in whatever protocol; returns where.
  public InetSocketAddress awaitBound(Duration timeout) throws IOException {
    return await(timeout, _ -> true);
  }

  private InetSocketAddress await(Duration timeout, Predicate<InetSocketAddress> isUp)
      throws IOException {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (System.nanoTime() < deadline) {
      if (!process.isAlive()) {
        throw failed("exited with " + process.exitValue() + " instead of serving");
      }
      Optional<InetSocketAddress> address = boundAddress();
      if (address.isPresent() && isUp.test(address.get())) {
        return address.get();
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
    throw failed("not ready within " + timeout.toSeconds() + " s");
  }

  /// The process that does the work: the JVM, also where a launcher script stays above it.
  public long pid() {
    try (Stream<ProcessHandle> children = process.descendants()) {
      return children.findFirst().map(ProcessHandle::pid).orElse(process.pid());
    }
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /// SIGKILL, and waits until nothing of it is left.
  public void kill() {
    List<ProcessHandle> all =
        Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
    all.forEach(ProcessHandle::destroyForcibly);
    all.forEach(handle -> handle.onExit().join());
    deletePortFile();
  }

  /// SIGTERM; returns the exit status.
  public int terminate(Duration timeout) throws IOException, InterruptedException {
    ProcessHandle.of(pid()).ifPresent(ProcessHandle::destroy);
    if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
      kill();
      throw failed("did not stop within " + timeout.toSeconds() + " s of SIGTERM");
    }
    deletePortFile();
    return process.exitValue();
  }

  /// Kills it, if it still runs.
  @Override
  public void close() {
    if (process.isAlive()) {
      kill();
    }
  }

  private Optional<InetSocketAddress> boundAddress() throws IOException {
    if (!Files.exists(portFile)) {
      return Optional.empty();
    }
    String address = Files.readString(portFile).strip();
    int colon = address.lastIndexOf(':');
    if (colon < 0) {
      return Optional.empty();
    }
    int port = Integer.parseInt(address, colon + 1, address.length(), 10);
    return Optional.of(new InetSocketAddress(address.substring(0, colon), port));
  }

  private static boolean isReady(InetSocketAddress address) {
    try (HttpConnection http = HttpConnection.open(address, CONNECT)) {
      return http.get("/v0/ready").status() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  private void deletePortFile() {
    try {
      Files.deleteIfExists(portFile);
    } catch (IOException e) {
      // A left-over file in the temporary directory harms nobody.
    }
  }

  private IOException failed(String what) throws IOException {
    String log = Files.exists(logFile) ? Files.readString(logFile) : "";
    String tail = log.substring(Math.max(0, log.length() - 4000));
    return new IOException("the server " + what + ", its log ends with:\n" + tail);
  }
}
