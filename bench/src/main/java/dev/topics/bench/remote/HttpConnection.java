package dev.topics.bench.remote;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;

/// One blocking HTTP/1.1 connection: a request goes out, its answer comes back, both as bytes.
///
/// An [IOException] means that the answer did not arrive whole: whether the server did what it was
/// asked is then unknown. Nothing is ever sent twice. Not thread-safe.
public final class HttpConnection implements Closeable {
  private static final int HEAD_BYTES_MAX = 16 * 1024;

  private final Socket socket;
  private final InputStream in;
  private final String hostLine;
  private final byte[] buffer = new byte[64 * 1024];
  private int position;
  private int limit;

  private HttpConnection(Socket socket, String hostLine) throws IOException {
    this.socket = socket;
    this.in = socket.getInputStream();
    this.hostLine = hostLine;
  }

  /// Connects; `timeout` bounds the connecting and, later, each wait for bytes of an answer.
  public static HttpConnection open(InetSocketAddress address, Duration timeout)
      throws IOException {
    Socket socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(Math.toIntExact(timeout.toMillis()));
      socket.connect(address, Math.toIntExact(timeout.toMillis()));
      String host = address.getHostString() + ":" + address.getPort();
      return new HttpConnection(socket, "Host: " + host + "\r\n");
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  public HttpAnswer get(String path) throws IOException {
    return exchange("GET", path, Bytes.NONE);
  }

  public HttpAnswer put(String path, Bytes json) throws IOException {
    return exchange("PUT", path, json);
  }

  public HttpAnswer post(String path, Bytes json) throws IOException {
    return exchange("POST", path, json);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  private HttpAnswer exchange(String method, String path, Bytes json) throws IOException {
    send(method, path, json);
    return receive();
  }

  /// Sends a request, whose answer is read by [#receive].
  void send(String method, String path, Bytes json) throws IOException {
    ByteArrayOutputStream request = new ByteArrayOutputStream(256 + json.size());
    String head = method + " " + path + " HTTP/1.1\r\n" + hostLine;
    if (!json.isEmpty()) {
      head += "Content-Type: application/json\r\nContent-Length: " + json.size() + "\r\n";
    }
    request.write((head + "\r\n").getBytes(StandardCharsets.US_ASCII));
    json.writeTo(request);
    request.writeTo(socket.getOutputStream());
  }

  /// Waits for the answer to what was sent; may be another thread than the one that sends.
  HttpAnswer receive() throws IOException {
    String head = readHead();
    int status = Integer.parseInt(head, 9, 12, 10);
    String name = "\r\ncontent-length:";
    int at = head.toLowerCase(Locale.ROOT).indexOf(name);
    if (at < 0) {
      throw new IOException("answer without Content-Length: " + head);
    }
    int lineEnd = head.indexOf('\r', at + 2);
    int length = Integer.parseInt(head.substring(at + name.length(), lineEnd).strip());
    return new HttpAnswer(status, readBody(length));
  }

  /// Status line and headers, each with its line end.
  private String readHead() throws IOException {
    byte[] head = new byte[HEAD_BYTES_MAX];
    int size = 0;
    while (!endsWithEmptyLine(head, size)) {
      if (size == HEAD_BYTES_MAX) {
        throw new IOException("answer head of more than " + HEAD_BYTES_MAX + " bytes");
      }
      fillIfEmpty();
      head[size++] = buffer[position++];
    }
    return new String(head, 0, size - 2, StandardCharsets.ISO_8859_1);
  }

  private static boolean endsWithEmptyLine(byte[] head, int size) {
    return size >= 4
        && head[size - 1] == '\n'
        && head[size - 2] == '\r'
        && head[size - 3] == '\n'
        && head[size - 4] == '\r';
  }

  private Bytes readBody(int length) throws IOException {
    int buffered = Math.min(length, limit - position);
    byte[] body = Arrays.copyOf(Arrays.copyOfRange(buffer, position, position + buffered), length);
    position += buffered;
    if (in.readNBytes(body, buffered, length - buffered) < length - buffered) {
      throw new EOFException("connection closed within an answer");
    }
    return Bytes.of(body);
  }

  private void fillIfEmpty() throws IOException {
    if (position < limit) {
      return;
    }
    position = 0;
    limit = Math.max(0, in.read(buffer));
    if (limit == 0) {
      throw new EOFException("connection closed before an answer");
    }
  }
}
