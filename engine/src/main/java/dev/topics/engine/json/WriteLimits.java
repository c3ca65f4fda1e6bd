package dev.topics.engine.json;

/// How large the parts of one write may be.
///
/// @param maxRecords records in one write
/// @param maxRecordBytes `data` and `meta` of one record together, without insignificant whitespace
/// @param maxMetaBytes `meta` of one record, without insignificant whitespace
/// @param maxTagBytes a tag, as UTF-8; at most [#TAG_BYTES_MAX]
/// @param maxNodeBytes a node, as UTF-8; at most [#NODE_BYTES_MAX]
/// @param maxMetaKeys keys in one `meta`
public record WriteLimits(
    int maxRecords,
    int maxRecordBytes,
    int maxMetaBytes,
    int maxTagBytes,
    int maxNodeBytes,
    int maxMetaKeys) {
  /// Most keys in one `meta`.
  public static final int META_KEYS_MAX = 64;

  /// Most characters (code points) in one `idempotency_key`.
  public static final int IDEMPOTENCY_KEY_CHARACTERS_MAX = 256;

  /// Longest tag that can be configured.
  public static final int TAG_BYTES_MAX = 1 << 16;

  /// Longest node that can be configured: escaped it is six times as long at most, and the record
  /// table has 16 bits for it and for what stands before the data.
  public static final int NODE_BYTES_MAX = 8 << 10;

  /// None that could matter: for copies of records that were taken before.
  public static final WriteLimits COPIES =
      new WriteLimits(
          Integer.MAX_VALUE,
          Integer.MAX_VALUE,
          Integer.MAX_VALUE,
          TAG_BYTES_MAX,
          NODE_BYTES_MAX,
          Integer.MAX_VALUE);

  /// What the contract says when nothing else is configured.
  public static final WriteLimits DEFAULT = new WriteLimits(10_000, 1 << 20, 16 << 10, 256, 128);

  /// The same with as many keys in `meta` as the contract says.
  public WriteLimits(
      int maxRecords, int maxRecordBytes, int maxMetaBytes, int maxTagBytes, int maxNodeBytes) {
    this(maxRecords, maxRecordBytes, maxMetaBytes, maxTagBytes, maxNodeBytes, META_KEYS_MAX);
  }

  public WriteLimits {
    if (maxRecords < 1) {
      throw new IllegalArgumentException("maxRecords must be at least 1, is " + maxRecords);
    }
    if (Math.min(Math.min(maxRecordBytes, maxMetaBytes), Math.min(maxTagBytes, maxNodeBytes)) < 0) {
      throw new IllegalArgumentException("a size limit is negative");
    }
    if (maxTagBytes > TAG_BYTES_MAX || maxNodeBytes > NODE_BYTES_MAX) {
      throw new IllegalArgumentException(
          "a tag has at most %d bytes and a node at most %d"
              .formatted(TAG_BYTES_MAX, NODE_BYTES_MAX));
    }
  }
}
