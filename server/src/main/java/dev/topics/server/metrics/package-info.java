/// What the server counts and measures, for Prometheus.
@NullMarked
package dev.topics.server.metrics;

import org.jspecify.annotations.NullMarked;
