package dev.topics.storage.pack;

/// How packs are read and written.
///
/// @param openFilesMax descriptors kept open for later reads
/// @param indexBytesMax memory for columns and tags that were read
/// @param syncEveryBytes a pack that is written is synced each time it grew by this much, so that
///   its last sync has little to do and the journal's syncs do not wait behind it
/// @param chunkBodyBytes a chunk ends before its bodies exceed this, unless it holds one record
/// @param chunkRecords records of a chunk, at most; fewer in tests
/// @param mergePacks how many packs of about the same size become one
/// @param smallRunBytes a run with at least as many bytes of bodies is not merged with others
public record PackOptions(
    int openFilesMax,
    long indexBytesMax,
    long syncEveryBytes,
    int chunkBodyBytes,
    int chunkRecords,
    int mergePacks,
    long smallRunBytes) {
  public PackOptions {
    boolean chunks = chunkRecords >= 1 && chunkRecords <= PackLayout.CHUNK_RECORDS_MAX;
    boolean merges = mergePacks >= 2 && smallRunBytes >= 1;
    if (openFilesMax < 1 || syncEveryBytes < 1 || chunkBodyBytes < 1 || !chunks || !merges) {
      throw new IllegalArgumentException("no such packs");
    }
  }

  public static PackOptions defaults() {
    return new PackOptions(
        256, 16 << 20, 8 << 20, 2 << 20, PackLayout.CHUNK_RECORDS_MAX, 8, 256 << 10);
  }

  public PackOptions withOpenFilesMax(int files) {
    return with(files, indexBytesMax, syncEveryBytes);
  }

  public PackOptions withIndexBytesMax(long bytes) {
    return with(openFilesMax, bytes, syncEveryBytes);
  }

  public PackOptions withSyncEveryBytes(long bytes) {
    return with(openFilesMax, indexBytesMax, bytes);
  }

  private PackOptions with(int files, long indexBytes, long syncBytes) {
    return new PackOptions(
        files, indexBytes, syncBytes, chunkBodyBytes, chunkRecords, mergePacks, smallRunBytes);
  }

  public PackOptions withChunks(int bodyBytes, int records) {
    return new PackOptions(
        openFilesMax, indexBytesMax, syncEveryBytes, bodyBytes, records, mergePacks, smallRunBytes);
  }

  public PackOptions withMerges(int packs, long smallBytes) {
    return new PackOptions(
        openFilesMax,
        indexBytesMax,
        syncEveryBytes,
        chunkBodyBytes,
        chunkRecords,
        packs,
        smallBytes);
  }
}
