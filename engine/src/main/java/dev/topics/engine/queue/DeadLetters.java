package dev.topics.engine.queue;

import dev.topics.engine.json.WriteBody;
import dev.topics.engine.model.Durability;
import dev.topics.engine.model.TopicConfig;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.record.StoredRecord;
import dev.topics.engine.topic.CapRoom;
import dev.topics.engine.topic.Door;
import dev.topics.engine.topic.RecordLookup;
import dev.topics.engine.topic.Topic;
import dev.topics.engine.topic.Transaction;
import dev.topics.storage.journal.Room;
import dev.topics.storage.journal.Urgency;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Moves jobs that were delivered too often to the dead letter of their queue: appended there and
/// deleted here in one frame, so that they are never in both or in neither.
///
/// A job that the dead letter has no room for, or the log, stays and tries again after a moment;
/// until then it counts as delayed, and as stuck.
///
/// **Threading** Any thread, without the commit lock, which it takes.
final class DeadLetters {
  private static final int COPY_BYTES_MAX = 4 << 20;
  private static final byte[] NO_FIELDS = {};
  private static final long[] NO_SEQS = {};

  private final Door door;
  private final QueueMeter meter;

  DeadLetters(Door door, QueueMeter meter) {
    this.door = door;
    this.meter = meter;
  }

  /// What was read of the jobs, to be moved if nothing has happened to them meanwhile.
  private static final class Copies {
    private final TopicName target;
    private final long[] seqs;
    private final int[] deliveries;
    private final WriteBody write;

    Copies(TopicName target, long[] seqs, int[] deliveries, WriteBody write) {
      this.target = target;
      this.seqs = seqs;
      this.deliveries = deliveries;
      this.write = write;
    }

    TopicName target() {
      return target;
    }

    long[] seqs() {
      return seqs;
    }

    int[] deliveries() {
      return deliveries;
    }

    WriteBody write() {
      return write;
    }
  }

  /// Moves those of `seqs`, ascending, that are still to be moved, as many as fit into one frame.
  void move(TopicName name, long[] seqs) {
    Topic queue = door.find(name);
    if (queue == null || !(queue.jobs() instanceof Jobs jobs)) {
      return;
    }
    long[] left = seqs;
    while (left.length > 0) {
      long[] wanted = left;
      Copies copies = copy(queue, jobs, wanted);
      left =
          copies == null
              ? door.locked(() -> stick(jobs, wanted))
              : door.transact(transaction -> attempt(queue, jobs, copies, transaction));
    }
  }

  private static long[] stick(Jobs jobs, long[] seqs) {
    for (long seq : seqs) {
      jobs.stick(seq);
    }
    return NO_SEQS;
  }

  /// Lets those jobs rest that the dead letter has no room for; returns the others.
  private long[] stickBeyond(CapRoom room, Jobs jobs, Copies copies) {
    long[] seqs = copies.seqs();
    long[] fitting = new long[seqs.length];
    int size = 0;
    CapRoom left = room;
    for (int i = 0; i < seqs.length; i++) {
      int bytes = copies.write().payloadBytes(i);
      if (left.holds(1, bytes)) {
        left = left.without(1, bytes);
        fitting[size++] = seqs[i];
      } else {
        jobs.stick(seqs[i]);
      }
    }
    return Arrays.copyOf(fitting, size);
  }

  private CapRoom roomOf(TopicName target) {
    Topic topic = door.find(target);
    return topic == null ? CapRoom.UNBOUNDED : door.roomOf(topic);
  }

  /// What is known of a job besides its record.
  private record Facts(int deliveries, int priority, String orderKey, String error) {}

  private List<Facts> facts(Jobs jobs, long[] seqs) {
    return door.locked(() -> {
      List<Facts> facts = new ArrayList<>(seqs.length);
      for (long seq : seqs) {
        int slot = jobs.table().find(seq);
        boolean there = slot != JobTable.NONE;
        byte[] error = there ? jobs.table().error(slot) : null;
        String key = there ? jobs.table().orderKey(slot) : null;
        facts.add(
            new Facts(
                there ? jobs.table().deliveries(slot) : 0,
                there ? jobs.table().priority(slot) : 0,
                key == null ? "" : key,
                error == null ? "" : new String(error, StandardCharsets.UTF_8)));
      }
      return facts;
    });
  }

