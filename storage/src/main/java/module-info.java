/// The journal on disk: frames become durable in the order they were committed.
///
/// Knows nothing of topics: payloads of frames are opaque bytes.
module dev.topics.storage {
  requires static transitive org.jspecify;
  requires org.slf4j;

  exports dev.topics.storage;
  exports dev.topics.storage.disk;
  exports dev.topics.storage.journal;
}
