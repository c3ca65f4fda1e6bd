package dev.topics.server.api;

import dev.topics.server.http.ByteOutput;
import dev.topics.server.http.Exchange;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonEncoding;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Answers that are JSON objects, with the `performance` block that every one of them has.
final class JsonAnswer {
  private static final JsonFactory FACTORY = new JsonFactory();

  private JsonAnswer() {}

  /// Writes the fields of an answer.
  @FunctionalInterface
  interface Fields {
    void write(JsonGenerator json);
  }

  /// Answers with the fields.
  static void send(Exchange exchange, int status, Fields fields) {
    send(exchange, status, fields, null);
  }

  /// Answers a write: says as well how long the log took, and the wait for a sync if there was one.
  static void send(Exchange exchange, int status, Fields fields, @Nullable WriteTiming timing) {
    ByteOutput out = exchange.output();
    try (JsonGenerator json =
        FACTORY.createGenerator(ObjectWriteContext.empty(), out, JsonEncoding.UTF8)) {
      json.writeStartObject();
      fields.write(json);
      json.writeObjectPropertyStart("performance");
      json.writeNumberProperty("server_total_ms", millis(exchange.elapsedNanos()));
      if (timing != null) {
        json.writeNumberProperty("wal_append_ms", millis(timing.commitNanos()));
        json.writeNumberProperty("fsync_ms", millis(timing.syncNanos()));
      }
      json.writeEndObject();
      json.writeEndObject();
    }
    exchange.send(status, out);
  }

  private static double millis(long nanos) {
    long micros = nanos / 1000;
    return micros / 1000.0;
  }
}
