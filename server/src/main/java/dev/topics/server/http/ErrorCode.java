package dev.topics.server.http;

/// Every error code of the contract (http-api §1.3) with its status.
public enum ErrorCode {
  INVALID_REQUEST(400, "invalid_request"),
  BATCH_TOO_LARGE(400, "batch_too_large"),
  RECORD_TOO_LARGE(400, "record_too_large"),
  UNAUTHORIZED(401, "unauthorized"),
  FORBIDDEN(403, "forbidden"),
  TOPIC_NOT_FOUND(404, "topic_not_found"),
  ROUTER_NOT_FOUND(404, "router_not_found"),
  NOT_FOUND(404, "not_found"),
  METHOD_NOT_ALLOWED(405, "method_not_allowed"),
  NOT_ACCEPTABLE(406, "not_acceptable"),
  ROUTER_CYCLE(409, "router_cycle"),
  TOPIC_EXISTS_INCOMPATIBLE(409, "topic_exists_incompatible"),
  TOPIC_NOT_EMPTY(409, "topic_not_empty"),
  NOT_A_QUEUE(409, "not_a_queue"),
  /// In streams only: what they deliver has ended.
  GONE(410, "gone"),
  PAYLOAD_TOO_LARGE(413, "payload_too_large"),
  UNSUPPORTED_MEDIA_TYPE(415, "unsupported_media_type"),
  TOPIC_FULL(422, "topic_full"),
  THROTTLED(429, "throttled"),
  INTERNAL(500, "internal"),
  DATA_CORRUPT(500, "data_corrupt"),
  NOT_READY(503, "not_ready"),
  SHUTTING_DOWN(503, "shutting_down"),
  STORAGE_FAILED(503, "storage_failed"),
  STORAGE_FULL(503, "storage_full");

  private final int status;
  private final String wireName;

  ErrorCode(int status, String wireName) {
    this.status = status;
    this.wireName = wireName;
  }

  /// The HTTP status.
  public int status() {
    return status;
  }

  /// The name in answers.
  public String wireName() {
    return wireName;
  }
}
