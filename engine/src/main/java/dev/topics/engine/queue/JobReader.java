package dev.topics.engine.queue;

import dev.topics.engine.model.ClaimedJobs;
import dev.topics.engine.model.LeaseToken;
import dev.topics.engine.model.RecordSink;
import dev.topics.engine.model.Refusal;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.record.Digits;
import dev.topics.engine.record.StoredRecord;
import dev.topics.engine.topic.Door;
import dev.topics.engine.topic.RecordLookup;
import dev.topics.engine.topic.Topic;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Reads claimed jobs as JSON: their records, and what belongs to the lease.
///
/// **Threading** One thread at a time; make one per thread. Never takes the commit lock.
public final class JobReader {
  private static final byte[] LEASE_ID = ascii(",\"lease_id\":\"");
  private static final byte[] DEADLINE = ascii("\",\"deadline\":");
  private static final byte[] DELIVERIES = ascii(",\"deliveries\":");
  private static final byte[] END = ascii("}");
  private static final byte[] NO_BYTES = {};

  private final Door door;
  private final RecordLookup records;
  private byte[] lease = {};
  private byte[] topicField = NO_BYTES;
  private int length;
  private int written;

  JobReader(Door door) {
    this.door = door;
    records = door.newLookup();
  }

  /// Takes one job after the other.
  public interface JobSink extends RecordSink {
    /// The bytes of the job `seq` follow.
    void next(long seq);
  }

  /// What became of a [#read].
  ///
  /// @param jobs how many were written
  /// @param damage the first of them that could not be read
  public record Outcome(int jobs, RecordLookup.Damage damage) {
    /// Why there is none; null if that is because nothing is there any more.
    public @Nullable Refusal refusal(TopicName topic) {
      if (jobs > 0 || damage.isNone()) {
        return null;
      }
      return damage.passes()
          ? new Refusal.Exhausted()
          : new Refusal.DataCorrupt(topic, damage.first(), damage.last());
    }
  }

  /// Writes those of the jobs from `from` to `end`, exclusive, that are still there to `sink`: an
  /// object each, which names the topic if `withTopic`.
  public Outcome read(
      TopicName name, ClaimedJobs jobs, int from, int end, boolean withTopic, JobSink sink) {
    written = 0;
    topicField = withTopic ? ascii(",\"topic\":\"" + name + "\"") : NO_BYTES;
    int leaseBytesMax =
        LEASE_ID.length
            + LeaseToken.TEXT_BYTES
            + DEADLINE.length
            + DELIVERIES.length
            + 2 * Digits.COUNT_MAX
            + topicField.length
            + END.length;
    if (lease.length < leaseBytesMax) {
      lease = new byte[leaseBytesMax];
    }
    long[] seqs = from == 0 ? jobs.seqs() : Arrays.copyOfRange(jobs.seqs(), from, end);
    Topic topic = door.find(name);
    if (topic == null || topic.id() != jobs.instance()) {
      return new Outcome(0, RecordLookup.Damage.NONE);
    }
    RecordLookup.Damage damage =
        records.read(
            topic,
            seqs,
            end - from,
            (i, record) -> {
              written++;
              sink.next(record.seq());
              write(jobs, from + i, record, sink);
            });
    return new Outcome(written, damage);
  }

  private void write(ClaimedJobs jobs, int i, StoredRecord record, RecordSink sink) {
    record.writeOpen(sink);
    length = 0;
    put(LEASE_ID);
    length = LeaseToken.write(jobs.token(i), lease, length);
    put(DEADLINE);
    put(jobs.deadline());
    put(DELIVERIES);
    put(jobs.deliveries(i));
    put(topicField);
    put(END);
    sink.write(lease, 0, length);
  }

  private void put(byte[] text) {
    System.arraycopy(text, 0, lease, length, text.length);
    length += text.length;
  }

  private void put(long value) {
    length = Digits.write(value, Digits.count(value), lease, length);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
