package dev.topics.bench.remote;

/// The server answered, and refused what it should have done.
public final class UnexpectedAnswer extends RuntimeException {
  private static final long serialVersionUID = 1;

  UnexpectedAnswer(String request, HttpAnswer answer) {
    super(request + " was answered with " + answer.status() + " " + answer.body());
  }
}
