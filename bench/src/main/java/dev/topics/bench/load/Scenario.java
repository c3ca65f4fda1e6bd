package dev.topics.bench.load;

import dev.topics.bench.remote.Bytes;
import dev.topics.bench.remote.TopicsConnection;
import java.io.IOException;

/// What is measured: how the topic is prepared and what each connection asks again and again.
interface Scenario {
  /// Words for the report, such as `append disk batch=100`.
  String name();

  /// How many records one request carries, in either direction.
  int recordsPerRequest();

  /// Makes the topic of one repetition ready; runs before any load.
  void prepare(TopicsConnection topics, int repetition) throws IOException, InterruptedException;

  /// What one connection of this repetition sends, with at most `pipeline` requests at a time.
  Requests requests(int repetition, int connection, int pipeline);

  /// How many records this answer speaks of; the driver checks one answer of each connection.
  long recordsIn(Bytes answer);
}
