/// Topics, appends, reads and retention, in process. Knows nothing of HTTP.
module dev.topics.engine {
  requires transitive dev.topics.storage;
  requires static org.jspecify;
  requires org.slf4j;
  requires roaringbitmap;
}
