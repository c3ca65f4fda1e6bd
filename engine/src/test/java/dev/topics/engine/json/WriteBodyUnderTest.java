package dev.topics.engine.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.topics.engine.json.ModelWrite.ModelRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/// Compares a [WriteBody] with the [ModelWrite] of the same bytes.
final class WriteBodyUnderTest {
  private final WriteLimits limits;
  private final WriteBody write;

  WriteBodyUnderTest(WriteLimits limits) {
    this.limits = limits;
    write = new WriteBody(limits);
  }

  /// Decodes a body that is valid JSON and throws an error where it and the model part.
  void check(byte[] source, int start, int end) {
    WriteBody.Outcome outcome = write.decode(source, start, end);
    try {
      ModelWrite model = ModelWrite.read(new String(source, start, end - start, UTF_8), limits);
      requireEqual(WriteBody.Accepted.ACCEPTED, outcome);
      checkBatch(model, source);
      requireEqual(model.records(), records());
    } catch (ModelWrite.Refused refused) {
      if (outcome instanceof WriteBody.Rejected rejected) {
        requireEqual(refused.code, rejected.code());
        requireEqual(refused.field, rejected.detail().getOrDefault("field", ""));
      } else {
        throw new AssertionError("accepted, where the model says " + refused.getMessage(), refused);
      }
    }
  }

  /// Decodes a body that is not valid JSON, which must never be accepted.
  void checkInvalid(byte[] source, int start, int end) {
    if (write.decode(source, start, end) instanceof WriteBody.Accepted) {
      throw new AssertionError("accepted, though not valid JSON");
    }
  }

  private void checkBatch(ModelWrite model, byte[] source) {
    requireEqual(model.idempotencyKey(), write.idempotencyKey());
    boolean create = model.create() == null || model.create();
    requireEqual(create, write.createOr(true));
    requireEqual(Boolean.TRUE.equals(model.create()), write.createOr(false));
    requireEqual(model.disableBackpressure(), write.disableBackpressure());
    String config = null;
    if (write.configStart() >= 0) {
      config =
          JsonTree.parse(
                  new String(
                      source, write.configStart(), write.configEnd() - write.configStart(), UTF_8))
              .compact();
    }
    requireEqual(model.config(), config);
  }

  private List<ModelRecord> records() {
    List<ModelRecord> records = new ArrayList<>();
    for (int i = 0; i < write.count(); i++) {
      records.add(
          new ModelRecord(
              data(i),
              write.hasMeta(i) ? meta(i) : null,
              write.hasNode(i) ? node(i) : null,
              write.hasTag(i) ? tag(i) : null));
    }
    return records;
  }

  private String data(int i) {
    byte[] target = new byte[write.dataBytes(i) + 1];
    return text(target, write.copyData(i, target, 1));
  }

  private String meta(int i) {
    byte[] target = new byte[write.metaBytes(i) + 1];
    return text(target, write.copyMeta(i, target, 1));
  }

  private String tag(int i) {
    byte[] target = new byte[write.tagBytes(i) + 1];
    return text(target, write.copyTag(i, target, 1));
  }

  private String node(int i) {
    byte[] target = new byte[write.nodeJsonBytes(i) + 1];
    String literal = text(target, write.copyNodeJson(i, target, 1));
    String node = JsonTree.parse(literal).string();
    byte[] canonical = new byte[JsonText.quotedBytes(node)];
    JsonText.quote(node, canonical, 0);
    if (!Arrays.equals(canonical, 0, canonical.length, target, 1, target.length)) {
      throw new AssertionError("not canonical: " + literal);
    }
    return node;
  }

  private static String text(byte[] target, int end) {
    requireEqual(target.length, end);
    return new String(target, 1, end - 1, UTF_8);
  }

  private static void requireEqual(Object expected, Object actual) {
    if (!Objects.equals(expected, actual)) {
      throw new AssertionError("expected " + expected + " but was " + actual);
    }
  }
}
