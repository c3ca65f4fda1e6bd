/// What is on disk: the journal, in which frames become durable in the order they were committed,
/// packs of records, and checkpoints.
///
/// Knows nothing of topics: payloads are opaque bytes.
module dev.topics.storage {
  requires static transitive org.jspecify;
  requires org.slf4j;

  exports dev.topics.storage;
  exports dev.topics.storage.checkpoint;
  exports dev.topics.storage.disk;
  exports dev.topics.storage.journal;
  exports dev.topics.storage.pack;
  exports dev.topics.storage.search;
}
