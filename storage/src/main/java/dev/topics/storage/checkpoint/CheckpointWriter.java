package dev.topics.storage.checkpoint;

import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.NewFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.UUID;
import java.util.zip.CRC32C;

/// Writes a checkpoint, chunk by chunk, as a [NewFile] until [#finish].
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

  private final UUID storeId;
  private final long generation;
  private final NewFile file;

  /// As large as the largest chunk so far. Goes with the writer, also with one that is never closed
  /// because its run ended.
  private MemorySegment buffer = Arena.ofAuto().allocate(BUFFER_BYTES_MIN);

  private final CRC32C chunksCrc = new CRC32C();
  private long position;
  private long synced;
  private long chunks;

  CheckpointWriter(Disk disk, UUID storeId, long generation, LogStart start) throws IOException {
    this.storeId = storeId;
    this.generation = generation;
    file = NewFile.create(disk, CheckpointNames.name(generation));
    MemorySegment header = buffer.asSlice(0, CheckpointLayout.HEADER_BYTES);
    CheckpointLayout.writeHeader(header, storeId, generation, start);
    try {
      append(header);
    } catch (IOException | RuntimeException | Error e) {
      file.closeAfter(e);
      throw e;
    }
  }

  /// Closes what `failure` leaves behind.
  public void closeAfter(Throwable failure) {
    file.closeAfter(failure);
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
      file.file().sync();
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
    file.publish();
  }

  /// Goes on with the checksum over checksums.
  static void addTo(CRC32C crc, int value) {
    for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
      crc.update(value >>> shift);
    }
  }

  private void append(MemorySegment bytes) throws IOException {
    file.file().writeFully(bytes, position);
    position += bytes.byteSize();
  }

  /// Lets go of everything, and removes the file unless it was finished.
  @Override
  public void close() throws IOException {
    file.close();
  }
}
