package dev.topics.storage.sim;

import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.DiskFile;
import dev.topics.storage.disk.WrappedDisk;
import java.io.IOException;

/// A disk that knows how many of its files are open.
///
/// **Threading** one thread.
public final class CountingDisk extends WrappedDisk {
  private int open;

  public CountingDisk(Disk disk) {
    super(disk);
  }

  public int open() {
    return open;
  }

  @Override
  protected DiskFile wrap(DiskFile file) {
    open++;
    return new WrappedFile(file) {
      private boolean closed;

      // A close that fails has closed the file all the same.
      @Override
      public void close() throws IOException {
        open -= closed ? 0 : 1;
        closed = true;
        super.close();
      }
    };
  }
}
