package dev.topics.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// The alert rules and the dashboard ask for metrics that there are.
final class DeployedMetricsTest {
  private static final Path DEPLOY = Path.of("..", "deploy");

  private static Set<String> named(String text) {
    Set<String> names = new TreeSet<>();
    Matcher name = Pattern.compile("\\b(topics|jvm)_[a-z0-9_]+").matcher(text);
    while (name.find()) {
      names.add(name.group());
    }
    return names;
  }

  @ParameterizedTest
  @ValueSource(strings = {"alerts.yml", "dashboard.json"})
  void everyMetricExists(String file) throws IOException {
    try (ContractServer server = ContractServer.started()) {
      server.topic("{'type':'queue'}");
      server.post("/v0/topics/fill", "{'records':[{'data':1}],'config':{'durable':true}}").is(201);
      server.get("/v0/nothing");
      String scrape = server.get("/v0/metrics").text();
      Set<String> served = named(scrape);
      assertThat(served).containsAll(named(Files.readString(DEPLOY.resolve(file))));
    }
  }

  @Test
  void theDashboardIsJsonWithAQueryInEachPanel() throws IOException {
    JsonNode dashboard = Json.tree(Files.readAllBytes(DEPLOY.resolve("dashboard.json")));
    assertThat(dashboard.get("panels").size()).isGreaterThan(10);
    dashboard
        .get("panels")
        .forEach(panel -> assertThat(panel.at("/targets/0/expr").asString()).isNotEmpty());
  }
}
