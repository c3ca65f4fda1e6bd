package dev.topics.bench.watch;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.HdrHistogram.Histogram;

/// One WebSocket that follows what it publishes: how long until a record is back, and until it is
/// acknowledged.
final class SocketRun {
  private static final byte[] MASK = {1, 2, 3, 4};

  private SocketRun() {}

  static String run(
      InetSocketAddress server, String topic, String data, int writes, Duration warmUp)
      throws IOException {
    Histogram acks = new Histogram(3);
    Histogram deliveries = new Histogram(3);
    try (Socket socket = new Socket(server.getAddress(), server.getPort())) {
      socket.setTcpNoDelay(true);
      DataInputStream in = new DataInputStream(socket.getInputStream());
      shakeHands(socket, in);
      send(socket, "{\"type\":\"subscribe\",\"topic\":\"%s\"}".formatted(topic));
      String publish =
          ("{\"type\":\"publish\",\"topic\":\"%s\",\"return_seqs\":false,"
                  + "\"records\":[{\"data\":%s}]}")
              .formatted(topic, data);
      await(in, "\"caught_up\"");
      long counting = System.nanoTime() + warmUp.toNanos();
      while (deliveries.getTotalCount() < writes) {
        long start = System.nanoTime();
        send(socket, publish);
        await(in, "\"ack\"");
        long acked = System.nanoTime() - start;
        await(in, "\"record\"");
        if (start > counting) {
          acks.recordValue(acked);
          deliveries.recordValue(System.nanoTime() - start);
        }
      }
    }
    return "ack p50 %s p99 %s · own subscription p50 %s p99 %s"
        .formatted(
            PacedRun.millis(acks, 50),
            PacedRun.millis(acks, 99),
            PacedRun.millis(deliveries, 50),
            PacedRun.millis(deliveries, 99));
  }

  private static void shakeHands(Socket socket, DataInputStream in) throws IOException {
    String head =
        """
        GET /v0/ws HTTP/1.1\r
        Host: localhost\r
        Upgrade: websocket\r
        Connection: Upgrade\r
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
        Sec-WebSocket-Version: 13\r
        \r
        """;
    socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
    StringBuilder answer = new StringBuilder();
    while (answer.indexOf("\r\n\r\n") < 0) {
      answer.append((char) in.readUnsignedByte());
    }
    if (!answer.toString().startsWith("HTTP/1.1 101 ")) {
      throw new IOException("no WebSocket: " + answer);
    }
  }

  private static void send(Socket socket, String text) throws IOException {
    byte[] payload = text.getBytes(StandardCharsets.UTF_8);
    boolean isShort = payload.length < 126;
    int start = isShort ? 6 : 8;
    byte[] frame = new byte[start + payload.length];
    frame[0] = (byte) 0x81;
    frame[1] = (byte) (0x80 | (isShort ? payload.length : 126));
    if (!isShort) {
      frame[2] = (byte) (payload.length >> 8);
      frame[3] = (byte) payload.length;
    }
    System.arraycopy(MASK, 0, frame, start - 4, 4);
    for (int i = 0; i < payload.length; i++) {
      frame[start + i] = (byte) (payload[i] ^ MASK[i & 3]);
    }
    socket.getOutputStream().write(frame);
  }

  /// Reads on to a message that begins with this type.
  private static void await(DataInputStream in, String type) throws IOException {
    while (true) {
      int opcode = in.readUnsignedByte() & 15;
      int length = in.readUnsignedByte();
      if (length == 126) {
        length = in.readUnsignedShort();
      }
      byte[] payload = in.readNBytes(length);
      String text = new String(payload, StandardCharsets.UTF_8);
      if (opcode == 8) {
        throw new EOFException("closed by the server");
      } else if (text.startsWith("{\"type\":" + type)) {
        return;
      } else if (text.startsWith("{\"type\":\"error\"")) {
        throw new IOException(text);
      }
    }
  }
}
