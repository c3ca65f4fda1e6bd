package dev.topics.storage.disk;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// An open file, read and written at positions.
///
/// **Threading** from any thread; whoever closes it makes sure that nobody else still uses it.
public interface DiskFile extends AutoCloseable {
  /// Largest write into a file that will be mapped. The page cache keeps what one write brought as
  /// one unit, and a mapped store of one byte makes the whole unit dirty: after writes of 1 MiB, a
  /// sync of 5 KB was seen to put 1 MiB on the disk. Smaller units cost more page faults.
  long CHUNK_BYTES = 64 << 10;

  String name();

  long size() throws IOException;

  /// Reads up to the size of `target`; returns how much, 0 at the end of the file.
  long read(MemorySegment target, long offset) throws IOException;

  /// Writes up to the size of `source`; returns how much, at least 1 unless `source` is empty.
  long write(MemorySegment source, long offset) throws IOException;

  /// Finds space for a range at the end of the file, as [#zeroFill] does, without writing it: it
  /// reads as zeros. The first sync behind a write to it costs more, as the file system then notes
  /// what was written.
  void allocate(long offset, long endOffset) throws IOException;

  /// Cuts the file, or extends it with a hole.
  void truncate(long size) throws IOException;

  /// Maps the first `size` bytes, until `arena` is closed. Closing the file leaves the mapping.
  MemorySegment map(Arena arena, long size, MapMode mode) throws IOException;

  /// Makes the data and the size durable, whether written by [#write] or through a mapping.
  ///
  /// After a failure nobody knows what is durable, and a second call may report success for pages
  /// that the operating system has thrown away: the first failure is final.
  void sync() throws IOException;

  /// Lets the operating system drop what it holds of the file in memory, so that the next reads
  /// come from the disk. Only what was synced is dropped, and a file system may ignore it.
  default void dropCached() throws IOException {}

  @Override
  void close() throws IOException;

  /// Closes what `failure` leaves behind; it stays what is told, whatever becomes of that.
  default void closeAfter(Throwable failure) {
    try {
      close();
    } catch (IOException closing) {
      failure.addSuppressed(closing);
    }
  }

  /// Reads until `target` is full; fails if the file ends before.
  default void readFully(MemorySegment target, long offset) throws IOException {
    long done = 0;
    while (done < target.byteSize()) {
      long read = read(target.asSlice(done), offset + done);
      if (read == 0) {
        throw new DiskFailedException(
            "%s: the file ends at %d, expected %d bytes at %d"
                .formatted(name(), offset + done, target.byteSize(), offset));
      }
      done += read;
    }
  }

  /// The same, but only from memory: false if it would have to wait for the disk. What `target`
  /// holds then is undefined. Where nobody can tell, it waits.
  default boolean readFullyNow(MemorySegment target, long offset) throws IOException {
    readFully(target, offset);
    return true;
  }

  /// Writes all of `source`.
  default void writeFully(MemorySegment source, long offset) throws IOException {
    long done = 0;
    while (done < source.byteSize()) {
      long written = write(source.asSlice(done), offset + done);
      if (written <= 0) {
        throw new DiskFailedException(
            "%s: wrote nothing of %d bytes at %d"
                .formatted(name(), source.byteSize() - done, offset + done));
      }
      done += written;
    }
  }

  /// Reads a range to bring it into the page cache.
  default void warm(long offset, long endOffset) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment chunk = arena.allocate(Math.min(CHUNK_BYTES, endOffset - offset));
      for (long at = offset; at < endOffset; at += chunk.byteSize()) {
        readFully(chunk.asSlice(0, Math.min(chunk.byteSize(), endOffset - at)), at);
      }
    }
  }

  /// Writes zeros, so that space is allocated now and later writes cannot run out of it.
  default void zeroFill(long offset, long endOffset) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment zeros = arena.allocate(Math.min(CHUNK_BYTES, endOffset - offset));
      for (long at = offset; at < endOffset; ) {
        long chunk = Math.min(zeros.byteSize(), endOffset - at);
        writeFully(zeros.asSlice(0, chunk), at);
        at += chunk;
      }
    }
  }
}
