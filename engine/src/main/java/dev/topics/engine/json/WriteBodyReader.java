package dev.topics.engine.json;

import static dev.topics.engine.json.RecordColumns.DATA_BYTES;
import static dev.topics.engine.json.RecordColumns.DATA_START;
import static dev.topics.engine.json.RecordColumns.META_BYTES;
import static dev.topics.engine.json.RecordColumns.META_START;
import static dev.topics.engine.json.RecordColumns.NODE_START;
import static dev.topics.engine.json.RecordColumns.NONE;
import static dev.topics.engine.json.RecordColumns.TAG_START;

import dev.topics.engine.json.WriteBody.Code;
import dev.topics.engine.json.WriteBody.Rejected;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads the body of a write in one pass: rows of [RecordColumns] and the fields of the batch.
///
/// Ends by returning, by a [JsonException] (not JSON) or by a [WriteRefused] (not a write).
final class WriteBodyReader {
  private static final int DATA = Swar.halfWord("data");
  private static final int META = Swar.halfWord("meta");
  private static final int NODE = Swar.halfWord("node");
  private static final int BATCH = -1;
  private static final int JOB_FIELD = -2;

  private final WriteLimits limits;
  private final RecordColumns records;
  private final JobColumns jobs;
  private final JsonScanner scanner = new JsonScanner();
  private byte[] source = {};

  private boolean hasRecords;
  private int nodeStart;
  private int nodeEnd;
  private int nodeJsonBytes;
  private @Nullable String idempotencyKey;
  private @Nullable Boolean create;
  private int configStart;
  private int configEnd;
  private boolean disableBackpressure;

  WriteBodyReader(WriteLimits limits, RecordColumns records, JobColumns jobs) {
    this.limits = limits;
    this.records = records;
    this.jobs = jobs;
    clear();
  }

  void clear() {
    source = new byte[0];
    scanner.reset(source, 0, 0);
    records.clear();
    jobs.clear();
    hasRecords = false;
    nodeStart = NONE;
    nodeEnd = NONE;
    nodeJsonBytes = NONE;
    idempotencyKey = null;
    create = null;
    configStart = NONE;
    configEnd = NONE;
    disableBackpressure = false;
  }

  @Nullable String idempotencyKey() {
    return idempotencyKey;
  }

  @Nullable Boolean create() {
    return create;
  }

  int configStart() {
    return configStart;
  }

  int configEnd() {
    return configEnd;
  }

  boolean disableBackpressure() {
    return disableBackpressure;
  }

  void read(byte[] source, int start, int end) {
    clear();
    this.source = source;
    scanner.reset(source, start, end);
    scanner.skipWhitespace();
    if (scanner.peek() != '{') {
      String message = "the body must be a JSON object, not " + scanner.skipValueOfSomeKind();
      throw new WriteRefused(new Rejected(Code.INVALID_REQUEST, message, Map.of()));
    }
    for (boolean more = scanner.enterObject(); more; more = scanner.nextMember()) {
      scanner.readKey();
      readBatchField();
    }
    scanner.expectEnd();
    if (!hasRecords) {
      throw invalid("records is required: [{\"data\": …}, …]", "records");
    }
    if (nodeStart >= 0) {
      giveBatchNode();
    }
  }

  private void readBatchField() {
    switch (scanner.keyText()) {
      case "records" -> readRecords();
      case "node" -> readBatchNode();
      case "idempotency_key" -> readIdempotencyKey();
      case "create" -> create = readBoolean("create");
      case "config" -> readConfig();
      case "disable_backpressure" ->
          disableBackpressure = Boolean.TRUE.equals(readBoolean("disable_backpressure"));
      default -> scanner.skipValue();
    }
  }

  private void readBatchNode() {
    if (readString(BATCH, "node", limits.maxNodeBytes()) < 0) {
      nodeStart = NONE;
      return;
    }
    nodeStart = scanner.stringStart();
    nodeEnd = scanner.stringEnd();
    nodeJsonBytes = JsonText.requotedBytes(source, nodeStart, nodeEnd);
  }

  private void readIdempotencyKey() {
    idempotencyKey = null;
    int bytes = readString(BATCH, "idempotency_key", Integer.MAX_VALUE);
    if (bytes < 0) {
      return;
    }
    int max = WriteLimits.IDEMPOTENCY_KEY_CHARACTERS_MAX;
    String key = bytes <= Utf8.BYTES_MAX * max ? scanner.stringText() : null;
    if (key == null || key.codePointCount(0, key.length()) > max) {
      throw tooLong("idempotency_key", max, "characters");
    }
    idempotencyKey = key.isEmpty() ? null : key;
  }

