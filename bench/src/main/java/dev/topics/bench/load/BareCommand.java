package dev.topics.bench.load;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
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
          + " what the machine does where nothing is read, stored or looked up. To streams it sends"
          + " the same event whenever something is written. Another command starts it:",
      "bench/run load --server \"bench/run bare --records 100\" append --batch 100",
      "bench/run watch --server \"bench/run bare\" --streams 10000 paced",
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
              .childOption(ChannelOption.TCP_NODELAY, true)
              .childHandler(new Connections(answer(), new BareStreams(loops)))
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

    Connections(byte[] answer, BareStreams streams) {
      answering = new Answering(answer, streams);
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
    private final ByteBuf session;
    private final BareStreams streams;

    Answering(byte[] answer, BareStreams streams) {
      this.answer = BareStreams.shared(answer);
      this.streams = streams;
      session =
          BareStreams.shared(
              "{\"stream_url\":\"/v0/watch/any\"}".getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
      String path = request.uri();
      if (path.startsWith("/v0/watch/")) {
        streams.open(context);
      } else if (path.equals("/v0/watch")) {
        answer(context, session);
      } else {
        answer(context, answer);
        if (request.method().equals(HttpMethod.POST) && !streams.isEmpty()) {
          context.flush();
          streams.deliver();
        }
      }
    }

    private static void answer(ChannelHandlerContext context, ByteBuf body) {
      FullHttpResponse response =
          new DefaultFullHttpResponse(
              HttpVersion.HTTP_1_1, HttpResponseStatus.OK, body.duplicate());
      response.headers().set(HttpHeaderNames.CONTENT_TYPE, "application/json");
      response.headers().set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
      var _ = context.write(response, context.voidPromise());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      context.flush();
    }
  }
}
