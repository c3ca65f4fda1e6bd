/// The command line: assembles and starts what the other modules provide.
@NullMarked
package dev.topics.cli;

import org.jspecify.annotations.NullMarked;
