package dev.topics.cli;

import dev.topics.server.auth.Key;
import dev.topics.server.auth.KeyDigest;
import dev.topics.server.auth.KeysFile;
import dev.topics.server.auth.ScopeWords;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `topics key`: makes keys and shows those of a file. A key itself is printed once, when it is
/// made, and stored nowhere.
@Command(
    name = "key",
    description = "Make keys for TOPICS_KEYS_FILE, which holds their digests.",
    mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class KeyCommand {
  private static final int KEY_BYTES = 32;

  @Spec private CommandSpec spec;

  /// What a key allows.
  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  static final class Allowed {
    @Parameters(paramLabel = "NAME", description = "Names the key in logs.")
    private String name;

    @Option(
        names = "--scopes",
        paramLabel = "SCOPES",
        defaultValue = "",
        description = "read, write, delete, admin, joined by +; without it, all.")
    private String scopes;

    @Option(
        names = "--prefix",
        paramLabel = "PREFIX",
        description = "Bind it to names that begin so; may be repeated.")
    private List<String> prefixes = List.of();

    @Option(
        names = "--file",
        paramLabel = "FILE",
        description = "Add it to this file instead of printing what to add.")
    private @Nullable Path file;

    String table(String key) {
      Key made = new Key(name, KeyDigest.of(key), null, ScopeWords.parse(scopes), prefixes);
      String table = KeysFile.table(made);
      KeysFile.parse(table);
      return table;
    }
  }

  @Command(name = "new", description = "Make a key and print it, this once.")
  int make(@Mixin Allowed allowed) throws IOException {
    byte[] random = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(random);
    String key = "tk_" + Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    int status = add(allowed, key);
    if (status == ExitStatus.OK) {
      out().println("the key, which is stored nowhere and not shown again: " + key);
    }
    out().flush();
    return status;
  }

  @Command(name = "hash", description = "Take a key from the standard input, as a line.")
  int hash(@Mixin Allowed allowed) throws IOException {
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    String key = in.readLine();
    if (key == null || key.isBlank()) {
      spec.commandLine().getErr().println("the standard input has no key");
      return ExitStatus.USAGE;
    }
    return add(allowed, key.strip());
  }

  private int add(Allowed allowed, String key) throws IOException {
    String table;
    try {
      table = allowed.table(key);
      Path file = allowed.file;
      if (file == null) {
        out().println("for the file of keys:\n\n" + table);
      } else {
        String before = Files.exists(file) ? KeysFile.read(file) : "";
        String gap = before.isEmpty() ? "" : before.endsWith("\n") ? "\n" : "\n\n";
        KeysFile.parse(before + gap + table);
        Files.writeString(file, gap + table, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      }
    } catch (IllegalArgumentException e) {
      spec.commandLine().getErr().println(e.getMessage());
      return ExitStatus.USAGE;
    }
    out().flush();
    return ExitStatus.OK;
  }

  @Command(name = "list", description = "Show the keys of a file.")
  int list(@Parameters(paramLabel = "FILE", description = "The file of keys.") Path file)
      throws IOException {
    try {
      for (Key key : KeysFile.parse(KeysFile.read(file))) {
        out()
            .printf(
                "%s  %s  %s  %s%n",
                key.name(),
                ScopeWords.of(key.scopes()),
                key.prefixes().isEmpty() ? "any name" : String.join("|", key.prefixes()),
                key.digest() == null ? key.subject() : key.digest());
      }
    } catch (IllegalArgumentException e) {
      spec.commandLine().getErr().println(e.getMessage());
      return ExitStatus.FAILED;
    }
    out().flush();
    return ExitStatus.OK;
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
