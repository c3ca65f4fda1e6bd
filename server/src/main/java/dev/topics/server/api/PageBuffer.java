package dev.topics.server.api;

import dev.topics.engine.model.DiffResult;
import dev.topics.engine.model.RecordSink;
import dev.topics.engine.model.Tombstone;
import dev.topics.server.http.ByteOutput;
import dev.topics.server.http.Exchange;
import io.netty.buffer.ByteBuf;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/// Puts the answer of a read together in one buffer: the envelope, and between its parts the
/// records as they are stored, each stretch copied once.
///
/// **Threading** one per event loop. [#open], then records, then [#close] or [#drop].
final class PageBuffer implements RecordSink {
  /// What stands around the records, with the longest name, the largest numbers and a gap before
  /// it.
  private static final int ENVELOPE_BYTES_MAX = 1 << 10;

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

  private final RecordBuffer buffer = new RecordBuffer();

  /// Starts an answer.
  ///
  /// @param bytesMax of the records, unless one is longer
  void open(Exchange exchange, String topic, int bytesMax) {
    ByteOutput head = exchange.output().ascii(TOPIC).ascii(topic).ascii(RECORDS);
    begin(exchange, head, bytesMax + ENVELOPE_BYTES_MAX);
  }

  /// Starts any other answer that has records in it.
  ///
  /// @param bytesMax of the whole answer, unless one record is longer
  void begin(Exchange exchange, ByteOutput head, int bytesMax) {
    buffer.open(exchange::buffer, bytesMax);
    buffer.append(head);
  }

  @Override
  public void write(MemorySegment source, long offset, int length) {
    buffer.write(source, offset, length);
  }

  @Override
  public void write(byte[] source, int offset, int length) {
    buffer.write(source, offset, length);
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
    return end(out);
  }

  /// Completes any other answer.
  ByteBuf end(ByteOutput tail) {
    buffer.append(tail);
    return buffer.take();
  }

  private static void write(Tombstone tombstone, ByteOutput out) {
    out.ascii(GAP_FROM).number(tombstone.gapFrom()).ascii(GAP_TO).number(tombstone.gapTo());
    out.ascii(REASON).ascii(tombstone.reason().wireName());
    out.ascii(MISSED).number(tombstone.missedEstimate());
    out.ascii(EARLIEST).number(tombstone.earliestSeq());
    out.ascii(HEAD).number(tombstone.headSeq()).ascii(GAP_END);
  }

  /// Gives the buffer back if nobody took it.
  void drop() {
    buffer.drop();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
