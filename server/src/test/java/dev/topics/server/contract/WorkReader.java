package dev.topics.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;

/// A worker that takes events of a stream over a socket of its own.
final class WorkReader implements AutoCloseable {
  private final Socket socket = new Socket();
  private final BufferedReader in;

  /// One event.
  record Event(String id, String name, JsonNode data) {
    long seq() {
      return Long.parseLong(id);
    }
  }

  WorkReader(InetSocketAddress address, String target) {
    try {
      socket.connect(address, 60_000);
      socket.setSoTimeout(60_000);
      String request = "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      // The worker waits for jobs from here on, whatever happens on other connections.
      assertThat(in.readLine()).endsWith(" 200 OK");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The next event; what lies between, as the sizes of chunks and comments, is passed over.
  Event next() {
    String id = "";
    String name = "";
    try {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.startsWith("id: ")) {
          id = line.substring(4);
        } else if (line.startsWith("event: ")) {
          name = line.substring(7);
        } else if (line.startsWith("data: ")) {
          return new Event(id, name, Json.tree(line.substring(6).getBytes(StandardCharsets.UTF_8)));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    throw new AssertionError("the stream ended");
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
