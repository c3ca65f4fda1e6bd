package dev.topics.storage.disk;

/// No space is left on the device, or in the quota.
public final class DiskFullException extends DiskException {
  private static final long serialVersionUID = 1;

  public DiskFullException(String message) {
    super(message);
  }
}
