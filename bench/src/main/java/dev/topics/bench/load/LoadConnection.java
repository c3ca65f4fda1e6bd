package dev.topics.bench.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// One connection that always has `pipeline` requests under way: an answer in, a request out.
final class LoadConnection implements AutoCloseable {
  private final SocketChannel channel;
  private final Requests requests;
  private final AnswerReader answers = new AnswerReader();
  private final SelectionKey key;

  /// When each request under way was handed over for sending, oldest first, in a ring.
  private final long[] sentNanos;

  private int oldest;
  private int owed;
  private @Nullable ByteBuffer unsent;
  private long sentBytes;

  private LoadConnection(SocketChannel channel, Selector selector, Requests requests, int pipeline)
      throws IOException {
    this.channel = channel;
    this.requests = requests;
    this.sentNanos = new long[pipeline];
    this.owed = pipeline;
    this.key = channel.register(selector, SelectionKey.OP_READ, this);
  }

  static LoadConnection open(
      InetSocketAddress address, Selector selector, Requests requests, int pipeline)
      throws IOException {
    SocketChannel channel = SocketChannel.open();
    try {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.connect(address);
      channel.configureBlocking(false);
      return new LoadConnection(channel, selector, requests, pipeline);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /// Sends the first requests.
  void start(long nowNanos) throws IOException {
    Arrays.fill(sentNanos, nowNanos);
    send();
  }

  /// Takes what has arrived through `scratch`, tells `meter` of each answer, and sends as many
  /// requests as there were answers.
  void ready(ByteBuffer scratch, LoadMeter meter) throws IOException {
    if (key.isReadable()) {
      receive(scratch, meter);
    }
    if (owed > 0 || unsent != null) {
      send();
    }
  }

  AnswerReader answers() {
    return answers;
  }

  long sentBytes() {
    return sentBytes;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private void receive(ByteBuffer scratch, LoadMeter meter) throws IOException {
    scratch.clear();
    if (channel.read(scratch) < 0) {
      throw new IOException("the server closed a connection under load");
    }
    int completed = answers.read(scratch.flip());
    long nowNanos = System.nanoTime();
    for (int i = 0; i < completed; i++) {
      meter.answered(nowNanos - sentNanos[oldest]);
      sentNanos[oldest] = nowNanos;
      oldest = oldest + 1 == sentNanos.length ? 0 : oldest + 1;
    }
    owed += completed;
  }

  private void send() throws IOException {
    boolean wasBlocked = unsent != null;
    ByteBuffer out = unsent == null ? nextOwed() : unsent;
    sentBytes += channel.write(out);
    if (!out.hasRemaining() && owed > 0 && wasBlocked) {
      out = nextOwed();
      sentBytes += channel.write(out);
    }
    unsent = out.hasRemaining() ? out : null;
    if (wasBlocked != (unsent != null)) {
      key.interestOps(
          unsent == null ? SelectionKey.OP_READ : SelectionKey.OP_READ | SelectionKey.OP_WRITE);
    }
  }

  private ByteBuffer nextOwed() {
    ByteBuffer out = requests.next(owed);
    owed = 0;
    return out;
  }
}
