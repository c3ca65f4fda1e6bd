/// The load driver: keeps a server busy over plain HTTP/1.1 and measures what it does.
@NullMarked
package dev.topics.bench.load;

import org.jspecify.annotations.NullMarked;
