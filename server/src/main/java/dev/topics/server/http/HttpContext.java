package dev.topics.server.http;

/// What all connections of a server share.
record HttpContext(
    HttpOptions options, Router router, Gate gate, ExchangeListener listener, BodyBudget budget) {}
