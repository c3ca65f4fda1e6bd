package dev.topics.storage.disk;

import java.io.IOException;

/// The lock of a directory, held until closed. The operating system drops it if the process dies.
public interface DirectoryLock extends AutoCloseable {
  @Override
  void close() throws IOException;
}
