package dev.topics.server.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.topics.engine.Engine;
import dev.topics.engine.EngineOptions;
import dev.topics.server.ServerOptions;
import dev.topics.server.TopicsServer;
import dev.topics.storage.StoreOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// semantics §5, http-api §1.3: what clients see of a disk that fails, fills up or rots.
class StorageContractTest {
  private static final int JOURNAL_FILE_BYTES = 1 << 20;
  private static final String LARGE = "\"" + "x".repeat(100_000) + "\"";

  /// Time for some attempts to read again.
  private static final int RETRIES_MILLIS = 2500;

  @TempDir Path directory;

  // ---- a disk that is slow

  @Test
  void aRecordIsVisibleWhenItsClassSaysSo() throws IOException {
    FaultyDisk disk = new FaultyDisk(directory);
    try (TopicsServer server = start(disk);
        Wire writer = new Wire(server.address());
        Wire reader = new Wire(server.address())) {
      for (String durability : new String[] {"ephemeral", "memory", "disk", "fsync"}) {
        put(server, durability, "{'durability':'" + durability + "'}").is(201);
      }
      disk.holdSyncs();
      Request poll = request(server, "POST", "/v0/topics/fsync/diff").json("{'wait_ms':20000}");
      reader.send(poll.bytes());
      writer.send(request(server, "POST", "/v0/topics/fsync").json(Json.write("1")).bytes());
      for (String durability : new String[] {"ephemeral", "memory", "disk"}) {
        append(server, durability, "1").is(200);
        assertThat(post(server, "/v0/topics/" + durability + "/diff", "{}").is(200).seqs())
            .containsExactly(1L);
      }
      post(server, "/v0/topics/fsync/diff", "{}")
          .is(200)
          .hasJson("/records", "[]")
          .has("/head_seq", 0)
          .has("/caught_up", true);
      request(server, "GET", "/v0/topics/fsync")
          .send()
          .is(200)
          .has("/head_seq", 0)
          .has("/count", 0);
      disk.releaseSyncs();
      Answer written = writer.read().is(200).has("/first_seq", 1);
      assertThat(written.at("/performance/fsync_ms").asDouble()).isPositive();
      assertThat(reader.read().is(200).seqs()).containsExactly(1L);
    } finally {
      disk.releaseSyncs();
    }
  }

  @Test
  void aChangeToFsyncFirstSyncsWhatIsThere() throws Exception {
    FaultyDisk disk = new FaultyDisk(directory);
    try (TopicsServer server = start(disk);
        Wire wire = new Wire(server.address())) {
      append(server, "t", "1").is(201);
      disk.holdSyncs();
      append(server, "t", "2").is(200);
      Request put = request(server, "PUT", "/v0/topics/t").json("{'durability':'fsync'}");
      wire.send(put.bytes());
      assertThat(wire.isSilentFor(200)).isTrue();
      disk.releaseSyncs();
      wire.read().is(200).has("/config/durability", "fsync");
      assertThat(post(server, "/v0/topics/t/diff", "{}").is(200).seqs()).containsExactly(1L, 2L);
    } finally {
      disk.releaseSyncs();
    }
  }

  @Test
  void writersAreToldToComeAgainWhileTheDiskDoesNotKeepUp() throws IOException {
    FaultyDisk disk = new FaultyDisk(directory);
    TestClock clock = new TestClock();
    EngineOptions options = options().withClock(clock).withPressureNanos(2_000_000_000L);
    try (TopicsServer server = start(disk, options);
        Wire first = new Wire(server.address());
        Wire patient = new Wire(server.address())) {
      put(server, "t", "{'durability':'fsync'}").is(201);
      disk.holdSyncs();
      first.send(request(server, "POST", "/v0/topics/t").json(Json.write("1")).bytes());
      awaitWritten(server, 2);
      clock.advance(3_000);
      Answer refused = append(server, "t", "2").refused(429, "throttled");
      refused.telling(
          "the disk does not keep up with what is written; try again later, or wait with"
              + " disable_backpressure",
          "{'retry_after_ms':2000}");
      assertThat(refused.header("Retry-After")).isEqualTo("2");
      String waits = "{'records':[{'data':3}],'disable_backpressure':true}";
      patient.send(request(server, "POST", "/v0/topics/t").json(waits).bytes());
      awaitWritten(server, 3);
      disk.releaseSyncs();
      first.read().is(200).has("/first_seq", 1);
      patient.read().is(200).has("/first_seq", 2);
      append(server, "t", "4").is(200).has("/first_seq", 3);
    } finally {
      disk.releaseSyncs();
    }
  }

