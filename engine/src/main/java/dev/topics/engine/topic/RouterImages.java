package dev.topics.engine.topic;

import dev.topics.engine.index.StateReader;
import dev.topics.engine.index.StateWriter;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.record.OperationLayout;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// All routers in a checkpoint, as they were when it was begun; the replay begins there too.
///
/// ```text
/// highest number of a router 4; routers 4; each: sources 4; of each id 8, name;
///    ROUTER_PUT with all cursors, as logged; copies 8; lsn of the configuration 8
/// ranges of hops 4; each: topic 8, first seq 8, last seq 8, hops 4
/// references 4; each: journal file 8, the last one that refers to it 8
/// ```
public final class RouterImages {
  private final RouterState.Image routers;
  private final Map<Long, Long> references;

  /// Takes a picture, under the commit lock.
  public RouterImages(TopicTable table) {
    routers = table.routers().image();
    references = table.references().image();
  }

  void encode(StateWriter out) throws IOException {
    out.putInt(routers.lastId());
    out.putInt(routers.routers().size());
    for (RouterState.RouterImage router : routers.routers()) {
      encode(router, out);
    }
    List<RouterState.Hops> ranges = routers.hops().get();
    out.putInt(ranges.size());
    for (RouterState.Hops hops : ranges) {
      out.putLong(hops.topicId());
      out.putLong(hops.firstSeq());
      out.putLong(hops.lastSeq());
      out.putInt(hops.hops());
    }
    out.putInt(references.size());
    for (Map.Entry<Long, Long> reference : references.entrySet()) {
      out.putLong(reference.getKey());
      out.putLong(reference.getValue());
    }
  }

  private static void encode(RouterState.RouterImage router, StateWriter out) throws IOException {
    List<RouterOperation.Start> starts = new ArrayList<>();
    out.putInt(router.cursors().size());
    for (Map.Entry<Topic, Long> cursor : router.cursors().entrySet()) {
      Topic source = cursor.getKey();
      out.putLong(source.id());
      out.putText(source.name().value());
      starts.add(new RouterOperation.Start(source.id(), cursor.getValue()));
    }
    Topic only = router.source();
    RouterOperation.Put put =
        new RouterOperation.Put(
            router.dest().id(),
            router.router(),
            router.config(),
            only == null ? 0 : only.id(),
            starts);
    byte[] bytes = new byte[put.encodedBytes()];
    put.encode(MemorySegment.ofArray(bytes), 0);
    out.putBytes(bytes);
    out.putLong(router.forwarded());
    out.putLong(router.lsn());
  }

  /// Fills the routers of `table`, whose topics are there.
  static void decode(StateReader in, TopicTable table) {
    int lastId = in.getInt();
    Map<Integer, Long> forwarded = new HashMap<>();
    for (int left = in.getInt(); left > 0; left--) {
      for (int sources = in.getInt(); sources > 0; sources--) {
        table.knownOrGone(in.getLong(), new TopicName(in.getText()));
      }
      MemorySegment put = MemorySegment.ofArray(in.getBytes());
      forwarded.put(OperationLayout.getInt(put, 16), in.getLong());
      RouterOperation.Put.apply(put, 0, table, in.getLong());
    }
    List<RouterState.Hops> hops = new ArrayList<>();
    for (int left = in.getInt(); left > 0; left--) {
      hops.add(new RouterState.Hops(in.getLong(), in.getLong(), in.getLong(), in.getInt()));
    }
    table.routers().restore(lastId, forwarded, hops);
    for (int left = in.getInt(); left > 0; left--) {
      table.references().restore(in.getLong(), in.getLong());
    }
  }
}
