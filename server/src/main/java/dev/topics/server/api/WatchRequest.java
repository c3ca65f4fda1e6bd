package dev.topics.server.api;

import dev.topics.engine.Engine;
import dev.topics.engine.model.DiffQuery;
import dev.topics.engine.model.NodeFilter;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.topic.TopicRef;
import dev.topics.engine.watch.WatchedTopic;
import dev.topics.server.http.Exchange;
import dev.topics.server.http.Problem;
import dev.topics.server.limits.WatchLimits;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Which topics a reader wants to follow, from where, and in which form: what a watch session
/// (http-api §6.1) and a subscription over WebSocket (§6.6) have in common.
final class WatchRequest {
  private static final int BATCH_BYTES_DEFAULT = 256 << 10;
  private static final int HEARTBEAT_MILLIS_DEFAULT = 15_000;
  private static final int HEARTBEAT_MILLIS_MIN = 1_000;
  private static final int HEARTBEAT_MILLIS_MAX = 60_000;

  /// What records may take of the budget of an event. The rest is for what stands around them and
  /// for what allocators round up, so that whoever takes nothing holds no more than the budget.
  private static final int RECORDS_PERCENT = 85;

  /// Stands for the head of the topic at the time of the request.
  private static final long TAIL = -1;

  private final Exchange exchange;
  private final WatchLimits limits;
  private final Map<String, Long> topics = new LinkedHashMap<>();
  private NodeFilter nodes = NodeFilter.NONE;
  private long limit;
  private long maxBatchBytes = BATCH_BYTES_DEFAULT;
  private long heartbeatMillis = HEARTBEAT_MILLIS_DEFAULT;
  private boolean includeMeta = true;
  private boolean includeTags;
  private boolean includeData = true;
  private boolean strong;

  WatchRequest(Exchange exchange, WatchLimits limits) {
    this.exchange = exchange;
    this.limits = limits;
  }

  /// Reads the field of a request.
  void take(Fields fields) {
    if (fields.isNull()) {
      return;
    }
    switch (fields.name()) {
      case "topics" -> {
        topics.clear();
        fields.object(this::takeTopic);
      }
      case "node" -> nodes = NodeFilter.of(fields.textOrTexts());
      case "limit" -> limit = fields.unsigned();
      case "max_batch_bytes" -> maxBatchBytes = fields.unsigned();
      case "heartbeat_ms" -> heartbeatMillis = fields.unsigned();
      case "include_meta" -> includeMeta = fields.flag();
      case "include_tags" -> includeTags = fields.flag();
      case "include_data" -> includeData = fields.flag();
      case "consistency" -> strong = isStrong(fields.text());
      default -> fields.skip();
    }
  }

  private static boolean isStrong(String consistency) {
    return switch (consistency) {
      case "strong" -> true;
      case "eventual" -> false;
      default ->
          throw Problem.invalid(
                  "consistency must be eventual or strong, not " + Problem.excerpt(consistency))
              .with("field", "consistency")
              .rejected();
    };
  }

  private void takeTopic(Fields fields) {
    String topic = fields.name();
    Start start = new Start();
    if (!fields.isNull()) {
      fields.object(start::take);
    }
    add(topic, start);
  }

  /// Adds a topic by name.
  void add(String topic, Start start) {
    var _ = Names.topic(exchange, topic);
    topics.put(topic, start.seq(topic));
  }

  boolean isEmpty() {
    return topics.isEmpty();
  }

  /// Where to begin with a topic.
  static final class Start {
    private long fromSeq = TAIL;
    private boolean tail;

    void take(Fields fields) {
      if (fields.isNull()) {
        return;
      }
      switch (fields.name()) {
        case "from_seq" -> fromSeq = fields.unsigned();
        case "tail" -> tail = fields.flag();
        default -> fields.skip();
      }
    }

    private long seq(String topic) {
      if (tail && fromSeq != TAIL) {
        throw Problem.invalid("topic \"" + topic + "\" has from_seq or tail, not both")
            .with("topic", topic)
            .rejected();
      }
      return tail ? TAIL : Math.max(0, fromSeq);
    }
  }

  int heartbeatMillis() {
    return Math.clamp(heartbeatMillis, HEARTBEAT_MILLIS_MIN, HEARTBEAT_MILLIS_MAX);
  }

  /// The topics as they are to be delivered.
  ///
  /// @param lenient whether unknown ones are left out
  List<WatchedTopic> resolve(Engine engine, boolean lenient) {
    if (topics.isEmpty()) {
      throw Problem.invalid("topics must name at least one topic")
          .with("field", "topics")
          .rejected();
    }
    if (topics.size() > limits.topicsMax()) {
      throw Problem.invalid(
              "topics names %d topics; the most is %d".formatted(topics.size(), limits.topicsMax()))
          .with("field", "topics")
          .with("max", limits.topicsMax())
          .rejected();
    }
    List<WatchedTopic> found = new ArrayList<>(topics.size());
    topics.forEach((name, fromSeq) -> {
      TopicName topic = Names.topic(exchange, name);
      TopicRef ref = engine.find(topic);
      if (ref != null) {
        found.add(watched(ref, fromSeq));
      } else if (!lenient) {
        throw Refusals.topicNotFound(topic).rejected();
      }
    });
    return found;
  }

  private WatchedTopic watched(TopicRef ref, long fromSeq) {
    if (strong && ref.isEphemeral()) {
      throw Refusals.neverDurable(ref.name()).rejected();
    }
    DiffQuery query =
        new DiffQuery(
            fromSeq == TAIL ? ref.headSeq() : fromSeq,
            (int) Math.min(limit == 0 ? DiffQuery.LIMIT_DEFAULT : limit, limits.limitMax()),
            nodes,
            includeTags,
            includeMeta,
            includeData,
            recordBytesMax());
    return new WatchedTopic(ref, query, strong);
  }

  private int recordBytesMax() {
    long budget = maxBatchBytes == 0 ? DiffQuery.BATCH_BYTES_DEFAULT : maxBatchBytes;
    long records = Math.min(budget, DiffQuery.BATCH_BYTES_MAX) * RECORDS_PERCENT / 100;
    return (int) Math.max(1, records);
  }
}
