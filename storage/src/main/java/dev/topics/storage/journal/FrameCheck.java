package dev.topics.storage.journal;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.zip.CRC32C;

/// Checks frames where they lie.
///
/// **Threading** one thread. Allocates nothing.
final class FrameCheck {
  private final CRC32C crc = new CRC32C();

  /// Checks all bytes of the frame at `offset` of a file.
  Verdict frame(FileView view, long offset) throws IOException {
    if (offset < FileHeader.PAGE_BYTES || offset % FrameHeader.ALIGNMENT != 0) {
      return Verdict.WRONG_PLACE;
    }
    Verdict header = header(view, offset);
    return header == Verdict.VALID ? payload(view, offset) : header;
  }

  /// Like [#frame], and the frame must be `lsn` and follow one whose checksum was `chain`.
  Verdict frame(FileView view, long offset, long lsn, int chain) throws IOException {
    Verdict verdict = frame(view, offset);
    if (verdict != Verdict.VALID) {
      return verdict;
    }
    if (FrameHeader.lsn(view.segment(), offset) != lsn) {
      return Verdict.OUT_OF_ORDER;
    }
    boolean follows = FrameHeader.previousCrc(view.segment(), offset) == chain;
    return follows ? Verdict.VALID : Verdict.BROKEN_CHAIN;
  }

  private Verdict header(FileView view, long offset) throws IOException {
    MemorySegment file = view.segment();
    if (offset + FrameHeader.BYTES > view.fileBytes()) {
      return Verdict.EMPTY;
    }
    view.load(offset, offset + FrameHeader.BYTES);
    if (isZero(file, offset)) {
      return Verdict.EMPTY;
    }
    crc.reset();
    crc.update(view.range(offset + FrameHeader.LENGTH, offset + FrameHeader.HEADER_CRC));
    if ((int) crc.getValue() != FrameHeader.headerCrc(file, offset)) {
      return Verdict.BAD_HEADER;
    }
    if (FrameHeader.fileTag(file, offset) != view.file().tag(offset)) {
      return Verdict.WRONG_PLACE;
    }
    int length = FrameHeader.length(file, offset);
    boolean fits = length >= 0 && offset + FrameHeader.BYTES + length <= view.fileBytes();
    return fits ? Verdict.VALID : Verdict.BAD_LENGTH;
  }

  /// Goes on where [#header] left the checksum.
  private Verdict payload(FileView view, long offset) throws IOException {
    MemorySegment file = view.segment();
    long end = offset + FrameHeader.BYTES + FrameHeader.length(file, offset);
    view.load(offset, end);
    crc.update(view.range(offset + FrameHeader.HEADER_CRC, end));
    boolean holds = (int) crc.getValue() == FrameHeader.crc(file, offset);
    return holds ? Verdict.VALID : Verdict.BAD_PAYLOAD;
  }

  private static boolean isZero(MemorySegment file, long offset) {
    for (int at = 0; at < FrameHeader.BYTES; at += Long.BYTES) {
      if (file.get(FrameHeader.U64, offset + at) != 0) {
        return false;
      }
    }
    return true;
  }
}
