package dev.topics.storage.journal;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Looks behind the end of the log, for frames that are still valid there.
final class TailScan {
  private static final int TAG_WORD = FrameHeader.FILE_TAG;
  private static final long LOAD_BYTES = 1 << 20;

  private final FrameCheck check = new FrameCheck();
  private final Frame frame = new Frame();
  private final long afterLsn;
  private final @Nullable FrameHandler handler;
  private boolean anyByteInFirstFile;
  private boolean anyHeaderInFirstFile;
  private long durableLsn;
  private long firstLsn;
  private long lastLsn;
  private int endFileIndex;
  private int firstFrameFileIndex;

  /// @param afterLsn the last frame of the log
  /// @param handler receives the valid frames, if there is one
  TailScan(long afterLsn, @Nullable FrameHandler handler) {
    this.afterLsn = afterLsn;
    this.handler = handler;
  }

  TailScan scan(List<JournalFile> files, int fileIndex, long offset) throws IOException {
    endFileIndex = fileIndex;
    firstFrameFileIndex = fileIndex;
    anyByteInFirstFile = scanFile(files.get(fileIndex), fileIndex, offset);
    for (int i = fileIndex + 1; i < files.size(); i++) {
      scanFile(files.get(i), i, FileHeader.PAGE_BYTES);
    }
    return this;
  }

  /// Whether a header that was written to its place lies in the rest of the file in which the log
  /// ends, whatever became of its frame.
  boolean anyHeaderInFirstFile() {
    return anyHeaderInFirstFile;
  }

  /// Whether the rest of the file in which the log ends is not all zero.
  boolean anyByteInFirstFile() {
    return anyByteInFirstFile;
  }

  /// The highest durable lsn that an intact header tells.
  long durableLsn() {
    return durableLsn;
  }

  /// The first frame after the end, 0 if there is none.
  long firstLsn() {
    return firstLsn;
  }

  long lastLsn() {
    return lastLsn;
  }

  /// The file of the first frame after the end; the one where the log ends if there is none.
  int firstFrameFileIndex() {
    return firstFrameFileIndex;
  }

  private boolean scanFile(JournalFile file, int fileIndex, long startOffset) throws IOException {
    FileView view = FileView.ofReader(file);
    MemorySegment segment = file.segment();
    long any = 0;
    long offset = startOffset;
    long end = file.bytes() - Long.BYTES;
    long loadedEndOffset = 0;
    for (long at = startOffset; at <= end; at += Long.BYTES) {
      if (at >= loadedEndOffset) {
        loadedEndOffset = Math.min(file.bytes(), at + LOAD_BYTES);
        file.load(at, loadedEndOffset);
      }
      long word = segment.get(FrameHeader.U64, at);
      any |= word;
      long header = at - TAG_WORD;
      if (header >= offset && word == file.tag(header)) {
        offset = Math.max(offset, header(view, fileIndex, header));
      }
    }
    return any != 0;
  }

  /// Returns where the next header can be.
  private long header(FileView view, int fileIndex, long offset) throws IOException {
    Verdict verdict = check.frame(view, offset);
    if (!verdict.headerHolds()) {
      return offset + FrameHeader.ALIGNMENT;
    }
    anyHeaderInFirstFile |= fileIndex == endFileIndex;
    MemorySegment file = view.segment();
    durableLsn = Math.max(durableLsn, FrameHeader.durableLsn(file, offset));
    long lsn = FrameHeader.lsn(file, offset);
    if (verdict != Verdict.VALID || lsn <= afterLsn) {
      return offset + FrameHeader.BYTES;
    }
    if (firstLsn == 0) {
      firstLsn = lsn;
      firstFrameFileIndex = fileIndex;
    }
    lastLsn = lsn;
    if (handler != null) {
      frame.wrap(file, JournalPosition.of(view.file().sequence(), offset));
      handler.frameAfterDamage(frame);
    }
    return offset + FrameHeader.frameBytes(FrameHeader.length(file, offset));
  }
}
