/// Topics, appends, reads and retention, in process. Knows nothing of HTTP.
module dev.topics.engine {
  exports dev.topics.engine;
  exports dev.topics.engine.index;
  exports dev.topics.engine.json;
  exports dev.topics.engine.model;
  exports dev.topics.engine.queue;
  exports dev.topics.engine.record;
  exports dev.topics.engine.router;
  exports dev.topics.engine.topic;
  exports dev.topics.engine.watch;

  requires transitive dev.topics.storage;
  requires static org.jspecify;
  requires org.slf4j;
  requires roaringbitmap;
}
