package dev.topics.bench.load;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `bare`: a server without an engine, for comparison.
@Command(
    name = "bare",
    mixinStandardHelpOptions = true,
    description = {
      "Serves the same fixed answer to each request, from the network library's own HTTP codec:"
          + " what the machine does where nothing is read, stored or looked up. Another command"
          + " starts it:",
      "bench/run load --server \"bench/run bare --records 100\" append --batch 100",
      ""
    })
public final class BareCommand implements Callable<Integer> {
  private static final int BODY_BYTES_MAX = 64 << 20;

  @Option(
      names = "--records",
      defaultValue = "1",
      description = "What each answer says was written; default ${DEFAULT-VALUE}.")
  private int records;

  @Option(
      names = "--port-file",
      defaultValue = "${env:TOPICS_PORT_FILE}",
      description = "Where its address is written; default $TOPICS_PORT_FILE.")
  private @Nullable Path portFile;

  @Override
  public Integer call() throws IOException, InterruptedException {
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(EpollIoHandler.newFactory());
    try {
      Channel listening =
          new ServerBootstrap()
              .group(loops)
              .channel(EpollServerSocketChannel.class)
              .childHandler(new Connections(answer()))
              .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
              .sync()
              .channel();
      InetSocketAddress address = (InetSocketAddress) listening.localAddress();
      tell("127.0.0.1:" + address.getPort());
      listening.closeFuture().sync();
    } finally {
      var _ = loops.shutdownGracefully();
    }
    return 0;
  }

  private byte[] answer() {
    return """
    {"first_seq":1000001,"last_seq":%d,"count":%d,"performance":{"total_ms":0.012}}\
    """
        .formatted(1_000_000 + records, records)
        .getBytes(StandardCharsets.US_ASCII);
  }

  private void tell(String address) throws IOException {
    System.out.println(address);
    if (portFile != null) {
      Path unfinished = portFile.resolveSibling(portFile.getFileName() + ".new");
      Files.writeString(unfinished, address);
      Files.move(unfinished, portFile);
    }
  }

  private static final class Connections extends ChannelInitializer<Channel> {
    private final Answering answering;

    Connections(byte[] answer) {
      answering = new Answering(answer);
    }

    @Override
    protected void initChannel(Channel channel) {
      channel
          .pipeline()
          .addLast(new HttpServerCodec(), new HttpObjectAggregator(BODY_BYTES_MAX), answering);
    }
  }

  @ChannelHandler.Sharable
  private static final class Answering extends SimpleChannelInboundHandler<FullHttpRequest> {
    private final ByteBuf answer;

    Answering(byte[] answer) {
      this.answer = Unpooled.unreleasableBuffer(Unpooled.directBuffer().writeBytes(answer));
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
      FullHttpResponse response =
          new DefaultFullHttpResponse(
              HttpVersion.HTTP_1_1, HttpResponseStatus.OK, answer.duplicate());
      response.headers().set(HttpHeaderNames.CONTENT_TYPE, "application/json");
      response.headers().set(HttpHeaderNames.CONTENT_LENGTH, answer.readableBytes());
      var _ = context.write(response, context.voidPromise());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      context.flush();
    }
  }
}