  private @Nullable Boolean readBoolean(String field) {
    return switch (scanner.peek()) {
      case 't', 'f' -> scanner.readBoolean();
      case 'n' -> {
        scanner.readNull();
        yield null;
      }
      default -> throw wrongType(field, "true or false");
    };
  }

  private void readConfig() {
    configStart = NONE;
    configEnd = NONE;
    if (isNull()) {
      return;
    }
    if (scanner.peek() != '{') {
      throw wrongType("config", "an object");
    }
    int start = scanner.position();
    scanner.skipValue();
    configStart = start;
    configEnd = scanner.position();
  }

  private void readRecords() {
    if (scanner.peek() != '[') {
      throw wrongType("records", "an array");
    }
    records.clear();
    jobs.clear();
    for (boolean more = scanner.enterArray(); more; more = scanner.nextElement()) {
      if (records.rows() == limits.maxRecords()) {
        throw tooManyRecords();
      }
      readRecord(records.add());
    }
    if (records.rows() == 0) {
      throw invalid("records must hold at least one record", "records");
    }
    hasRecords = true;
  }

  private void readRecord(int row) {
    if (scanner.peek() != '{') {
      throw wrongType(path(row, ""), "an object");
    }
    for (boolean more = scanner.enterObject(); more; more = scanner.nextMember()) {
      scanner.readKey();
      switch (recordField()) {
        case DATA_START -> readData(row);
        case META_START -> readMeta(row);
        case TAG_START -> readTag(row);
        case NODE_START -> readNode(row);
        case JOB_FIELD -> readJobField(row);
        default -> scanner.skipValue();
      }
    }
    int dataBytes = records.get(row, DATA_BYTES);
    if (dataBytes < 0) {
      String field = path(row, "data");
      throw invalid(field + " is required; it may be any JSON value", field);
    }
    long bytes = (long) dataBytes + Math.max(0, records.get(row, META_BYTES));
    if (bytes > limits.maxRecordBytes()) {
      throw recordTooLarge(row, bytes);
    }
  }

  /// The key just read as the first column of its field, [#JOB_FIELD], or [RecordColumns#NONE].
  private int recordField() {
    int start = scanner.stringStart();
    int length = scanner.stringEnd() - start;
    if (scanner.stringEscaped()) {
      return switch (scanner.keyText()) {
        case "data" -> DATA_START;
        case "meta" -> META_START;
        case "tag" -> TAG_START;
        case "node" -> NODE_START;
        default -> JOB_FIELD;
      };
    }
    if (length == 4) {
      int word = Swar.halfWord(source, start);
      if (word == DATA) {
        return DATA_START;
      }
      if (word == META) {
        return META_START;
      }
      return word == NODE ? NODE_START : NONE;
    }
    if (length == 3) {
      boolean tag = source[start] == 't' && source[start + 1] == 'a' && source[start + 2] == 'g';
      return tag ? TAG_START : NONE;
    }
    return length >= 8 && length <= 10 ? JOB_FIELD : NONE;
  }

  /// Reads a field that only jobs of a queue have, or passes over one that nobody knows.
  private void readJobField(int row) {
    String field = scanner.keyText();
    if (isNull()) {
      jobs.unset(row, field);
      return;
    }
    switch (field) {
      case "delay_ms" -> jobs.delay(row, readNumber(row, "delay_ms", JobColumns.DELIVER_AT_MAX));
      case "deliver_at" ->
          jobs.deliverNotBefore(row, readNumber(row, "deliver_at", JobColumns.DELIVER_AT_MAX));
      case "priority" ->
          jobs.priority(row, (int) readNumber(row, "priority", JobColumns.PRIORITY_MAX));
      case "order_key" -> readOrderKey(row);
      default -> scanner.skipValue();
    }
  }

  private long readNumber(int row, String field, long max) {
    String wanted = "a whole number from 0 to " + max;
    int first = scanner.peek();
    if (first != '-' && (first < '0' || first > '9')) {
      throw wrongType(path(row, field), wanted);
    }
    int start = scanner.position();
    scanner.skipValue();
    int end = scanner.position();
    try {
      return new JsonScanner().reset(source, start, end).readNumber(max);
    } catch (JsonException e) {
      throw invalid(path(row, field) + " must be " + wanted, path(row, field));
    }
  }

  private void readOrderKey(int row) {
    readString(row, "order_key", JobColumns.ORDER_KEY_BYTES_MAX);
    jobs.orderKey(row, scanner.stringText().getBytes(StandardCharsets.UTF_8));
  }

