package dev.topics.storage.journal;

import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.DiskFile;
import dev.topics.storage.disk.MapMode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One mapped file of the journal.
///
/// **Threading** the mapping may be used from any thread until [#unmap]; the handle belongs to
/// whoever makes the file, then to the flusher, which lets go of it when the file is full and
/// durable.
final class JournalFile {
  static final String DIRECTORY = "journal";
  private static final String SUFFIX = ".journal";
  private static final String UNFINISHED = ".new";
  private static final int SEQUENCE_DIGITS = 10;

  private final long sequence;
  private final long tagBase;
  private final Arena arena;
  private final MemorySegment segment;
  private final SyncSlots slots;
  private @Nullable DiskFile handle;

  private JournalFile(
      long sequence, long salt, Arena arena, MemorySegment segment, @Nullable DiskFile handle) {
    this.sequence = sequence;
    this.tagBase = JournalPosition.of(sequence, 0) ^ salt;
    this.arena = arena;
    this.segment = segment;
    this.handle = handle;
    this.slots = new SyncSlots(segment, tagBase);
  }

  /// Maps a file for reading. It is not kept open.
  static JournalFile mapForReading(Disk disk, long sequence, long salt) throws IOException {
    try (DiskFile file = disk.openForReading(name(sequence))) {
      return map(file, sequence, salt, MapMode.READ_ONLY);
    }
  }

  /// Maps a file for reading and writing, and keeps it open for syncs.
  static JournalFile mapForWriting(DiskFile file, long sequence, long salt) throws IOException {
    return map(file, sequence, salt, MapMode.READ_WRITE);
  }

  @SuppressWarnings("MustBeClosedChecker") // closed by unmap
  private static JournalFile map(DiskFile file, long sequence, long salt, MapMode mode)
      throws IOException {
    long bytes = file.size();
    if (bytes < FileHeader.PAGE_BYTES || bytes > Integer.MAX_VALUE) {
      throw new DamagedException(
          new Damage(
              name(sequence), 0, 0, 0, 0, "a journal file cannot have %d bytes".formatted(bytes)));
    }
    Arena arena = Arena.ofShared();
    try {
      MemorySegment segment = file.map(arena, bytes, mode);
      return new JournalFile(
          sequence, salt, arena, segment, mode == MapMode.READ_WRITE ? file : null);
    } catch (IOException | RuntimeException | Error e) {
      arena.close();
      throw e;
    }
  }

  static String name(long sequence) {
    return DIRECTORY + "/" + "%010d".formatted(sequence) + SUFFIX;
  }

  /// The name of a file that is being made.
  static String unfinishedName(long sequence) {
    return name(sequence) + UNFINISHED;
  }

  static boolean isUnfinished(String nameInDirectory) {
    return nameInDirectory.endsWith(SUFFIX + UNFINISHED);
  }

  /// The sequence in a name, or -1 if it is not the name of a journal file.
  static long sequence(String nameInDirectory) {
    if (nameInDirectory.length() != SEQUENCE_DIGITS + SUFFIX.length()
        || !nameInDirectory.endsWith(SUFFIX)) {
      return -1;
    }
    long sequence = 0;
    for (int i = 0; i < SEQUENCE_DIGITS; i++) {
      int digit = nameInDirectory.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      sequence = sequence * 10 + digit;
    }
    return sequence >= 1 && sequence <= Integer.MAX_VALUE ? sequence : -1;
  }

  String name() {
    return name(sequence);
  }

  long sequence() {
    return sequence;
  }

  /// The tag that a frame at `offset` must carry.
  long tag(long offset) {
    return tagBase ^ offset;
  }

  MemorySegment segment() {
    return segment;
  }

  long bytes() {
    return segment.byteSize();
  }

  SyncSlots slots() {
    return slots;
  }

  /// The open file, until it was let go.
  DiskFile handle() {
    return Objects.requireNonNull(handle, "not open");
  }

  void sync() throws IOException {
    handle().sync();
  }

  /// Closes the file; the mapping stays.
  void letGo() throws IOException {
    DiskFile file = handle;
    handle = null;
    if (file != null) {
      file.close();
    }
  }

  /// Ends the mapping. A reader in the middle of a checksum is waited for; later ones fail with an
  /// [IllegalStateException].
  void unmap() {
    while (arena.scope().isAlive()) {
      try {
        arena.close();
      } catch (IllegalStateException e) {
        Thread.onSpinWait();
      }
    }
  }
}
