package dev.topics.bench.load;

import dev.topics.bench.remote.Bytes;
import dev.topics.bench.remote.JsonCursor;
import dev.topics.bench.remote.TopicsConnection;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Every request reads a page out of a topic filled beforehand; each connection walks through it
/// from a place of its own.
///
/// @param packedIn the data directory of the server, which is to move the records into packs first;
///   null to leave them where they are
record DiffScenario(
    String durability,
    int limit,
    int recordBytes,
    long prefilled,
    int connections,
    @Nullable Path packedIn)
    implements Scenario {
  private static final int FILL_BATCH = 1000;

  DiffScenario {
    if (prefilled % limit != 0 || prefilled % FILL_BATCH != 0 || prefilled < limit) {
      throw new IllegalArgumentException(
          "the prefilled records must be whole pages of %d and batches of %d"
              .formatted(limit, FILL_BATCH));
    }
  }

  @Override
  public String name() {
    return "diff " + durability + " limit=" + limit + (packedIn == null ? "" : " packed");
  }

  @Override
  public int recordsPerRequest() {
    return limit;
  }

  @Override
  public void prepare(TopicsConnection topics, int repetition)
      throws IOException, InterruptedException {
    if (repetition > 0) {
      return;
    }
    topics.putTopic(topic(), "{\"durability\":\"" + durability + "\"}");
    Bytes body = Bytes.utf8(SampleRecords.batch(FILL_BATCH, recordBytes));
    for (long filled = 0; filled < prefilled; filled += FILL_BATCH) {
      topics.append(topic(), body);
    }
    if (packedIn != null) {
      Packing.await(topics, packedIn);
    }
  }

  @Override
  public Requests requests(int repetition, int connection, int pipeline) {
    long pages = prefilled / limit;
    long first = pages * (connection % connections) / connections * limit;
    return new WalkingReads("/v0/topics/" + topic() + "/diff", limit, first, prefilled, pipeline);
  }

  @Override
  public long recordsIn(Bytes answer) {
    long records = 0;
    JsonCursor json = answer.json();
    while (json.nextMember()) {
      if (!json.nameIs("records")) {
        json.skip();
        continue;
      }
      while (json.nextElement()) {
        json.skip();
        records++;
      }
    }
    return records;
  }

  private String topic() {
    return "diff-" + durability;
  }
}
