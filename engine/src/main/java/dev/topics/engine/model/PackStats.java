package dev.topics.engine.model;

/// What was done to packs since the engine was opened, and what could not be done.
///
/// @param written packs that hold records of the journal
/// @param bytesWritten of these
/// @param merged packs that took the place of older ones
/// @param bytesMerged of these
/// @param moved packs that went to the cold directory
/// @param deleted packs that nobody needed any more
/// @param setAside packs that could not be merged or moved now, and will be tried again
public record PackStats(
    long written,
    long bytesWritten,
    long merged,
    long bytesMerged,
    long moved,
    long deleted,
    long setAside) {
  public static final PackStats NONE = new PackStats(0, 0, 0, 0, 0, 0, 0);

  /// A pack made of files of the journal.
  public static PackStats ofWritten(long bytes) {
    return new PackStats(1, bytes, 0, 0, 0, 0, 0);
  }

  /// A pack that took the place of others.
  public static PackStats ofMerged(long bytes) {
    return new PackStats(0, 0, 1, bytes, 0, 0, 0);
  }

  public static PackStats ofMoved(long packs) {
    return new PackStats(0, 0, 0, 0, packs, 0, 0);
  }

  public static PackStats ofDeleted(long packs) {
    return new PackStats(0, 0, 0, 0, 0, packs, 0);
  }

  public PackStats plus(PackStats more) {
    return new PackStats(
        written + more.written,
        bytesWritten + more.bytesWritten,
        merged + more.merged,
        bytesMerged + more.bytesMerged,
        moved + more.moved,
        deleted + more.deleted,
        setAside);
  }

  public PackStats withSetAside(long packs) {
    return new PackStats(written, bytesWritten, merged, bytesMerged, moved, deleted, packs);
  }
}
