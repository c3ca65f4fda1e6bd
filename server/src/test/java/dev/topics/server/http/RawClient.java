package dev.topics.server.http;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// A socket that writes exactly the bytes it is told to and reads HTTP/1.1 answers.
final class RawClient implements Closeable {
  private static final int TIMEOUT_MILLIS = 60_000;

  private final Socket socket = new Socket();
  private final InputStream in;

  RawClient(InetSocketAddress address) throws IOException {
    socket.setTcpNoDelay(true);
    socket.connect(address, TIMEOUT_MILLIS);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    in = socket.getInputStream();
  }

  /// An answer as it came.
  @SuppressWarnings("ArrayRecordComponent")
  record Reply(int status, Map<String, String> headers, byte[] body) {
    String text() {
      return new String(body, StandardCharsets.UTF_8);
    }

    String header(String name) {
      return headers.getOrDefault(name, "");
    }
  }

  /// Sends `lines`, each ended as HTTP wants it.
  RawClient sendLines(String... lines) throws IOException {
    return send(String.join("\r\n", lines) + "\r\n");
  }

  RawClient send(String text) throws IOException {
    return send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  RawClient send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
    return this;
  }

  /// Sends `text`; false if the connection is gone.
  boolean takes(String text) {
    try {
      send(text);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  RawClient endOutput() throws IOException {
    socket.shutdownOutput();
    return this;
  }

  Reply read() throws IOException {
    return read(true);
  }

  /// Reads the answer behind those that ask whether the client is still there.
  Reply readFinal() throws IOException {
    Reply reply = read();
    while (reply.status() == 100) {
      reply = read();
    }
    return reply;
  }

  /// Reads an answer; `withBody` is false for the answer to HEAD.
  Reply read(boolean withBody) throws IOException {
    String statusLine = line();
    int status = Integer.parseInt(statusLine.substring(9, 12));
    Map<String, String> headers = new LinkedHashMap<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    int length = withBody ? Integer.parseInt(headers.getOrDefault("content-length", "0")) : 0;
    return new Reply(status, headers, in.readNBytes(length));
  }

  /// Reads the head of an answer without an end, whose bytes follow.
  Reply readHead() throws IOException {
    return read(false);
  }

  /// Reads one chunk; empty for the last one.
  String readChunk() throws IOException {
    int bytes = Integer.parseInt(line(), 16);
    String chunk = new String(in.readNBytes(bytes), StandardCharsets.UTF_8);
    line();
    return chunk;
  }

  /// Reads chunks until `end` has come.
  String readChunksUntil(String end) throws IOException {
    StringBuilder all = new StringBuilder();
    while (all.indexOf(end) < 0) {
      String chunk = readChunk();
      if (chunk.isEmpty()) {
        throw new EOFException("ended after: " + all);
      }
      all.append(chunk);
    }
    return all.toString();
  }

  byte[] readBytes(int count) throws IOException {
    return in.readNBytes(count);
  }

  /// Reads past `bytes`; false if the connection ended before.
  boolean skip(int bytes) throws IOException {
    try {
      return in.readNBytes(bytes).length == bytes;
    } catch (SocketException e) {
      return false;
    }
  }

  /// Reads to the end.
  String readUntilClosed() throws IOException {
    return new String(in.readAllBytes(), StandardCharsets.UTF_8);
  }

  /// Whether the server has closed the connection; waits for it.
  boolean isClosedByServer() throws IOException {
    try {
      return in.read() < 0;
    } catch (SocketException e) {
      return true;
    }
  }

  /// Reads to the end and returns how much there was.
  long countUntilClosed() throws IOException {
    byte[] bytes = new byte[1 << 16];
    long count = 0;
    try {
      for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
        count += n;
      }
    } catch (SocketException e) {
      return count;
    }
    return count;
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    while (true) {
      int b = in.read();
      if (b < 0) {
        throw new EOFException("closed after: " + line);
      } else if (b == '\n') {
        return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
      }
      line.write(b);
    }
  }

  /// Closes the connection while the test goes on.
  void hangUp() throws IOException {
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
