package dev.topics.server.api;

import dev.topics.engine.model.DiffResult;
import dev.topics.engine.model.Refusal;
import dev.topics.engine.model.Tombstone;
import dev.topics.engine.watch.WatchDesk;
import dev.topics.engine.watch.WatchReader;
import dev.topics.engine.watch.WatchSession;
import dev.topics.engine.watch.WatchedTopic;
import dev.topics.engine.watch.Watcher;
import dev.topics.server.auth.Grant;
import dev.topics.server.http.ByteOutput;
import dev.topics.server.http.ErrorCode;
import dev.topics.server.http.EventStream;
import dev.topics.server.http.LoopLocal;
import dev.topics.server.http.Problem;
import dev.topics.server.http.SharedEvent;
import dev.topics.server.http.StreamSource;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The stream of a watch session as Server-Sent Events (http-api §6.3).
///
/// **Threading** the event loop of the stream, but for [#start] and [#stop].
final class WatchStream implements StreamSource, WatchReader<WatchPage>, WatchSession.Stream {
  private static final byte[] ID = ascii("id: ");
  private static final byte[] RECORD = ascii("\nevent: record\ndata: {");
  private static final LoopLocal<ByteOutput> SCRATCH = new LoopLocal<>(ByteOutput::new);

  private final WatchSession session;
  private final Grant grant;
  private final Map<String, Long> rewind;
  private final LoopLocal<WatchDesk<WatchPage>> desks;
  private final DeliveryListener deliveries;
  private @Nullable EventStream stream;
  private @Nullable Watcher<WatchPage> watcher;

  /// @param grant of the reader, which may reach less than when the session began
  /// @param rewind cursors to go back to
  WatchStream(
      WatchSession session,
      Grant grant,
      Map<String, Long> rewind,
      LoopLocal<WatchDesk<WatchPage>> desks,
      DeliveryListener deliveries) {
    this.session = session;
    this.grant = grant;
    this.rewind = rewind;
    this.desks = desks;
    this.deliveries = deliveries;
  }

  /// Goes out on `opened`, as soon as the session is free.
  void begin(EventStream opened) {
    stream = opened;
    if (!session.enter(this)) {
      opened.fail(Problem.of(ErrorCode.GONE, "the session has ended; create another one"));
    }
  }

  private EventStream stream() {
    EventStream opened = stream;
    if (opened == null) {
      throw new IllegalStateException("not begun");
    }
    return opened;
  }

  @Override
  public void start() {
    stream()
        .resume(() -> {
          for (WatchedTopic topic : session.watch().topics()) {
            if (!grant.reaches(topic.name())) {
              stream().fail(outOfReach(topic));
              return;
            }
          }
          session.watch().rewind(rewind);
          watcher = stream().local(desks).serve(session.watch(), this);
        });
  }

  private static Problem outOfReach(WatchedTopic topic) {
    return Problem.of(
            ErrorCode.FORBIDDEN, "this key does not reach \"%s\" any more".formatted(topic.name()))
        .with("topics", List.of(topic.name()));
  }

  @Override
  public void stop() {
    stream()
        .resume(() -> {
          leave();
          stream().fail(Problem.of(ErrorCode.GONE, "another stream took over this session"));
        });
  }

  private void leave() {
    Watcher<WatchPage> serving = watcher;
    if (serving != null) {
      watcher = null;
      serving.stop();
    }
    session.leave(this);
  }

  @Override
  public void writable() {
    Watcher<WatchPage> serving = watcher;
    if (serving != null) {
      serving.writable();
    }
  }

  @Override
  public void closed() {
    leave();
  }

  // ---- what is delivered

  @Override
  public boolean isWritable() {
    return stream().isWritable();
  }

  @Override
  public void records(WatchedTopic topic, DiffResult.Page found, WatchPage page) {
    if (session.watch().topics().size() == 1 && page.isShort()) {
      SharedEvent made = page.event();
      stream().write(made == null ? page.makeEvent(identified().ascii(RECORD)) : made);
    } else {
      stream().write(identified().ascii(RECORD), page.bytes());
    }
    deliveries.delivered(found.records(), null);
  }

  @Override
  public void tombstone(WatchedTopic topic, Tombstone tombstone, boolean onConnect) {
    ByteOutput out = event("tombstone", topic).ascii(",");
    stream().write(WatchJson.tombstone(tombstone, onConnect, out).ascii("}\n\n"));
    deliveries.delivered(0, tombstone.reason());
  }

  @Override
  public void caughtUp(WatchedTopic topic, long headSeq) {
    ByteOutput out = event("caught-up", topic).ascii(",\"head_seq\":").number(headSeq);
    stream().write(out.ascii("}\n\n"));
  }

  @Override
  public void deleted(WatchedTopic topic) {
    ByteOutput out = event("topic-deleted", topic);
    out.ascii(",\"head_seq\":").number(topic.ref().headSeq());
    stream().write(out.ascii(",\"reason\":\"deleted\"}\n\n"));
  }

  @Override
  public void failed(WatchedTopic topic, Refusal why) {
    stream().warn(Refusals.problem(why).with("topics", List.of(topic.name())));
  }

  @Override
  public void flush() {
    stream().flush();
  }

  @Override
  public void broken(Throwable defect) {
    stream().broken(defect);
  }

  private ByteOutput event(String name, WatchedTopic topic) {
    ByteOutput out = identified().ascii("\nevent: ").ascii(name);
    return out.ascii("\ndata: {\"topic\":\"").ascii(topic.name()).ascii("\"");
  }

  /// Begins an event whose id says how far everything got.
  private ByteOutput identified() {
    EventStream to = stream();
    ByteOutput out = to.output().ascii(ID);
    WatchCursors.write(session.watch(), to.local(SCRATCH), out);
    return out;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
