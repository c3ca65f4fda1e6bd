package dev.topics.server.contract;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.zip.GZIPOutputStream;

/// One HTTP/1.1 request, sent over a connection of its own unless told otherwise.
final class Request {
  private final Supplier<Wire> connections;
  private final StringBuilder head = new StringBuilder();
  private byte[] body;

  Request(Supplier<Wire> connections, String method, String target) {
    this.connections = connections;
    head.append(method).append(' ').append(target).append(" HTTP/1.1\r\nHost: localhost\r\n");
  }

  Request header(String name, String value) {
    head.append(name).append(": ").append(value).append("\r\n");
    return this;
  }

  /// A body with `Content-Type: application/json`, given with single quotes.
  Request json(String json) {
    return header("Content-Type", "application/json").body(Json.json(json));
  }

  /// A body with `Content-Type: application/json`, as it is.
  Request rawJson(byte[] bytes) {
    return header("Content-Type", "application/json").body(bytes);
  }

  Request body(String text) {
    return body(ContractServer.utf8(text));
  }

  Request body(byte[] bytes) {
    body = bytes;
    return this;
  }

  /// Packs the body that was given before.
  Request gzipped() {
    body = gzip(body);
    return header("Content-Encoding", "gzip");
  }

  static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }

  /// The bytes of the whole request.
  byte[] bytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    StringBuilder lines = new StringBuilder(head);
    lines.append("Cookie: ").append(SecretsStayOutOfLogs.MARK).append("-COOKIE\r\n");
    if (body != null) {
      lines.append("Content-Length: ").append(body.length).append("\r\n");
    }
    bytes.writeBytes(lines.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    if (body != null) {
      bytes.writeBytes(body);
    }
    return bytes.toByteArray();
  }

  Answer send() {
    return send(Wire::read);
  }

  Answer send(Function<Wire, Answer> reading) {
    try (Wire wire = connections.get()) {
      return reading.apply(wire.send(bytes()));
    }
  }
}
