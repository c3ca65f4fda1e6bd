package dev.topics.storage.disk;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// The calls of the C library that files need, with `errno`. Linux, 64 bit.
///
/// Each returns what the call returned, or `-errno` if that was -1. Java's own channels would do
/// for most of this, but an interrupt closes them for everybody, and they do not say `ENOSPC`.
@SuppressWarnings("restricted")
final class Libc {
  static final int EINTR = 4;
  static final int EIO = 5;
  static final int ENOENT = 2;
  static final int EAGAIN = 11;
  static final int EACCES = 13;
  static final int EFAULT = 14;
  static final int EINVAL = 22;
  static final int EEXIST = 17;
  static final int ENOSPC = 28;
  static final int EOPNOTSUPP = 95;
  static final int EDQUOT = 122;
  static final int ENOSYS = 38;

  static final int O_RDONLY = 0;
  static final int O_RDWR = 2;
  static final int O_CREAT = 0x40;
  static final int O_EXCL = 0x80;
  static final int O_CLOEXEC = 0x80000;

  static final int PROT_READ = 1;
  static final int PROT_WRITE = 2;
  static final int MAP_SHARED = 1;
  static final int MADV_POPULATE_READ = 22;
  static final int MADV_POPULATE_WRITE = 23;

  static final int POSIX_FADV_DONTNEED = 4;
  static final int RWF_NOWAIT = 8;
  static final int SEEK_END = 2;
  static final int F_OFD_SETLK = 37;
  static final short F_RDLCK = 0;
  static final short F_WRLCK = 1;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
  private static final MemoryLayout CAPTURE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO_VALUE =
      CAPTURE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private static final MethodHandle OPEN =
      variadic("open", 2, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
  private static final MethodHandle CLOSE = plain("close", JAVA_INT, JAVA_INT);
  private static final MethodHandle PREAD =
      plain("pread", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG);

  /// Null in a C library that does not have it.
  private static final @Nullable MethodHandle PREADV2 =
      LINKER.defaultLookup().find("preadv2").isEmpty()
          ? null
          : plain("preadv2", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT, JAVA_LONG, JAVA_INT);

  private static final MethodHandle PWRITE =
      plain("pwrite", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle FTRUNCATE = plain("ftruncate", JAVA_INT, JAVA_INT, JAVA_LONG);
  private static final MethodHandle FALLOCATE =
      plain("fallocate", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle FDATASYNC = plain("fdatasync", JAVA_INT, JAVA_INT);
  private static final MethodHandle FSYNC = plain("fsync", JAVA_INT, JAVA_INT);
  private static final MethodHandle LSEEK =
      plain("lseek", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
  private static final MethodHandle POSIX_FADVISE =
      plain("posix_fadvise", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
  private static final MethodHandle FCNTL =
      variadic("fcntl", 2, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS);
  private static final MethodHandle RENAME = plain("rename", JAVA_INT, ADDRESS, ADDRESS);
  private static final MethodHandle UNLINK = plain("unlink", JAVA_INT, ADDRESS);
  private static final MethodHandle MKDIR = plain("mkdir", JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle MMAP =
      plain("mmap", ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
  private static final MethodHandle MUNMAP = plain("munmap", JAVA_INT, ADDRESS, JAVA_LONG);

  private static final MethodHandle MADVISE_ERRNO =
      plain("madvise", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
  private static final MethodHandle MADVISE =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("madvise"),
          FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));

  private Libc() {}

  static int open(String path, int flags, int mode) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = arena.allocate(CAPTURE);
      MemorySegment name = arena.allocateFrom(path);
      return orErrno((int) OPEN.invokeExact(errno, name, flags | O_CLOEXEC, mode), errno);
    } catch (Throwable e) {
      throw bug(e);
    }
  }

  static int close(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = arena.allocate(CAPTURE);
      return orErrno((int) CLOSE.invokeExact(errno, fd), errno);
    } catch (Throwable e) {
      throw bug(e);
    }
  }

  static long pread(int fd, MemorySegment target, long bytes, long offset) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = arena.allocate(CAPTURE);
      return orErrno((long) PREAD.invokeExact(errno, fd, target, bytes, offset), errno);
    } catch (Throwable e) {
      throw bug(e);
    }
  }

  /// Reads what is in the page cache; `-EAGAIN` if that is nothing.
  static long preadCached(int fd, MemorySegment target, long bytes, long offset) {
    if (PREADV2 == null) {
      return -ENOSYS;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = arena.allocate(CAPTURE);
      // struct iovec: address base, long length
      MemorySegment vector = arena.allocate(16, 8);
      vector.set(ADDRESS, 0, target);
      vector.set(JAVA_LONG, 8, bytes);
      return orErrno((long) PREADV2.invokeExact(errno, fd, vector, 1, offset, RWF_NOWAIT), errno);
    } catch (Throwable e) {
      throw bug(e);
    }
  }

  static long pwrite(int fd, MemorySegment source, long bytes, long offset) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = arena.allocate(CAPTURE);
      return orErrno((long) PWRITE.invokeExact(errno, fd, source, bytes, offset), errno);
    } catch (Throwable e) {
      throw bug(e);
    }
  }

  static int ftruncate(int fd, long size) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = arena.allocate(CAPTURE);
      return orErrno((int) FTRUNCATE.invokeExact(errno, fd, size), errno);
    } catch (Throwable e) {
      throw bug(e);
    }
  }

  /// Allocates a range of a file and makes the file as large; what was not there reads as zeros.
  static int fallocate(int fd, long offset, long bytes) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = arena.allocate(CAPTURE);
      return orErrno((int) FALLOCATE.invokeExact(errno, fd, 0, offset, bytes), errno);
    } catch (Throwable e) {
      throw bug(e);
    }
  }

  /// About all of a file. This call returns the error itself, and leaves `errno` alone.
  static int posixFadvise(int fd, int advice) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = arena.allocate(CAPTURE);
      return -(int) POSIX_FADVISE.invokeExact(errno, fd, 0L, 0L, advice);
    } catch (Throwable e) {
      throw bug(e);
    }
  }

  static int fdatasync(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = arena.allocate(CAPTURE);
      return orErrno((int) FDATASYNC.invokeExact(errno, fd), errno);
    } catch (Throwable e) {
      throw bug(e);
    }
  }

  static int fsync(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = arena.allocate(CAPTURE);
      return orErrno((int) FSYNC.invokeExact(errno, fd), errno);
    } catch (Throwable e) {
      throw bug(e);
    }
  }

  /// The size of an open file: where its end is.
  static long size(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = arena.allocate(CAPTURE);
      return orErrno((long) LSEEK.invokeExact(errno, fd, 0L, SEEK_END), errno);
    } catch (Throwable e) {
      throw bug(e);
    }
  }

  /// Sets an open-file-description lock on the whole file, without waiting. Unlike the classic
  /// kind, it is not lost when some other descriptor of the file is closed.
  static int lock(int fd, short type) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = arena.allocate(CAPTURE);
      // struct flock: short type, short whence, 4 unused, long start, long length, int pid
      MemorySegment flock = arena.allocate(32, 8);
      flock.set(JAVA_SHORT, 0, type);
      return orErrno((int) FCNTL.invokeExact(errno, fd, F_OFD_SETLK, flock), errno);
    } catch (Throwable e) {
      throw bug(e);
    }
  }

  static int rename(String from, String to) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = arena.allocate(CAPTURE);
      MemorySegment source = arena.allocateFrom(from);
      MemorySegment target = arena.allocateFrom(to);
      return orErrno((int) RENAME.invokeExact(errno, source, target), errno);
    } catch (Throwable e) {
      throw bug(e);
    }
  }

  static int unlink(String path) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = arena.allocate(CAPTURE);
      MemorySegment name = arena.allocateFrom(path);
      return orErrno((int) UNLINK.invokeExact(errno, name), errno);
    } catch (Throwable e) {
      throw bug(e);
    }
  }

  static int mkdir(String path, int mode) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = arena.allocate(CAPTURE);
      MemorySegment name = arena.allocateFrom(path);
      return orErrno((int) MKDIR.invokeExact(errno, name, mode), errno);
    } catch (Throwable e) {
      throw bug(e);
    }
  }

  /// The address of a new mapping, or `-errno`.
  static long mmap(int fd, long bytes, int protection) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = arena.allocate(CAPTURE);
      MemorySegment address =
          (MemorySegment)
              MMAP.invokeExact(errno, MemorySegment.NULL, bytes, protection, MAP_SHARED, fd, 0L);
      return orErrno(address.address(), errno);
    } catch (Throwable e) {
      throw bug(e);
    }
  }

  /// The memory of a mapping; closing `arena` unmaps it.
  static MemorySegment mapping(long address, long bytes, Arena arena) {
    return MemorySegment.ofAddress(address).reinterpret(bytes, arena, Libc::munmap);
  }

  /// Brings pages of a mapping into memory; `offset` is that of a page. Allocates nothing unless it
  /// fails.
  ///
  /// @param advice [#MADV_POPULATE_READ], or [#MADV_POPULATE_WRITE] to make them writable too
  static int populate(MemorySegment mapping, long offset, long endOffset, int advice) {
    long address = mapping.address() + offset;
    long bytes = endOffset - offset;
    try {
      if ((int) MADVISE.invokeExact(address, bytes, advice) == 0) {
        return 0;
      }
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment errno = arena.allocate(CAPTURE);
        int result = (int) MADVISE_ERRNO.invokeExact(errno, address, bytes, advice);
        return orErrno(result, errno);
      }
    } catch (Throwable e) {
      throw bug(e);
    }
  }

  private static void munmap(MemorySegment mapping) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = arena.allocate(CAPTURE);
      int result = orErrno((int) MUNMAP.invokeExact(errno, mapping, mapping.byteSize()), errno);
      assert result == 0 : result;
    } catch (Throwable e) {
      throw bug(e);
    }
  }

  private static int orErrno(int result, MemorySegment errno) {
    return result == -1 ? -(int) ERRNO_VALUE.get(errno, 0L) : result;
  }

  private static long orErrno(long result, MemorySegment errno) {
    return result == -1 ? -(int) ERRNO_VALUE.get(errno, 0L) : result;
  }

  private static MethodHandle plain(String name, MemoryLayout result, MemoryLayout... arguments) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name), FunctionDescriptor.of(result, arguments), ERRNO);
  }

  private static MethodHandle variadic(
      String name, int firstVariadic, MemoryLayout result, MemoryLayout... arguments) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name),
        FunctionDescriptor.of(result, arguments),
        ERRNO,
        Linker.Option.firstVariadicArg(firstVariadic));
  }

  private static Error bug(Throwable e) {
    return e instanceof Error error ? error : new AssertionError("a foreign call failed", e);
  }
}
