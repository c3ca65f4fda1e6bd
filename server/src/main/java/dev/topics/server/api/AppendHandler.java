package dev.topics.server.api;

import dev.topics.engine.json.WriteBody;
import dev.topics.engine.json.WriteLimits;
import dev.topics.engine.model.AppendOptions;
import dev.topics.engine.model.AppendResult;
import dev.topics.engine.model.ConfigPatch;
import dev.topics.engine.model.Refusal;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.topic.Appender;
import dev.topics.server.auth.Permission;
import dev.topics.server.http.ByteOutput;
import dev.topics.server.http.ErrorCode;
import dev.topics.server.http.Exchange;
import dev.topics.server.http.LoopLocal;
import dev.topics.server.http.Method;
import dev.topics.server.http.Problem;
import dev.topics.server.http.Rejected;
import dev.topics.server.http.Route.BodyRule;
import dev.topics.server.http.Router;
import io.netty.util.AsciiString;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Appends records (http-api §3). The hot path of the server: fields are placed by hand.
final class AppendHandler {
  private static final AsciiString IDEMPOTENCY_KEY = AsciiString.cached("idempotency-key");
  static final int KEEP_BODY_BYTES = 1 << 13;

  private static final byte[] TOPIC = ascii("{\"topic\":\"");
  private static final byte[] FIRST_SEQ = ascii("\",\"first_seq\":");
  private static final byte[] LAST_SEQ = ascii(",\"last_seq\":");
  private static final byte[] SEQS = ascii(",\"seqs\":[");
  private static final byte[] SEQS_END = ascii("]");
  private static final byte[] HEAD_SEQ = ascii(",\"head_seq\":");
  private static final byte[] COUNT = ascii(",\"count\":");
  private static final byte[] FIRST_TIME = ascii(",\"created\":false,\"deduped\":false");
  private static final byte[] CREATED = ascii(",\"created\":true,\"deduped\":false");
  private static final byte[] DEDUPED = ascii(",\"created\":false,\"deduped\":true");
  private static final byte[] TOTAL_MILLIS = ascii(",\"performance\":{\"server_total_ms\":");
  private static final byte[] COMMIT_MILLIS = ascii(",\"wal_append_ms\":");
  private static final byte[] SYNC_MILLIS = ascii(",\"fsync_ms\":");
  private static final byte[] END = ascii("}}");

  private final LoopLocal<Appender> appenders;

  AppendHandler(LoopLocal<Appender> appenders) {
    this.appenders = appenders;
  }

  void addTo(Router.Builder router) {
    router.add(Method.POST, "/v0/topics/{topic}", BodyRule.JSON, Permission.WRITE, this::append);
  }

  private void append(Exchange exchange) {
    TopicName topic = Names.topic(exchange);
    boolean withSeqs = exchange.query().flag("return_seqs", true);
    Appender appender = exchange.local(appenders);
    WriteBody body = appender.body();
    switch (body.decode(exchange.body(), exchange.bodyStart(), exchange.bodyEnd())) {
      case WriteBody.Accepted _ -> {}
      case WriteBody.Rejected rejected -> throw problem(rejected);
    }
    CompletableFuture<AppendResult> answer;
    try {
      answer = appender.append(topic, options(exchange, topic, body));
    } finally {
      if (exchange.bodyBytes() > KEEP_BODY_BYTES) {
        body.release();
      }
    }
    exchange.whenDone(answer, result -> answer(exchange, topic, result, withSeqs));
  }

  /// The refusal of a body that is no write.
  static Rejected problem(WriteBody.Rejected rejected) {
    ErrorCode code =
        switch (rejected.code()) {
          case INVALID_REQUEST -> ErrorCode.INVALID_REQUEST;
          case BATCH_TOO_LARGE -> ErrorCode.BATCH_TOO_LARGE;
          case RECORD_TOO_LARGE -> ErrorCode.RECORD_TOO_LARGE;
        };
    return new Problem(code, rejected.message(), rejected.detail(), Map.of()).rejected();
  }

  private static AppendOptions options(Exchange exchange, TopicName topic, WriteBody body) {
    String key = exchange.header(IDEMPOTENCY_KEY);
    if (body.configStart() < 0 && key == null) {
      return AppendOptions.NONE;
    }
    return new AppendOptions(headerKey(key), config(exchange, topic, body, exchange.body()));
  }