  @Test
  void whatCannotBeReadForWantOfDescriptorsIsToldToComeAgainAndNoDamage() throws IOException {
    FaultyDisk disk = new FaultyDisk(directory);
    // From the start, so that no pack is open already.
    disk.noDescriptors(true);
    try (TopicsServer server = start(disk)) {
      put(server, "q", "{'type':'queue'}").is(201);
      fillAPack(server, "q");
      String tells = "the server has too many files open to read what is stored; nothing is lost,";
      for (String what : new String[] {"diff", "claim"}) {
        Answer refused = post(server, "/v0/topics/q/" + what, "{'node':'n','max':1}");
        refused.refused(429, "throttled");
        refused.telling(tells + " try again later", "{'retry_after_ms':1000}");
        assertThat(refused.header("Retry-After")).isEqualTo("1");
      }
      Answer session = post(server, "/v0/watch", "{'topics':{'q':{'from_seq':0}},'limit':1}");
      String url = session.is(200).string("/stream_url");
      String error = "{'code':429,'error':'%s try again later',".formatted(tells);
      error += "'retry_after_ms':1000,'topics':['q']}";
      try (EventReader left = EventReader.open(server.address(), url)) {
        left.next("error").is("error", error);
      }
      try (EventReader stream = EventReader.open(server.address(), url)) {
        stream.next("error").is("error", error);
        assertThat(stream.nextWithin(RETRIES_MILLIS)).as("is told once").isNull();
        disk.noDescriptors(false);
        assertThat(stream.next("record").seqs()).containsExactly(1L);
      }
      post(server, "/v0/topics/q/claim", "{'node':'n'}").is(200).has("/claimed/0/$seq", 1);
      post(server, "/v0/topics/q/diff", "{'limit':1}").is(200).has("/records/0/$seq", 1);
    }
  }

  private static void fillAPack(TopicsServer server, String topic) {
    String large = "\"" + "x".repeat(JOURNAL_FILE_BYTES / 8) + "\"";
    for (int i = 0; i < 64; i++) {
      append(server, topic, large);
    }
    await(server, "topics_packs_written_total", 1);
  }

  @Test
  void aRouterThatCannotReadForWantOfDescriptorsSaysThatAndNoDamage() throws IOException {
    FaultyDisk disk = new FaultyDisk(directory);
    disk.noDescriptors(true);
    try (TopicsServer server = start(disk)) {
      fillAPack(server, "t");
      request(server, "PUT", "/v0/routers/r")
          .json("{'source':'t','dest':'copies','from_seq':0}")
          .send()
          .is(201);
      Answer stopped = awaitRouter(server, router -> !router.at("/blocked").isNull());
      stopped.has("/blocked/reason", "server_exhausted").has("/blocked/topic", "t");
      disk.noDescriptors(false);
      awaitRouter(server, router -> router.number("/lag") == 0).hasNull("/blocked");
      post(server, "/v0/topics/copies/diff", "{'limit':1}").is(200).has("/records/0/$seq", 1);
    }
  }

