package dev.topics.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.topics.server.auth.Permission;
import dev.topics.server.http.Route.BodyRule;
import org.junit.jupiter.api.Test;

final class RouterTest {
  private final Router router =
      Router.builder()
          .add(Method.GET, "/v0/topics", BodyRule.IGNORED, Permission.READ, exchange -> {})
          .add(Method.GET, "/v0/topics/{topic}", BodyRule.IGNORED, Permission.READ, exchange -> {})
          .add(Method.PUT, "/v0/topics/{topic}", BodyRule.IGNORED, Permission.READ, exchange -> {})
          .add(
              Method.POST,
              "/v0/topics/{topic}/diff",
              BodyRule.IGNORED,
              Permission.READ,
              exchange -> {})
          .build();

  private String match(Method method, String path) {
    Router.Match match = router.match(method, path);
    return match.route().template() + " " + match.parameters();
  }

  private ErrorCode refusal(Method method, String path) {
    try {
      return ErrorCode.valueOf("NONE" + router.match(method, path));
    } catch (Rejected e) {
      return e.problem().code();
    }
  }

  @Test
  void literalsAndParametersAreFound() {
    assertThat(match(Method.GET, "/v0/topics")).isEqualTo("/v0/topics []");
    assertThat(match(Method.GET, "/v0/topics/jobs")).isEqualTo("/v0/topics/{topic} [jobs]");
    assertThat(match(Method.POST, "/v0/topics/diff/diff"))
        .isEqualTo("/v0/topics/{topic}/diff [diff]");
    assertThat(match(Method.HEAD, "/v0/topics/jobs")).isEqualTo("/v0/topics/{topic} [jobs]");
  }

  @Test
  void eachSegmentIsDecodedExactlyOnce() {
    assertThat(match(Method.GET, "/v0/topics/a%2Fb")).endsWith("[a/b]");
    assertThat(match(Method.GET, "/v0/topics/a%252Fb")).endsWith("[a%2Fb]");
    assertThat(match(Method.GET, "/v0/topics/a+b")).endsWith("[a+b]");
    assertThat(match(Method.GET, "/v0/t%6fpics/x")).endsWith("[x]");
    assertThat(match(Method.GET, "/v0/topics/%C3%A9")).endsWith("[é]");
    assertThat(refusal(Method.GET, "/v0/topics/%zz")).isEqualTo(ErrorCode.INVALID_REQUEST);
    assertThat(refusal(Method.GET, "/v0/topics/%4")).isEqualTo(ErrorCode.INVALID_REQUEST);
    assertThat(refusal(Method.GET, "/v0/topics/%ff")).isEqualTo(ErrorCode.INVALID_REQUEST);
  }

  @Test
  void anythingElseIsNotFound() {
    for (String path :
        new String[] {
          "",
          "/",
          "*",
          "v0/topics",
          "/v0",
          "/v0/topics/",
          "/v0/topics//diff",
          "/v0//topics",
          "/v0/topics/x/diff/",
          "/V0/topics",
          "/v0/topics/x/nope"
        }) {
      assertThat(refusal(Method.GET, path)).as(path).isEqualTo(ErrorCode.NOT_FOUND);
    }
  }

  @Test
  void aKnownPathSaysWhatItTakes() {
    assertThatThrownBy(() -> router.match(Method.DELETE, "/v0/topics/x"))
        .asInstanceOf(type(Rejected.class))
        .satisfies(rejected -> {
          assertThat(rejected.problem().code()).isEqualTo(ErrorCode.METHOD_NOT_ALLOWED);
          assertThat(rejected.problem().headers()).containsEntry("Allow", "GET, HEAD, PUT");
        });
  }
}
