package dev.topics.bench.debian;

import dev.topics.bench.remote.Bytes;
import dev.topics.bench.remote.TopicsConnection;
import dev.topics.bench.remote.WriteAck;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;

/// Loads all packages into one topic, in batches whose idempotency keys follow from their place: so
/// whoever comes back after a crash can send again what may have arrived.
///
/// One thread at a time; [#ackedBatches] from any.
final class TopicLoad {
  /// How many acknowledged batches are sent again on [#resume], as by a client that lost its notes.
  private static final int SENT_AGAIN = 10;

  private final String topic;
  private final List<PackageEntry> packages;
  private final int batchRecords;
  private volatile int ackedBatches;
  private int recognised;

  TopicLoad(String topic, List<PackageEntry> packages, int batchRecords) {
    this.topic = topic;
    this.packages = packages;
    this.batchRecords = batchRecords;
  }

  String topic() {
    return topic;
  }

  int batches() {
    return (packages.size() + batchRecords - 1) / batchRecords;
  }

  /// How many batches, from the first one on, have been acknowledged.
  int ackedBatches() {
    return ackedBatches;
  }

  /// How many of the batches sent again were recognised and not appended twice.
  int recognised() {
    return recognised;
  }

  /// Sends what has not been acknowledged yet, to the end.
  void run(TopicsConnection connection) throws IOException {
    for (int batch = ackedBatches; batch < batches(); batch++) {
      send(connection, batch);
      ackedBatches = batch + 1;
    }
  }

  /// The same after a crash; some batches go out a second time and must get the seqs they have.
  void resume(TopicsConnection connection) throws IOException {
    for (int i = Math.max(0, ackedBatches - SENT_AGAIN); i < ackedBatches; i++) {
      WriteAck ack = send(connection, i);
      if (!ack.deduped()) {
        throw new IllegalStateException(topic + ": batch " + i + " was appended twice");
      }
      recognised++;
    }
    run(connection);
  }

  private WriteAck send(TopicsConnection connection, int batch) throws IOException {
    int first = batch * batchRecords;
    int end = Math.min(packages.size(), first + batchRecords);
    WriteAck ack = connection.append(topic, body(batch, packages.subList(first, end)));
    if (ack.firstSeq() != first + 1 || ack.lastSeq() != end) {
      throw new IllegalStateException(
          "%s: batch %d got the seqs %d to %d instead of %d to %d"
              .formatted(topic, batch, ack.firstSeq(), ack.lastSeq(), first + 1, end));
    }
    return ack;
  }

  private Bytes body(int batch, List<PackageEntry> records) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream(batchRecords * 1024);
    Bytes.utf8("{\"idempotency_key\":\"packages-" + batch + "\",\"records\":[").writeTo(body);
    String separator = "{\"tag\":";
    for (PackageEntry entry : records) {
      Bytes.utf8(separator).writeTo(body);
      entry.tag().writeTo(body);
      Bytes.utf8(",\"data\":").writeTo(body);
      entry.data().writeTo(body);
      separator = "},{\"tag\":";
    }
    Bytes.utf8("}]}").writeTo(body);
    return Bytes.of(body.toByteArray());
  }
}
