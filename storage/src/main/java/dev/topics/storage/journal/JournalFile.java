package dev.topics.storage.journal;

import dev.topics.storage.checkpoint.LogStart;
import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.DiskException;
import dev.topics.storage.disk.DiskFailedException;
import dev.topics.storage.disk.DiskFile;
import dev.topics.storage.disk.MapMode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One mapped file of the journal.
///
/// A file that is being written is mapped twice: where readers have a page mapped for reading, the
/// writer's first store to it would cost a page fault for each page instead of one for many.
///
/// **Threading** the read mapping may be used from any thread until [#unmap]. The write mapping and
/// the handle belong to whoever makes the file, then to writer and flusher, which lets go of them
/// when the file is full and durable.
final class JournalFile {
  static final String DIRECTORY = "journal";
  private static final String SUFFIX = ".journal";
  private static final String UNFINISHED = ".new";
  private static final int SEQUENCE_DIGITS = 10;

  /// No lsn: nothing tells what the first frame of a file follows.
  static final long UNKNOWN = -1;

  private final Disk disk;
  private final long sequence;
  private final long tagBase;
  private final Mapping reading;
  private final @Nullable Writing writing;
  private long startLsn = UNKNOWN;
  private int startCrc;
  private volatile boolean released;

  private record Mapping(Arena arena, MemorySegment segment) {
    /// A reader in the middle of a checksum is waited for.
    void end() {
      while (arena.scope().isAlive()) {
        try {
          arena.close();
        } catch (IllegalStateException e) {
          Thread.onSpinWait();
        }
      }
    }
  }

  /// What a file has while it is written.
  private record Writing(DiskFile handle, Mapping mapping) {}

  private JournalFile(
      Disk disk, long sequence, long salt, Mapping reading, @Nullable Writing writing) {
    this.disk = disk;
    this.sequence = sequence;
    this.tagBase = JournalPosition.of(sequence, 0) ^ salt;
    this.reading = reading;
    this.writing = writing;
  }

  /// Maps a file for reading. It is not kept open.
  static JournalFile mapForReading(Disk disk, long sequence, long salt) throws IOException {
    try (DiskFile file = disk.openForReading(name(sequence))) {
      Mapping read = map(file, sequence, MapMode.READ_ONLY);
      return new JournalFile(disk, sequence, salt, read, null);
    }
  }

  /// Maps a file for reading and writing, and keeps it open for syncs.
  static JournalFile mapForWriting(Disk disk, DiskFile file, long sequence, long salt)
      throws IOException {
    Mapping read = map(file, sequence, MapMode.READ_ONLY);
    try {
      Mapping write = map(file, sequence, MapMode.READ_WRITE);
      return new JournalFile(disk, sequence, salt, read, new Writing(file, write));
    } catch (IOException | RuntimeException | Error e) {
      read.end();
      throw e;
    }
  }

  @SuppressWarnings("MustBeClosedChecker") // closed by unmap and letGo
  private static Mapping map(DiskFile file, long sequence, MapMode mode) throws IOException {
    long bytes = file.size();
    if (bytes < FileHeader.PAGE_BYTES || bytes > Integer.MAX_VALUE) {
      String what = "a journal file cannot have %d bytes".formatted(bytes);
      throw new DamagedException(new Damage(name(sequence), 0, 0, 0, 0, what));
    }
    Arena arena = Arena.ofShared();
    try {
      return new Mapping(arena, file.map(arena, bytes, mode));
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

  /// Says which frame the first one of this file follows. Once, before other threads see the file.
  void begin(long lsn, int crc) {
    startLsn = lsn;
    startCrc = crc;
  }

  /// The lsn before the first frame, or [#UNKNOWN].
  long startLsn() {
    return startLsn;
  }

  /// The beginning of the file as a place in the log; its [#startLsn] must be known.
  LogStart start() {
    return new LogStart(startLsn, startCrc, sequence, FileHeader.PAGE_BYTES);
  }

  /// The tag that a frame at `offset` must carry.
  long tag(long offset) {
    return tagBase ^ offset;
  }

  /// All of the file, to be read.
  MemorySegment segment() {
    return reading.segment();
  }

  /// All of the file, to be written, until it was let go.
  MemorySegment writable() {
    return writing().mapping().segment();
  }

  long bytes() {
    return reading.segment().byteSize();
  }

  /// Makes sure that a range can be read without a fault.
  void load(long offset, long endOffset) throws IOException {
    try {
      disk.load(reading.segment(), offset, endOffset);
    } catch (DiskException e) {
      throw new DiskFailedException(
          "%s: bytes %d to %d: %s".formatted(name(), offset, endOffset, e.getMessage()));
    }
  }

  /// Lets a range be written without page faults. Nothing happens to a file that was let go.
  void makeWritable(long offset, long endOffset) {
    MemorySegment mapped = writable();
    if (mapped.scope().isAlive()) {
      disk.makeWritable(mapped, offset, endOffset);
    }
  }

  /// The slots, to be read.
  SyncSlots slots() {
    return new SyncSlots(reading.segment(), tagBase);
  }

  /// The slots, to be written.
  SyncSlots writableSlots() {
    return new SyncSlots(writable(), tagBase);
  }

  /// The open file, until it was let go.
  DiskFile handle() {
    return writing().handle();
  }

  void sync() throws IOException {
    handle().sync();
  }

  /// Closes the file and ends the write mapping. The read mapping stays.
  void letGo() throws IOException {
    if (writing != null) {
      writing.mapping().end();
      writing.handle().close();
    }
  }

  /// Ends the mappings of a file that is not part of the log any more.
  void release() {
    released = true;
    unmap();
  }

  boolean isReleased() {
    return released;
  }

  /// Ends the mappings. Readers that come later fail with an [IllegalStateException].
  void unmap() {
    reading.end();
    if (writing != null) {
      writing.mapping().end();
    }
  }

  private Writing writing() {
    return Objects.requireNonNull(writing, "not open for writing");
  }
}
