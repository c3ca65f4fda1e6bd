package dev.topics.storage.disk;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// A file descriptor.
final class LinuxFile implements DiskFile {
  private final String name;
  private final int fd;
  private boolean closed;

  LinuxFile(String name, int fd) {
    this.name = name;
    this.fd = fd;
  }

  int fd() {
    return fd;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public long size() throws IOException {
    return Errno.check(Libc.size(fd), "find the size", name);
  }

  @Override
  public long read(MemorySegment target, long offset) throws IOException {
    if (!target.isNative()) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment copy = arena.allocate(target.byteSize());
        long bytes = read(copy, offset);
        MemorySegment.copy(copy, 0, target, 0, bytes);
        return bytes;
      }
    }
    long result;
    do {
      result = Libc.pread(fd, target, target.byteSize(), offset);
    } while (result == -Libc.EINTR);
    return Errno.check(result, "read", name);
  }

  @Override
  public boolean readFullyNow(MemorySegment target, long offset) throws IOException {
    if (!target.isNative()) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment copy = arena.allocate(target.byteSize());
        boolean whole = readFullyNow(copy, offset);
        target.copyFrom(copy);
        return whole;
      }
    }
    long done = 0;
    while (done < target.byteSize()) {
      MemorySegment rest = target.asSlice(done);
      long result = Libc.preadCached(fd, rest, rest.byteSize(), offset + done);
      if (result == -Libc.EAGAIN) {
        return false;
      }
      if (result <= 0 && result != -Libc.EINTR) {
        // Not known here, or forbidden, or the end of the file, or a failure: a plain read tells.
        readFully(rest, offset + done);
        return true;
      }
      done += Math.max(0, result);
    }
    return true;
  }

  @Override
  public long write(MemorySegment source, long offset) throws IOException {
    if (!source.isNative()) {
      try (Arena arena = Arena.ofConfined()) {
        return write(arena.allocate(source.byteSize()).copyFrom(source), offset);
      }
    }
    long result;
    do {
      result = Libc.pwrite(fd, source, source.byteSize(), offset);
    } while (result == -Libc.EINTR);
    return Errno.check(result, "write", name);
  }

  @Override
  public void truncate(long size) throws IOException {
    Errno.check(Libc.ftruncate(fd, size), "truncate", name);
  }

  @Override
  public void allocate(long offset, long endOffset) throws IOException {
    int result;
    do {
      result = Libc.fallocate(fd, offset, endOffset - offset);
    } while (result == -Libc.EINTR);
    if (result == -Libc.EOPNOTSUPP) {
      zeroFill(offset, endOffset);
    } else {
      Errno.check(result, "allocate", name);
    }
  }

  @Override
  public MemorySegment map(Arena arena, long size, MapMode mode) throws IOException {
    int protection = mode == MapMode.READ_WRITE ? Libc.PROT_READ | Libc.PROT_WRITE : Libc.PROT_READ;
    long address = Errno.check(Libc.mmap(fd, size, protection), "map", name);
    MemorySegment mapping = Libc.mapping(address, size, arena);
    return mode == MapMode.READ_WRITE ? mapping : mapping.asReadOnly();
  }

  @Override
  public void sync() throws IOException {
    Errno.check(Libc.fdatasync(fd), "sync", name);
  }

  @Override
  public void dropCached() throws IOException {
    Errno.check(Libc.posixFadvise(fd, Libc.POSIX_FADV_DONTNEED), "drop from memory", name);
  }

  @Override
  public void close() throws IOException {
    if (!closed) {
      closed = true;
      Errno.check(Libc.close(fd), "close", name);
    }
  }
}
