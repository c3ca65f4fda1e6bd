package dev.topics.bench.remote;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One answer of `diff`.
public record DiffPage(
    List<ReadRecord> records,
    long nextFromSeq,
    long headSeq,
    long earliestSeq,
    boolean caughtUp,
    @Nullable Tombstone tombstone) {

  static DiffPage parse(Bytes body) {
    List<ReadRecord> records = new ArrayList<>();
    long nextFromSeq = -1;
    long headSeq = -1;
    long earliestSeq = -1;
    boolean caughtUp = false;
    Tombstone tombstone = null;
    JsonCursor json = body.json();
    while (json.nextMember()) {
      if (json.nameIs("records")) {
        while (json.nextElement()) {
          records.add(ReadRecord.parse(json));
        }
      } else if (json.nameIs("next_from_seq")) {
        nextFromSeq = json.readLong();
      } else if (json.nameIs("head_seq")) {
        headSeq = json.readLong();
      } else if (json.nameIs("earliest_seq")) {
        earliestSeq = json.readLong();
      } else if (json.nameIs("caught_up")) {
        caughtUp = json.readBoolean();
      } else if (json.nameIs("tombstone")) {
        tombstone = json.skipNull() ? null : Tombstone.parse(json);
      } else {
        json.skip();
      }
    }
    return new DiffPage(records, nextFromSeq, headSeq, earliestSeq, caughtUp, tombstone);
  }
}
