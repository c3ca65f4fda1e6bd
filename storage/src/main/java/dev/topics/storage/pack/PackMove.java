package dev.topics.storage.pack;

import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.DiskException;
import dev.topics.storage.disk.DiskFile;
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
  private final DiskFile copy;
  private final long syncEveryBytes;
  private final NativeBuffer buffer = new NativeBuffer();
  private final NativeBuffer other = new NativeBuffer();
  private long copied;
  private long synced;
  private long compared;
  private boolean named;
  private boolean done;
  private boolean closed;

  /// Becomes the user of `original`.
  PackMove(PackFile original, Disk cold, long syncEveryBytes) throws IOException {
    this.original = original;
    this.cold = cold;
    this.syncEveryBytes = syncEveryBytes;
    bytes = original.seal().fileBytes();
    String unfinished = PackNames.unfinishedName(original.id());
    if (cold.exists(unfinished)) {
      cold.delete(unfinished);
    }
    copy = cold.create(unfinished);
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
      if (!named) {
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
    copy.writeFully(part, copied);
    copied += size;
    if (copied - synced >= syncEveryBytes) {
      copy.sync();
      synced = copied;
    }
    return size;
  }

  private void publish() throws IOException {
    copy.sync();
    named = true;
    cold.rename(PackNames.unfinishedName(pack()), PackNames.name(pack()));
    cold.syncDirectory(PackNames.DIRECTORY);
    copy.dropCached();
  }

  private long compare(long size) throws IOException {
    MemorySegment part = buffer.ensure(size, 0).asSlice(0, size);
    MemorySegment back = other.ensure(size, 0).asSlice(0, size);
    readOriginal(part, compared);
    try {
      copy.readFully(back, compared);
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
    try {
      copy.close();
    } finally {
      if (!done) {
        remove(PackNames.unfinishedName(pack()));
        if (named) {
          remove(PackNames.name(pack()));
        }
      }
    }
  }

  private void remove(String name) throws IOException {
    if (cold.exists(name)) {
      cold.delete(name);
    }
  }
}
