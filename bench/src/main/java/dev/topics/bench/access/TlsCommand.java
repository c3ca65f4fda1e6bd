package dev.topics.bench.access;

import dev.topics.bench.remote.CpuClock;
import dev.topics.bench.remote.ServerOptions;
import dev.topics.bench.remote.ServerProcess;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `tls`: appends over TLS by the JDK, by OpenSSL, and in the clear, with and without keys, in
/// turn.
@Command(
    name = "tls",
    mixinStandardHelpOptions = true,
    description = "Measures what TLS and keys cost: batches in the clear, by the JDK, by OpenSSL.")
public final class TlsCommand implements Callable<Integer> {
  private static final Duration READY = Duration.ofMinutes(3);
  private static final String KEY = "a-key-of-usual-length-0123456789";

  @Mixin private ServerOptions serverOptions = new ServerOptions();

  @Option(
      names = "--cert",
      required = true,
      description = "For localhost, PEM; also what the client trusts.")
  private File certificate = new File("");

  @Option(names = "--key", required = true, description = "Of the certificate, PEM, PKCS 8.")
  private File key = new File("");

  @Option(names = "--batch", defaultValue = "100", description = "Default ${DEFAULT-VALUE}.")
  private int batch;

  @Option(names = "--connections", defaultValue = "16", description = "Default ${DEFAULT-VALUE}.")
  private int connections;

  @Option(names = "--rounds", defaultValue = "5", description = "Default ${DEFAULT-VALUE}.")
  private int rounds;

  @Option(names = "--millis", defaultValue = "3000", description = "Default ${DEFAULT-VALUE}.")
  private long millis;

  /// One way to run a server.
  private record Way(String name, boolean secure, boolean keyed, Map<String, String> variables) {}

  /// What was measured of a way, round by round.
  private record Figures(List<Double> rates, List<Double> cpuMicros) {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    Map<String, String> files =
        Map.of("TOPICS_TLS_CERT", certificate.getPath(), "TOPICS_TLS_KEY", key.getPath());
    Map<String, String> byJdk = new HashMap<>(files);
    byJdk.put("JDK_JAVA_OPTIONS", "-Dio.netty.handler.ssl.noOpenSsl=true");
    List<Way> ways =
        List.of(
            new Way("in the clear", false, false, Map.of()),
            new Way("in the clear, keys", false, true, Map.of("TOPICS_API_KEYS", KEY)),
            new Way("TLS, OpenSSL", true, false, files),
            new Way("TLS, JDK", true, false, byJdk));
    Path directory = serverOptions.newDirectory("tls");
    List<ServerProcess> servers = new ArrayList<>();
    List<Figures> figures = new ArrayList<>();
    try {
      for (Way way : ways) {
        Path own = Files.createDirectory(directory.resolve("server" + servers.size()));
        servers.add(serverOptions.start(own, way.variables));
        figures.add(new Figures(new ArrayList<>(), new ArrayList<>()));
      }
      for (int round = 0; round < rounds; round++) {
        for (int i = 0; i < ways.size(); i++) {
          int index = (i + round) % ways.size();
          measure(ways.get(index), servers.get(index), figures.get(index));
        }
      }
    } finally {
      servers.forEach(ServerProcess::close);
    }
    serverOptions.delete(directory);
    report(ways, figures);
    return 0;
  }

  private void measure(Way way, ServerProcess server, Figures figures)
      throws IOException, InterruptedException {
    SslContext tls =
        way.secure ? SslContextBuilder.forClient().trustManager(certificate).build() : null;
    InetSocketAddress address = server.awaitBound(READY);
    try (SecureLoad load =
        new SecureLoad(address, tls, request(way.keyed ? KEY : null), connections)) {
      load.await(connections, READY);
      double _ = load.measure(millis / 2);
      long cpu = CpuClock.usedMicros(server.pid());
      double rate = load.measure(millis);
      double used = CpuClock.usedMicros(server.pid()) - cpu;
      figures.rates.add(rate);
      figures.cpuMicros.add(used / (rate * millis / 1000));
    }
  }

  private byte[] request(@Nullable String bearer) {
    String[] records = new String[batch];
    Arrays.fill(records, "{\"data\":\"" + "x".repeat(98) + "\"}");
    String body = "{\"records\":[" + String.join(",", records) + "]}";
    String head =
        "POST /v0/topics/t?return_seqs=false HTTP/1.1\r\nHost: localhost\r\n"
            + (bearer == null ? "" : "Authorization: Bearer " + bearer + "\r\n")
            + "Content-Type: application/json\r\nContent-Length: "
            + body.length()
            + "\r\n\r\n";
    return (head + body).getBytes(StandardCharsets.US_ASCII);
  }

  private void report(List<Way> ways, List<Figures> figures) {
    double clear = median(figures.getFirst().rates);
    for (int i = 0; i < ways.size(); i++) {
      List<Double> rates = figures.get(i).rates;
      System.out.printf(
          "%-20s %,.0f records/s [%,.0f, %,.0f], %.1f %%, server CPU %.1f µs a request%n",
          ways.get(i).name,
          batch * median(rates),
          batch * Collections.min(rates),
          batch * Collections.max(rates),
          100 * median(rates) / clear,
          median(figures.get(i).cpuMicros));
    }
  }

  private static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    return sorted.get(sorted.size() / 2);
  }
}
