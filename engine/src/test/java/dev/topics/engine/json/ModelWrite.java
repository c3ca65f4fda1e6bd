package dev.topics.engine.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.topics.engine.json.WriteBody.Code;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonToken;

/// What a write body means, worked out the slow and obvious way from a tree.
///
/// @param create null when the client did not say
/// @param config null when there is none
record ModelWrite(
    List<ModelRecord> records,
    @Nullable String idempotencyKey,
    @Nullable Boolean create,
    @Nullable String config,
    boolean disableBackpressure) {

  /// One record: `data` and `meta` as compact JSON, `node` and `tag` as text.
  record ModelRecord(
      String data, @Nullable String meta, @Nullable String node, @Nullable String tag) {}

  /// The body is refused; the field is empty when it is the body itself.
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;
    final Code code;
    final String field;

    Refused(Code code, String field) {
      super(code + " " + field);
      this.code = code;
      this.field = field;
    }

    Refused(String field) {
      this(Code.INVALID_REQUEST, field);
    }
  }

  /// Reads a body that is known to be valid JSON.
  static ModelWrite read(String text, WriteLimits limits) throws Refused {
    JsonTree body = JsonTree.parse(text);
    if (body.kind() != JsonToken.START_OBJECT) {
      throw new Refused("");
    }
    List<ModelRecord> records = null;
    String node = null;
    String key = null;
    Boolean create = null;
    String config = null;
    boolean disableBackpressure = false;
    for (JsonTree.Member member : body.members()) {
      JsonTree value = member.value();
      switch (member.key()) {
        case "records" -> records = records(value, limits);
        case "node" -> node = string(value, "node", limits.maxNodeBytes());
        case "idempotency_key" -> key = key(value);
        case "create" -> create = bool(value, "create");
        case "config" -> config = object(value, "config");
        case "disable_backpressure" ->
            disableBackpressure = Boolean.TRUE.equals(bool(value, "disable_backpressure"));
        default -> {}
      }
    }
    if (records == null) {
      throw new Refused("records");
    }
    return new ModelWrite(withNode(records, node), key, create, config, disableBackpressure);
  }

  private static List<ModelRecord> withNode(List<ModelRecord> records, @Nullable String node) {
    List<ModelRecord> result = new ArrayList<>();
    for (ModelRecord r : records) {
      result.add(new ModelRecord(r.data(), r.meta(), r.node() == null ? node : r.node(), r.tag()));
    }
    return result;
  }

  private static List<ModelRecord> records(JsonTree array, WriteLimits limits) throws Refused {
    if (array.kind() != JsonToken.START_ARRAY || array.elements().isEmpty()) {
      throw new Refused("records");
    }
    List<ModelRecord> records = new ArrayList<>();
    for (JsonTree element : array.elements()) {
      if (records.size() == limits.maxRecords()) {
        throw new Refused(Code.BATCH_TOO_LARGE, "records");
      }
      records.add(record(element, "records[" + records.size() + "]", limits));
    }
    return records;
  }

  private static ModelRecord record(JsonTree object, String path, WriteLimits limits)
      throws Refused {
    if (object.kind() != JsonToken.START_OBJECT) {
      throw new Refused(path);
    }
    String data = null;
    String meta = null;
    String node = null;
    String tag = null;
    for (JsonTree.Member member : object.members()) {
      JsonTree value = member.value();
      switch (member.key()) {
        case "data" -> data = value.compact();
        case "meta" -> meta = meta(value, path + ".meta", limits);
        case "node" -> node = string(value, path + ".node", limits.maxNodeBytes());
        case "tag" -> tag = string(value, path + ".tag", limits.maxTagBytes());
        default -> {}
      }
    }
    if (data == null) {
      throw new Refused(path + ".data");
    }
    if (bytes(data) + (meta == null ? 0 : bytes(meta)) > limits.maxRecordBytes()) {
      throw new Refused(Code.RECORD_TOO_LARGE, path);
    }
    return new ModelRecord(data, meta, node, tag);
  }

  private static @Nullable String meta(JsonTree value, String path, WriteLimits limits)
      throws Refused {
    String meta = object(value, path);
    boolean tooManyKeys = value.members().size() > WriteLimits.META_KEYS_MAX;
    if (tooManyKeys || (meta != null && bytes(meta) > limits.maxMetaBytes())) {
      throw new Refused(path);
    }
    return meta;
  }

  private static @Nullable String object(JsonTree value, String path) throws Refused {
    return switch (value.kind()) {
      case VALUE_NULL -> null;
      case START_OBJECT -> value.compact();
      default -> throw new Refused(path);
    };
  }

  private static @Nullable String string(JsonTree value, String path, int maxBytes) throws Refused {
    if (value.kind() == JsonToken.VALUE_NULL) {
      return null;
    }
    if (value.kind() != JsonToken.VALUE_STRING
        || !UTF_8.newEncoder().canEncode(value.string())
        || bytes(value.string()) > maxBytes) {
      throw new Refused(path);
    }
    return value.string();
  }

  private static @Nullable String key(JsonTree value) throws Refused {
    String key = string(value, "idempotency_key", Integer.MAX_VALUE);
    if (key != null && key.codePoints().count() > WriteLimits.IDEMPOTENCY_KEY_CHARACTERS_MAX) {
      throw new Refused("idempotency_key");
    }
    return key == null || key.isEmpty() ? null : key;
  }

  private static @Nullable Boolean bool(JsonTree value, String path) throws Refused {
    return switch (value.kind()) {
      case VALUE_NULL -> null;
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      default -> throw new Refused(path);
    };
  }

  private static int bytes(String text) {
    return text.getBytes(UTF_8).length;
  }
}
