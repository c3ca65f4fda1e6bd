package dev.topics.engine.model;

/// What a reader asks for (http-api §4.1): records after `fromSeq` (exclusive), at most `limit` of
/// them and about `maxBatchBytes` of JSON, without those of the `nodes`.
public record DiffQuery(
    long fromSeq,
    int limit,
    NodeFilter nodes,
    boolean includeTags,
    boolean includeMeta,
    boolean includeData,
    int maxBatchBytes) {

  public static final int LIMIT_DEFAULT = 256;
  public static final int BATCH_BYTES_DEFAULT = 1 << 20;
  public static final int BATCH_BYTES_MAX = 8 << 20;

  public DiffQuery {
    if (fromSeq < 0) {
      throw new IllegalArgumentException("from_seq must not be negative");
    }
    limit = limit <= 0 ? LIMIT_DEFAULT : limit;
    maxBatchBytes =
        maxBatchBytes <= 0 ? BATCH_BYTES_DEFAULT : Math.min(maxBatchBytes, BATCH_BYTES_MAX);
  }

  /// Everything after `fromSeq`, with the defaults of the contract.
  public static DiffQuery after(long fromSeq) {
    return new DiffQuery(fromSeq, 0, NodeFilter.NONE, false, true, true, 0);
  }

  /// The same query from another cursor.
  public DiffQuery from(long seq) {
    return new DiffQuery(seq, limit, nodes, includeTags, includeMeta, includeData, maxBatchBytes);
  }

  /// The same query for at most about `bytes` of JSON.
  public DiffQuery within(int bytes) {
    return bytes >= maxBatchBytes
        ? this
        : new DiffQuery(fromSeq, limit, nodes, includeTags, includeMeta, includeData, bytes);
  }

  /// Whether records are wanted just as they are stored.
  public boolean asStored() {
    return !includeTags && includeMeta && includeData;
  }
}
