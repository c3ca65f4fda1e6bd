package dev.topics.storage.disk;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The real disk: a directory of a Linux file system, through the calls of the C library.
public final class FileDisk implements Disk {
  private static final Logger LOG = LoggerFactory.getLogger(FileDisk.class);
  private static final long PAGE_BYTES = 4096;
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

  private final Path root;

  private FileDisk(Path root) {
    this.root = root;
  }

  /// Opens a directory that is there.
  public static FileDisk openExisting(Path directory) throws IOException {
    if (Files.notExists(directory)) {
      throw new DiskFailedException("there is no directory " + directory);
    }
    if (Files.exists(directory) && !Files.isDirectory(directory)) {
      throw new NotDirectoryException(directory.toString());
    }
    return new FileDisk(requireLinux(directory));
  }

  /// A directory that may be out of reach: whatever is asked of it fails until it is there.
  public static FileDisk at(Path directory) {
    return new FileDisk(directory.toAbsolutePath().normalize());
  }

  /// Opens a directory, making it (and those above it) if it is not there.
  public static FileDisk open(Path directory) throws IOException {
    FileDisk disk = new FileDisk(requireLinux(directory));
    if (!Files.isDirectory(disk.root)) {
      Files.createDirectories(disk.root);
      for (Path path = disk.root.getParent(); path != null; path = path.getParent()) {
        trySyncPath(path);
      }
    }
    return disk;
  }

  /// The absolute path of a directory that this machine can work with.
  private static Path requireLinux(Path directory) throws DiskFailedException {
    String system = System.getProperty("os.name") + " " + System.getProperty("os.arch");
    if (!system.equals("Linux amd64") && !system.equals("Linux aarch64")) {
      throw new DiskFailedException(
          "%s: storage needs Linux on x86-64 or arm64, this is %s".formatted(directory, system));
    }
    return directory.toAbsolutePath().normalize();
  }

  @Override
  public DiskFile open(String name) throws IOException {
    return new LinuxFile(name, check(openPath(name, Libc.O_RDWR), "open", name));
  }

  @Override
  public DiskFile openForReading(String name) throws IOException {
    return new LinuxFile(name, check(openPath(name, Libc.O_RDONLY), "open", name));
  }

  @Override
  public DiskFile create(String name) throws IOException {
    int flags = Libc.O_RDWR | Libc.O_CREAT | Libc.O_EXCL;
    return new LinuxFile(name, check(openPath(name, flags), "create", name));
  }

  @Override
  public boolean exists(String name) throws IOException {
    Path path = path(name);
    if (Files.exists(path)) {
      return true;
    }
    if (!Files.notExists(path)) {
      Libc.close(check(openPath(name, Libc.O_RDONLY), "look for", name));
    }
    return !Files.notExists(path);
  }

