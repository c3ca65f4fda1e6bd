/// The `topics` command.
module dev.topics.cli {
  requires dev.topics.server;
  requires info.picocli;
  requires static org.jspecify;
  requires org.slf4j;

  opens dev.topics.cli to
      info.picocli;
}
