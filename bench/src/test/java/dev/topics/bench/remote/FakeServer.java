package dev.topics.bench.remote;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;

/// A server that answers each request with what a function of its request line and body says.
public final class FakeServer implements Closeable {
  private final ServerSocket socket;
  private final BiFunction<String, String, HttpAnswer> answers;
  private final AtomicLong requests = new AtomicLong();

  private FakeServer(ServerSocket socket, BiFunction<String, String, HttpAnswer> answers) {
    this.socket = socket;
    this.answers = answers;
  }

  public static FakeServer start(BiFunction<String, String, HttpAnswer> answers)
      throws IOException {
    ServerSocket socket = new ServerSocket(0, 128, InetAddress.getLoopbackAddress());
    FakeServer server = new FakeServer(socket, answers);
    Thread.ofPlatform().daemon().start(server::accept);
    return server;
  }

  public InetSocketAddress address() {
    return new InetSocketAddress(socket.getInetAddress(), socket.getLocalPort());
  }

  public long requests() {
    return requests.get();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = socket.accept();
        Thread.ofVirtual().start(() -> serve(client));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void serve(Socket client) {
    try (client) {
      InputStream in = new BufferedInputStream(client.getInputStream(), 1 << 16);
      OutputStream out = client.getOutputStream();
      while (true) {
        String requestLine = readLine(in);
        int length = 0;
        for (String line = readLine(in); !line.isEmpty(); line = readLine(in)) {
          if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
            length = Integer.parseInt(line.substring("content-length:".length()).strip());
          }
        }
        String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
        requests.incrementAndGet();
        HttpAnswer answer = answers.apply(requestLine, body);
        String head =
            "HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n"
                .formatted(answer.status(), answer.body().size());
        out.write((head + answer.body()).getBytes(StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      // The client is gone.
    }
  }

  private static String readLine(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new IOException("closed");
      }
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return line.toString();
  }
}
