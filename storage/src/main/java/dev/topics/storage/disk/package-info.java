/// The only door to the file system.
@NullMarked
package dev.topics.storage.disk;

import org.jspecify.annotations.NullMarked;
