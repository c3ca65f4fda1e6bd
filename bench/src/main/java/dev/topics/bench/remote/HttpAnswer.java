package dev.topics.bench.remote;

/// What a server answered: the status and the whole body.
public record HttpAnswer(int status, Bytes body) {
  public boolean isSuccess() {
    return status >= 200 && status < 300;
  }
}
