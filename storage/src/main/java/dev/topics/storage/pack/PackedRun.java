package dev.topics.storage.pack;

/// The records of one owner in one pack, ascending by seq, with holes where records were dead.
///
/// @param pack id of the pack
/// @param index of the run in the pack's directory
/// @param firstSeq of the first record, which is there
/// @param lastSeq of the last record, which is there
/// @param count records, fewer than the range of seqs if there are holes
/// @param payloadBytes bytes of data and meta of all records
/// @param bodyBytes what the records take in the pack, without their index
public record PackedRun(
    long pack,
    int index,
    long owner,
    long firstSeq,
    long lastSeq,
    long count,
    long payloadBytes,
    long bodyBytes,
    long firstTs,
    long lastTs) {
  public PackedRun {
    boolean holds = count >= 1 && lastSeq >= firstSeq && lastSeq - firstSeq >= count - 1;
    if (!holds || pack < 1 || index < 0 || payloadBytes < 0 || bodyBytes < 0 || lastTs < firstTs) {
      throw new IllegalArgumentException(
          "run %d of pack %d: seqs %d to %d, %d records, %d and %d bytes, ts %d to %d"
              .formatted(
                  index, pack, firstSeq, lastSeq, count, payloadBytes, bodyBytes, firstTs, lastTs));
    }
  }
}
