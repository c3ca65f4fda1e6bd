package dev.topics.bench.watch;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/// One stream of events, read without blocking: counts events and knows how far it got, and looks
/// at nothing else, because the client shares the machine with the server.
final class StreamClient {
  private static final byte[] RECORD = "event: record".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] TO_SEQ = "\"to_seq\":".getBytes(StandardCharsets.US_ASCII);

  /// The end of the last bytes, in which a mark may have been cut.
  private static final int TAIL_BYTES = 512;

  private final SocketChannel channel;
  private final String path;
  private final byte[] tail = new byte[TAIL_BYTES];
  private int tailBytes;
  private long toSeq;

  StreamClient(InetSocketAddress server, String path, Selector selector) throws IOException {
    this.path = path;
    channel = SocketChannel.open(server);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    String head = "GET " + path + " HTTP/1.1\r\nHost: " + server.getHostString() + "\r\n\r\n";
    channel.write(ByteBuffer.wrap(head.getBytes(StandardCharsets.US_ASCII)));
    channel.configureBlocking(false);
    channel.register(selector, SelectionKey.OP_READ, this);
  }

  /// Where its session is delivered.
  String path() {
    return path;
  }

  /// The greatest cursor so far.
  long toSeq() {
    return toSeq;
  }

  /// Takes what is there by way of `input`, a direct buffer, and `scratch`, an array of the same
  /// size. With `counting` it returns how many `record` events that were, and leaves the cursor
  /// alone; without it only the last cursor is looked for.
  int read(ByteBuffer input, byte[] scratch, boolean counting) throws IOException {
    System.arraycopy(tail, 0, scratch, 0, tailBytes);
    int bytes = channel.read(input.clear().limit(scratch.length - tailBytes));
    if (bytes < 0) {
      throw new IOException("the server closed a stream");
    }
    input.get(0, scratch, tailBytes, bytes);
    int end = tailBytes + bytes;
    int events = 0;
    int kept = TAIL_BYTES;
    if (counting) {
      // A mark that ends in what came now was not counted before.
      kept = RECORD.length - 1;
      int from = Math.max(0, tailBytes - kept);
      for (int at = indexOf(scratch, from, end); at >= 0; at = indexOf(scratch, at + 1, end)) {
        events++;
      }
    } else {
      findCursor(scratch, Math.max(0, end - TAIL_BYTES), end);
    }
    tailBytes = Math.min(end, kept);
    System.arraycopy(scratch, end - tailBytes, tail, 0, tailBytes);
    return events;
  }

  private static int indexOf(byte[] bytes, int from, int end) {
    for (int i = from; i <= end - RECORD.length; i++) {
      if (bytes[i] == 'e' && matches(bytes, i, RECORD)) {
        return i;
      }
    }
    return -1;
  }

  private void findCursor(byte[] bytes, int start, int end) {
    for (int i = end - TO_SEQ.length - 2; i >= start; i--) {
      if (bytes[i] == '"' && matches(bytes, i, TO_SEQ)) {
        long value = 0;
        int at = i + TO_SEQ.length;
        while (at < end && bytes[at] >= '0' && bytes[at] <= '9') {
          value = value * 10 + bytes[at++] - '0';
        }
        if (at < end) {
          toSeq = Math.max(toSeq, value);
          return;
        }
      }
    }
  }

  private static boolean matches(byte[] bytes, int at, byte[] mark) {
    for (int i = 0; i < mark.length; i++) {
      if (bytes[at + i] != mark[i]) {
        return false;
      }
    }
    return true;
  }

  void close() throws IOException {
    channel.close();
  }
}
