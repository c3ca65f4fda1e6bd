package dev.topics.server.api;

import dev.topics.engine.model.DiffResult;
import dev.topics.engine.watch.WatchReader;
import dev.topics.engine.watch.WatchedTopic;
import dev.topics.server.http.ByteOutput;
import io.netty.buffer.PooledByteBufAllocator;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Pages of records as all readers of an event loop share them: the fields of a `record` event
/// without the brace before them, up to the blank line that ends the event.
///
/// **Threading** one per event loop.
final class WatchPages implements WatchReader.PageWriter<WatchPage> {
  /// What ends an event, and is no part of a message of WebSocket.
  static final int END_BYTES = 2;

  /// What stands around the records, with the longest name and the largest numbers.
  private static final int ENVELOPE_BYTES_MAX = 512;

  private static final byte[] TOPIC = ascii("\"topic\":\"");
  private static final byte[] RECORDS = ascii("\",\"records\":[");
  private static final byte[] FROM_SEQ = ascii("],\"from_seq\":");
  private static final byte[] TO_SEQ = ascii(",\"to_seq\":");
  private static final byte[] HEAD_SEQ = ascii(",\"head_seq\":");
  private static final byte[] END = ascii("}\n\n");

  private final RecordBuffer buffer = new RecordBuffer();
  private final ByteOutput out = new ByteOutput();

  @Override
  public void open(WatchedTopic topic) {
    int bytesMax = topic.pageBytesMax() + ENVELOPE_BYTES_MAX;
    buffer.open(PooledByteBufAllocator.DEFAULT::directBuffer, bytesMax);
    buffer.append(out.clear().ascii(TOPIC).ascii(topic.name()).ascii(RECORDS));
  }

  @Override
  public void write(MemorySegment source, long offset, int length) {
    buffer.write(source, offset, length);
  }

  @Override
  public void write(byte[] source, int offset, int length) {
    buffer.write(source, offset, length);
  }

  @Override
  public @Nullable WatchPage close(WatchedTopic topic, long fromSeq, DiffResult.Page found) {
    if (found.records() == 0) {
      return null;
    }
    out.clear().ascii(FROM_SEQ).number(fromSeq).ascii(TO_SEQ).number(found.nextFromSeq());
    buffer.append(out.ascii(HEAD_SEQ).number(found.headSeq()).ascii(END));
    return new WatchPage(buffer.take());
  }

  @Override
  public void drop() {
    buffer.drop();
  }

  @Override
  public long bytes(WatchPage page) {
    return page.memoryBytes();
  }

  @Override
  public void release(WatchPage page) {
    page.release();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
