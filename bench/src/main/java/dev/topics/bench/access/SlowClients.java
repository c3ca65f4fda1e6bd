package dev.topics.bench.access;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Clients that are slow on purpose, in equal parts: heads and bodies that come a byte a second,
/// and answers that nobody takes. Who is thrown out comes back at once.
final class SlowClients implements AutoCloseable {
  static final String LARGE_TOPIC = "large";
  private static final int KINDS = 3;
  private static final int RECEIVE_BYTES = 4096;
  private static final byte[] HEAD =
      ascii("GET /v0/topics HTTP/1.1\r\nHost: localhost\r\nX: " + "x".repeat(4000));
  private static final byte[] BODY =
      ascii(
          "POST /v0/topics/slow HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
              + "Content-Length: 100000\r\n\r\n"
              + " ".repeat(4000));

  private final InetSocketAddress server;
  private final byte[] read;
  private final @Nullable SocketChannel[] clients;
  private final int[] sent;
  private final Thread thread;
  private volatile boolean over;
  private final AtomicInteger thrownOut = new AtomicInteger();

  private SlowClients(InetSocketAddress server, int count, String topic) {
    this.server = server;
    String query = "{\"limit\":1000,\"max_batch_bytes\":8388608}";
    String request =
        "POST /v0/topics/%s/diff HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                .formatted(topic)
            + "Content-Length: %d\r\n\r\n%s".formatted(query.length(), query);
    read = ascii(request.repeat(2));
    clients = new @Nullable SocketChannel[count];
    sent = new int[count];
    thread = Thread.ofPlatform().name("slow").unstarted(this::run);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /// Returns when all have connected and sent their first bytes.
  static SlowClients start(InetSocketAddress server, int count, String topic) throws IOException {
    SlowClients slow = new SlowClients(server, count, topic);
    for (int i = 0; i < count; i++) {
      slow.open(i);
    }
    slow.thread.start();
    return slow;
  }

  private void open(int index) throws IOException {
    SocketChannel client = SocketChannel.open();
    client.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BYTES);
    client.connect(server);
    client.configureBlocking(false);
    clients[index] = client;
    sent[index] = 0;
    send(client, index);
  }

  /// The next byte; of a reader the whole request, once.
  private void send(SocketChannel client, int index) throws IOException {
    byte[] bytes = index % KINDS == 0 ? HEAD : index % KINDS == 1 ? BODY : read;
    int count = index % KINDS == 2 ? bytes.length : sent[index] == 0 ? bytes.length - 3900 : 1;
    int from = sent[index];
    if (from < bytes.length) {
      sent[index] +=
          client.write(ByteBuffer.wrap(bytes, from, Math.min(count, bytes.length - from)));
    }
  }

  private void run() {
    ByteBuffer peek = ByteBuffer.allocate(1);
    for (int i = 0; !over; i = (i + 1) % clients.length) {
      step(i, peek.clear());
      if (i % 50 == 0) {
        pause();
      }
    }
  }

  /// All get their turn once a second.
  private void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(Math.max(1, 50_000L / clients.length));
    } catch (InterruptedException e) {
      over = true;
    }
  }

  private void step(int index, ByteBuffer peek) {
    SocketChannel client = clients[index];
    try {
      if (client == null) {
        open(index);
      } else if (index % KINDS != 2 && client.read(peek) != 0) {
        throw new IOException("thrown out");
      } else {
        send(client, index);
      }
    } catch (IOException e) {
      thrownOut.incrementAndGet();
      close(index);
    }
  }

  private void close(int index) {
    SocketChannel client = clients[index];
    clients[index] = null;
    if (client != null) {
      try {
        client.close();
      } catch (IOException e) {
        // It is of no use any more in either case.
      }
    }
  }

  @Override
  public void close() {
    over = true;
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    for (int i = 0; i < clients.length; i++) {
      close(i);
    }
  }

  @Override
  public String toString() {
    return clients.length + " slow clients, thrown out: " + thrownOut;
  }
}