  private static Answer awaitRouter(TopicsServer server, Predicate<Answer> is) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    Answer answer = request(server, "GET", "/v0/routers/r").send().is(200);
    while (!is.test(answer)) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      answer = request(server, "GET", "/v0/routers/r").send().is(200);
    }
    return answer;
  }

  /// Waits until the log has that many frames since the start.
  private static void awaitWritten(TopicsServer server, int frames) {
    await(server, "topics_wal_frames_total", frames);
  }

  private static void await(TopicsServer server, String metric, int value) {
    Pattern total = Pattern.compile("(?m)^" + metric + " (\\S+)$");
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    double written = 0;
    while (written < value) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Matcher metrics = total.matcher(request(server, "GET", "/v0/metrics").send().text());
      assertThat(metrics.find()).isTrue();
      written = Double.parseDouble(metrics.group(1));
    }
  }

  // ---- a disk that fails

  @Test
  void theFirstFailedSyncIsFinalUntilARestart() throws IOException {
    FaultyDisk disk = new FaultyDisk(directory);
    TopicsServer failing = start(disk);
    try {
      readsGoOnAndNothingIsWritten(failing, disk);
    } finally {
      assertThatThrownBy(failing::close).isInstanceOf(IOException.class);
    }
    try (TopicsServer server = start(new FaultyDisk(directory))) {
      Answer diff = post(server, "/v0/topics/synced/diff", "{}").is(200);
      assertThat(diff.data()).startsWith("1");
      append(server, "synced", "4").is(200);
    }
  }

  private static void readsGoOnAndNothingIsWritten(TopicsServer server, FaultyDisk disk) {
    put(server, "synced", "{'durability':'fsync'}").is(201);
    append(server, "synced", "1").is(200);
    append(server, "cached", "1").is(201);
    disk.syncsFail(true);
    append(server, "synced", "2")
        .refused(503, "storage_failed")
        .telling("a disk error made the log read-only; reads go on, writes need a restart", "{}");
    disk.syncsFail(false);
    append(server, "synced", "3").refused(503, "storage_failed");
    append(server, "cached", "3").refused(503, "storage_failed");
    put(server, "new", "{}").refused(503, "storage_failed");
    post(server, "/v0/topics/synced/delete", "{'before_seq':2}").refused(503, "storage_failed");
    request(server, "DELETE", "/v0/topics/synced").send().refused(503, "storage_failed");

    Answer diff = post(server, "/v0/topics/synced/diff", "{}").is(200);
    assertThat(diff.data()).containsExactly("1");
    diff.has("/head_seq", 1).has("/caught_up", true);
    request(server, "GET", "/v0/topics").send().is(200);
    request(server, "GET", "/v0/health").send().is(200);
    request(server, "GET", "/v0/ready").send().refused(503, "storage_failed");
    String metrics = request(server, "GET", "/v0/metrics").send().text();
    assertThat(metrics).containsPattern("(?m)^topics_wal_read_only 1(\\.0)?$");
    assertThat(metrics).containsPattern("(?m)^topics_ready 0(\\.0)?$");
  }

  // ---- a disk that is full

  @Test
  void aFullDiskRefusesAppendsTakesDeletesAndRecoversByItself() throws IOException {
    FaultyDisk disk = new FaultyDisk(directory);
    try (LogCapture log = new LogCapture();
        TopicsServer server = start(disk)) {
      append(server, "t", "1", "2", "3").is(201);
      disk.full(true);
      Answer last = append(server, "t", LARGE);
      long head = 3;
      while (last.status() == 200) {
        head = last.number("/last_seq");
        last = append(server, "t", LARGE);
      }
      last.refused(503, "storage_full");
      last.telling(
          "the disk is full; deletes still work, and writes do again when there is space", "{}");
      assertThat(last.header("Retry-After")).isNotEmpty();
      append(server, "t", LARGE).refused(503, "storage_full");

      post(server, "/v0/topics/t/delete", "{'before_seq':3}")
          .is(200)
          .has("/deleted", 2)
          .has("/head_seq", head);
      assertThat(post(server, "/v0/topics/t/diff", "{'limit':1}").is(200).data())
          .containsExactly("3");

      disk.full(false);
      Answer again = appendUntilTaken(server);
      again.is(200).has("/first_seq", head + 1);
      request(server, "GET", "/v0/ready").send().is(200);
      assertThat(log.lines()).filteredOn(line -> line.contains("the disk is full")).hasSize(1);
      assertThat(log.lines()).filteredOn(line -> line.contains("has space again")).hasSize(1);
    }
    try (TopicsServer server = start(new FaultyDisk(directory))) {
      Answer diff = post(server, "/v0/topics/t/diff", "{}").is(200);
      diff.hasNull("/tombstone").has("/records/0/$seq", 3);
    }
  }

  private static Answer appendUntilTaken(TopicsServer server) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    Answer answer = append(server, "t", LARGE);
    while (answer.status() == 503 && System.nanoTime() < deadline) {
      answer = append(server, "t", LARGE);
    }
    return answer;
  }

  // ---- a disk that rots

  @Test
  void damagedRecordsAreNamedAndNeverServed() throws IOException {
    try (TopicsServer server = start(new FaultyDisk(directory))) {
      append(server, "t", "\"before\"").is(201);
      append(server, "t", "\"the-one-that-rots\"", "\"its-neighbour\"").is(200);
      append(server, "t", "\"behind\"").is(200);
      StoredText.flip(directory, "the-one-that-rots");
      Answer damaged = post(server, "/v0/topics/t/diff", "{'from_seq':1}");
      damaged.refused(500, "data_corrupt");
      damaged.telling(
          "stored records 2 to 3 of topic 't' failed their checksum; from_seq 3 reads on"
              + " behind them",
          "{'topic':'t','gap_from':2,'gap_to':3}");
      assertThat(damaged.text()).doesNotContain("rots", "neighbour");
      assertThat(post(server, "/v0/topics/t/diff", "{'from_seq':3}").is(200).data())
          .containsExactly("\"behind\"");
      assertThat(post(server, "/v0/topics/t/diff", "{'limit':1}").is(200).data())
          .containsExactly("\"before\"");
      append(server, "t", "5").is(200).has("/first_seq", 5);
    }
  }

  // ---- steps

  private static TopicsServer start(FaultyDisk disk) throws IOException {
    return start(disk, options());
  }

  private static EngineOptions options() {
    StoreOptions store = StoreOptions.defaults().withJournalFileBytes(JOURNAL_FILE_BYTES);
    return EngineOptions.defaults().withStore(store);
  }

  private static TopicsServer start(FaultyDisk disk, EngineOptions options) throws IOException {
    ServerOptions listen = ServerOptions.defaults().withPort(0);
    return TopicsServer.start(listen, progress -> Engine.open(disk, options)).awaitReady();
  }

  private static Request request(TopicsServer server, String method, String target) {
    return new Request(() -> new Wire(server.address()), method, target);
  }

  private static Answer put(TopicsServer server, String topic, String json) {
    return request(server, "PUT", "/v0/topics/" + topic).json(json).send();
  }

  private static Answer append(TopicsServer server, String topic, String... data) {
    return post(server, "/v0/topics/" + topic, Json.write(data));
  }

  private static Answer post(TopicsServer server, String target, String json) {
    return request(server, "POST", target).json(json).send();
  }
}
