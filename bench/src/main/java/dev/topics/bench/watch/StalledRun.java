package dev.topics.bench.watch;

import dev.topics.bench.remote.Bytes;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;

/// The latency of streams with and without one more that nobody reads, in turns.
final class StalledRun {
  private static final int ROUNDS = 4;

  private StalledRun() {}

  /// @param fillings how often `filling` is written before each turn: together more than the
  ///   sockets of a stream hold that takes nothing
  static String run(
      InetSocketAddress server,
      Streams streams,
      List<String> topics,
      Bytes body,
      Bytes filling,
      int fillings,
      int writes)
      throws IOException, InterruptedException {
    PacedRun without = new PacedRun();
    PacedRun with = new PacedRun();
    for (int round = 0; round < ROUNDS; round++) {
      new PacedRun().run(server, streams, topics, filling, fillings, 0);
      without.run(server, streams, topics, body, writes / ROUNDS, 10);
      try (Socket _ = streams.openStalled()) {
        new PacedRun().run(server, streams, topics, filling, fillings, 0);
        with.run(server, streams, topics, body, writes / ROUNDS, 10);
      }
    }
    return "without a stalled one: %s%nwith a stalled one:    %s"
        .formatted(without.deliveries(), with.deliveries());
  }
}
