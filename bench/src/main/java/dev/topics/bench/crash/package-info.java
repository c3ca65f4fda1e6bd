/// Kills a server with SIGKILL in the middle of its work, again and again, and judges what is left.
///
/// [Oracle] records what was promised and judges what is read; [CrashRounds] makes the trouble.
@NullMarked
package dev.topics.bench.crash;

import org.jspecify.annotations.NullMarked;
