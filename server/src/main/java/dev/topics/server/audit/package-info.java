/// The audit log: who did what to which name, and what became of it.
@NullMarked
package dev.topics.server.audit;

import org.jspecify.annotations.NullMarked;
