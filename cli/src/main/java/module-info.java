/// The `topics` command.
module dev.topics.cli {
  requires ch.qos.logback.classic;
  requires ch.qos.logback.core;
  requires dev.topics.engine;
  requires dev.topics.server;
  requires dev.topics.storage;
  requires info.picocli;
  requires static org.jspecify;
  requires org.slf4j;
  requires tools.jackson.core;
  requires tools.jackson.databind;
  requires tools.jackson.dataformat.toml;

  opens dev.topics.cli to
      info.picocli;
}
