package dev.topics.storage;

import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.DiskException;
import dev.topics.storage.disk.DiskFile;
import dev.topics.storage.disk.WrappedDisk;
import dev.topics.storage.sim.WrappedFile;
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

  SUPERBLOCK_NOT_SYNCED_BEFORE_FILES_GO {
    @Override
    DiskFile spoil(DiskFile file) {
      return file.name().startsWith("superblock") ? ACK_BEFORE_SYNC.spoil(file) : file;
    }
  },

  RECYCLED_FILE_NAMED_BEFORE_ITS_PAGE_IS_DURABLE {
    @Override
    public Disk plantIn(Disk disk) {
      return new WrappedDisk(disk) {
        @Override
        public DiskFile open(String name) throws IOException {
          DiskFile file = disk.open(name);
          return name.endsWith(".new") ? ACK_BEFORE_SYNC.spoil(file) : file;
        }
      };
    }
  },

  RECYCLED_FILE_KEEPS_ITS_BEGINNING {
    @Override
    public Disk plantIn(Disk disk) {
      return new WrappedDisk(disk) {
        @Override
        public DiskFile open(String name) throws IOException {
          DiskFile file = disk.open(name);
          return name.endsWith(".new") ? withoutZeros(file) : file;
        }
      };
    }

    private static DiskFile withoutZeros(DiskFile file) {
      return new WrappedFile(file) {
        @Override
        public void zeroFill(long offset, long endOffset) {}
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
