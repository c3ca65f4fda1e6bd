package dev.topics.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// A client of Server-Sent Events over a socket of its own, as strict as the standard: it knows
/// lines, fields, comments and blank lines, and nothing of topics.
final class EventReader implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 60_000;

  private final Socket socket = new Socket();
  private final InputStream in;
  private final List<String> comments = new ArrayList<>();
  private final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
  private final int status;
  private String lastId = "";
  private @Nullable String retry;
  private int chunkLeft;
  private boolean ended;

  /// An event as it came.
  record Event(String type, String id, String text) {
    JsonNode data() {
      return Json.tree(text.getBytes(StandardCharsets.UTF_8));
    }

    long number(String field) {
      JsonNode value = data().path(field);
      assertThat(value.isIntegralNumber()).as("%s of %s", field, text).isTrue();
      return value.longValue();
    }

    String string(String field) {
      return data().path(field).asString();
    }

    /// The seqs of its records.
    List<Long> seqs() {
      List<Long> seqs = new ArrayList<>();
      data().path("records").forEach(record -> seqs.add(record.path("$seq").longValue()));
      return seqs;
    }

    /// The cursors that its id stands for.
    String cursors() {
      return new String(Base64.getUrlDecoder().decode(id), StandardCharsets.UTF_8);
    }

    /// The event is of this type and its data is exactly this JSON, given with single quotes.
    Event is(String expectedType, String json) {
      assertThat(type).as(text).isEqualTo(expectedType);
      assertThat(data()).isEqualTo(Json.tree(json));
      return this;
    }
  }

  private EventReader(InetSocketAddress address, String target, int receiveBytes, String... lines) {
    try {
      if (receiveBytes > 0) {
        socket.setReceiveBufferSize(receiveBytes);
      }
      socket.setTcpNoDelay(true);
      socket.connect(address, TIMEOUT_MILLIS);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      in = new BufferedInputStream(socket.getInputStream());
      String extra = lines.length == 0 ? "" : String.join("\r\n", lines) + "\r\n";
      String head = "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n" + extra + "\r\n";
      socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
      status = Integer.parseInt(line(false).substring(9, 12));
      for (String line = line(false); !line.isEmpty(); line = line(false)) {
        int colon = line.indexOf(':');
        headers.put(line.substring(0, colon), line.substring(colon + 1).strip());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Opens a stream, with these lines in the head of the request.
  static EventReader open(InetSocketAddress address, String target, String... lines) {
    EventReader reader = new EventReader(address, target, 0, lines);
    assertThat(reader.status).isEqualTo(200);
    return reader;
  }

  /// Opens a stream with little room for what is not read.
  static EventReader slow(InetSocketAddress address, String target, String... lines) {
    EventReader reader = new EventReader(address, target, 4096, lines);
    assertThat(reader.status).isEqualTo(200);
    return reader;
  }

  String header(String name) {
    return headers.getOrDefault(name, "");
  }

  /// The id of the last event that had one.
  String lastId() {
    return lastId;
  }

  @Nullable String retry() {
    return retry;
  }

  /// Comments seen so far.
  List<String> comments() {
    return comments;
  }

  /// The next event; comments before it are kept.
  Event next() {
    try {
      Event event = read(false);
      if (event == null) {
        throw new EOFException("the stream ended");
      }
      return event;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The next event, which has to be of this type.
  Event next(String type) {
    Event event = next();
    assertThat(event.type()).as(event.text()).isEqualTo(type);
    return event;
  }

  /// The next comment; there is no event before it.
  String nextComment() {
    try {
      int before = comments.size();
      Event event = read(true);
      assertThat(event).isNull();
      assertThat(comments).hasSize(before + 1);
      return comments.getLast();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The next event; null if the stream ends first, or breaks off.
  @Nullable Event nextOrNull() {
    try {
      return read(false);
    } catch (SocketException e) {
      return null;
    } catch (IOException e) {
      if (e instanceof EOFException) {
        return null;
      }
      throw new UncheckedIOException(e);
    }
  }

  /// The next event; null if none comes within that time, or the stream breaks off.
  @Nullable Event nextWithin(int millis) {
    try {
      socket.setSoTimeout(millis);
      try {
        return read(false);
      } catch (SocketTimeoutException | SocketException | EOFException e) {
        return null;
      } finally {
        socket.setSoTimeout(TIMEOUT_MILLIS);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Whether the server ends the stream in good order, without another event.
  boolean ends() {
    try {
      return read(false) == null && ended;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private @Nullable Event read(boolean stopAtComment) throws IOException {
    String type = "message";
    StringBuilder data = new StringBuilder();
    boolean any = false;
    while (true) {
      String line = line(true);
      if (ended) {
        return null;
      }
      if (line.startsWith(":")) {
        comments.add(line.substring(1).strip());
        if (stopAtComment) {
          return null;
        }
      } else if (line.isEmpty()) {
        if (any) {
          return new Event(type, lastId, data.toString());
        }
      } else {
        int colon = line.indexOf(':');
        String value = line.substring(colon + 1).strip();
        switch (line.substring(0, colon).toLowerCase(Locale.ROOT)) {
          case "event" -> type = value;
          case "data" -> {
            data.append(value);
            any = true;
          }
          case "id" -> lastId = value;
          case "retry" -> retry = value;
          default -> throw new IOException("an unknown field: " + line);
        }
      }
    }
  }

  private String line(boolean chunked) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    while (true) {
      int b = chunked ? nextOfChunks() : in.read();
      if (b < 0 && ended) {
        return "";
      } else if (b < 0) {
        throw new EOFException("closed after: " + line);
      } else if (b == '\n') {
        String text = line.toString(StandardCharsets.UTF_8);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
      }
      line.write(b);
    }
  }

  private int nextOfChunks() throws IOException {
    if (chunkLeft == 0) {
      String size = line(false);
      chunkLeft = Integer.parseInt(size, 16);
      if (chunkLeft == 0) {
        ended = true;
        return -1;
      }
    }
    int b = in.read();
    if (--chunkLeft == 0) {
      String end = line(false);
      assertThat(end).isEmpty();
    }
    return b;
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
