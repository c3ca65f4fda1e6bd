package dev.topics.bench.remote;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;

/// The few calls on topics that drivers need, over one connection.
///
/// Throws [IOException] when the answer did not arrive, [UnexpectedAnswer] when it is a refusal.
/// Not thread-safe.
public final class TopicsConnection implements Closeable {
  private final HttpConnection http;

  private TopicsConnection(HttpConnection http) {
    this.http = http;
  }

  public static TopicsConnection open(InetSocketAddress address, Duration timeout)
      throws IOException {
    return new TopicsConnection(HttpConnection.open(address, timeout));
  }

  /// Creates or updates a topic; `config` is a configuration object.
  public void putTopic(String topic, String config) throws IOException {
    String path = path(topic);
    accepted("PUT " + path, http.put(path, Bytes.utf8(config)));
  }

  /// Creates or updates a router; `config` says what it does.
  public void putRouter(String router, String config) throws IOException {
    String path = "/v0/routers/" + router;
    accepted("PUT " + path, http.put(path, Bytes.utf8(config)));
  }

  /// Sends the body of a write as it is.
  public WriteAck append(String topic, Bytes body) throws IOException {
    sendAppend(topic, body);
    return receiveAck();
  }

  /// Sends the body of a write as it is, without waiting for the ack.
  public void sendAppend(String topic, Bytes body) throws IOException {
    http.send("POST", path(topic) + "?return_seqs=false", body);
  }

  /// Waits for the ack of a write; on any thread.
  public WriteAck receiveAck() throws IOException {
    return WriteAck.parse(accepted("a write", http.receive()));
  }

  /// Reads the records after `fromSeq`, with tags.
  public DiffPage diff(String topic, long fromSeq, int limit) throws IOException {
    String path = path(topic) + "/diff";
    String query =
        "{\"from_seq\":%d,\"limit\":%d,\"max_batch_bytes\":4194304,\"include_tags\":true}"
            .formatted(fromSeq, limit);
    return DiffPage.parse(accepted("POST " + path, http.post(path, Bytes.utf8(query))));
  }

  /// The state of a topic; empty if there is none of that name.
  public Optional<TopicState> state(String topic) throws IOException {
    String path = path(topic);
    HttpAnswer answer = http.get(path);
    return answer.status() == 404
        ? Optional.empty()
        : Optional.of(TopicState.parse(accepted("GET " + path, answer)));
  }

  /// What the server says of the metric `name`, which has no labels.
  public long metric(String name) throws IOException {
    String start = name + " ";
    return accepted("GET /metrics", http.get("/metrics"))
        .toString()
        .lines()
        .filter(line -> line.startsWith(start))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(start.length())))
        .findFirst()
        .orElseThrow(() -> new IOException("the server has no metric " + name));
  }

  @Override
  public void close() throws IOException {
    http.close();
  }

  private static String path(String topic) {
    return "/v0/topics/" + topic;
  }

  private static Bytes accepted(String request, HttpAnswer answer) {
    if (!answer.isSuccess()) {
      throw new UnexpectedAnswer(request, answer);
    }
    return answer.body();
  }
}
