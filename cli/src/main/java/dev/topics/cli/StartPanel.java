package dev.topics.cli;

import dev.topics.server.ColdOptions;
import dev.topics.server.ServerOptions;
import dev.topics.server.TopicsServer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What somebody who starts a server wants to know first.
final class StartPanel {
  private static final Logger log = LoggerFactory.getLogger(StartPanel.class);

  private StartPanel() {}

  static void show(TopicsServer server, ServerOptions options) {
    Path data = options.dataDirectory().toAbsolutePath().normalize();
    String access =
        options.access().hasKeys()
            ? "keys"
            : options.allowInsecure()
                ? "no keys: ANYBODY WHO REACHES THIS PORT MAY DO ANYTHING"
                : "no keys, loopback only";
    log.info("topics {}", Main.version());
    log.info("  url   {}", server.url());
    log.info("  data  {}", data);
    ColdOptions cold = options.cold();
    if (cold != null) {
      boolean there = Files.isDirectory(cold.directory());
      log.info("  cold  {}{}", cold.directory(), there ? "" : ", WHICH IS NOT THERE");
    }
    log.info("  auth  {}", access);
  }
}
