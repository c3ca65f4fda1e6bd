/// How to find something in what is sorted.
@NullMarked
package dev.topics.storage.search;

import org.jspecify.annotations.NullMarked;
