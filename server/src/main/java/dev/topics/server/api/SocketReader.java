package dev.topics.server.api;

import dev.topics.engine.model.DiffResult;
import dev.topics.engine.model.Refusal;
import dev.topics.engine.model.Tombstone;
import dev.topics.engine.watch.WatchReader;
import dev.topics.engine.watch.WatchedTopic;
import dev.topics.server.http.ByteOutput;
import dev.topics.server.http.Problem;
import dev.topics.server.http.WebSocket;
import io.netty.buffer.ByteBuf;

/// What subscriptions deliver, as messages of a WebSocket (http-api §6.6).
record SocketReader(WebSocket socket, DeliveryListener deliveries)
    implements WatchReader<WatchPage> {

  @Override
  public boolean isWritable() {
    return socket.isWritable();
  }

  @Override
  public void records(WatchedTopic topic, DiffResult.Page found, WatchPage page) {
    ByteBuf fields = page.bytes();
    int bytes = fields.readableBytes() - WatchPages.END_BYTES;
    ByteOutput head = socket.output().ascii("{\"type\":\"record\",");
    socket.write(head, fields.slice(fields.readerIndex(), bytes));
    deliveries.delivered(found.records(), null);
  }

  @Override
  public void tombstone(WatchedTopic topic, Tombstone tombstone, boolean onConnect) {
    ByteOutput out = message("tombstone", topic).ascii(",");
    socket.write(WatchJson.tombstone(tombstone, onConnect, out).ascii("}"));
    deliveries.delivered(0, tombstone.reason());
  }

  @Override
  public void caughtUp(WatchedTopic topic, long headSeq) {
    socket.write(message("caught_up", topic).ascii(",\"head_seq\":").number(headSeq).ascii("}"));
  }

  @Override
  public void deleted(WatchedTopic topic) {
    ByteOutput out = message("topic_deleted", topic).ascii(",\"head_seq\":");
    socket.write(out.number(topic.ref().headSeq()).ascii(",\"reason\":\"deleted\"}"));
  }

  @Override
  public void failed(WatchedTopic topic, Refusal why) {
    Problem problem = Refusals.problem(why);
    ByteOutput out = message("error", topic).ascii(",\"code\":").string(problem.code().wireName());
    out.ascii(",\"message\":").string(problem.message()).ascii(",\"detail\":");
    socket.write(problem.writeDetail(out).ascii("}"));
  }

  private ByteOutput message(String type, WatchedTopic topic) {
    ByteOutput out = socket.output().ascii("{\"type\":\"").ascii(type);
    return out.ascii("\",\"topic\":\"").ascii(topic.name()).ascii("\"");
  }

  @Override
  public void flush() {
    socket.flush();
  }

  @Override
  public void broken(Throwable defect) {
    socket.broken(defect);
  }
}