  /// Reads the jobs; null if none of them can be read.
  private @Nullable Copies copy(Topic queue, Jobs jobs, long[] seqs) {
    String deadLetter = queue.config().deadLetter();
    if (deadLetter == null) {
      return null;
    }
    List<Facts> facts = facts(jobs, seqs);
    CopyBuffer buffer = new CopyBuffer();
    long[] found = new long[seqs.length];
    int[] deliveries = new int[seqs.length];
    int[] size = {0};
    RecordLookup.Damage _ =
        door.newLookup()
            .read(
                queue,
                seqs,
                seqs.length,
                (i, record) -> {
                  Facts of = facts.get(i);
                  if (of.deliveries() > 0 && buffer.size() <= COPY_BYTES_MAX) {
                    buffer.add(record, meta(queue, record, of), NO_FIELDS);
                    deliveries[size[0]] = of.deliveries();
                    found[size[0]++] = seqs[i];
                  }
                });
    return size[0] == 0
        ? null
        : new Copies(
            new TopicName(deadLetter),
            Arrays.copyOf(found, size[0]),
            Arrays.copyOf(deliveries, size[0]),
            buffer.toWrite());
  }

  /// The meta of a record, and where it comes from.
  private static byte[] meta(Topic queue, StoredRecord record, Facts of) {
    MetaEdit meta = new MetaEdit(record.meta());
    keepRedrives(meta);
    meta.set(MetaEdit.FROM, queue.name().value());
    meta.set(MetaEdit.DELIVERIES, Integer.toString(of.deliveries()));
    meta.set(MetaEdit.SRC_SEQ, Long.toString(record.seq()));
    if (!of.error().isEmpty()) {
      meta.set(MetaEdit.ERROR, of.error());
    }
    if (of.priority() > 0) {
      meta.set(MetaEdit.PRIORITY, Integer.toString(of.priority()));
    }
    if (!of.orderKey().isEmpty()) {
      meta.set(MetaEdit.ORDER_KEY, of.orderKey());
    }
    return meta.toBytes();
  }

  /// How often a job was moved back is not forgotten when it comes again.
  private static void keepRedrives(MetaEdit meta) {
    String redrives = meta.get(MetaEdit.REDRIVES);
    if (redrives != null) {
      meta.set(MetaEdit.REDRIVES, redrives);
    }
  }

  /// One try: the jobs to try again with, null if the log needs room first.
  private long @Nullable [] attempt(
      Topic queue, Jobs jobs, Copies copies, Transaction transaction) {
    if (door.refusal() != null || queue.isDropped() || !isStillSo(queue, jobs, copies)) {
      return NO_SEQS;
    }
    Durability durability =
        queue.config().durable() ? Durability.FSYNC : TopicConfig.DEFAULT.durability();
    long[] fitting = stickBeyond(roomOf(copies.target()), jobs, copies);
    if (fitting.length < copies.seqs().length) {
      return fitting;
    }
    transaction.append(copies.target(), copies.write(), config -> config.durability(durability));
    transaction.delete(queue, copies.seqs(), copies.seqs().length);
    transaction.countDeadLetters(queue, copies.seqs().length);
    Room room = transaction.commit(Urgency.APPEND);
    return switch (room) {
      case OK -> {
        meter.deadLettered.add(copies.seqs().length);
        yield NO_SEQS;
      }
      case NO_SPARE -> null;
      case DISK_FULL, FAILED -> stick(jobs, copies.seqs());
    };
  }

  /// Whether the jobs are free, delivered as often as it says in their copies, and still to go to
  /// the same topic.
  private static boolean isStillSo(Topic queue, Jobs jobs, Copies copies) {
    TopicConfig config = queue.config();
    if (!copies.target().value().equals(config.deadLetter())) {
      return false;
    }
    JobTable table = jobs.table();
    for (int i = 0; i < copies.seqs().length; i++) {
      int slot = table.find(copies.seqs()[i]);
      boolean same =
          slot != JobTable.NONE
              && table.phase(slot) == JobTable.READY
              && table.deliveries(slot) == copies.deliveries()[i]
              && Selection.isPoison(config, copies.deliveries()[i]);
      if (!same) {
        return false;
      }
    }
    return true;
  }
}
