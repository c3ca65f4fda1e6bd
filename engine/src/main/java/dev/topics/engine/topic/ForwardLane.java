package dev.topics.engine.topic;

import dev.topics.engine.model.RouterConfig;
import dev.topics.engine.model.RouterInfo;

/// One router at one of its sources, as [Forwarding] sees it.
///
/// **Threading** The forwarder's thread; what is read there may be out of date, and is looked at
/// again under the commit lock.
public interface ForwardLane {
  /// The number of the router.
  int router();

  RouterConfig config();

  Topic source();

  Topic destination();

  /// The last seq of the source that was forwarded or passed over.
  long cursor();

  /// Whether the router is still there with this configuration.
  boolean isCurrent();

  /// How often the record `seq` of the source was forwarded.
  int hops(long seq);

  /// The last seq from `seq` on for which that is the same.
  long lastWithSameHops(long seq);

  /// The router cannot go on now, because of `topic`; the seqs of the source concerned.
  void block(RouterInfo.Reason reason, Topic topic, long first, long last);
}