  private void readData(int row) {
    int start = scanner.position();
    int whitespace = scanner.whitespace();
    scanner.skipValue();
    setValue(row, DATA_START, start, whitespace);
  }

  private void readMeta(int row) {
    if (isNull()) {
      records.clear(row, META_START);
      return;
    }
    if (scanner.peek() != '{') {
      throw wrongType(path(row, "meta"), "an object");
    }
    int start = scanner.position();
    int whitespace = scanner.whitespace();
    int keys = 0;
    for (boolean more = scanner.enterObject(); more; more = scanner.nextMember()) {
      scanner.readKey();
      scanner.skipValue();
      keys++;
    }
    if (keys > limits.maxMetaKeys()) {
      throw tooLong(path(row, "meta"), limits.maxMetaKeys(), "keys");
    }
    setValue(row, META_START, start, whitespace);
    if (records.get(row, META_BYTES) > limits.maxMetaBytes()) {
      throw tooLong(path(row, "meta"), limits.maxMetaBytes(), "bytes");
    }
  }

  private void setValue(int row, int firstColumn, int start, int whitespaceBefore) {
    int end = scanner.position();
    int bytes = end - start - (scanner.whitespace() - whitespaceBefore);
    records.set(row, firstColumn, start, end, bytes);
  }

  private void readTag(int row) {
    int bytes = readString(row, "tag", limits.maxTagBytes());
    if (bytes < 0) {
      records.clear(row, TAG_START);
    } else {
      records.set(row, TAG_START, scanner.stringStart(), scanner.stringEnd(), bytes);
    }
  }

  private void readNode(int row) {
    if (readString(row, "node", limits.maxNodeBytes()) < 0) {
      records.clear(row, NODE_START);
      return;
    }
    int start = scanner.stringStart();
    int end = scanner.stringEnd();
    int jsonBytes =
        scanner.stringEscaped() ? JsonText.requotedBytes(source, start, end) : end - start + 2;
    records.set(row, NODE_START, start, end, jsonBytes);
  }

  private void giveBatchNode() {
    for (int row = 0; row < records.rows(); row++) {
      if (records.get(row, NODE_START) < 0) {
        records.set(row, NODE_START, nodeStart, nodeEnd, nodeJsonBytes);
      }
    }
  }

  /// Reads a string of at most `maxBytes`; returns its decoded bytes, or -1 for `null`.
  private int readString(int row, String field, int maxBytes) {
    if (isNull()) {
      return -1;
    }
    if (scanner.peek() != '"') {
      throw wrongType(path(row, field), "a string");
    }
    scanner.readString();
    int start = scanner.stringStart();
    int end = scanner.stringEnd();
    int bytes = scanner.stringEscaped() ? JsonText.unescapedBytes(source, start, end) : end - start;
    if (bytes < 0) {
      throw invalid(path(row, field) + " holds half a surrogate pair", path(row, field));
    }
    if (bytes > maxBytes) {
      throw tooLong(path(row, field), maxBytes, "bytes");
    }
    return bytes;
  }

  private boolean isNull() {
    if (scanner.peek() != 'n') {
      return false;
    }
    scanner.readNull();
    return true;
  }

  private static String path(int row, String field) {
    if (row == BATCH) {
      return field;
    }
    return "records[" + row + "]" + (field.isEmpty() ? "" : "." + field);
  }

  private WriteRefused wrongType(String field, String wanted) {
    String found = scanner.skipValueOfSomeKind();
    return invalid(field + " must be " + wanted + ", not " + found, field);
  }

  private static WriteRefused invalid(String message, String field) {
    return new WriteRefused(new Rejected(Code.INVALID_REQUEST, message, Map.of("field", field)));
  }

  private static WriteRefused tooLong(String field, int max, String unit) {
    return new WriteRefused(
        new Rejected(
            Code.INVALID_REQUEST,
            field + " has more than " + max + " " + unit,
            Map.of("field", field, "max", max)));
  }

  private WriteRefused tooManyRecords() {
    int max = limits.maxRecords();
    return new WriteRefused(
        new Rejected(
            Code.BATCH_TOO_LARGE,
            "records holds more than " + max + " records; send them in several writes",
            Map.of("field", "records", "max", max)));
  }

  private WriteRefused recordTooLarge(int row, long bytes) {
    int max = limits.maxRecordBytes();
    String field = path(row, "");
    return new WriteRefused(
        new Rejected(
            Code.RECORD_TOO_LARGE,
            field + " has " + bytes + " bytes of data and meta; at most " + max + " are allowed",
            Map.of("field", field, "max", max, "bytes", bytes)));
  }
}
