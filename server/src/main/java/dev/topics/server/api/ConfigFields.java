package dev.topics.server.api;

import dev.topics.engine.model.ConfigPatch;
import dev.topics.engine.model.Discard;
import dev.topics.engine.model.Durability;
import dev.topics.engine.model.TopicConfig;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.model.TopicType;
import dev.topics.server.http.Exchange;
import dev.topics.server.http.Problem;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// A topic configuration on the wire (http-api §2.1), in and out.
final class ConfigFields {
  private static final List<String> KNOWN =
      List.of(
          "type",
          "ttl_ms",
          "cap_records",
          "cap_bytes",
          "discard",
          "durability",
          "durable",
          "priority",
          "auto_priority",
          "auto_create",
          "idempotency_window_ms",
          "dedupe_node",
          "lease_ms",
          "claim_jitter_ms",
          "max_deliveries",
          "dead_letter",
          "leases_durable",
          "backoff_ms");

  private final List<Consumer<TopicConfig.Builder>> changes = new ArrayList<>();
  private @Nullable Durability durability;
  private @Nullable Boolean durable;
  private @Nullable String deadLetter;

  /// Takes one field.
  ///
  /// @throws dev.topics.server.http.Rejected if it is unknown or of a wrong type
  void take(Fields fields) {
    switch (fields.name()) {
      case "type" -> set(TopicConfig.Builder::type, word(fields, TopicType.class));
      case "ttl_ms" -> set(TopicConfig.Builder::ttlMillis, fields.unsigned());
      case "cap_records" -> set(TopicConfig.Builder::capRecords, fields.unsigned());
      case "cap_bytes" -> set(TopicConfig.Builder::capBytes, fields.unsigned());
      case "discard" -> set(TopicConfig.Builder::discard, word(fields, Discard.class));
      case "durability" -> durability = word(fields, Durability.class);
      case "durable" -> durable = fields.flag();
      case "priority" ->
          set(TopicConfig.Builder::priority, fields.isNull() ? null : fields.signed());
      case "auto_priority" -> set(TopicConfig.Builder::autoPriority, fields.flag());
      case "auto_create" -> set(TopicConfig.Builder::autoCreate, fields.flag());
      case "idempotency_window_ms" ->
          set(TopicConfig.Builder::idempotencyWindowMillis, fields.unsigned());
      case "dedupe_node" -> set(TopicConfig.Builder::dedupeNode, fields.flag());
      case "lease_ms" -> set(TopicConfig.Builder::leaseMillis, fields.unsigned());
      case "claim_jitter_ms" -> set(TopicConfig.Builder::claimJitterMillis, fields.unsigned());
      case "max_deliveries" -> set(TopicConfig.Builder::maxDeliveries, fields.unsigned());
      case "dead_letter" -> deadLetter(fields.isNull() ? null : fields.text());
      case "leases_durable" -> set(TopicConfig.Builder::leasesDurable, fields.flag());
      case "backoff_ms" -> set(TopicConfig.Builder::backoffMillis, backoff(fields));
      default -> throw unknown(fields.name());
    }
  }

  /// Sets a value of a builder.
  private interface Setter<T extends @Nullable Object> {
    TopicConfig.Builder set(TopicConfig.Builder builder, T value);
  }

  private <T extends @Nullable Object> void set(Setter<T> setter, T value) {
    changes.add(builder -> setter.set(builder, value));
  }

  private static List<Long> backoff(Fields fields) {
    if (fields.isNull()) {
      return List.of();
    }
    int max = TopicConfig.BACKOFF_STEPS_MAX;
    long[] steps = fields.unsigneds(max + 1);
    if (steps.length > max) {
      throw Problem.invalid("backoff_ms has more than %d steps".formatted(max))
          .with("field", fields.name())
          .with("max", max)
          .rejected();
    }
    return Arrays.stream(steps).boxed().toList();
  }

  private void deadLetter(@Nullable String name) {
    if (name != null) {
      Names.check("dead_letter", name);
    }
    deadLetter = name;
    set(TopicConfig.Builder::deadLetter, name);
  }

  private static <E extends Enum<E>> E word(Fields fields, Class<E> type) {
    String text = fields.text();
    StringJoiner words = new StringJoiner(", ");
    for (E constant : type.getEnumConstants()) {
      if (word(constant).equals(text)) {
        return constant;
      }
      words.add(word(constant));
    }
    String shown = Problem.excerpt(text);
    throw Problem.invalid(fields.name() + " must be one of " + words + ", not \"" + shown + "\"")
        .with("field", fields.name())
        .rejected();
  }

  private static RuntimeException unknown(String name) {
    String shown = Problem.excerpt(name);
    String nearest = Nearest.of(shown, KNOWN);
    return Problem.invalid(
            "there is no configuration field \"" + shown + "\"; did you mean \"" + nearest + "\"?")
        .with("field", shown)
        .with("nearest", nearest)
        .rejected();
  }

  /// What the fields change on the configuration of `topic`. A dead letter topic must be in reach
  /// of the client as well: its records end there.
  ConfigPatch patch(Exchange exchange, TopicName topic) {
    if (deadLetter != null) {
      Authorizer.checkName(exchange, deadLetter);
    }
    if (topic.value().equals(deadLetter)) {
      throw Problem.invalid("dead_letter must be another topic than \"" + topic + "\" itself")
          .with("field", "dead_letter")
          .rejected();
    }
    if (durability != null) {
      set(TopicConfig.Builder::durability, durability);
    } else if (durable != null) {
      set(TopicConfig.Builder::durability, durable ? Durability.FSYNC : Durability.DISK);
    }
    ConfigPatch patch = builder -> changes.forEach(change -> change.accept(builder));
    try {
      patch.appliedTo(TopicConfig.DEFAULT);
    } catch (IllegalArgumentException e) {
      throw Problem.invalid(String.valueOf(e.getMessage())).rejected();
    }
    return patch;
  }

  /// How an answer names a constant.
  static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  /// Writes the complete configuration, as an object named `config`.
  static void write(TopicConfig config, JsonGenerator json) {
    json.writeObjectPropertyStart("config");
    json.writeStringProperty("type", word(config.type()));
    json.writeNumberProperty("ttl_ms", config.ttlMillis());
    json.writeNumberProperty("cap_records", config.capRecords());
    json.writeNumberProperty("cap_bytes", config.capBytes());
    json.writeStringProperty("discard", word(config.discard()));
    json.writeStringProperty("durability", word(config.durability()));
    json.writeBooleanProperty("durable", config.durable());
    Integer priority = config.priority();
    if (priority == null) {
      json.writeNullProperty("priority");
    } else {
      json.writeNumberProperty("priority", priority);
    }
    json.writeBooleanProperty("auto_priority", config.autoPriority());
    json.writeBooleanProperty("auto_create", config.autoCreate());
    json.writeNumberProperty("idempotency_window_ms", config.idempotencyWindowMillis());
    json.writeBooleanProperty("dedupe_node", config.dedupeNode());
    json.writeNumberProperty("lease_ms", config.leaseMillis());
    json.writeNumberProperty("claim_jitter_ms", config.claimJitterMillis());
    json.writeNumberProperty("max_deliveries", config.maxDeliveries());
    json.writeStringProperty("dead_letter", config.deadLetter());
    json.writeBooleanProperty("leases_durable", config.leasesDurable());
    json.writeArrayPropertyStart("backoff_ms");
    for (long step : config.backoffMillis()) {
      json.writeNumber(step);
    }
    json.writeEndArray();
    json.writeEndObject();
  }
}
