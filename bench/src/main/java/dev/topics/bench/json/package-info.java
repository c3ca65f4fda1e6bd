/// How fast request bodies are decoded, beside a general JSON library.
@NullMarked
package dev.topics.bench.json;

import org.jspecify.annotations.NullMarked;
