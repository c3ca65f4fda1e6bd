package dev.topics.engine.router;

import dev.topics.engine.model.RouterConfig;
import dev.topics.engine.model.RouterName;
import dev.topics.engine.topic.RouterState;
import dev.topics.engine.topic.Topic;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Passes everything on. Tests plant bugs by overriding what they spoil.
public class SpoiledRouters implements RouterState {
  private final RouterState routers;

  protected SpoiledRouters(RouterState routers) {
    this.routers = routers;
  }

  @Override
  public void put(
      int router,
      RouterConfig config,
      @Nullable Topic source,
      Topic dest,
      Map<Topic, Long> starts,
      long lsn) {
    routers.put(router, config, source, dest, starts, lsn);
  }

  @Override
  public void drop(int router) {
    routers.drop(router);
  }

  @Override
  public void moved(int router, long sourceId, long cursor, long copies) {
    routers.moved(router, sourceId, cursor, copies);
  }

  @Override
  public void advanced(int router, long sourceId, long by, long copies) {
    routers.advanced(router, sourceId, by, copies);
  }

  @Override
  public void hopped(long topicId, long firstSeq, long lastSeq, int hops) {
    routers.hopped(topicId, firstSeq, lastSeq, hops);
  }

  @Override
  public void created(Topic topic) {
    routers.created(topic);
  }

  @Override
  public void dropped(Topic topic) {
    routers.dropped(topic);
  }

  @Override
  public void recovered(Predicate<Topic> isThere) {
    routers.recovered(isThere);
  }

  @Override
  public Image image() {
    return routers.image();
  }

  @Override
  public void restore(int lastId, Map<Integer, Long> forwarded, List<Hops> hops) {
    routers.restore(lastId, forwarded, hops);
  }

  @Override
  public List<RouterName> goingWith(Topic topic) {
    return routers.goingWith(topic);
  }
}
