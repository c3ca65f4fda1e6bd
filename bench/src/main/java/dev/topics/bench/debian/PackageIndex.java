package dev.topics.bench.debian;

import dev.topics.bench.remote.Bytes;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/// All packages of an index, ready to be sent: `origin` says where they are from.
record PackageIndex(String origin, List<PackageEntry> packages) {
  private static final Path LISTS = Path.of("/var/lib/apt/lists");
  private static final String SAMPLE = "packages-sample.gz";

  /// The index that `apt-get update` has left on this machine, else the sample that comes with us.
  static PackageIndex find() throws IOException {
    PackageIndex ofMachine = Files.isDirectory(LISTS) ? ofMachine() : null;
    return ofMachine == null ? sample() : ofMachine;
  }

  static PackageIndex sample() throws IOException {
    InputStream resource = PackageIndex.class.getResourceAsStream(SAMPLE);
    if (resource == null) {
      throw new IOException("the sample " + SAMPLE + " is missing");
    }
    try (InputStream in = new GZIPInputStream(resource)) {
      return new PackageIndex("the sample in the repository", read(in));
    }
  }

  /// Null where there is no index or nothing to unpack it with.
  private static @Nullable PackageIndex ofMachine() throws IOException {
    List<PackageEntry> packages = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (Path file : indexFiles()) {
      List<PackageEntry> found = unpack(file);
      if (!found.isEmpty()) {
        packages.addAll(found);
        names.add(file.getFileName().toString());
      }
    }
    return packages.isEmpty() ? null : new PackageIndex(String.join(", ", names), packages);
  }

  private static List<Path> indexFiles() throws IOException {
    try (Stream<Path> files = Files.list(LISTS)) {
      return files
          .filter(file -> file.getFileName().toString().matches(".*_Packages(\\.\\w+)?"))
          .sorted()
          .toList();
    }
  }

  private static List<PackageEntry> unpack(Path file) throws IOException {
    String name = file.getFileName().toString();
    if (name.endsWith("_Packages")) {
      try (InputStream in = Files.newInputStream(file)) {
        return read(in);
      }
    }
    List<String> command =
        Files.isExecutable(Path.of("/usr/lib/apt/apt-helper"))
            ? List.of("/usr/lib/apt/apt-helper", "cat-file", file.toString())
            : List.of(toolFor(name), "-dc", file.toString());
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      try (InputStream in = process.getInputStream()) {
        return read(in);
      }
    } catch (IOException e) {
      // No such tool here: as good as no such file.
      return List.of();
    }
  }

  private static String toolFor(String name) {
    return switch (name.substring(name.lastIndexOf('.') + 1)) {
      case "lz4" -> "lz4";
      case "xz" -> "xz";
      case "bz2" -> "bzip2";
      case "zst" -> "zstd";
      default -> "gzip";
    };
  }

  /// The packages of an unpacked index, in its order.
  static List<PackageEntry> read(InputStream in) throws IOException {
    List<PackageEntry> packages = new ArrayList<>();
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8), 1 << 16);
    for (Stanza stanza = Stanza.read(lines); stanza != null; stanza = Stanza.read(lines)) {
      packages.add(new PackageEntry(tag(stanza), Bytes.utf8(PackageJson.of(stanza))));
    }
    return packages;
  }

  /// What a reader may want to select by, such as `games/optional`, as a JSON string.
  private static Bytes tag(Stanza stanza) {
    String tag =
        new JsonText().string(stanza.field("Section") + "/" + stanza.field("Priority")).toString();
    return Bytes.utf8(tag);
  }
}
