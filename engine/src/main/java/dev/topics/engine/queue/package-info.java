/// Queues: who may work on which job, until when, and what becomes of jobs that nobody can do.
@NullMarked
package dev.topics.engine.queue;

import org.jspecify.annotations.NullMarked;
