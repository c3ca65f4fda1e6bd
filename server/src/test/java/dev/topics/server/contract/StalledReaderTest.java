package dev.topics.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.server.contract.EventReader.Event;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A reader that takes nothing costs others nothing (http-api §6.5).
///
/// It is closed in the end and goes on without loss.
class StalledReaderTest {
  private static final int OTHERS = 999;

  /// More than sockets hold.
  private static final int WRITES = 300;

  private static final int NEWS = 30;

  private static final int RECORD_BYTES = 50_000;

  /// What the server may hold for a client that takes nothing: one event.
  private static final long HELD_BYTES_MAX = 256 << 10;

  @RegisterExtension static final ContractServer server = new ContractServer();

  @Test
  void oneReaderThatTakesNothingHoldsNobodyUpAndResumesWithoutLoss() {
    String topic = server.topic("{'durability':'ephemeral'}");
    String news = server.topic("{'durability':'ephemeral'}");
    String record = "'" + "x".repeat(RECORD_BYTES) + "'";
    String url = url(topic);
    long before = heldBytes();
    try (EventReader stalled = EventReader.slow(server.address(), url)) {
      stalled.next("caught-up");
      List<Future<?>> others = new ArrayList<>();
      try (ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int i = 0; i < OTHERS; i++) {
          EventReader reader = EventReader.open(server.address(), url(news));
          others.add(readers.submit(() -> readAll(reader, NEWS)));
        }
        EventReader beside = EventReader.open(server.address(), url(topic));
        others.add(readers.submit(() -> readAll(beside, WRITES)));
        for (int i = 0; i < WRITES; i++) {
          server.append(topic, record).is(200);
          if (i % (WRITES / NEWS) == 0) {
            server.append(news, "1").is(200);
          }
        }
      }
      assertThat(others).allMatch(reader -> reader.state() == Future.State.SUCCESS);
      awaitStreams(1);
      awaitHeld(before + HELD_BYTES_MAX);
      long held = heldBytes();
      // On a slow machine it may have been closed before this was counted.
      assertThat(open() == 0 || held > 0).as("counted").isTrue();
      awaitStreams(0);
      long received = 0;
      @Nullable Event event = stalled.nextOrNull();
      String last = stalled.lastId();
      for (; event != null && event.type().equals("record"); event = stalled.nextOrNull()) {
        received = event.number("to_seq");
        last = event.id();
      }
      assertThat(received).isLessThan(WRITES);
      try (EventReader again = EventReader.open(server.address(), url, "Last-Event-ID: " + last)) {
        Event next = again.next("record");
        assertThat(next.number("from_seq")).isEqualTo(received);
        while (received < WRITES) {
          assertThat(next.seqs().getFirst()).isEqualTo(received + 1);
          received = next.number("to_seq");
          next = again.next();
        }
      }
    }
  }

  /// Bytes of buffers in use: what was written to clients and not taken by the system.
  private static long heldBytes() {
    return PooledByteBufAllocator.DEFAULT.pinnedDirectMemory();
  }

  /// Waits until what was for the others is given back.
  private static void awaitHeld(long bytesMax) {
    long deadline = System.nanoTime() + 120_000_000_000L;
    while (heldBytes() > bytesMax) {
      assertThat(System.nanoTime()).as("%d bytes held", heldBytes()).isLessThan(deadline);
      LockSupport.parkNanos(10_000_000);
    }
  }

  private static String url(String topic) {
    String json = "{'topics':{'" + topic + "':{}}}";
    return server.post("/v0/watch", json).is(200).string("/stream_url");
  }

  private static void readAll(EventReader reader, long last) {
    try (reader) {
      long toSeq = 0;
      while (toSeq < last) {
        Event event = reader.next();
        if (event.type().equals("record")) {
          assertThat(event.number("from_seq")).isEqualTo(toSeq);
          toSeq = event.number("to_seq");
        }
      }
    }
  }

  /// Waits until so many streams are open; the last one goes when it took nothing for 30 s.
  private static void awaitStreams(long count) {
    long deadline = System.nanoTime() + 120_000_000_000L;
    while (open() > count) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      LockSupport.parkNanos(50_000_000);
    }
  }

  private static long open() {
    return server
        .get("/v0/metrics")
        .text()
        .lines()
        .filter(line -> line.startsWith("topics_sse_connections"))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.indexOf(' '))))
        .findFirst()
        .orElseThrow();
  }
}
