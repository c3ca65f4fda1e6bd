package dev.topics.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// A source that writes what a test says, or as much as the client takes.
final class ScriptedSource implements StreamSource {
  final CountDownLatch closed = new CountDownLatch(1);
  final AtomicLong written = new AtomicLong();
  volatile @Nullable EventStream stream;
  private final int floodBytes;
  private final boolean broken;
  private final ByteBuf flood;

  /// @param floodBytes bytes of each event that is written as soon as the one before was taken; 0
  ///   for none
  /// @param broken whether it cannot be closed
  ScriptedSource(int floodBytes, boolean broken) {
    this.floodBytes = floodBytes;
    this.broken = broken;
    flood = Unpooled.buffer(floodBytes).writeBytes(TestServer.utf8("x".repeat(floodBytes)));
  }

  @Override
  public void writable() {
    EventStream open = stream;
    if (floodBytes > 0 && open != null) {
      open.write(open.output().ascii("data: "), flood);
      open.write(open.output().ascii("\n\n"));
      open.flush();
      written.addAndGet(floodBytes);
      if (open.isWritable()) {
        open.resume(this::writable);
      }
    }
  }

  /// Writes one event, from any thread.
  void say(String data) {
    EventStream open = stream;
    if (open != null) {
      open.resume(() -> {
        open.write(open.output().ascii("data: ").utf8(data).ascii("\n\n"));
        open.flush();
      });
    }
  }

  /// Writes one event as those do that many streams send.
  void share(String data) {
    EventStream open = stream;
    if (open != null) {
      open.resume(() -> {
        ByteBuf body = Unpooled.wrappedBuffer(TestServer.utf8(data + "\n\n"));
        SharedEvent event = SharedEvent.of(open.output().ascii("data: "), body);
        open.write(event);
        event.release();
        open.flush();
      });
    }
  }

  void end() {
    EventStream open = stream;
    if (open != null) {
      open.resume(open::end);
    }
  }

  @Override
  public void closed() {
    closed.countDown();
    if (broken) {
      throw new AssertionError("a source of a test is broken");
    }
  }
}
