package dev.topics.server.api;

import dev.topics.engine.model.DiffResult;
import dev.topics.engine.model.RecordSink;
import dev.topics.engine.model.Tombstone;
import dev.topics.server.http.ByteOutput;
import dev.topics.server.http.Exchange;
import io.netty.buffer.ByteBuf;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Puts the answer of a read together in one buffer: the envelope, and between its parts the
/// records as they are stored, each stretch copied once.
///
/// **Threading** one per event loop. [#open], then records, then [#close] or [#drop].
final class PageBuffer implements RecordSink {
  private static final int BYTES_MIN = 1 << 10;
  private static final int BYTES_MAX = 1 << 20;

  private static final byte[] TOPIC = ascii("{\"topic\":\"");
  private static final byte[] RECORDS = ascii("\",\"records\":[");
  private static final byte[] NEXT = ascii("],\"next_from_seq\":");
  private static final byte[] HEAD = ascii(",\"head_seq\":");
  private static final byte[] EARLIEST = ascii(",\"earliest_seq\":");
  private static final byte[] CAUGHT_UP = ascii(",\"caught_up\":true,\"tombstone\":");
  private static final byte[] BEHIND = ascii(",\"caught_up\":false,\"tombstone\":");
  private static final byte[] NONE = ascii("null");
  private static final byte[] GAP_FROM = ascii("{\"gap_from\":");
  private static final byte[] GAP_TO = ascii(",\"gap_to\":");
  private static final byte[] REASON = ascii(",\"reason\":\"");
  private static final byte[] MISSED = ascii("\",\"missed_estimate\":");
  private static final byte[] GAP_END = ascii("}");
  private static final byte[] LAG = ascii(",\"lag\":");
  private static final byte[] TOTAL_MILLIS = ascii(",\"performance\":{\"server_total_ms\":");
  private static final byte[] SCANNED = ascii(",\"records_scanned\":");
  private static final byte[] END = ascii("}}");

  private @Nullable ByteBuf buffer;
  private MemorySegment memory = MemorySegment.NULL;
  private int start;
  private int end;
  private int likelyBytes = BYTES_MIN;

  /// Starts an answer.
  void open(Exchange exchange, String topic) {
    ByteBuf target = exchange.buffer(likelyBytes);
    buffer = target;
    start = target.readerIndex();
    end = start;
    memory = MemorySegment.ofBuffer(target.nioBuffer(0, target.capacity()));
    ByteOutput out = exchange.output().ascii(TOPIC).ascii(topic).ascii(RECORDS);
    append(out);
  }

  @Override
  public void write(MemorySegment source, long offset, int length) {
    reserve(length);
    MemorySegment.copy(source, offset, memory, end, length);
    end += length;
  }

  @Override
  public void write(byte[] source, int offset, int length) {
    reserve(length);
    MemorySegment.copy(source, offset, memory, ValueLayout.JAVA_BYTE, end, length);
    end += length;
  }

  private void reserve(int length) {
    if (memory.byteSize() - end < length) {
      ByteBuf target = Objects.requireNonNull(buffer);
      target.writerIndex(end).ensureWritable(Math.max(length, end));
      memory = MemorySegment.ofBuffer(target.nioBuffer(0, target.capacity()));
    }
  }

  /// Completes the answer; the buffer is the caller's then.
  ByteBuf close(ByteOutput out, DiffResult.Page page, long elapsedNanos) {
    out.ascii(NEXT).number(page.nextFromSeq());
    out.ascii(HEAD).number(page.headSeq()).ascii(EARLIEST).number(page.earliestSeq());
    out.ascii(page.caughtUp() ? CAUGHT_UP : BEHIND);
    Tombstone tombstone = page.tombstone();
    if (tombstone == null) {
      out.ascii(NONE);
    } else {
      write(tombstone, out);
    }
    out.ascii(LAG).number(page.headSeq() - page.nextFromSeq());
    out.ascii(TOTAL_MILLIS).millis(elapsedNanos).ascii(SCANNED).number(page.scanned()).ascii(END);
    append(out);
    ByteBuf target = Objects.requireNonNull(buffer);
    buffer = null;
    memory = MemorySegment.NULL;
    adapt(end - start);
    return target.setIndex(start, end);
  }

  private static void write(Tombstone tombstone, ByteOutput out) {
    out.ascii(GAP_FROM).number(tombstone.gapFrom()).ascii(GAP_TO).number(tombstone.gapTo());
    out.ascii(REASON).ascii(tombstone.reason().wireName());
    out.ascii(MISSED).number(tombstone.missedEstimate());
    out.ascii(EARLIEST).number(tombstone.earliestSeq());
    out.ascii(HEAD).number(tombstone.headSeq()).ascii(GAP_END);
  }

  /// The next answer is probably as large as the last ones: grow at once, shrink slowly.
  private void adapt(int bytes) {
    int roomy = bytes + bytes / 8;
    int next = roomy > likelyBytes ? roomy : likelyBytes - (likelyBytes - roomy) / 8;
    likelyBytes = Math.clamp(next, BYTES_MIN, BYTES_MAX);
  }

  /// Gives the buffer back if nobody took it.
  void drop() {
    ByteBuf unused = buffer;
    if (unused != null) {
      buffer = null;
      memory = MemorySegment.NULL;
      unused.release();
    }
  }

  private void append(ByteOutput out) {
    reserve(out.length());
    out.copyTo(memory, end);
    end += out.length();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
