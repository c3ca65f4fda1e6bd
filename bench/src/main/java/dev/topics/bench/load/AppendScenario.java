package dev.topics.bench.load;

import dev.topics.bench.remote.Bytes;
import dev.topics.bench.remote.JsonCursor;
import dev.topics.bench.remote.TopicsConnection;
import java.io.IOException;

/// Every request appends a batch; the connections are spread over `topics` topics. Ephemeral topics
/// have a cap, as they live in memory.
record AppendScenario(String durability, int batch, int recordBytes, int topics)
    implements Scenario {
  private static final long EPHEMERAL_CAP_BYTES = 256 << 20;

  @Override
  public String name() {
    return "append " + durability + " batch=" + batch;
  }

  @Override
  public int recordsPerRequest() {
    return batch;
  }

  @Override
  public void prepare(TopicsConnection connection, int repetition) throws IOException {
    long capBytes = durability.equals("ephemeral") ? EPHEMERAL_CAP_BYTES / topics : 0;
    String config = "{\"durability\":\"%s\",\"cap_bytes\":%d}".formatted(durability, capBytes);
    for (int i = 0; i < topics; i++) {
      connection.putTopic(topic(repetition, i), config);
    }
  }

  @Override
  public Requests requests(int repetition, int connection, int pipeline) {
    String path = "/v0/topics/" + topic(repetition, connection % topics) + "?return_seqs=false";
    byte[] request = HttpRequest.post(path, SampleRecords.batch(batch, recordBytes));
    return new RepeatedRequest(request, pipeline);
  }

  @Override
  public long recordsIn(Bytes answer) {
    return count(answer);
  }

  /// How many records the answer to an append speaks of.
  static long count(Bytes answer) {
    JsonCursor json = answer.json();
    while (json.nextMember()) {
      if (json.nameIs("count")) {
        return json.readLong();
      }
      json.skip();
    }
    return -1;
  }

  private String topic(int repetition, int index) {
    return "append-%s-%d-%d-%d".formatted(durability, batch, repetition, index);
  }
}
