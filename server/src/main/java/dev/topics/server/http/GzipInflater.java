package dev.topics.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// Decompresses a gzip body while it arrives: one or more members of RFC 1952, each checked against
/// its checksum and length.
///
/// What comes out goes on by small steps, so the consumer can stop a bomb by throwing.
final class GzipInflater {
  private static final int STEP_BYTES = 1 << 13;
  private static final int HEADER_BYTES = 10;
  private static final int TRAILER_BYTES = 8;
  private static final int FLAG_HEADER_CRC = 2;
  private static final int FLAG_EXTRA = 4;
  private static final int FLAG_NAME = 8;
  private static final int FLAG_COMMENT = 16;
  private static final int FLAGS_RESERVED = 0xe0;

  /// The parts of a member, in order.
  private enum Part {
    HEADER,
    EXTRA_LENGTH,
    EXTRA,
    NAME,
    COMMENT,
    HEADER_CRC,
    DATA,
    TRAILER
  }

  private final Inflater inflater = new Inflater(true);
  private final CRC32 checksum = new CRC32();
  private final byte[] in = new byte[STEP_BYTES];
  private final byte[] out = new byte[STEP_BYTES];
  private Part part = Part.HEADER;
  private int partBytes;
  private int flags;
  private int extraBytes;
  private long trailer;
  private boolean started;

  /// Decompresses `chunk` and hands what comes out to `sink`, which does not keep it.
  ///
  /// @throws Rejected 400 if this is not gzip
  void inflate(ByteBuf chunk, Consumer<ByteBuf> sink) {
    while (chunk.isReadable()) {
      started = true;
      int count = Math.min(in.length, chunk.readableBytes());
      chunk.readBytes(in, 0, count);
      int at = 0;
      while (at < count) {
        at = part == Part.DATA ? data(at, count, sink) : frame(at);
      }
    }
  }

  /// Checks that the compressed stream was complete.
  void finish() {
    if (started && (part != Part.HEADER || partBytes != 0)) {
      throw broken();
    }
  }

  void close() {
    inflater.end();
  }

  private int data(int at, int end, Consumer<ByteBuf> sink) {
    inflater.setInput(in, at, end - at);
    try {
      int count = inflater.inflate(out);
      while (count > 0) {
        checksum.update(out, 0, count);
        sink.accept(Unpooled.wrappedBuffer(out, 0, count));
        count = inflater.inflate(out);
      }
    } catch (DataFormatException e) {
      throw broken();
    }
    if (inflater.needsDictionary()) {
      throw broken();
    }
    int rest = inflater.getRemaining();
    if (inflater.finished()) {
      enter(Part.TRAILER);
    }
    return end - rest;
  }

  private int frame(int at) {
    int b = in[at] & 0xff;
    switch (part) {
      case HEADER -> header(b);
      case EXTRA_LENGTH -> {
        extraBytes |= b << (8 * partBytes);
        step(2);
      }
      case EXTRA -> step(extraBytes);
      case NAME, COMMENT -> step(b == 0 ? partBytes + 1 : Integer.MAX_VALUE);
      case HEADER_CRC -> step(2);
      case TRAILER -> trailer(b);
      case DATA -> throw new IllegalStateException("data is not framing");
    }
    return at + 1;
  }

  private void header(int b) {
    boolean good =
        switch (partBytes) {
          case 0 -> b == 0x1f;
          case 1 -> b == 0x8b;
          case 2 -> b == 8;
          case 3 -> (b & FLAGS_RESERVED) == 0;
          default -> true;
        };
    if (!good) {
      throw broken();
    }
    if (partBytes == 3) {
      flags = b;
    }
    step(HEADER_BYTES);
  }

  private void trailer(int b) {
    trailer |= (long) b << (8 * partBytes);
    if (partBytes == TRAILER_BYTES - 1) {
      long expected = inflater.getBytesWritten() << 32 | checksum.getValue();
      if (trailer != expected) {
        throw broken();
      }
      inflater.reset();
      checksum.reset();
    }
    step(TRAILER_BYTES);
  }

  /// Counts one byte of the current part, which has `size`, and goes to the next at its end.
  private void step(int size) {
    partBytes++;
    if (partBytes == size) {
      enter(
          switch (part) {
            case TRAILER -> Part.HEADER;
            case EXTRA_LENGTH -> extraBytes > 0 ? Part.EXTRA : after(Part.EXTRA);
            case HEADER, EXTRA, NAME, COMMENT, HEADER_CRC, DATA -> after(part);
          });
    }
  }

  private Part after(Part done) {
    if (done.compareTo(Part.EXTRA_LENGTH) < 0 && (flags & FLAG_EXTRA) != 0) {
      return Part.EXTRA_LENGTH;
    } else if (done.compareTo(Part.NAME) < 0 && (flags & FLAG_NAME) != 0) {
      return Part.NAME;
    } else if (done.compareTo(Part.COMMENT) < 0 && (flags & FLAG_COMMENT) != 0) {
      return Part.COMMENT;
    } else if (done.compareTo(Part.HEADER_CRC) < 0 && (flags & FLAG_HEADER_CRC) != 0) {
      return Part.HEADER_CRC;
    }
    return Part.DATA;
  }

  private void enter(Part next) {
    part = next;
    partBytes = 0;
    if (next == Part.HEADER) {
      extraBytes = 0;
      trailer = 0;
    }
  }

  private static Rejected broken() {
    return Problem.invalid("the body is not valid gzip, although Content-Encoding says so")
        .rejected();
  }
}
