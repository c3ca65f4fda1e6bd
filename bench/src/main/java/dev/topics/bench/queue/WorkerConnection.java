package dev.topics.bench.queue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import org.HdrHistogram.Histogram;

/// One worker: claims jobs, acks them with their leases, and again, over a connection of its own.
///
/// Requests are put together and answers looked through as bytes, so that the driver costs little
/// beside the server. Only one request is under way at a time.
final class WorkerConnection implements AutoCloseable {
  private static final int HEAD_BYTES_MAX = 1024;

  /// What a job takes in an answer at most: the sample record and what belongs to its lease.
  private static final int JOB_BYTES_MAX = 512;

  private final SocketChannel channel;
  private final byte[] claimRequest;
  private final byte[] ackHead;
  private final byte[] ackStart;
  private final Histogram claimNanos = new Histogram(60_000_000_000L, 3);
  private final Histogram ackNanos = new Histogram(60_000_000_000L, 3);

  private final WireBuffer seqs;
  private final WireBuffer leaseIds;
  private final WireBuffer request;
  private final ByteBuffer answer;
  private int claimed;
  private boolean acking;
  private boolean over;
  private long sentNanos;
  private long acked;

  private WorkerConnection(SocketChannel channel, String queue, String node, int batch) {
    this.channel = channel;
    String claim = "{\"node\":\"%s\",\"max\":%d}".formatted(node, batch);
    String head = "POST /v0/topics/%s/%s HTTP/1.1\r\nHost: localhost\r\n";
    String fields = "Content-Type: application/json\r\nContent-Length: ";
    claimRequest =
        ascii(head.formatted(queue, "claim") + fields + claim.length() + "\r\n\r\n" + claim);
    ackHead = ascii(head.formatted(queue, "ack") + fields);
    ackStart = ascii("{\"node\":\"%s\",\"seqs\":[".formatted(node));
    seqs = new WireBuffer(batch * JOB_BYTES_MAX);
    leaseIds = new WireBuffer(batch * JOB_BYTES_MAX);
    request = new WireBuffer(HEAD_BYTES_MAX + 2 * batch * JOB_BYTES_MAX);
    answer = ByteBuffer.allocate(HEAD_BYTES_MAX + batch * JOB_BYTES_MAX);
  }

  static WorkerConnection open(
      InetSocketAddress server, Selector selector, String queue, String node, int batch)
      throws IOException {
    SocketChannel channel = SocketChannel.open();
    try {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.connect(server);
      channel.configureBlocking(false);
      WorkerConnection worker = new WorkerConnection(channel, queue, node, batch);
      channel.register(selector, SelectionKey.OP_READ, worker);
      return worker;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /// Sends a claim.
  void claim() throws IOException {
    acking = false;
    request.clear();
    request.put(claimRequest, 0, claimRequest.length);
    send();
  }

  /// A request of a few hundred bytes fits the buffer of a socket on which nothing is under way.
  private void send() throws IOException {
    sentNanos = System.nanoTime();
    ByteBuffer bytes = request.bytes();
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /// Takes what has arrived. With a whole answer it goes on to the next request, unless the jobs
  /// are acked and `last` says that this was enough.
  void ready(boolean last) throws IOException {
    if (channel.read(answer) < 0) {
      throw new IOException("the server closed the connection of a worker");
    }
    int bodyStart = HttpAnswers.bodyStart(answer.array(), answer.position());
    int end = bodyStart < 0 ? -1 : bodyStart + HttpAnswers.contentLength(answer.array(), bodyStart);
    if (end < 0 || end > answer.position()) {
      return;
    }
    if (answer.get("HTTP/1.1 ".length()) != '2') {
      throw new IOException(new String(answer.array(), 0, end, StandardCharsets.UTF_8));
    }
    long nanos = System.nanoTime() - sentNanos;
    answer.clear();
    if (acking) {
      ackNanos.recordValue(nanos);
      countAck(bodyStart, end);
      over = last;
      if (!over) {
        claim();
      }
    } else {
      claimNanos.recordValue(nanos);
      takeJobs(bodyStart, end);
      over = claimed == 0;
      if (!over) {
        ack();
      }
    }
  }

  private void takeJobs(int start, int end) {
    claimed = 0;
    seqs.clear();
    leaseIds.clear();
    byte[] body = answer.array();
    int at = HttpAnswers.behind("\"$seq\":", body, start, end);
    while (at > 0) {
      if (claimed++ > 0) {
        seqs.put((byte) ',');
        leaseIds.put((byte) ',');
      }
      at = seqs.putUntil((byte) ',', body, at);
      at = HttpAnswers.behind("\"lease_id\":", body, at, end);
      at = leaseIds.putUntil((byte) ',', body, at);
      at = HttpAnswers.behind("\"$seq\":", body, at, end);
    }
  }

  private void ack() throws IOException {
    acking = true;
    byte[] between = ascii("],\"lease_ids\":[");
    byte[] bodyEnd = ascii("]}");
    int length = ackStart.length + seqs.size() + between.length + leaseIds.size() + bodyEnd.length;
    request.clear();
    request.put(ackHead, 0, ackHead.length);
    byte[] lengthField = ascii(length + "\r\n\r\n");
    request.put(lengthField, 0, lengthField.length);
    request.put(ackStart, 0, ackStart.length);
    request.put(seqs);
    request.put(between, 0, between.length);
    request.put(leaseIds);
    request.put(bodyEnd, 0, bodyEnd.length);
    send();
  }

  private void countAck(int start, int end) throws IOException {
    byte[] body = answer.array();
    int at = HttpAnswers.behind("\"acked\":", body, start, end);
    long count = at < 0 ? -1 : HttpAnswers.number(body, at);
    if (count != claimed) {
      throw new IOException("acked " + count + " of " + claimed);
    }
    acked += count;
  }

  /// Whether it has stopped: the queue was empty, or it was told to.
  boolean isOver() {
    return over;
  }

  /// Jobs that it has done.
  long acked() {
    return acked;
  }

  Histogram claimNanos() {
    return claimNanos;
  }

  Histogram ackNanos() {
    return ackNanos;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
