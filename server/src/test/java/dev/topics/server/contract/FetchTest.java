package dev.topics.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.engine.Engine;
import dev.topics.engine.EngineOptions;
import dev.topics.server.ServerOptions;
import dev.topics.server.TopicsServer;
import dev.topics.storage.StoreOptions;
import dev.topics.storage.disk.FileDisk;
import dev.topics.storage.sim.ForgetfulDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// No event loop waits for the disk: what is not in memory is fetched by other threads.
class FetchTest {
  private static final int RECORDS = 400;

  @TempDir Path directory;

  private ForgetfulDisk disk;
  private TopicsServer server;

  @BeforeEach
  void fill() throws IOException {
    // Not what the packer and the scrubber read.
    Predicate<String> counts = thread -> thread.startsWith("http") || thread.contains("fetch");
    disk = new ForgetfulDisk(FileDisk.open(directory), counts);
    EngineOptions options =
        EngineOptions.defaults().withStore(StoreOptions.defaults().withJournalFileBytes(64 << 10));
    ServerOptions listen = ServerOptions.defaults().withPort(0);
    CompletableFuture<Engine> opened = new CompletableFuture<>();
    server =
        TopicsServer.start(
                listen,
                progress -> {
                  Engine engine = Engine.open(disk, options);
                  opened.complete(engine);
                  return engine;
                })
            .awaitReady();
    String text = "\"" + "x".repeat(1000) + "\"";
    for (int i = 0; i < RECORDS; i++) {
      post("/v0/topics/t", Json.write(text));
    }
    await("packs", () -> opened.join().stats().packs().written() > 0);
    disk.forget();
  }

  private static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as(what).isLessThan(deadline);
      LockSupport.parkNanos(1_000_000);
    }
  }

  @AfterEach
  void close() throws IOException {
    server.close();
  }

  private Answer post(String target, String json) {
    return new Request(() -> new Wire(server.address()), "POST", target).json(json).send();
  }

  private static List<Long> all() {
    return LongStream.rangeClosed(1, RECORDS).boxed().toList();
  }

  private void onlyOthersWaited() {
    assertThat(disk.waiters())
        .anyMatch(thread -> thread.startsWith("topics-fetch"))
        .noneMatch(thread -> thread.startsWith("http"));
  }

  @Test
  void readsAreWholeAndWaitElsewhere() {
    List<Long> seqs = new ArrayList<>();
    while (seqs.size() < RECORDS) {
      long cursor = seqs.isEmpty() ? 0 : seqs.getLast();
      String body = "{'from_seq':" + cursor + ",'limit':50,'wait_ms':20000}";
      seqs.addAll(post("/v0/topics/t/diff", body).is(200).seqs());
    }
    assertThat(seqs).isEqualTo(all());
    onlyOthersWaited();
  }

  @Test
  void aServerThatClosesDoesNotLetTheClientWaitForTheDisk() {
    disk.hold();
    try (Wire wire = new Wire(server.address())) {
      String target = "/v0/topics/t/diff";
      Request read = new Request(() -> new Wire(server.address()), "POST", target);
      wire.send(read.json("{'from_seq':0}").bytes());
      await("a read that waits for the disk", () -> !disk.waiters().isEmpty());
      CompletableFuture<Void> closed = CompletableFuture.runAsync(this::closeUnchecked);
      wire.read().refused(503, "shutting_down");
      disk.release();
      closed.join();
    } finally {
      disk.release();
    }
  }

  private void closeUnchecked() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void streamsAreWholeAndWaitElsewhere() {
    String wish = "{'topics':{'t':{'from_seq':0}},'limit':50}";
    String url = post("/v0/watch", wish).is(200).string("/stream_url");
    List<Long> seqs = new ArrayList<>();
    try (EventReader reader = EventReader.open(server.address(), url)) {
      while (seqs.size() < RECORDS) {
        seqs.addAll(reader.next("record").seqs());
      }
    }
    assertThat(seqs).isEqualTo(all());
    onlyOthersWaited();
  }
}
