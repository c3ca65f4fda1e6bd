/// JMH benchmarks of the engine inside this JVM, on a real journal in the temporary directory.
@NullMarked
package dev.topics.bench.engine;

import org.jspecify.annotations.NullMarked;
