package dev.topics.engine.topic;

import dev.topics.engine.model.RouterConfig;
import dev.topics.engine.model.RouterName;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What routers know: their configurations and how far each of them is. Declared here so that the
/// one `apply` changes it without knowing routers.
///
/// It changes through these methods alone, as operations are applied, in a live engine just as in
/// recovery.
///
/// **Threading** Under the commit lock.
public interface RouterState {
  /// The router exists and has this configuration.
  ///
  /// @param source where it takes records from; null if that is a pattern
  /// @param starts cursors that are set; all others stay where they are
  void put(
      int router,
      RouterConfig config,
      @Nullable Topic source,
      Topic dest,
      Map<Topic, Long> starts,
      long lsn);

  /// The router is gone.
  void drop(int router);

  /// A router is at `cursor` of a source, and made `copies` more.
  void moved(int router, long sourceId, long cursor, long copies);

  /// A router is `by` seqs further in a source, and made `copies` more.
  ///
  /// @param sourceId 0 for the only source
  void advanced(int router, long sourceId, long by, long copies);

  /// Seqs of a topic came through so many routers.
  void hopped(long topicId, long firstSeq, long lastSeq, int hops);

  /// A topic is new.
  void created(Topic topic);

  /// A topic is gone, and the routers that [#goingWith] named with it.
  void dropped(Topic topic);

  /// Everything in the log was applied; routers and cursors go of which a topic is not there.
  void recovered(Predicate<Topic> isThere);

  /// All routers as they are, for a checkpoint.
  Image image();

  /// Takes over what an image says beside routers, which were [#put] before.
  void restore(int lastId, Map<Integer, Long> forwarded, List<Hops> hops);

  /// All routers at one moment.
  ///
  /// @param lastId the highest number that a router ever had
  /// @param hops to be asked for without the commit lock: there may be very many
  record Image(int lastId, List<RouterImage> routers, Supplier<List<Hops>> hops) {}

  /// One router at one moment.
  ///
  /// @param source null for a pattern
  record RouterImage(
      int router,
      RouterConfig config,
      @Nullable Topic source,
      Topic dest,
      Map<Topic, Long> cursors,
      long forwarded,
      long lsn) {}

  /// How often seqs of a topic were forwarded before.
  record Hops(long topicId, long firstSeq, long lastSeq, int hops) {}

  /// The routers that a deletion of `topic` takes with it, by name.
  List<RouterName> goingWith(Topic topic);
}
