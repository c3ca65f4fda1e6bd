package dev.topics.engine.topic;

import dev.topics.engine.json.WriteBody;
import dev.topics.engine.model.ConfigPatch;
import dev.topics.engine.model.TopicConfig;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.record.RecordEncoder;
import dev.topics.storage.journal.Room;
import dev.topics.storage.journal.Urgency;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Changes to topics that happen together or not at all: one frame. For what is built on topics.
///
/// What concerns records in memory is applied when the frame is committed, since the log need not
/// know. Nothing changes before [#commit], so a transaction that found no room can be dropped and
/// put together again.
///
/// **Threading** Under the commit lock, from [Door#transact] on.
public final class Transaction {
  private final Topics topics;
  private final List<Operation> logged = new ArrayList<>(4);
  private final List<Runnable> inMemory = new ArrayList<>(0);
  private final List<Topic> deletedFrom = new ArrayList<>(1);
  private final List<TopicName> appendedTo = new ArrayList<>(0);

  Transaction(Topics topics) {
    this.topics = topics;
  }

  /// Delivers jobs to `node`: `count` of `seqs` from `from` on.
  ///
  /// @param times the times of their records
  public void claim(
      Topic queue,
      byte[] node,
      long deadline,
      long firstToken,
      long[] seqs,
      long[] times,
      int from,
      int count) {
    add(
        queue,
        new JobOperation.Claim(queue.id(), node, deadline, firstToken, seqs, times, from, count));
  }

  /// Gives the first `count` of `seqs` back; nobody gets them before `availableAt` each.
  public void release(
      Topic queue, long[] seqs, long[] availableAt, int count, byte @Nullable [] error) {
    add(
        queue,
        new JobOperation.ChangeLeases(
            queue.id(), JobOperation.RELEASE, seqs, availableAt, count, error));
  }

  /// Lets the leases of the first `count` of `seqs` end at `deadlines`.
  public void extend(Topic queue, long[] seqs, long[] deadlines, int count) {
    add(
        queue,
        new JobOperation.ChangeLeases(
            queue.id(), JobOperation.EXTEND, seqs, deadlines, count, null));
  }

  /// Counts jobs that this transaction moves to the dead letter.
  public void countDeadLetters(Topic queue, int jobs) {
    add(queue, JobOperation.deadLettered(queue.id(), jobs));
  }

  /// What only concerns leases of an ephemeral topic is forgotten with its records.
  private void add(Topic queue, JobOperation operation) {
    if (queue.isEphemeral()) {
      inMemory.add(() -> topics.applyInMemory(queue, operation));
    } else {
      logged.add(operation);
    }
  }

  /// Deletes the first `count` of `seqs`, ascending, each of a record that lives.
  public void delete(Topic topic, long[] seqs, int count) {
    Operation.Delete delete = topics.deletion(topic, seqs, count);
    deletedFrom.add(topic);
    if (delete.removed().isMemoryOnly()) {
      inMemory.add(() -> topics.applyInMemory(topic, delete));
    } else {
      logged.add(delete);
    }
  }

  /// Appends the records of `body` to `target`, which is created if absent, with `config`. Whoever
  /// asks for it has looked whether there is room ([Door#roomOf]).
  public void append(TopicName target, WriteBody body, ConfigPatch config) {
    Topic topic = topics.table().find(target.value());
    if (topic == null) {
      topic = topics.table().newTopic(target, config.appliedTo(TopicConfig.DEFAULT));
      logged.add(new Operation.PutTopic(topic.id(), target, topic.config()));
    }
    RecordEncoder records = new RecordEncoder(body);
    records.encode(
        topic.head() + 1, Math.max(topic.lastTs(), topics.clock().recordMillis()), new byte[0]);
    appendedTo.add(target);
    Operation.AppendRecords append = new Operation.AppendRecords(topic.id(), records);
    JobOperation describe =
        body.jobs().rows() == 0 || topic.jobs() == null
            ? null
            : new JobOperation.Describe(
                topic.id(), records, body.jobs(), topics.clock().wallMillis());
    Retention.Eviction eviction = topics.growth().eviction(topic, records);
    if (topic.isEphemeral()) {
      topic.memory().makeRoom(append.encodedBytes());
      applyLater(target, eviction == null ? null : eviction.ofStored(topic.id(), logged));
      applyLater(target, append);
      applyLater(target, describe);
      applyLater(target, eviction == null ? null : eviction.ofAdded(topic.id()));
    } else {
      logged.add(append);
      if (describe != null) {
        logged.add(describe);
      }
      if (eviction != null) {
        logged.add(eviction.whole(topic.id()));
      }
    }
    topics.growth().reserve(topic, records.lastSeq(), topics.clock().nanos(), logged);
  }

  private void applyLater(TopicName target, @Nullable Operation operation) {
    if (operation != null) {
      inMemory.add(() -> topics.applyInMemory(topics.known(target), operation));
    }
  }

  /// Commits everything as one frame and applies it; anything but [Room#OK] changed nothing.
  public Room commit(Urgency urgency) {
    Room room = logged.isEmpty() ? Room.OK : topics.commits().commit(logged, urgency);
    if (room == Room.OK) {
      topics.commits().completing(() -> inMemory.forEach(Runnable::run));
      deletedFrom.forEach(this::publishDeletion);
      appendedTo.forEach(target -> topics.growth().publishInTime(topics.known(target)));
    }
    return room;
  }

  private void publishDeletion(Topic topic) {
    if (topic.config().durable()) {
      topics.commits().publishDurable(topic);
    } else {
      topics.commits().publish(topic);
    }
  }
}
