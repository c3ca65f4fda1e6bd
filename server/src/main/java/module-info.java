/// The HTTP tier over the engine: decodes requests, encodes answers, owns no semantics.
module dev.topics.server {
  exports dev.topics.server;
  exports dev.topics.server.auth;
  exports dev.topics.server.limits;

  requires transitive dev.topics.engine;
  requires io.netty.buffer;
  requires jdk.management;
  requires io.netty.codec.http2;
  requires io.netty.codec.http;
  requires io.netty.codec;
  requires io.netty.common;
  requires io.netty.handler;
  requires io.netty.transport.classes.epoll;
  requires io.netty.transport;
  requires micrometer.core;
  requires micrometer.registry.prometheus;
  requires static org.jspecify;
  requires org.slf4j;
  requires tools.jackson.core;
  requires tools.jackson.databind;
  requires tools.jackson.dataformat.toml;
}
