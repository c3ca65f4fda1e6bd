package dev.topics.bench.remote;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The `topics` command as a process of its own, from the class path of the tests.
public final class ClassPathServer {
  private ClassPathServer() {}

  public static List<String> command(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-ea");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add("dev.topics.cli.Main");
    command.addAll(List.of(arguments));
    return command;
  }

  /// Starts a server on `directory`/data; its log is beside it.
  public static ServerProcess start(Path directory) throws IOException {
    return ServerProcess.start(
        command("serve"), Map.of(), directory.resolve("data"), directory.resolve("server.log"));
  }

  /// Runs a command to its end; returns its exit status.
  public static int run(String... arguments) throws IOException, InterruptedException {
    return new ProcessBuilder(command(arguments)).inheritIO().start().waitFor();
  }
}
