package dev.topics.engine.model;

/// The operations of the log contradict each other: a defect of the program that wrote them.
public final class InconsistentLogException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public InconsistentLogException(String message) {
    super(message);
  }
}
