/// What access costs, and what those cost who have none: TLS, keys, slow attackers.
@NullMarked
package dev.topics.bench.access;

import org.jspecify.annotations.NullMarked;
