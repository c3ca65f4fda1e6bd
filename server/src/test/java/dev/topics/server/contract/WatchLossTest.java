package dev.topics.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.server.contract.EventReader.Event;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Streams that are killed and resumed at random, and stop reading now and then, while others
/// write, evict and delete, and while records move from the journal into packs behind their back:
/// whatever happens, each seq is received once, told as lost, or was deleted.
class WatchLossTest {
  private static final int TOPICS = 4;
  private static final int WRITES = 400;
  private static final int BATCH_MAX = 40;
  private static final int TAGS = 8;

  /// How often a stream must have lagged behind while records were packed.
  private static final int LAGS = 3;

  /// A few writes fill a file of the journal, and full ones are packed.
  @RegisterExtension static final ContractServer server = new ContractServer(64 << 10);

  @Test
  void everySeqIsReceivedOnceOrToldAsLostOrWasDeleted() throws Exception {
    for (int round = 0; round < Integer.getInteger("topics.watch.rounds", 3); round++) {
      long seed = new SplittableRandom().nextLong();
      try {
        new Round(seed).run();
      } catch (AssertionError e) {
        throw new AssertionError("with seed " + seed, e);
      }
    }
  }

  /// What somebody who follows a topic knows of it.
  private static final class Account {
    private final Set<Long> received = new HashSet<>();
    private final Set<Long> missing = new HashSet<>();
    private long cursor;
    private long lost;

    void take(Event event) {
      if (event.type().equals("tombstone")) {
        assertThat(event.number("gap_from")).isEqualTo(cursor + 1);
        assertThat(event.number("gap_to")).isGreaterThanOrEqualTo(cursor + 1);
        assertThat(event.string("reason")).isIn("cap", "from_seq_too_old");
        lost += event.number("gap_to") - cursor;
        cursor = event.number("gap_to");
      } else if (event.type().equals("record")) {
        assertThat(event.number("from_seq")).isEqualTo(cursor);
        long next = cursor + 1;
        for (long seq : event.seqs()) {
          assertThat(seq).isGreaterThanOrEqualTo(next);
          assertThat(received.add(seq)).as("%d once", seq).isTrue();
          for (; next < seq; next++) {
            missing.add(next);
          }
          next = seq + 1;
        }
        cursor = event.number("to_seq");
        for (; next <= cursor; next++) {
          missing.add(next);
        }
      }
    }
  }

  private static final class Round {
    private final SplittableRandom random;
    private final List<String> topics = new ArrayList<>();
    private final Map<String, Account> accounts = new HashMap<>();

    /// Tags that were deleted, and the tag of each seq.
    private final Set<String> deletedTags = ConcurrentHashMap.newKeySet();

    private final Map<String, String> tags = new ConcurrentHashMap<>();
    private final AtomicBoolean done = new AtomicBoolean();
    private final AtomicInteger lags = new AtomicInteger();
    private volatile @Nullable Throwable failure;

    Round(long seed) {
      random = new SplittableRandom(seed);
    }

    void run() throws Exception {
      for (int i = 0; i < TOPICS; i++) {
        String durability = List.of("disk", "memory", "ephemeral", "fsync").get(i);
        String cap = i % 2 == 0 ? ",'cap_records':150" : "";
        String topic = server.topic("{'durability':'" + durability + "'" + cap + "}");
        topics.add(topic);
        accounts.put(topic, new Account());
      }
      SplittableRandom ofWriter = random.split();
      SplittableRandom ofDeleter = random.split();
      Thread writer = Thread.ofPlatform().start(() -> guarded(() -> write(ofWriter)));
      Thread deleter = Thread.ofPlatform().start(() -> guarded(() -> delete(ofDeleter)));
      read();
      writer.join();
      deleter.join();
      assertThat(failure).isNull();
      topics.forEach(this::judge);
    }

    private void guarded(Runnable work) {
      try {
        work.run();
      } catch (Throwable e) {
        failure = e;
        done.set(true);
      }
    }

    private void write(SplittableRandom own) {
      Map<String, Long> heads = new HashMap<>();
      for (int i = 0; i < WRITES || lags.get() < LAGS; i++) {
        String topic = topics.get(own.nextInt(TOPICS));
        StringBuilder json = new StringBuilder("{'records':[");
        long seq = heads.getOrDefault(topic, 0L);
        for (int n = own.nextInt(1, BATCH_MAX); n > 0; n--) {
          String tag = "g" + i / 20 + "-" + own.nextInt(TAGS);
          tags.put(topic + "#" + ++seq, tag);
          json.append("{'data':").append(seq).append(",'tag':'").append(tag).append("'},");
        }
        json.setLength(json.length() - 1);
        heads.put(topic, seq);
        server.post("/v0/topics/" + topic, json + "]}").is(200).has("/last_seq", seq);
      }
      done.set(true);
    }

    private void delete(SplittableRandom own) {
      for (int group = 0; !done.get(); group = (group + 1) % (WRITES / 20)) {
        String topic = topics.get(own.nextInt(TOPICS));
        String tag = "g" + group + "-" + own.nextInt(TAGS);
        deletedTags.add(topic + "#" + tag);
        server.deleteRecords(topic, "{'match':'" + tag + "'}").is(200);
      }
    }

    private void read() throws IOException {
      StringBuilder json = new StringBuilder("{'limit':20,'topics':{");
      topics.forEach(topic -> json.append("'").append(topic).append("':{},"));
      json.setLength(json.length() - 1);
      String url = server.post("/v0/watch", json + "}}").is(200).string("/stream_url");
      String lastId = "";
      while (!isComplete()) {
        String target = lastId.isEmpty() ? url : url + "?last_event_id=" + lastId;
        try (EventReader reader = EventReader.slow(server.address(), target)) {
          if (random.nextInt(4) == 0) {
            lag();
          }
          for (int left = random.nextInt(1, 60); left > 0 && !isComplete(); left--) {
            Event event = reader.nextWithin(2000);
            if (event == null) {
              break;
            }
            if (event.type().equals("error")) {
              break;
            }
            accounts.get(event.string("topic")).take(event);
            lastId = event.id();
          }
        }
      }
    }

    /// Takes nothing until more was packed, or nothing more is written.
    private void lag() throws IOException {
      String before = lastPack();
      while (!done.get()) {
        if (!lastPack().equals(before)) {
          lags.incrementAndGet();
          return;
        }
        LockSupport.parkNanos(1_000_000);
      }
    }

    /// The pack that was made last.
    private static String lastPack() throws IOException {
      try (Stream<Path> packs = Files.list(server.directory().resolve("packs"))) {
        return packs
            .map(Path::toString)
            .filter(name -> name.endsWith(".pack"))
            .max(Comparator.naturalOrder())
            .orElse("");
      }
    }

    private boolean isComplete() {
      if (!done.get()) {
        return false;
      }
      return failure != null
          || topics.stream().allMatch(t -> accounts.get(t).cursor == server.head(t));
    }

    private void judge(String topic) {
      Account account = accounts.get(topic);
      long head = server.head(topic);
      assertThat(account.received.size() + account.missing.size() + account.lost).isEqualTo(head);
      for (long seq : account.missing) {
        assertThat(deletedTags).contains(topic + "#" + tags.get(topic + "#" + seq));
      }
      if (account.lost > 0) {
        server.state(topic).has("/config/cap_records", 150);
      }
    }
  }
}
