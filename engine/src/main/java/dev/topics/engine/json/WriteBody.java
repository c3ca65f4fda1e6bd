package dev.topics.engine.json;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The body of a write, decoded to positions: the records to append and what goes with them.
///
/// [#decode] checks the whole body; after [Accepted] the accessors describe it until the next
/// [#decode] or [#release], and the bytes given to it must stay unchanged for as long. Records are
/// numbered from 0. Reusable; nothing is allocated per record. **Threading** One thread at a time.
///
/// Fields may come in any order, unknown ones are ignored (but must be valid JSON). Of a field that
/// comes twice each occurrence is checked and the last one counts. `null` stands for an absent
/// field, except in `data`, where it is a value.
public final class WriteBody {
  private final WriteLimits limits;
  private final RecordColumns records = new RecordColumns();
  private final JobColumns jobs = new JobColumns();
  private final WriteBodyReader reader;
  private byte[] source = {};

  public WriteBody(WriteLimits limits) {
    this.limits = limits;
    reader = new WriteBodyReader(limits, records, jobs);
  }

  /// What became of a body.
  public sealed interface Outcome {}

  /// The body is valid, and the [WriteBody] describes it.
  public record Accepted() implements Outcome {
    static final Accepted ACCEPTED = new Accepted();
  }

  /// The body breaks the contract.
  ///
  /// @param detail what a program may want to know: `field`, `offset`, `max`… as JSON values
  public record Rejected(Code code, String message, Map<String, Object> detail)
      implements Outcome {}

  /// Why a body is rejected.
  public enum Code {
    INVALID_REQUEST("invalid_request"),
    BATCH_TOO_LARGE("batch_too_large"),
    RECORD_TOO_LARGE("record_too_large");

    private final String wireName;

    Code(String wireName) {
      this.wireName = wireName;
    }

    /// The error code as clients see it.
    public String wireName() {
      return wireName;
    }
  }

  /// The limits that bodies are held to.
  public WriteLimits limits() {
    return limits;
  }

  /// Decodes the body in `source[start, end)`.
  public Outcome decode(byte[] source, int start, int end) {
    this.source = source;
    try {
      reader.read(source, start, end);
      return Accepted.ACCEPTED;
    } catch (JsonException e) {
      release();
      return new Rejected(
          Code.INVALID_REQUEST,
          "the body is not valid JSON: " + e.getMessage(),
          Map.of("offset", e.offset()));
    } catch (WriteRefused e) {
      release();
      return e.rejected();
    }
  }

  /// Forgets the body, so that its bytes can go.
  public void release() {
    source = new byte[0];
    reader.clear();
  }

  /// Number of records, at least 1.
  public int count() {
    return records.rows();
  }

  /// Start of `data` of record `i` as it was sent.
  public int dataStart(int i) {
    return records.get(i, RecordColumns.DATA_START);
  }

  /// End (exclusive) of `data` of record `i` as it was sent.
  public int dataEnd(int i) {
    return records.get(i, RecordColumns.DATA_END);
  }

  /// Bytes of `data` of record `i` without insignificant whitespace.
  public int dataBytes(int i) {
    return records.get(i, RecordColumns.DATA_BYTES);
  }

  /// Writes `data` of record `i` without insignificant whitespace; returns the index behind it.
  public int copyData(int i, byte[] target, int at) {
    return copy(i, RecordColumns.DATA_START, target, at);
  }

  public boolean hasMeta(int i) {
    return metaStart(i) >= 0;
  }

  /// Start of `meta` of record `i` as it was sent, -1 when there is none.
  public int metaStart(int i) {
    return records.get(i, RecordColumns.META_START);
  }

  /// End (exclusive) of `meta` of record `i` as it was sent, -1 when there is none.
  public int metaEnd(int i) {
    return records.get(i, RecordColumns.META_END);
  }

  /// Bytes of `meta` of record `i` without insignificant whitespace, 0 when there is none.
  public int metaBytes(int i) {
    return Math.max(0, records.get(i, RecordColumns.META_BYTES));
  }

  /// Bytes of `data` and `meta` of record `i` together.
  public int payloadBytes(int i) {
    return dataBytes(i) + metaBytes(i);
  }

  /// Writes `meta` of record `i` as [#copyData] does; the record must have one.
  public int copyMeta(int i, byte[] target, int at) {
    return copy(i, RecordColumns.META_START, target, at);
  }

  /// Does record `i` have a node, its own or that of the batch?
  public boolean hasNode(int i) {
    return records.get(i, RecordColumns.NODE_START) >= 0;
  }

  /// Bytes of the node of record `i` as a JSON literal with its quotes, 0 when there is none.
  public int nodeJsonBytes(int i) {
    return Math.max(0, records.get(i, RecordColumns.NODE_JSON_BYTES));
  }

  /// Writes the node of record `i`, which must have one, as a canonical JSON literal: two nodes are
  /// the same text exactly when their literals are the same bytes.
  public int copyNodeJson(int i, byte[] target, int at) {
    int start = records.get(i, RecordColumns.NODE_START);
    int end = records.get(i, RecordColumns.NODE_END);
    return JsonText.requote(source, start, end, target, at);
  }

  public boolean hasTag(int i) {
    return records.get(i, RecordColumns.TAG_START) >= 0;
  }

  /// Bytes of the tag of record `i` as UTF-8, 0 when there is none.
  public int tagBytes(int i) {
    return Math.max(0, records.get(i, RecordColumns.TAG_BYTES));
  }

  /// Writes the tag of record `i`, which must have one, as plain UTF-8.
  public int copyTag(int i, byte[] target, int at) {
    int start = records.get(i, RecordColumns.TAG_START);
    int end = records.get(i, RecordColumns.TAG_END);
    int bytes = records.get(i, RecordColumns.TAG_BYTES);
    if (bytes < end - start) {
      return JsonText.unescape(source, start, end, target, at);
    }
    System.arraycopy(source, start, target, at, bytes);
    return at + bytes;
  }

  private int copy(int i, int firstColumn, byte[] target, int at) {
    int start = records.get(i, firstColumn);
    int end = records.get(i, firstColumn + 1);
    int bytes = records.get(i, firstColumn + 2);
    if (bytes < end - start) {
      return JsonText.compact(source, start, end, target, at);
    }
    System.arraycopy(source, start, target, at, bytes);
    return at + bytes;
  }

  /// What the records say about themselves as jobs of a queue.
  public JobColumns jobs() {
    return jobs;
  }

  /// The key that makes a repeat of this write harmless, if the client sent one.
  public @Nullable String idempotencyKey() {
    return reader.idempotencyKey();
  }

  /// May the write create its topic? What the client said, else `otherwise`.
  public boolean createOr(boolean otherwise) {
    Boolean create = reader.create();
    return create == null ? otherwise : create;
  }

  /// Start of the topic configuration, an object of valid JSON, or -1 when there is none.
  public int configStart() {
    return reader.configStart();
  }

  /// End (exclusive) of the topic configuration, or -1 when there is none.
  public int configEnd() {
    return reader.configEnd();
  }

  /// Does the client ask not to be slowed down by pressure?
  public boolean disableBackpressure() {
    return reader.disableBackpressure();
  }
}
