/// Benchmarks and the load driver.
module dev.topics.bench {
  requires dev.topics.engine;
  requires dev.topics.server;
  requires HdrHistogram;
  requires info.picocli;
  requires io.netty.buffer;
  requires io.netty.codec.http;
  requires io.netty.common;
  requires io.netty.handler;
  requires io.netty.transport.classes.epoll;
  requires io.netty.transport;
  requires jmh.core;
  requires static org.jspecify;
}
