package dev.topics.storage;

import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.DiskException;
import dev.topics.storage.disk.DiskFile;
import dev.topics.storage.sim.WrappedDisk;
import dev.topics.storage.sim.WrappedDisk.WrappedFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// Bugs that a store could have in the way it uses its disk. The oracle must notice each.
public enum PlantedBug {
  ACK_BEFORE_SYNC {
    @Override
    DiskFile spoil(DiskFile file) {
      return new WrappedFile(file) {
        @Override
        public void sync() {}
      };
    }
  },

  SWALLOWED_SYNC_ERROR {
    @Override
    DiskFile spoil(DiskFile file) {
      return new WrappedFile(file) {
        @Override
        public void sync() throws IOException {
          try {
            file.sync();
          } catch (DiskException e) {
            assert e.getMessage() != null;
          }
        }
      };
    }
  },

  RETRIED_SYNC {
    @Override
    DiskFile spoil(DiskFile file) {
      return new WrappedFile(file) {
        @Override
        public void sync() throws IOException {
          try {
            file.sync();
          } catch (DiskException e) {
            file.sync();
          }
        }
      };
    }
  },

  SHORT_WRITE_TAKEN_FOR_WHOLE {
    @Override
    DiskFile spoil(DiskFile file) {
      return new WrappedFile(file) {
        @Override
        public void writeFully(MemorySegment source, long offset) throws IOException {
          file.write(source, offset);
        }
      };
    }
  },

  FORGOTTEN_DIRECTORY_SYNC {
    @Override
    public Disk plantIn(Disk disk) {
      return new WrappedDisk(disk) {
        @Override
        public void syncDirectory(String directory) {}
      };
    }
  },

  SWALLOWED_DIRECTORY_SYNC_ERROR {
    @Override
    public Disk plantIn(Disk disk) {
      return new WrappedDisk(disk) {
        @Override
        public void syncDirectory(String directory) throws IOException {
          try {
            disk.syncDirectory(directory);
          } catch (DiskException e) {
            assert e.getMessage() != null;
          }
        }
      };
    }
  };

  DiskFile spoil(DiskFile file) {
    return file;
  }

  /// A disk that is used as the bug would use it.
  public Disk plantIn(Disk disk) {
    return new WrappedDisk(disk) {
      @Override
      protected DiskFile wrap(DiskFile file) {
        return spoil(file);
      }
    };
  }
}
