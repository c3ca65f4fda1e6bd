package dev.topics.storage.sim;

/// What a disk is asked to do.
enum Operation {
  LOCK,
  LIST,
  FREE_BYTES,
  OPEN,
  CLOSE,
  SIZE,
  READ,
  MAP,
  CREATE,
  MAKE_DIRECTORY,
  WRITE,
  ALLOCATE,
  TRUNCATE,
  SYNC,
  RENAME,
  DELETE,
  SYNC_DIRECTORY;

  boolean canFail(Fault.Kind kind) {
    return switch (kind) {
      case EIO -> true;
      case ENOSPC ->
          switch (this) {
            case CREATE, MAKE_DIRECTORY, WRITE, ALLOCATE, SYNC, RENAME, SYNC_DIRECTORY -> true;
            case LOCK, LIST, FREE_BYTES, OPEN, CLOSE, SIZE, READ, MAP, TRUNCATE, DELETE -> false;
          };
      case SHORT_WRITE -> this == WRITE;
    };
  }
}
