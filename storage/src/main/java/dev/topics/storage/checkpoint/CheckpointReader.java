package dev.topics.storage.checkpoint;

import dev.topics.storage.checkpoint.CheckpointLayout.ChunkHeader;
import dev.topics.storage.checkpoint.CheckpointLayout.Trailer;
import dev.topics.storage.disk.DiskException;
import dev.topics.storage.disk.DiskFile;
import dev.topics.storage.disk.RefusedException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.UUID;
import java.util.zip.CRC32C;

/// Reads one checkpoint from its start to its end, checking every byte.
final class CheckpointReader {
  private final DiskFile file;
  private final UUID storeId;
  private final long generation;

  CheckpointReader(DiskFile file, UUID storeId, long generation) {
    this.file = file;
    this.storeId = storeId;
    this.generation = generation;
  }

  /// Hands on every chunk; answers where the log goes on.
  LogStart read(CheckpointHandler handler) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      long bytes = file.size();
      if (bytes < CheckpointLayout.HEADER_BYTES + CheckpointLayout.TRAILER_BYTES) {
        throw damaged("the file has only %d bytes".formatted(bytes));
      }
      LogStart start = readHeader(arena);
      Trailer trailer = readTrailer(arena, bytes);
      long end = bytes - CheckpointLayout.TRAILER_BYTES;
      long at = CheckpointLayout.HEADER_BYTES;
      int room = (int) Math.min(CheckpointWriter.CHUNK_BYTES_MAX, end - at);
      MemorySegment buffer = arena.allocate(Math.max(room, CheckpointLayout.CHUNK_HEADER_BYTES));
      CRC32C chunksCrc = new CRC32C();
      for (long number = 0; number < trailer.chunks(); number++) {
        ChunkHeader chunk = readChunkHeader(buffer, at, end, number);
        at += CheckpointLayout.CHUNK_HEADER_BYTES;
        MemorySegment payload = buffer.asSlice(0, chunk.bytes());
        file.readFully(payload, at);
        if (CheckpointLayout.crc(payload, chunk.bytes()) != chunk.crc()) {
          throw damaged("bytes %d to %d".formatted(at, at + chunk.bytes()));
        }
        CheckpointWriter.addTo(chunksCrc, chunk.crc());
        handler.chunk(payload);
        at += chunk.bytes();
      }
      if (at != end || (int) chunksCrc.getValue() != trailer.chunksCrc()) {
        throw damaged("the chunks are not those that were written");
      }
      return start;
    } catch (DiskException e) {
      throw new CheckpointDamagedException(generation, "cannot be read: " + e.getMessage(), e);
    }
  }

  private LogStart readHeader(Arena arena) throws IOException {
    MemorySegment bytes = arena.allocate(CheckpointLayout.HEADER_BYTES);
    file.readFully(bytes, 0);
    return switch (CheckpointLayout.readHeader(bytes)) {
      case CheckpointLayout.Header.Valid(UUID id, long of, LogStart start) -> {
        if (!id.equals(storeId)) {
          throw damaged("the file is generation %d of store %s".formatted(of, id));
        }
        if (of != generation) {
          throw damaged(
              "the file is generation %d of this store; renaming it to %s mends that"
                  .formatted(of, CheckpointNames.name(of)));
        }
        yield start;
      }
      case CheckpointLayout.Header.UnknownVersion(int version) ->
          throw new RefusedException(
              "%s has format version %d, this program reads %d"
                  .formatted(file.name(), version, CheckpointLayout.VERSION));
      case CheckpointLayout.Header.Unreadable() -> throw damaged("the header");
    };
  }

  private Trailer readTrailer(Arena arena, long fileBytes) throws IOException {
    MemorySegment bytes = arena.allocate(CheckpointLayout.TRAILER_BYTES);
    file.readFully(bytes, fileBytes - CheckpointLayout.TRAILER_BYTES);
    Trailer trailer = CheckpointLayout.readTrailer(bytes, storeId);
    if (trailer == null || trailer.generation() != generation) {
      throw damaged("the trailer, or the end is missing");
    }
    if (trailer.fileBytes() != fileBytes) {
      throw damaged("%d bytes, expected %d".formatted(fileBytes, trailer.fileBytes()));
    }
    return trailer;
  }

  private ChunkHeader readChunkHeader(MemorySegment buffer, long at, long end, long number)
      throws IOException {
    if (at > end - CheckpointLayout.CHUNK_HEADER_BYTES) {
      throw damaged("chunk %d is missing".formatted(number));
    }
    MemorySegment bytes = buffer.asSlice(0, CheckpointLayout.CHUNK_HEADER_BYTES);
    file.readFully(bytes, at);
    ChunkHeader chunk = CheckpointLayout.readChunkHeader(bytes, storeId);
    if (chunk == null || chunk.generation() != generation || chunk.number() != number) {
      throw damaged("the header of chunk %d".formatted(number));
    }
    if (chunk.bytes() > end - at - CheckpointLayout.CHUNK_HEADER_BYTES) {
      throw damaged("chunk %d is cut".formatted(number));
    }
    return chunk;
  }

  private CheckpointDamagedException damaged(String what) {
    return new CheckpointDamagedException(generation, "damaged: " + what, null);
  }
}
