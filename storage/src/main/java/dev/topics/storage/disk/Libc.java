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
  static final int ENOMEM = 12;
  static final int EACCES = 13;
  static final int EFAULT = 14;
  static final int EINVAL = 22;
  static final int ENFILE = 23;
  static final int EMFILE = 24;
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

  // Each shape of a call costs several milliseconds of a start to link, so there are few. On 64 bit
  // ABIs, x86-64 and arm64 alike, up to six integers and addresses of any width lie in registers
  // of 64 bit: a function takes those that it has, and of these the bits that it declares.

  private static final FunctionDescriptor NUMBERS =
      FunctionDescriptor.of(
          JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);

  /// The memory of the caller must not go away during the call, which a number would not prevent.
  private static final FunctionDescriptor TRANSFER =
      FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG);

  private static final FunctionDescriptor VARIADIC =
      FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);

  private static final MethodHandle OPEN = variadic("open");
  private static final MethodHandle FCNTL = variadic("fcntl");
  private static final MethodHandle PREAD = function("pread", TRANSFER);
  private static final MethodHandle PWRITE = function("pwrite", TRANSFER);
  private static final MethodHandle CLOSE = function("close", NUMBERS);

  /// Null in a C library that does not have it.
  private static final @Nullable MethodHandle PREADV2 =
      LINKER.defaultLookup().find("preadv2").isEmpty() ? null : function("preadv2", NUMBERS);

  private static final MethodHandle FTRUNCATE = function("ftruncate", NUMBERS);
  private static final MethodHandle FALLOCATE = function("fallocate", NUMBERS);
  private static final MethodHandle FDATASYNC = function("fdatasync", NUMBERS);
  private static final MethodHandle FSYNC = function("fsync", NUMBERS);
  private static final MethodHandle LSEEK = function("lseek", NUMBERS);
  private static final MethodHandle POSIX_FADVISE = function("posix_fadvise", NUMBERS);
  private static final MethodHandle RENAME = function("rename", NUMBERS);
  private static final MethodHandle UNLINK = function("unlink", NUMBERS);
  private static final MethodHandle MKDIR = function("mkdir", NUMBERS);
  private static final MethodHandle MMAP = function("mmap", NUMBERS);
  private static final MethodHandle MUNMAP = function("munmap", NUMBERS);
  private static final MethodHandle MADVISE_ERRNO = function("madvise", NUMBERS);
  private static final MethodHandle MADVISE =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("madvise"),
          FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));

  private Libc() {}

  static int open(String path, int flags, int mode) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = arena.allocate(CAPTURE);
      long name = arena.allocateFrom(path).address();
      long result = (long) OPEN.invokeExact(errno, name, (long) (flags | O_CLOEXEC), (long) mode);
      return orErrno((int) result, errno);
    } catch (Throwable e) {
      throw bug(e);
    }
  }

  static int close(int fd) {
    return status(CLOSE, fd, 0, 0, 0);
  }

  static long pread(int fd, MemorySegment target, long bytes, long offset) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = arena.allocate(CAPTURE);
      return orErrno((long) PREAD.invokeExact(errno, (long) fd, target, bytes, offset), errno);
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
      // struct iovec: address base, long length
      MemorySegment vector = arena.allocate(16, 8);
      vector.set(ADDRESS, 0, target);
      vector.set(JAVA_LONG, 8, bytes);
      return number(PREADV2, fd, vector.address(), 1, offset, RWF_NOWAIT, 0);
    }
  }

  static long pwrite(int fd, MemorySegment source, long bytes, long offset) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = arena.allocate(CAPTURE);
      return orErrno((long) PWRITE.invokeExact(errno, (long) fd, source, bytes, offset), errno);
    } catch (Throwable e) {
      throw bug(e);
    }
  }

  static int ftruncate(int fd, long size) {
    return status(FTRUNCATE, fd, size, 0, 0);
  }

  /// Allocates a range of a file and makes the file as large; what was not there reads as zeros.
  static int fallocate(int fd, long offset, long bytes) {
    int mode = 0;
    return status(FALLOCATE, fd, mode, offset, bytes);
  }

  static int fdatasync(int fd) {
    return status(FDATASYNC, fd, 0, 0, 0);
  }

  static int fsync(int fd) {
    return status(FSYNC, fd, 0, 0, 0);
  }

  /// About all of a file. This call returns the error itself, and leaves `errno` alone.
  static int posixFadvise(int fd, int advice) {
    return -(int) number(POSIX_FADVISE, fd, 0, 0, advice, 0, 0);
  }

  /// The size of an open file: where its end is.
  static long size(int fd) {
    return number(LSEEK, fd, 0, SEEK_END, 0, 0, 0);
  }

  /// Sets an open-file-description lock on the whole file, without waiting. Unlike the classic
  /// kind, it is not lost when some other descriptor of the file is closed.
  static int lock(int fd, short type) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = arena.allocate(CAPTURE);
      // struct flock: short type, short whence, 4 unused, long start, long length, int pid
      MemorySegment flock = arena.allocate(32, 8);
      flock.set(JAVA_SHORT, 0, type);
      long result = (long) FCNTL.invokeExact(errno, (long) fd, (long) F_OFD_SETLK, flock.address());
      return orErrno((int) result, errno);
    } catch (Throwable e) {
      throw bug(e);
    }
  }

  static int rename(String from, String to) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment source = arena.allocateFrom(from);
      MemorySegment target = arena.allocateFrom(to);
      return status(RENAME, source.address(), target.address(), 0, 0);
    }
  }

  static int unlink(String path) {
    try (Arena arena = Arena.ofConfined()) {
      return status(UNLINK, arena.allocateFrom(path).address(), 0, 0, 0);
    }
  }

  static int mkdir(String path, int mode) {
    try (Arena arena = Arena.ofConfined()) {
      return status(MKDIR, arena.allocateFrom(path).address(), mode, 0, 0);
    }
  }

  /// The address of a new mapping, or `-errno`.
  static long mmap(int fd, long bytes, int protection) {
    return number(MMAP, 0, bytes, protection, MAP_SHARED, fd, 0);
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
    } catch (Throwable e) {
      throw bug(e);
    }
    return status(MADVISE_ERRNO, address, bytes, advice, 0);
  }

  private static void munmap(MemorySegment mapping) {
    int result = status(MUNMAP, mapping.address(), mapping.byteSize(), 0, 0);
    assert result == 0 : result;
  }

  /// Calls what returns an int: the upper half of the register may hold anything.
  private static int status(MethodHandle function, long a, long b, long c, long d) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = arena.allocate(CAPTURE);
      int result = (int) (long) function.invokeExact(errno, a, b, c, d, 0L, 0L);
      return orErrno(result, errno);
    } catch (Throwable e) {
      throw bug(e);
    }
  }

  /// Calls what returns a long or an address.
  private static long number(
      MethodHandle function, long a, long b, long c, long d, long e, long f) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = arena.allocate(CAPTURE);
      return orErrno((long) function.invokeExact(errno, a, b, c, d, e, f), errno);
    } catch (Throwable thrown) {
      throw bug(thrown);
    }
  }

  private static int orErrno(int result, MemorySegment errno) {
    return result == -1 ? -(int) ERRNO_VALUE.get(errno, 0L) : result;
  }

  private static long orErrno(long result, MemorySegment errno) {
    return result == -1 ? -(int) ERRNO_VALUE.get(errno, 0L) : result;
  }

  private static MethodHandle function(String name, FunctionDescriptor shape) {
    return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), shape, ERRNO);
  }

  /// Of two arguments, and of a third one for some uses.
  private static MethodHandle variadic(String name) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name),
        VARIADIC,
        ERRNO,
        Linker.Option.firstVariadicArg(2));
  }

  private static Error bug(Throwable e) {
    return e instanceof Error error ? error : new AssertionError("a foreign call failed", e);
  }
}
