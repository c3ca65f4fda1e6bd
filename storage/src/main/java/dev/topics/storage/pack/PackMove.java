package dev.topics.storage.pack;

import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.DiskException;
import dev.topics.storage.disk.NewFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// Copies a pack to the cold directory, a step at a time, and reads the copy back: from the disk
/// where the file system can drop what it has in memory, which no cache of the device is part of.
///
/// When [#step] has answered 0, the copy is durable under its name and equal to the original, byte
/// for byte. Readers go to it after [Packs#moved], which deletes the original; until then the copy
/// is a file that nobody needs. After any failure the copy is lost, nothing is tried again;
/// [#close] removes it.
///
/// **Threading** One thread at a time.
public final class PackMove implements AutoCloseable {
  private final PackFile original;
  private final Disk cold;
  private final long bytes;
  private final NewFile copy;
  private final long syncEveryBytes;
  private final NativeBuffer buffer = new NativeBuffer();
  private final NativeBuffer other = new NativeBuffer();
  private long copied;
  private long synced;
  private long compared;
  private boolean published;
  private boolean done;
  private boolean closed;

  /// Becomes the user of `original`.
  PackMove(PackFile original, Disk cold, long syncEveryBytes) throws IOException {
    this.original = original;
    this.cold = cold;
    this.syncEveryBytes = syncEveryBytes;
    bytes = original.seal().fileBytes();
    copy = NewFile.create(cold, PackNames.name(original.id()));
  }

  public long pack() {
    return original.id();
  }

  /// Copies or compares at most `maxBytes`; answers how many bytes, 0 when all is done. Fails with
  /// [ImmovablePackException] if this pack is at fault, and not all of the cold disk.
  public long step(long maxBytes) throws IOException {
    long size = Math.clamp(maxBytes, 1, 1 << 20);
    if (copied < bytes) {
      return copy(Math.min(size, bytes - copied));
    }
    if (compared < bytes) {
      if (!published) {
        publish();
      }
      return compare(Math.min(size, bytes - compared));
    }
    done = true;
    return 0;
  }

  private long copy(long size) throws IOException {
    MemorySegment part = buffer.ensure(size, 0).asSlice(0, size);
    readOriginal(part, copied);
    copy.file().writeFully(part, copied);
    copied += size;
    if (copied - synced >= syncEveryBytes) {
      copy.file().sync();
      synced = copied;
    }
    return size;
  }

  private void publish() throws IOException {
    copy.publish();
    copy.file().dropCached();
    published = true;
  }

  private long compare(long size) throws IOException {
    MemorySegment part = buffer.ensure(size, 0).asSlice(0, size);
    MemorySegment back = other.ensure(size, 0).asSlice(0, size);
    readOriginal(part, compared);
    try {
      copy.file().readFully(back, compared);
    } catch (DiskException e) {
      throw new ImmovablePackException(pack(), "the copy cannot be read back", e);
    }
    if (part.mismatch(back) != -1) {
      throw new ImmovablePackException(
          pack(),
          "the copy in %s differs between %d and %d"
              .formatted(cold.describe(), compared, compared + size),
          null);
    }
    compared += size;
    return size;
  }

  private void readOriginal(MemorySegment to, long at) throws ImmovablePackException {
    try {
      original.read(to, at);
    } catch (IOException e) {
      throw new ImmovablePackException(pack(), "the original cannot be read", e);
    }
  }

  /// Lets go of everything, and removes the copy unless it is whole.
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    original.release();
    buffer.close();
    other.close();
    if (done) {
      copy.close();
    } else {
      copy.discard();
    }
  }
}
