package dev.topics.bench.watch;

import dev.topics.bench.remote.Bytes;
import dev.topics.bench.remote.HttpAnswer;
import dev.topics.bench.remote.HttpConnection;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// Many streams on one thread.
///
/// With very many it looks at its sockets once a millisecond instead of waking up for each event:
/// the server shares the processors with it, and pays for waking it up.
final class Streams implements Closeable {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final int MANY = 1000;
  private static final long LOOK_NANOS = 1_000_000;
  private static final int STALLED_BYTES = 4096;
  private static final int INPUT_BYTES = 256 << 10;

  private final Selector selector = Selector.open();
  private final List<StreamClient> clients = new ArrayList<>();
  private final InetSocketAddress server;
  private final byte[] scratch = new byte[INPUT_BYTES];
  private final ByteBuffer input = ByteBuffer.allocateDirect(INPUT_BYTES);
  private final Bytes session;
  private @Nullable Histogram times;
  private long startNanos;
  private long events;

  /// Opens `count` streams, each with a session of its own over `topics`.
  Streams(InetSocketAddress server, int count, List<String> topics) throws IOException {
    this.server = server;
    StringBuilder json = new StringBuilder("{\"topics\":{");
    for (String topic : topics) {
      json.append(json.charAt(json.length() - 1) == '{' ? "" : ",");
      json.append('"').append(topic).append("\":{\"tail\":true}");
    }
    session = Bytes.utf8(json.append("}}").toString());
    try (HttpConnection http = HttpConnection.open(server, TIMEOUT)) {
      for (int i = 0; i < count; i++) {
        clients.add(new StreamClient(server, newSession(http), selector));
        poll(0, true);
      }
    }
  }

  /// Where a new session over the same topics is delivered.
  private String newSession(HttpConnection http) throws IOException {
    HttpAnswer answer = http.post("/v0/watch", session);
    String text = answer.body().toString();
    if (!answer.isSuccess()) {
      throw new IOException("no session: " + text);
    }
    String key = "\"stream_url\":\"";
    int start = text.indexOf(key) + key.length();
    return text.substring(start, text.indexOf('"', start));
  }

  /// Opens one more stream over the same topics, which nobody reads, and whose socket takes little.
  Socket openStalled() throws IOException {
    try (HttpConnection http = HttpConnection.open(server, TIMEOUT)) {
      Socket socket = new Socket();
      socket.setReceiveBufferSize(STALLED_BYTES);
      socket.connect(server);
      String head = "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n".formatted(newSession(http));
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      return socket;
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
    Consumer<SelectionKey> read = key -> read(key, counting);
    try {
      return millis == 0 ? selector.selectNow(read) : selector.select(read, millis);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private void read(SelectionKey key, boolean counting) {
    try {
      int more = ((StreamClient) key.attachment()).read(input, scratch, counting);
      events += more;
      Histogram timed = times;
      if (timed != null && more > 0) {
        timed.recordValueWithCount(System.nanoTime() - startNanos, more);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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

  /// Has each event from now on timed from `start` on, when the client has it.
  void time(Histogram into, long start) {
    times = into;
    startNanos = start;
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
