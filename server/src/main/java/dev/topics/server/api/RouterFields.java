package dev.topics.server.api;

import dev.topics.engine.model.Guarantee;
import dev.topics.engine.model.RouterConfig;
import dev.topics.engine.model.RouterInfo;
import dev.topics.engine.model.RouterPatch;
import dev.topics.engine.model.RouterSource;
import dev.topics.engine.model.TagMatch;
import dev.topics.server.http.Exchange;
import dev.topics.server.http.Problem;
import dev.topics.server.http.Rejected;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// A router on the wire (http-api §7), in and out.
final class RouterFields {
  private static final List<String> KNOWN =
      List.of(
          "source",
          "dest",
          "preserve_node",
          "preserve_tag",
          "create_dest",
          "filter",
          "allow_cycle",
          "guarantee",
          "from_seq");

  private @Nullable String source;
  private @Nullable String dest;
  private @Nullable Boolean preserveNode;
  private @Nullable Boolean preserveTag;
  private boolean createDest = true;
  private boolean filterGiven;
  private @Nullable TagMatch filter;
  private @Nullable Boolean allowCycle;
  private @Nullable Guarantee guarantee;
  private @Nullable Long fromSeq;

  /// Takes one field.
  ///
  /// @throws Rejected if it is unknown or of a wrong type
  void take(Fields fields) {
    switch (fields.name()) {
      case "source" -> source = fields.text();
      case "dest" -> dest = fields.text();
      case "preserve_node" -> preserveNode = fields.flag();
      case "preserve_tag" -> preserveTag = fields.flag();
      case "create_dest" -> createDest = fields.flag();
      case "filter" -> {
        filterGiven = true;
        filter = fields.isNull() ? null : TagMatches.read(fields);
      }
      case "allow_cycle" -> allowCycle = fields.flag();
      case "guarantee" -> guarantee = guarantee(fields.text());
      case "from_seq" -> fromSeq = fields.isNull() ? null : fields.unsigned();
      default -> throw unknown(fields.name());
    }
  }

  private static Guarantee guarantee(String text) {
    for (Guarantee guarantee : Guarantee.values()) {
      if (ConfigFields.word(guarantee).equals(text)) {
        return guarantee;
      }
    }
    throw Problem.invalid(
            "guarantee must be one of at_least_once, exactly_once, not \""
                + Problem.excerpt(text)
                + "\"")
        .with("field", "guarantee")
        .rejected();
  }

  private static Rejected unknown(String name) {
    String shown = Problem.excerpt(name);
    String nearest = Nearest.of(shown, KNOWN);
    return Problem.invalid(
            "a router has no field \"" + shown + "\"; did you mean \"" + nearest + "\"?")
        .with("field", shown)
        .with("nearest", nearest)
        .rejected();
  }

  RouterPatch patch(Exchange exchange) {
    return new RouterPatch(
        Names.source(exchange, required("source", source)),
        Names.dest(exchange, required("dest", dest)),
        preserveNode,
        preserveTag,
        createDest,
        filterGiven,
        filter,
        allowCycle,
        guarantee,
        fromSeq);
  }

  private static String required(String field, @Nullable String value) {
    if (value == null) {
      throw Problem.invalid("a router needs a " + field).with("field", field).rejected();
    }
    return value;
  }

  /// Writes the members of a router.
  static void write(RouterInfo router, JsonGenerator json) {
    RouterConfig config = router.config();
    json.writeStringProperty("router", config.name().value());
    json.writeStringProperty("source", config.source().text());
    json.writeStringProperty("dest", config.dest().value());
    json.writeBooleanProperty("preserve_node", config.preserveNode());
    json.writeBooleanProperty("preserve_tag", config.preserveTag());
    TagMatches.write("filter", config.filter(), json);
    json.writeBooleanProperty("allow_cycle", config.allowCycle());
    json.writeStringProperty("guarantee", ConfigFields.word(config.guarantee()));
    json.writeNumberProperty("forwarded_total", router.forwarded());
    if (config.source() instanceof RouterSource.One) {
      long cursor = router.sources().isEmpty() ? 0 : router.sources().getFirst().cursor();
      json.writeNumberProperty("cursor", cursor);
    }
    json.writeNumberProperty("lag", router.lag());
    writeBlocked(router.blocked(), json);
    if (config.source() instanceof RouterSource.Many) {
      writeSources(router, json);
    }
  }

  private static void writeBlocked(RouterInfo.@Nullable Blocked blocked, JsonGenerator json) {
    if (blocked == null) {
      json.writeNullProperty("blocked");
      return;
    }
    json.writeObjectPropertyStart("blocked");
    json.writeStringProperty("reason", ConfigFields.word(blocked.reason()));
    json.writeStringProperty("topic", blocked.topic().value());
    json.writeNumberProperty("from_seq", blocked.first());
    json.writeNumberProperty("to_seq", blocked.last());
    json.writeNumberProperty("since_ts", blocked.sinceMillis());
    json.writeEndObject();
  }

  private static void writeSources(RouterInfo router, JsonGenerator json) {
    json.writeArrayPropertyStart("sources");
    for (RouterInfo.Source source : router.sources()) {
      json.writeStartObject();
      json.writeStringProperty("topic", source.topic().value());
      json.writeNumberProperty("cursor", source.cursor());
      json.writeNumberProperty("lag", source.lag());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeNumberProperty("sources_total", router.sourcesTotal());
  }
}
