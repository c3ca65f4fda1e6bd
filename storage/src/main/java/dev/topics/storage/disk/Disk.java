package dev.topics.storage.disk;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// One directory and all that is in it: the only door to the file system.
///
/// Names are relative to the directory, flat (`lock`) or with one subdirectory (`journal/1`). Every
/// method but [#describe] may fail with a [DiskException]; nothing is retried here.
///
/// **Threading** from any thread. No call holds a channel that an interrupt could close.
public interface Disk extends AutoCloseable {
  /// The file that is locked in place of a directory.
  String LOCK_FILE = "lock";

  /// Opens a file that exists, for reading and writing.
  DiskFile open(String name) throws IOException;

  /// Opens a file that exists, for reading only.
  DiskFile openForReading(String name) throws IOException;

  /// Creates a file that does not exist yet. Its name is durable after [#syncDirectory].
  DiskFile create(String name) throws IOException;

  /// Whether there is such a file or subdirectory; fails if nobody may know.
  boolean exists(String name) throws IOException;

  /// Names in a directory (`""` is the root), sorted; empty if there is no such directory.
  List<String> list(String directory) throws IOException;

  /// Makes a subdirectory if it is not there. Durable after `syncDirectory("")`.
  void makeDirectory(String name) throws IOException;

  /// Removes a subdirectory, which is empty, if it is there and directories are more than names.
  default void removeDirectory(String name) throws IOException {}

  /// Gives a file another name in the same directory, replacing what has that name, atomically.
  void rename(String from, String to) throws IOException;

  void delete(String name) throws IOException;

  /// Gives a file, which must never change again, the same name on another disk too; false where
  /// that is not possible, and a copy is needed.
  default boolean link(String name, Disk target) {
    return false;
  }

  /// Makes the names in a directory durable: what was created, renamed or deleted there.
  void syncDirectory(String directory) throws IOException;

  /// Brings a range of a mapping into memory, or fails if the disk cannot read it. Without this, a
  /// bad sector met inside a checksum ends the process.
  void load(MemorySegment mapping, long offset, long endOffset) throws IOException;

  /// Lets a range of a mapping be written without a page fault until it is synced. It only saves
  /// time: failures show when the range is written.
  default void makeWritable(MemorySegment mapping, long offset, long endOffset) {}

  /// Bytes that can still be allocated.
  long freeBytes() throws IOException;

  /// Locks the whole directory; fails with [DirectoryLockedException] if somebody else did.
  DirectoryLock lock(LockMode mode) throws IOException;

  /// Identifies this run of the operating system: the page cache survives while it is the same.
  String bootId() throws IOException;

  /// The directory as shown to people.
  String describe();

  @Override
  void close() throws IOException;
}
