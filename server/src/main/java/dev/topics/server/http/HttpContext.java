package dev.topics.server.http;

import dev.topics.server.limits.ConnectionLimits;
import org.jspecify.annotations.Nullable;

/// What all connections of a server share.
record HttpContext(
    HttpOptions options,
    @Nullable Tls tls,
    Router router,
    Origins origins,
    Admission admission,
    ConnectionLimits limits,
    AuditTrail audit,
    Gate gate,
    ExchangeListener listener,
    BodyBudget budget,
    UnsentAnswers unsent) {}
