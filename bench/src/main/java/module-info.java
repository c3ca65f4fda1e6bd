/// Benchmarks, and programs that load a server and kill it.
module dev.topics.bench {
  requires dev.topics.engine;
  requires dev.topics.server;
  requires HdrHistogram;
  requires info.picocli;
  requires io.netty.buffer;
  requires io.netty.codec.http;
  requires io.netty.common;
  requires io.netty.handler;
  requires io.netty.transport;
  requires io.netty.transport.classes.epoll;
  requires java.management;
  requires jmh.core;
  requires static org.jspecify;
  requires tools.jackson.core;

  opens dev.topics.bench to
      info.picocli;
  opens dev.topics.bench.access to
      info.picocli;
  opens dev.topics.bench.crash to
      info.picocli;
  opens dev.topics.bench.debian to
      info.picocli;
  opens dev.topics.bench.engine to
      info.picocli;
  opens dev.topics.bench.load to
      info.picocli;
  opens dev.topics.bench.queue to
      info.picocli;
  opens dev.topics.bench.remote to
      info.picocli;
  opens dev.topics.bench.storage to
      info.picocli;
}
