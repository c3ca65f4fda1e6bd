package dev.topics.server.http;

import dev.topics.server.auth.Grant;
import dev.topics.server.auth.KeyRing;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A request on its way to its handler: its head and body, and what is decided before they are
/// whole.
///
/// Once there is a verdict there is no use in more of the request, and no handler will see it.
///
/// **Threading** the event loop of the connection.
final class IncomingRequest {
  private final HttpContext context;
  private final RequestHead head;
  private final IncomingBody body;
  private @Nullable Route route;
  private List<String> parameters = List.of();
  private Grant grant = Grant.EVERYTHING;
  private @Nullable KeyRing admittedBy;
  private @Nullable String foreignOrigin;
  private boolean preflight;
  private @Nullable Problem verdict;

  IncomingRequest(HttpContext context, RequestHead head) {
    this.context = context;
    this.head = head;
    body = new IncomingBody(context, head);
  }

  RequestHead head() {
    return head;
  }

  IncomingBody body() {
    return body;
  }

  /// The route that the head names, or null.
  @Nullable Route route() {
    return route;
  }

  /// The decoded values of all path parameters, in order.
  List<String> parameters() {
    return parameters;
  }

  /// What the client may do.
  Grant grant() {
    return grant;
  }

  /// The header fields of an answer: `headers`, and what the browser of the client has to be told.
  Map<String, String> shown(Map<String, String> headers) {
    return foreignOrigin == null ? headers : Origins.allowing(foreignOrigin, headers);
  }

  /// Whether a browser only asks if it may send such a request.
  boolean isPreflight() {
    return preflight;
  }

  // ---- its parts, as they arrive

  /// Decides what the head alone can decide.
  void admit(Peer peer) {
    try {
      foreignOrigin = head.foreignOrigin(context.origins());
      if (head.method() == Method.OPTIONS && foreignOrigin != null) {
        preflight = true;
        return;
      }
      Router.Match match = head.match(context.router());
      route = match.route();
      parameters = match.parameters();
      admittedBy = context.admission().ring();
      grant = context.admission().grant(head, match.route(), peer);
      Admission.check(grant, match.route());
      verdict = context.gate().check(match.route());
      if (verdict == null && head.hasBody()) {
        body.admit(match.route());
      }
    } catch (Rejected e) {
      verdict = e.problem();
    }
  }

  /// The body of a request that has to wait for its turn.
  void copyBody(byte[] source, int start, int end) {
    unlessDecided(() -> body.copy(source, start, end));
  }

  /// Takes bytes of the body; false once there is no use in more.
  boolean receive(ByteBuf chunk) {
    try {
      body.receive(chunk, verdict == null);
    } catch (Rejected e) {
      verdict = e.problem();
    }
    return verdict == null;
  }

  /// All of it is here.
  void complete() {
    unlessDecided(body::complete);
  }

  private void unlessDecided(Runnable step) {
    if (verdict == null) {
      try {
        step.run();
      } catch (Rejected e) {
        verdict = e.problem();
      }
    }
  }

  /// Decides how it is answered, whatever was decided before.
  void decide(Problem problem) {
    verdict = problem;
  }

  boolean isDecided() {
    return verdict != null;
  }

  // ---- when it is its turn

  /// The route whose handler gets it now; its body is in one array then, `shared` if it fits.
  ///
  /// @throws Rejected with the verdict, or if the keys or the body are not what the route needs
  Route opened(byte[] shared) {
    Problem decided = verdict == null ? revocation() : verdict;
    if (decided != null) {
      throw decided.rejected();
    }
    Route matched = route;
    if (matched == null) {
      throw Problem.of(ErrorCode.NOT_FOUND, "no route").rejected();
    }
    body.gather(shared);
    if (body.length() == 0 && matched.body() == Route.BodyRule.JSON) {
      throw MediaType.missingBody(head);
    }
    if (body.length() > 0 && !head.isJson()) {
      throw MediaType.unsupported(head);
    }
    return matched;
  }

  /// Why the key that it was let in with does not allow it any more; null if it does, as far as
  /// nothing has changed since this was asked last.
  @Nullable Problem revocation() {
    if (admittedBy == null || admittedBy == context.admission().ring()) {
      return null;
    }
    admittedBy = context.admission().ring();
    return context.admission().holds(grant)
        ? null
        : Problem.of(ErrorCode.UNAUTHORIZED, "the key was changed or taken away meanwhile")
            .withHeader("WWW-Authenticate", "Bearer");
  }
}
