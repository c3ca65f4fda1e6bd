package dev.topics.server.http;

/// Tells whoever decodes requests that they are taken again.
enum Room {
  AGAIN
}