  @Override
  public List<String> list(String directory) throws IOException {
    if (!directory.isEmpty() && !exists(directory)) {
      return List.of();
    }
    Path path = directory.isEmpty() ? root : path(directory);
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
      for (Path entry : entries) {
        names.add(entry.getFileName().toString());
      }
    }
    Collections.sort(names);
    return names;
  }

  @Override
  public void makeDirectory(String name) throws IOException {
    int result = Libc.mkdir(path(name).toString(), 0755);
    if (result != -Libc.EEXIST) {
      check(result, "make directory", name);
    }
  }

  @Override
  public void removeDirectory(String name) throws IOException {
    Files.deleteIfExists(path(name));
  }

  @Override
  public void rename(String from, String to) throws IOException {
    check(Libc.rename(path(from).toString(), path(to).toString()), "rename to " + to, from);
  }

  @Override
  public void delete(String name) throws IOException {
    check(Libc.unlink(path(name).toString()), "delete", name);
  }

  @Override
  public boolean link(String name, Disk target) {
    if (!(target instanceof FileDisk other)) {
      return false;
    }
    try {
      Files.createLink(other.path(name), path(name));
      return true;
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  @Override
  public void syncDirectory(String directory) throws IOException {
    Path path = directory.isEmpty() ? root : path(directory);
    int fd = check(Libc.open(path.toString(), Libc.O_RDONLY, 0), "open", directory);
    int synced = Libc.fsync(fd);
    int closed = Libc.close(fd);
    check(synced, "sync directory", directory);
    check(closed, "close", directory);
  }

  @Override
  public void load(MemorySegment mapping, long offset, long endOffset) throws IOException {
    int result = populate(mapping, offset, endOffset, Libc.MADV_POPULATE_READ);
    if (result != -Libc.EINVAL) { // Linux before 5.14 does not know it
      check(result, "read what is mapped of", "");
    }
  }

  @Override
  public void makeWritable(MemorySegment mapping, long offset, long endOffset) {
    var _ = populate(mapping, offset, endOffset, Libc.MADV_POPULATE_WRITE);
  }

  private static int populate(MemorySegment mapping, long offset, long endOffset, int advice) {
    return Libc.populate(mapping, offset & -PAGE_BYTES, endOffset, advice);
  }

  @Override
  public long freeBytes() throws IOException {
    return Files.getFileStore(root).getUsableSpace();
  }

  @Override
  public DirectoryLock lock(LockMode mode) throws IOException {
    int flags = mode == LockMode.EXCLUSIVE ? Libc.O_RDWR | Libc.O_CREAT : Libc.O_RDONLY;
    LinuxFile file = new LinuxFile(LOCK_FILE, check(openPath(LOCK_FILE, flags), "open", LOCK_FILE));
    try {
      lock(file, mode);
      return file::close;
    } catch (IOException | RuntimeException | Error e) {
      file.closeAfter(e);
      throw e;
    }
  }

  private void lock(LinuxFile file, LockMode mode) throws IOException {
    int result = Libc.lock(file.fd(), mode == LockMode.EXCLUSIVE ? Libc.F_WRLCK : Libc.F_RDLCK);
    if (result == -Libc.EAGAIN || result == -Libc.EACCES) {
      throw new DirectoryLockedException(
          "the directory %s is in use by another process%s".formatted(root, holder(file)));
    }
    check(result, "lock", LOCK_FILE);
    if (mode == LockMode.EXCLUSIVE) {
      leavePid(file);
    }
  }

  @Override
  public String bootId() throws IOException {
    return Files.readString(BOOT_ID).strip();
  }

  @Override
  public String describe() {
    return root.toString();
  }

  @Override
  public void close() {}

  private int openPath(String name, int flags) {
    return Libc.open(path(name).toString(), flags, 0644);
  }

  private Path path(String name) {
    Path path = root.resolve(name).normalize();
    assert path.startsWith(root) && path.getNameCount() <= root.getNameCount() + 2 : name;
    return path;
  }

  private int check(int result, String what, String name) throws DiskException {
    return (int) Errno.check(result, what, root.resolve(name).toString());
  }

  /// Only makes it likelier that the directory itself survives: some above it may not be ours.
  private static void trySyncPath(Path path) {
    int fd = Libc.open(path.toString(), Libc.O_RDONLY, 0);
    if (fd >= 0) {
      Libc.fsync(fd);
      Libc.close(fd);
    }
  }

  /// The process id is a hint for the next one who wants the lock; the lock does not depend on it.
  private static void leavePid(LinuxFile file) {
    byte[] pid = "%d%n".formatted(ProcessHandle.current().pid()).getBytes(StandardCharsets.UTF_8);
    try {
      file.truncate(0);
      file.writeFully(MemorySegment.ofArray(pid), 0);
    } catch (IOException e) {
      LOG.debug("no process id in {}", LOCK_FILE, e);
    }
  }

  private static String holder(LinuxFile file) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocate(32);
      long bytes = file.read(text, 0);
      byte[] copy = text.asSlice(0, bytes).toArray(ValueLayout.JAVA_BYTE);
      String pid = new String(copy, StandardCharsets.UTF_8).strip();
      return pid.isEmpty() ? "" : " (process " + pid + ")";
    } catch (IOException e) {
      LOG.debug("no process id in {}", LOCK_FILE, e);
      return "";
    }
  }
}
