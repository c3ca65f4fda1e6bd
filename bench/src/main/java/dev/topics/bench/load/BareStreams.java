package dev.topics.bench.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Streams of events without an engine: whatever is written, each of them gets the same bytes, one
/// `send` for each, and a heartbeat every 15 s. What that costs is the floor of a fan-out.
///
/// **Threading** [#deliver] on any thread; a stream belongs to the loop of its connection.
final class BareStreams {
  private static final long TICK_MILLIS = 250;
  private static final int TICKS_A_HEARTBEAT = 60;

  private static final String HEAD =
      """
      HTTP/1.1 200 OK\r
      Content-Type: text/event-stream; charset=utf-8\r
      Cache-Control: no-store\r
      Transfer-Encoding: chunked\r
      \r
      """;

  /// As long as what the server sends for a record of 100 bytes.
  private static final String EVENT =
      """
      id: eyJ3YXRjaGVkLTAiOjEwMDAwMDF9
      event: record
      data: {"topic":"watched-0","records":[{"$seq":1000001,"$ts":1748450001000,"data":"%s"}],\
      "from_seq":1000000,"to_seq":1000001,"head_seq":1000001}

      """
          .formatted("x".repeat(98));

  private final ByteBuf head = shared(HEAD.getBytes(StandardCharsets.US_ASCII));
  private final ByteBuf event = chunk(EVENT);
  private final ByteBuf heartbeat = chunk(": hb 1748450001000\n\n");
  private final Map<EventExecutor, Loop> loops = new LinkedHashMap<>();
  private volatile boolean any;

  BareStreams(EventLoopGroup threads) {
    threads.forEach(thread -> loops.put(thread, new Loop()));
  }

  /// Bytes that many connections send, and nobody gives back.
  static ByteBuf shared(byte[] bytes) {
    return Unpooled.unreleasableBuffer(Unpooled.directBuffer().writeBytes(bytes));
  }

  private static ByteBuf chunk(String event) {
    String chunk = Integer.toHexString(event.length()) + "\r\n" + event + "\r\n";
    return shared(chunk.getBytes(StandardCharsets.US_ASCII));
  }

  boolean isEmpty() {
    return !any;
  }

  /// Turns a connection into a stream.
  void open(ChannelHandlerContext context) {
    Channel channel = context.channel();
    List<ChannelHandler> codec = new ArrayList<>(channel.pipeline().toMap().values());
    codec.forEach(channel.pipeline()::remove);
    any = true;
    var _ = channel.writeAndFlush(head.duplicate());
    Loop loop = loops.get(channel.eventLoop());
    if (loop != null) {
      loop.add(channel);
    }
  }

  /// Sends the event to all.
  void deliver() {
    loops.forEach((thread, loop) -> thread.execute(() -> loop.send(event)));
  }

  /// The streams of one thread.
  private final class Loop {
    private final List<Channel> channels = new ArrayList<>();
    private int next;

    void add(Channel channel) {
      if (channels.isEmpty()) {
        var _ =
            channel
                .eventLoop()
                .scheduleAtFixedRate(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
      }
      channels.add(channel);
      var _ = channel.closeFuture().addListener(_ -> channels.remove(channel));
    }

    /// From the last to the first: a channel that cannot be written to may close at once, which
    /// takes it out of the list.
    void send(ByteBuf bytes) {
      for (int i = channels.size() - 1; i >= 0; i--) {
        send(bytes, channels.get(i));
      }
    }

    private static void send(ByteBuf bytes, Channel channel) {
      var _ = channel.writeAndFlush(bytes.duplicate(), channel.voidPromise());
    }

    private void tick() {
      int count = channels.size() / TICKS_A_HEARTBEAT;
      for (int i = 0; i < count; i++) {
        next = (next + 1) % channels.size();
        send(heartbeat, channels.get(next));
      }
    }
  }
}
