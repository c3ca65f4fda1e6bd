package dev.topics.server.http;

/// Ends the handling of a request with a [Problem]. Carries no stack trace: it is an answer.
public final class Rejected extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient Problem problem;

  public Rejected(Problem problem) {
    super(problem.message(), null, false, false);
    this.problem = problem;
  }

  public Problem problem() {
    return problem;
  }
}
