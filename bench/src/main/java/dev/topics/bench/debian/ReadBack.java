package dev.topics.bench.debian;

import dev.topics.bench.remote.DiffPage;
import dev.topics.bench.remote.ReadRecord;
import dev.topics.bench.remote.TopicState;
import dev.topics.bench.remote.TopicsConnection;
import java.io.IOException;
import java.util.List;

/// Reads a topic from the beginning and compares each record, byte for byte, with what was sent.
final class ReadBack {
  private static final int PAGE_RECORDS = 1000;

  private final String topic;
  private final List<PackageEntry> packages;

  ReadBack(String topic, List<PackageEntry> packages) {
    this.topic = topic;
    this.packages = packages;
  }

  /// Throws [IllegalStateException] at the first difference.
  void run(TopicsConnection connection) throws IOException {
    long bytes = 0;
    int read = 0;
    DiffPage page;
    do {
      page = connection.diff(topic, read, PAGE_RECORDS);
      if (page.tombstone() != null || (page.records().isEmpty() && !page.caughtUp())) {
        throw different("after seq " + read + " comes " + page);
      }
      for (ReadRecord record : page.records()) {
        compare(record, read);
        bytes += record.data().size();
        read++;
      }
    } while (!page.caughtUp());
    TopicState state = connection.state(topic).orElseThrow();
    boolean complete =
        read == packages.size()
            && state.headSeq() == read
            && state.earliestSeq() == 1
            && state.count() == read
            && state.bytes() == bytes;
    if (!complete) {
      throw different("%d records were read, the state is %s".formatted(read, state));
    }
  }

  private void compare(ReadRecord record, int index) {
    if (index >= packages.size()) {
      throw different("seq " + record.seq() + " was never sent");
    }
    PackageEntry sent = packages.get(index);
    if (record.seq() != index + 1) {
      throw different("seq " + record.seq() + " comes instead of " + (index + 1));
    }
    if (!record.data().equals(sent.data()) || !record.tag().equals(sent.tag())) {
      throw different("seq " + record.seq() + " is " + record + " instead of " + sent);
    }
  }

  private IllegalStateException different(String what) {
    return new IllegalStateException(topic + ": " + what);
  }
}
