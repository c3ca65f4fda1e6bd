package dev.topics.server.api;

import dev.topics.engine.model.LeaseRequest;
import dev.topics.engine.model.LeaseToken;
import dev.topics.engine.model.TopicName;
import dev.topics.server.http.ErrorCode;
import dev.topics.server.http.Problem;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The fields that say which leases a request is about (http-api §8), and what is to become of
/// them.
final class LeaseFields {
  private static final int SEQS_MAX = 1000;
  private static final int NODE_BYTES_MAX = 128;
  private static final int ERROR_BYTES_MAX = 1024;
  private static final byte[] ELLIPSIS = "…".getBytes(StandardCharsets.UTF_8);

  private @Nullable String node;
  private long @Nullable [] seqs;
  private @Nullable List<String> leaseIds;
  private @Nullable Long leaseMillis;
  private @Nullable Long delayMillis;
  private byte @Nullable [] error;

  void take(Fields fields) {
    if (fields.isNull()) {
      return;
    }
    switch (fields.name()) {
      case "node" -> node = node(fields.name(), fields.text());
      case "seqs" -> seqs = seqs(fields);
      case "lease_ids" -> leaseIds = fields.texts("an array of strings");
      case "lease_ms" -> leaseMillis = fields.unsigned();
      case "delay_ms" -> delayMillis = fields.unsigned();
      case "error" -> error = bounded(fields.text());
      default -> fields.skip();
    }
  }

  private static long[] seqs(Fields fields) {
    long[] values = fields.unsigneds(SEQS_MAX + 1);
    if (values.length > SEQS_MAX) {
      throw Problem.of(
              ErrorCode.BATCH_TOO_LARGE,
              "seqs holds more than %d seqs; send them in several requests".formatted(SEQS_MAX))
          .with("field", "seqs")
          .with("max", SEQS_MAX)
          .rejected();
    }
    return values;
  }

  /// A node as claims name it.
  ///
  /// @throws dev.topics.server.http.Rejected if it is empty or too long
  static String node(String field, String text) {
    if (text.isEmpty()) {
      throw Problem.invalid(field + " must not be empty").with("field", field).rejected();
    }
    if (text.getBytes(StandardCharsets.UTF_8).length > NODE_BYTES_MAX) {
      throw Problem.invalid(field + " is larger than " + NODE_BYTES_MAX + " bytes")
          .with("field", field)
          .with("max", NODE_BYTES_MAX)
          .rejected();
    }
    return text;
  }

  /// The start of a text that is too long, with an ellipsis behind it: a worker that tells a long
  /// story must still get rid of its job.
  private static byte[] bounded(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    if (utf8.length <= ERROR_BYTES_MAX) {
      return utf8;
    }
    int end = ERROR_BYTES_MAX - ELLIPSIS.length;
    while ((utf8[end] & 0xC0) == 0x80) {
      end--;
    }
    byte[] start = new byte[end + ELLIPSIS.length];
    System.arraycopy(utf8, 0, start, 0, end);
    System.arraycopy(ELLIPSIS, 0, start, end, ELLIPSIS.length);
    return start;
  }

  String requiredNode() {
    String given = node;
    if (given == null) {
      throw missingNode();
    }
    return given;
  }

  static RuntimeException missingNode() {
    return missing("node", "node is required: it says who holds the jobs");
  }

  LeaseRequest request(TopicName topic) {
    String given = requiredNode();
    long[] wanted = seqs;
    if (wanted == null || wanted.length == 0) {
      throw missing("seqs", "seqs must name at least one job, by the $seq that its claim told");
    }
    List<String> ids = leaseIds;
    if (ids == null) {
      return new LeaseRequest(topic, given, wanted, null);
    }
    if (ids.size() != wanted.length) {
      throw Problem.invalid(
              "lease_ids must have one entry for each of the %d seqs, not %d"
                  .formatted(wanted.length, ids.size()))
          .with("field", "lease_ids")
          .rejected();
    }
    long[] tokens = new long[wanted.length];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = LeaseToken.parse(ids.get(i));
    }
    return new LeaseRequest(topic, given, wanted, tokens);
  }

  long requiredLeaseMillis() {
    Long given = leaseMillis;
    if (given == null) {
      throw missing("lease_ms", "lease_ms is required: how long the leases last from now on");
    }
    return LeaseTimes.clamped(given);
  }

  /// Negative if the request does not say.
  long delayMillis() {
    Long given = delayMillis;
    return given == null ? -1 : LeaseTimes.clampedDelay(given);
  }

  byte @Nullable [] error() {
    return error;
  }

  private static RuntimeException missing(String field, String message) {
    return Problem.invalid(message).with("field", field).rejected();
  }
}
