package dev.topics.bench.load;

import dev.topics.bench.remote.Bytes;
import dev.topics.bench.remote.TopicsConnection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// Every request appends a batch to one of the first `topics` topics at random.
record AnyTopicScenario(String durability, int batch, int recordBytes, int topics)
    implements Scenario {
  static final int NUMBER_DIGITS = 9;

  private static final String PREFIX = "any-";

  @Override
  public String name() {
    return "append %s batch=%d to %,d topics".formatted(durability, batch, topics);
  }

  @Override
  public int recordsPerRequest() {
    return batch;
  }

  @Override
  public void prepare(TopicsConnection connection, int repetition) throws IOException {
    prepare(connection, 0, 1);
  }

  /// Makes every `step`-th topic from the one with the number `first` on, with a batch in it.
  void prepare(TopicsConnection connection, int first, int step) throws IOException {
    Bytes body = Bytes.utf8(SampleRecords.batch(batch, recordBytes));
    for (int i = first; i < topics; i += step) {
      connection.putTopic(topic(i), "{\"durability\":\"" + durability + "\"}");
      var _ = connection.append(topic(i), body);
    }
  }

  private static String topic(int number) {
    return PREFIX + ("%0" + NUMBER_DIGITS + "d").formatted(number);
  }

  @Override
  public Requests requests(int repetition, int connection, int pipeline) {
    String path = "/v0/topics/" + topic(0) + "?return_seqs=false";
    byte[] request = HttpRequest.post(path, SampleRecords.batch(batch, recordBytes));
    String text = new String(request, StandardCharsets.ISO_8859_1);
    int numberEnd = text.indexOf(PREFIX) + PREFIX.length() + NUMBER_DIGITS;
    return new RequestsToAny(request, numberEnd, topics, 31L * repetition + connection, pipeline);
  }

  @Override
  public long recordsIn(Bytes answer) {
    return AppendScenario.count(answer);
  }
}
