package dev.topics.server.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.util.ReferenceCountUtil;

/// Netty's decoder of frames, which collects a frame until it is whole, within the budget of all
/// bodies. Where there is no room for more the socket ends: the rest of a frame cannot be refused.
///
/// **Threading** the event loop of the socket.
final class WebSocketFrames extends WebSocket13FrameDecoder {
  private final WebSocket socket;
  private final BodyBudget budget;
  private long takenBytes;
  private boolean refused;

  WebSocketFrames(WebSocketDecoderConfig config, WebSocket socket, BodyBudget budget) {
    super(config);
    this.socket = socket;
    this.budget = budget;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object received) throws Exception {
    if (refused) {
      ReferenceCountUtil.release(received);
      return;
    }
    super.channelRead(ctx, received);
    try {
      account(actualReadableBytes());
    } catch (Rejected e) {
      refused = true;
      socket.end(e.problem());
    }
  }

  private void account(long heldBytes) {
    if (heldBytes > takenBytes) {
      budget.take(heldBytes - takenBytes);
    } else {
      budget.give(takenBytes - heldBytes);
    }
    takenBytes = heldBytes;
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext ctx) throws Exception {
    account(0);
    super.handlerRemoved0(ctx);
  }
}
