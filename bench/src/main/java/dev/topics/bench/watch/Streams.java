package dev.topics.bench.watch;

import dev.topics.bench.remote.Bytes;
import dev.topics.bench.remote.HttpAnswer;
import dev.topics.bench.remote.HttpConnection;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/// Many streams on one thread.
///
/// With very many it looks at its sockets once a millisecond instead of waking up for each event:
/// the server shares the processors with it, and pays for waking it up.
final class Streams implements Closeable {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final int MANY = 1000;
  private static final long LOOK_NANOS = 1_000_000;

  private final Selector selector = Selector.open();
  private final List<StreamClient> clients = new ArrayList<>();
  private final InetSocketAddress server;
  private final byte[] scratch = new byte[256 << 10];
  private long events;

  /// Opens `count` streams, each with a session of its own over `topics`.
  Streams(InetSocketAddress server, int count, List<String> topics) throws IOException {
    this.server = server;
    StringBuilder json = new StringBuilder("{\"topics\":{");
    for (String topic : topics) {
      json.append(json.charAt(json.length() - 1) == '{' ? "" : ",");
      json.append('"').append(topic).append("\":{\"tail\":true}");
    }
    Bytes body = Bytes.utf8(json.append("}}").toString());
    try (HttpConnection http = HttpConnection.open(server, TIMEOUT)) {
      for (int i = 0; i < count; i++) {
        HttpAnswer answer = http.post("/v0/watch", body);
        String text = answer.body().toString();
        if (!answer.isSuccess()) {
          throw new IOException("no session: " + text);
        }
        String key = "\"stream_url\":\"";
        int start = text.indexOf(key) + key.length();
        String path = text.substring(start, text.indexOf('"', start));
        clients.add(new StreamClient(server, path, selector));
        poll(0, true);
      }
    }
  }

  int size() {
    return clients.size();
  }

  /// Reads what has come, waiting for it up to `millis`; returns how many streams had something.
  int poll(long millis, boolean counting) throws IOException {
    if (millis > 0 && clients.size() >= MANY) {
      LockSupport.parkNanos(LOOK_NANOS);
    }
    int ready = millis == 0 ? selector.selectNow() : selector.select(millis);
    for (SelectionKey key : selector.selectedKeys()) {
      events += ((StreamClient) key.attachment()).read(scratch, counting);
    }
    selector.selectedKeys().clear();
    return ready;
  }

  /// Cuts the connection of the stream that is open for longest, and opens its session again.
  void reopenOldest() throws IOException {
    StreamClient oldest = clients.removeFirst();
    oldest.close();
    clients.add(new StreamClient(server, oldest.path(), selector));
  }

  /// Whether every stream is so.
  boolean all(Predicate<StreamClient> state) {
    return clients.stream().allMatch(state);
  }

  /// `record` events that were counted so far, of all streams.
  long events() {
    return events;
  }

  /// The cursor of the stream that is the farthest behind.
  long slowest() {
    return clients.stream().mapToLong(StreamClient::toSeq).min().orElse(Long.MAX_VALUE);
  }

  @Override
  public void close() throws IOException {
    for (StreamClient client : clients) {
      client.close();
    }
    selector.close();
  }
}
