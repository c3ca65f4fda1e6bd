package dev.topics.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.engine.Verification;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// A server over a directory of its own, reached over real sockets. As an extension of a test class
/// it serves all of its tests.
final class ContractServer implements AutoCloseable, BeforeAllCallback, AfterAllCallback {
  private static final AtomicInteger NAMES = new AtomicInteger();
  private static final int JOURNAL_FILE_BYTES = 8 << 20;

  private final int journalFileBytes;
  private final Map<String, String> variables;
  private final TestClock clock = new TestClock();
  private final Path directory;
  private RunningServer running;

  ContractServer() {
    this(Map.of());
  }

  /// @param variables how the server is started, as in its environment
  ContractServer(Map<String, String> variables) {
    this(JOURNAL_FILE_BYTES, variables);
  }

  /// @param journalFileBytes so small that records are soon moved into packs, or larger
  ContractServer(int journalFileBytes) {
    this(journalFileBytes, Map.of());
  }

  private ContractServer(int journalFileBytes, Map<String, String> variables) {
    this.journalFileBytes = journalFileBytes;
    this.variables = variables;
    try {
      directory = Files.createTempDirectory("topics-contract");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A server that runs, to be closed by the test.
  static ContractServer started() {
    return new ContractServer().start();
  }

  ContractServer start() {
    running = RunningServer.start(directory, clock, journalFileBytes, variables);
    return this;
  }

  /// Closes the server in good order.
  void stop() {
    running.close();
  }

  /// Closes the server and opens another one over the same directory.
  void restart() {
    stop();
    start();
  }

  /// Another server, over the files as they are now: this one as if it had been killed. The copy is
  /// made again if a file came or went meanwhile, for a kill leaves the files of one moment.
  ContractServer killed() {
    ContractServer survivor = new ContractServer();
    try {
      while (!copied(survivor.directory)) {
        clear(survivor.directory);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return survivor.start();
  }

  private boolean copied(Path to) throws IOException {
    List<Path> before = files();
    try {
      for (Path path : before) {
        Files.copy(path, to.resolve(directory.relativize(path)));
      }
    } catch (NoSuchFileException e) {
      return false;
    }
    return files().equals(before);
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> paths = Files.walk(directory)) {
      return paths.skip(1).toList();
    } catch (UncheckedIOException e) {
      // Gone while it was looked at.
      return List.of();
    }
  }

  private static void clear(Path directory) throws IOException {
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.skip(1).sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  TestClock clock() {
    return clock;
  }

  Path directory() {
    return directory;
  }

  InetSocketAddress address() {
    return running.address();
  }

  // ---- requests; JSON is given with single quotes

  Answer get(String target) {
    return request("GET", target).send();
  }

  Answer delete(String target) {
    return request("DELETE", target).send();
  }

  Answer put(String target, String json) {
    return request("PUT", target).json(json).send();
  }

  Answer post(String target, String json) {
    return request("POST", target).json(json).send();
  }

  Request request(String method, String target) {
    return new Request(this::connect, method, target);
  }

  Wire connect() {
    return new Wire(address());
  }

  /// Returns when each event loop has read what was sent to it before, and has done what it was
  /// about: connections go to the loops in turn.
  void visitEveryLoop() {
    for (int i = 0; i < 2 * Runtime.getRuntime().availableProcessors(); i++) {
      get("/v0/health").is(200);
    }
  }

  // ---- the usual steps

  /// A name that no topic has yet.
  String name() {
    return "t" + NAMES.incrementAndGet();
  }

  /// A new topic of this configuration.
  String topic(String config) {
    String topic = name();
    put("/v0/topics/" + topic, config).is(201);
    return topic;
  }

  /// A new topic with the numbers 1 to `records` as its records.
  String topicOf(int records) {
    return topicOf(records, "{}");
  }

  String topicOf(int records, String config) {
    String topic = topic(config);
    fill(topic, records);
    return topic;
  }

  /// Appends `records` records, each with its seq as its data.
  void fill(String topic, int records) {
    long seq = state(topic).number("/next_seq");
    for (int left = records; left > 0; ) {
      List<String> data = new ArrayList<>();
      for (int i = Math.min(left, 10_000); i > 0; i--, left--) {
        data.add(Long.toString(seq++));
      }
      post("/v0/topics/" + topic, Json.write(data)).is(200);
    }
  }

  Answer append(String topic, String... data) {
    return post("/v0/topics/" + topic, Json.write(data));
  }

  Answer diff(String topic, String query) {
    return post("/v0/topics/" + topic + "/diff", query);
  }

  /// Reads with the defaults after `fromSeq`.
  Answer diff(String topic, long fromSeq) {
    return diff(topic, "{'from_seq':" + fromSeq + "}").is(200);
  }

  Answer deleteRecords(String topic, String selector) {
    return post("/v0/topics/" + topic + "/delete", selector);
  }

  /// The state, without counting as consumption.
  Answer state(String topic) {
    return get("/v0/topics/" + topic + "?touch=false").is(200);
  }

  /// The state as soon as `count` records are visible: what is written on the way to another answer
  /// may wait for a sync.
  Answer awaitCount(String topic, long count) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    Answer answer = get("/v0/topics/" + topic + "?touch=false");
    while (answer.status() != 200 || answer.number("/count") != count) {
      assertThat(System.nanoTime()).as("%d records in %s", count, answer).isLessThan(deadline);
      LockSupport.parkNanos(1_000_000);
      answer = get("/v0/topics/" + topic + "?touch=false");
    }
    return answer;
  }

  long head(String topic) {
    return state(topic).number("/head_seq");
  }

  boolean exists(String topic) {
    return get("/v0/topics/" + topic + "?touch=false").status() == 200;
  }

  /// A call that changes nothing about `topic`, which is there.
  interface Call {
    Answer answer();
  }

  Answer unchanged(String topic, Call call) {
    String before = standing(topic);
    Answer answer = call.answer();
    assertThat(standing(topic)).as("state after %s", answer).isEqualTo(before);
    return answer;
  }

  private String standing(String topic) {
    var state = state(topic).json();
    return Stream.of("head_seq", "earliest_seq", "count", "bytes", "config", "last_write_ts")
        .map(field -> field + "=" + state.get(field))
        .toList()
        .toString();
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  // ---- its life

  @Override
  public void beforeAll(ExtensionContext context) {
    start();
  }

  @Override
  public void afterAll(ExtensionContext context) {
    close();
  }

  /// Whatever a test did, what it leaves behind is sound.
  private void verify() {
    try {
      Verification found = Verification.of(directory);
      assertThat(found.findings()).isEmpty();
      assertThat(found.isSound()).as("store %s, files %s", found.store(), found.files()).isTrue();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    if (running != null) {
      running.close();
      verify();
    }
    try {
      clear(directory);
      Files.delete(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
