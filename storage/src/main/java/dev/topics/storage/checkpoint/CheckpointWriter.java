package dev.topics.storage.checkpoint;

import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.DiskFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.UUID;
import java.util.zip.CRC32C;

/// Writes a checkpoint, chunk by chunk, under a temporary name until [#finish].
///
/// After any failure the checkpoint is lost, nothing is tried again; [#close] removes what was
/// written.
///
/// **Threading** One thread at a time.
public final class CheckpointWriter implements AutoCloseable {
  /// Bytes of a chunk, at most.
  public static final int CHUNK_BYTES_MAX = 4 << 20;

  /// Syncs in between leave little for the last one, behind which those of the journal would wait.
  private static final long SYNC_EVERY_BYTES = 8 << 20;

  private static final int BUFFER_BYTES_MIN = 16 << 10;

  private final Disk disk;
  private final UUID storeId;
  private final long generation;
  private final DiskFile file;

  /// As large as the largest chunk so far. Goes with the writer, also with one that is never closed
  /// because its run ended.
  private MemorySegment buffer = Arena.ofAuto().allocate(BUFFER_BYTES_MIN);

  private final CRC32C chunksCrc = new CRC32C();
  private long position;
  private long synced;
  private long chunks;
  private boolean named;
  private boolean finished;
  private boolean closed;

  CheckpointWriter(Disk disk, UUID storeId, long generation, LogStart start) throws IOException {
    this.disk = disk;
    this.storeId = storeId;
    this.generation = generation;
    String unfinished = CheckpointNames.unfinishedName(generation);
    if (disk.exists(unfinished)) {
      disk.delete(unfinished);
    }
    file = disk.create(unfinished);
    MemorySegment header = buffer.asSlice(0, CheckpointLayout.HEADER_BYTES);
    CheckpointLayout.writeHeader(header, storeId, generation, start);
    try {
      append(header);
    } catch (IOException | RuntimeException | Error e) {
      closeAfter(e);
      throw e;
    }
  }

  /// Closes what `failure` leaves behind.
  public void closeAfter(Throwable failure) {
    try {
      close();
    } catch (IOException closing) {
      failure.addSuppressed(closing);
    }
  }

  /// Bytes written so far.
  public long bytes() {
    return position;
  }

  /// Adds a chunk of at most [#CHUNK_BYTES_MAX].
  public void add(MemorySegment bytes) throws IOException {
    if (bytes.byteSize() > CHUNK_BYTES_MAX) {
      throw new IllegalArgumentException("a chunk of " + bytes.byteSize() + " bytes");
    }
    long size = CheckpointLayout.CHUNK_HEADER_BYTES + bytes.byteSize();
    if (size > buffer.byteSize()) {
      buffer = Arena.ofAuto().allocate(size);
    }
    MemorySegment to = buffer.asSlice(0, size);
    MemorySegment payload = to.asSlice(CheckpointLayout.CHUNK_HEADER_BYTES).copyFrom(bytes);
    int crc = CheckpointLayout.crc(payload, payload.byteSize());
    CheckpointLayout.writeChunkHeader(
        to,
        storeId,
        new CheckpointLayout.ChunkHeader((int) bytes.byteSize(), chunks, generation, crc));
    chunks++;
    addTo(chunksCrc, crc);
    append(to);
    if (position - synced >= SYNC_EVERY_BYTES) {
      file.sync();
      synced = position;
    }
  }

  /// Makes the checkpoint durable under its name. The superblock does not tell of it yet.
  public void finish() throws IOException {
    MemorySegment trailer = buffer.asSlice(0, CheckpointLayout.TRAILER_BYTES).fill((byte) 0);
    CheckpointLayout.writeTrailer(
        trailer,
        storeId,
        new CheckpointLayout.Trailer(
            generation,
            chunks,
            position + CheckpointLayout.TRAILER_BYTES,
            (int) chunksCrc.getValue()));
    append(trailer);
    file.sync();
    named = true;
    disk.rename(CheckpointNames.unfinishedName(generation), CheckpointNames.name(generation));
    disk.syncDirectory(CheckpointNames.DIRECTORY);
    finished = true;
  }

  /// Goes on with the checksum over checksums.
  static void addTo(CRC32C crc, int value) {
    for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
      crc.update(value >>> shift);
    }
  }

  private void append(MemorySegment bytes) throws IOException {
    file.writeFully(bytes, position);
    position += bytes.byteSize();
  }

  /// Lets go of everything, and removes the file unless it was finished.
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try {
      file.close();
    } finally {
      if (!finished) {
        remove();
      }
    }
  }

  private void remove() throws IOException {
    String unfinished = CheckpointNames.unfinishedName(generation);
    if (disk.exists(unfinished)) {
      disk.delete(unfinished);
    }
    if (named && disk.exists(CheckpointNames.name(generation))) {
      disk.delete(CheckpointNames.name(generation));
    }
  }
}
