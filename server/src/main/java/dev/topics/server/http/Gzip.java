package dev.topics.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/// Compresses answers, fast rather than small.
final class Gzip {
  private Gzip() {}

  /// What writes the bytes to be compressed.
  private interface Source {
    void writeTo(OutputStream target) throws IOException;
  }

  static ByteBuf compress(ByteBufAllocator allocator, ByteOutput bytes) {
    return compress(allocator, bytes.length(), bytes::writeTo);
  }

  /// Compresses and releases `bytes`.
  static ByteBuf compress(ByteBufAllocator allocator, ByteBuf bytes) {
    try {
      int size = bytes.readableBytes();
      return compress(allocator, size, target -> bytes.readBytes(target, size));
    } finally {
      bytes.release();
    }
  }

  private static ByteBuf compress(ByteBufAllocator allocator, int size, Source source) {
    int gap = HeadBlocks.HEAD_BYTES_MAX;
    ByteBuf compressed = allocator.directBuffer(gap + size / 3).setIndex(gap, gap);
    try (OutputStream target = new Fast(new ByteBufOutputStream(compressed))) {
      source.writeTo(target);
    } catch (IOException e) {
      compressed.release();
      throw new UncheckedIOException(e);
    }
    return compressed;
  }

  private static final class Fast extends GZIPOutputStream {
    Fast(OutputStream target) throws IOException {
      super(target, 1 << 13);
      def.setLevel(Deflater.BEST_SPEED);
    }
  }
}
