package dev.topics.server.http;

import dev.topics.server.auth.Permission;
import dev.topics.server.http.Route.Access;
import dev.topics.server.http.Route.BodyRule;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/// Finds the route of a request: a tree of path segments, walked without regular expressions.
///
/// Segments are split first and percent-decoded once after that, so an encoded slash stays part of
/// its segment. A literal segment wins over a parameter; an empty segment matches nothing.
public final class Router {
  private final Node root;
  private final List<Route> routes;

  private Router(Node root, List<Route> routes) {
    this.root = root;
    this.routes = List.copyOf(routes);
  }

  public static Builder builder() {
    return new Builder();
  }

  /// All routes, each at the index of its id.
  public List<Route> routes() {
    return routes;
  }

  /// A route and the decoded values of its path parameters, in order.
  record Match(Route route, List<String> parameters) {}

  /// The route of `method` on `path`.
  ///
  /// @throws Rejected 404 for an unknown path, 405 for a known one without this method
  Match match(Method method, String path) {
    Node node = root;
    List<String> parameters = List.of();
    int start = 1;
    while (start <= path.length()) {
      int slash = path.indexOf('/', start);
      int end = slash < 0 ? path.length() : slash;
      Node literal = node.literal(path, start, end);
      if (literal != null) {
        node = literal;
      } else if (node.parameter != null && end > start) {
        parameters = appended(parameters, Percent.decode(path.substring(start, end), false));
        node = node.parameter;
      } else {
        throw notFound(node, path, start - 1);
      }
      start = end + 1;
    }
    if (node.byMethod.isEmpty() || !path.startsWith("/")) {
      throw notFound(node, path, path.length());
    }
    Route route = node.byMethod.get(method == Method.HEAD ? Method.GET : method);
    if (route == null) {
      throw notAllowed(node, method, path);
    }
    return new Match(route, parameters);
  }

  private static List<String> appended(List<String> parameters, String value) {
    if (parameters.isEmpty()) {
      return List.of(value);
    }
    List<String> more = new ArrayList<>(parameters);
    more.add(value);
    return more;
  }

  /// @param known where the path ends that leads to `node`
  private static Rejected notFound(Node node, String path, int known) {
    String goesOn = node.goesOn();
    String hint =
        goesOn.isEmpty() || !path.startsWith("/")
            ? ""
            : "; below " + shown(path.substring(0, Math.max(1, known))) + " there is " + goesOn;
    return Problem.of(ErrorCode.NOT_FOUND, "there is nothing at " + shown(path) + hint).rejected();
  }

  private static Rejected notAllowed(Node node, Method method, String path) {
    StringJoiner allowed = new StringJoiner(", ");
    for (Method known : node.byMethod.keySet()) {
      allowed.add(known.name());
      if (known == Method.GET) {
        allowed.add(Method.HEAD.name());
      }
    }
    String not = method == Method.OTHER ? "" : ", not " + method;
    return Problem.of(ErrorCode.METHOD_NOT_ALLOWED, shown(path) + " takes " + allowed + not)
        .withHeader("Allow", allowed.toString())
        .rejected();
  }

  private static String shown(String path) {
    return path.length() > 300 ? path.substring(0, 300) + "…" : path;
  }

  /// A path so far: what it does, and where it goes on.
  private static final class Node {
    final List<String> literals = new ArrayList<>();
    final List<Node> children = new ArrayList<>();
    final Map<Method, Route> byMethod = new EnumMap<>(Method.class);
    @Nullable Node parameter;
    String parameterName = "";

    @Nullable Node literal(String path, int start, int end) {
      for (int i = 0; i < literals.size(); i++) {
        String literal = literals.get(i);
        if (literal.length() == end - start && path.startsWith(literal, start)) {
          return children.get(i);
        }
      }
      int percent = path.indexOf('%', start);
      return percent >= 0 && percent < end
          ? exactly(Percent.decode(path.substring(start, end), false))
          : null;
    }

    private @Nullable Node exactly(String segment) {
      int i = literals.indexOf(segment);
      return i < 0 ? null : children.get(i);
    }

    /// What may come next.
    String goesOn() {
      StringJoiner next = new StringJoiner(", ");
      literals.stream().sorted().forEach(next::add);
      return parameter == null ? next.toString() : next.add(parameterName).toString();
    }

    Node child(String segment) {
      if (segment.startsWith("{")) {
        Node child = parameter == null ? new Node() : parameter;
        parameter = child;
        parameterName = segment;
        return child;
      }
      Node known = exactly(segment);
      if (known != null) {
        return known;
      }
      Node child = new Node();
      literals.add(segment);
      children.add(child);
      return child;
    }
  }

  /// Collects routes.
  public static final class Builder {
    private final Node root = new Node();
    private final List<Route> routes = new ArrayList<>();

    private Builder() {}

    public Builder add(
        Method method, String template, BodyRule body, Permission permission, Handler handler) {
      return add(method, template, body, permission, Access.WHEN_READY, handler);
    }

    public Builder add(
        Method method,
        String template,
        BodyRule body,
        Permission permission,
        Access access,
        Handler handler) {
      Node node = root;
      for (String segment : template.substring(1).split("/", -1)) {
        node = node.child(segment);
      }
      Route route = new Route(routes.size(), method, template, body, permission, access, handler);
      if (node.byMethod.put(method, route) != null) {
        throw new IllegalArgumentException("two routes for " + route);
      }
      routes.add(route);
      return this;
    }

    public Router build() {
      return new Router(root, routes);
    }
  }
}
