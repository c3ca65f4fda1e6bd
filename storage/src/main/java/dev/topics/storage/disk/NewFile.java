package dev.topics.storage.disk;

import java.io.IOException;

/// A file that has another name until it is whole: its name and [#SUFFIX]. Under that name lies
/// whatever a crash leaves of it, to be removed at the next start.
///
/// After any failure the file is lost, nothing is tried again; [#close] removes it.
///
/// **Threading** One thread at a time.
public final class NewFile implements AutoCloseable {
  /// How the names of unfinished files end.
  public static final String SUFFIX = ".new";

  private final Disk disk;
  private final String name;
  private final DiskFile file;
  private boolean named;
  private boolean published;
  private boolean closed;

  private NewFile(Disk disk, String name, DiskFile file) {
    this.disk = disk;
    this.name = name;
    this.file = file;
  }

  /// Begins a file that will be called `name`, in place of an unfinished one.
  public static NewFile create(Disk disk, String name) throws IOException {
    delete(disk, name + SUFFIX);
    try {
      return new NewFile(disk, name, disk.create(name + SUFFIX));
    } catch (IOException e) {
      deleteAfter(e, disk, name + SUFFIX);
      throw e;
    }
  }

  /// What failed may have happened all the same.
  private static void deleteAfter(IOException failure, Disk disk, String name) {
    try {
      delete(disk, name);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  /// What is written to; closed by [#close] alone.
  public DiskFile file() {
    return file;
  }

  /// Makes what was written durable, then gives it its name, durably, in place of what has it.
  public void publish() throws IOException {
    file.sync();
    named = true;
    disk.rename(name + SUFFIX, name);
    disk.syncDirectory(name.substring(0, Math.max(0, name.indexOf('/'))));
    published = true;
  }

  /// Closes the file, and removes it unless it was published.
  @Override
  public void close() throws IOException {
    close(published);
  }

  /// Closes and removes the file, be it published or not.
  public void discard() throws IOException {
    close(false);
  }

  /// Closes what `failure` leaves behind; it stays what is told, whatever becomes of that.
  public void closeAfter(Throwable failure) {
    try {
      close();
    } catch (IOException closing) {
      failure.addSuppressed(closing);
    }
  }

  private void close(boolean isKept) throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try {
      file.close();
    } finally {
      if (!isKept) {
        remove();
      }
    }
  }

  /// A rename that failed may have happened all the same.
  private void remove() throws IOException {
    delete(disk, name + SUFFIX);
    if (named) {
      delete(disk, name);
    }
  }

  private static void delete(Disk disk, String name) throws IOException {
    if (disk.exists(name)) {
      disk.delete(name);
    }
  }
}
