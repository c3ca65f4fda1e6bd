/// Commands, results and configuration: immutable values that know nothing of how they are served.
@NullMarked
package dev.topics.engine.model;

import org.jspecify.annotations.NullMarked;
