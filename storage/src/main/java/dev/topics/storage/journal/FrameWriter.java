package dev.topics.storage.journal;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/// Puts the header before a payload that is in place.
///
/// **Threading** the writer. Allocates nothing.
final class FrameWriter {
  private static final VarHandle SHORT = view(short[].class);
  private static final VarHandle INT = view(int[].class);
  private static final VarHandle LONG = view(long[].class);

  private final byte[] header = new byte[FrameHeader.BYTES];
  private final CRC32C crc = new CRC32C();

  FrameWriter(int bootEpoch) {
    INT.set(header, FrameHeader.BOOT_EPOCH, bootEpoch);
  }

  /// Writes the header at `offset`; returns the checksum of the frame.
  int write(
      FileView view,
      long offset,
      int payloadBytes,
      long lsn,
      int chain,
      int type,
      int operationCount,
      long topicId,
      long durableLsn) {
    INT.set(header, FrameHeader.LENGTH, payloadBytes);
    LONG.set(header, FrameHeader.LSN, lsn);
    INT.set(header, FrameHeader.PREVIOUS_CRC, chain);
    header[FrameHeader.TYPE] = (byte) type;
    SHORT.set(header, FrameHeader.OPERATION_COUNT, (short) operationCount);
    LONG.set(header, FrameHeader.TOPIC_ID, topicId);
    LONG.set(header, FrameHeader.FILE_TAG, view.file().tag(offset));
    LONG.set(header, FrameHeader.DURABLE_LSN, durableLsn);
    crc.reset();
    crc.update(header, FrameHeader.LENGTH, FrameHeader.HEADER_CRC - FrameHeader.LENGTH);
    INT.set(header, FrameHeader.HEADER_CRC, (int) crc.getValue());
    crc.update(header, FrameHeader.HEADER_CRC, Integer.BYTES);
    long payload = offset + FrameHeader.BYTES;
    crc.update(view.range(payload, payload + payloadBytes));
    int frameCrc = (int) crc.getValue();
    publish(view.segment(), offset, frameCrc, payloadBytes);
    return frameCrc;
  }

  /// The length comes last: who sees it sees the whole frame.
  private void publish(MemorySegment file, long offset, int frameCrc, int payloadBytes) {
    int afterLength = FrameHeader.LENGTH + Integer.BYTES;
    MemorySegment.copy(
        header,
        afterLength,
        file,
        ValueLayout.JAVA_BYTE,
        offset + afterLength,
        FrameHeader.BYTES - afterLength);
    file.set(FrameHeader.U32, offset + FrameHeader.CRC, frameCrc);
    VarHandle.releaseFence();
    file.set(FrameHeader.U32, offset + FrameHeader.LENGTH, payloadBytes);
  }

  private static VarHandle view(Class<?> arrayType) {
    return MethodHandles.byteArrayViewVarHandle(arrayType, ByteOrder.LITTLE_ENDIAN);
  }
}