  private static @Nullable String headerKey(@Nullable String header) {
    if (header == null || header.isEmpty()) {
      return null;
    }
    String key = utf8(header);
    if (key.codePointCount(0, key.length()) > WriteLimits.IDEMPOTENCY_KEY_CHARACTERS_MAX) {
      throw Problem.invalid(
              "the header Idempotency-Key is longer than %d characters"
                  .formatted(WriteLimits.IDEMPOTENCY_KEY_CHARACTERS_MAX))
          .with("max", WriteLimits.IDEMPOTENCY_KEY_CHARACTERS_MAX)
          .rejected();
    }
    return key;
  }

  /// The header as UTF-8, so that a key is the same here and in a body.
  private static String utf8(String latin1) {
    byte[] bytes = latin1.getBytes(StandardCharsets.ISO_8859_1);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw Problem.invalid("the header Idempotency-Key is not UTF-8").rejected();
    }
  }

  /// The configuration in `body`, which was decoded from `source`.
  static ConfigPatch config(Exchange exchange, TopicName topic, WriteBody body, byte[] source) {
    if (body.configStart() < 0) {
      return ConfigPatch.NONE;
    }
    Authorizer.check(exchange, Permission.ADMIN, "a write with a config");
    ConfigFields config = new ConfigFields();
    Fields.read(exchange, source, body.configStart(), body.configEnd(), config::take);
    return config.patch(exchange, topic);
  }

  private static void answer(
      Exchange exchange, TopicName topic, AppendResult result, boolean withSeqs) {
    if (result instanceof AppendResult.Appended appended) {
      exchange.send(
          appended.created() ? 201 : 200,
          write(exchange.output(), topic, appended, withSeqs, exchange.elapsedNanos()));
    } else {
      exchange.fail(refusal(topic, result));
    }
  }

  /// Why nothing was appended.
  static Problem refusal(TopicName topic, AppendResult result) {
    return switch (result) {
      case AppendResult.Appended appended ->
          throw new IllegalArgumentException("no refusal: " + appended);
      case AppendResult.TopicFull full ->
          Problem.of(
                  ErrorCode.TOPIC_FULL,
                  "topic \"%s\" is full and refuses more; delete records or raise its caps"
                      .formatted(topic))
              .with("topic", topic.value())
              .with("cap_records", full.capRecords())
              .with("cap_bytes", full.capBytes())
              .with("head_seq", full.headSeq())
              .with("earliest_seq", full.earliestSeq());
      case AppendResult.LargerThanCap larger ->
          Problem.of(
                  ErrorCode.RECORD_TOO_LARGE,
                  "this write alone is larger than a cap of topic \"%s\"; send less or raise it"
                      .formatted(topic))
              .with("topic", topic.value())
              .with("cap_records", larger.capRecords())
              .with("cap_bytes", larger.capBytes());
      case Refusal refusal -> Refusals.problem(refusal);
    };
  }

  private static ByteOutput write(
      ByteOutput out,
      TopicName topic,
      AppendResult.Appended appended,
      boolean withSeqs,
      long elapsedNanos) {
    out.ascii(TOPIC);
    return writeFields(out, topic, appended, withSeqs, elapsedNanos);
  }

  /// The fields of an answer behind the opening of the first one, and the end of the object.
  static ByteOutput writeFields(
      ByteOutput out,
      TopicName topic,
      AppendResult.Appended appended,
      boolean withSeqs,
      long elapsedNanos) {
    out.ascii(topic.value());
    out.ascii(FIRST_SEQ).number(appended.firstSeq());
    out.ascii(LAST_SEQ).number(appended.lastSeq());
    if (withSeqs) {
      out.ascii(SEQS).number(appended.firstSeq());
      for (long seq = appended.firstSeq() + 1; seq <= appended.lastSeq(); seq++) {
        out.write(',');
        out.number(seq);
      }
      out.ascii(SEQS_END);
    }
    out.ascii(HEAD_SEQ).number(appended.headSeq());
    out.ascii(COUNT).number(appended.count());
    out.ascii(appended.created() ? CREATED : appended.deduped() ? DEDUPED : FIRST_TIME);
    out.ascii(TOTAL_MILLIS).millis(elapsedNanos);
    out.ascii(COMMIT_MILLIS).millis(appended.commitNanos());
    out.ascii(SYNC_MILLIS).millis(appended.syncNanos());
    return out.ascii(END);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
