/* Makes syncs of files fail with EIO below the JVM, from the moment that the file $FAIL_SYNC exists.
 *
 * To be preloaded. The JVM finds the calls of the C library by name in a library that it opened, which
 * no preloaded symbol can shadow: so the finding itself is shadowed. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *real_dlsym(void *handle, const char *name) {
  static void *(*real)(void *, const char *);
  static const char *const versions[] = {"GLIBC_2.34", "GLIBC_2.2.5", "GLIBC_2.17"};
  for (int i = 0; real == NULL && i < 3; i++) {
    real = (void *(*)(void *, const char *)) dlvsym(RTLD_NEXT, "dlsym", versions[i]);
  }
  return real(handle, name);
}

static int failing(void) {
  const char *flag = getenv("FAIL_SYNC");
  return flag != NULL && access(flag, F_OK) == 0;
}

static int sync_or_fail(const char *name, int fd) {
  if (failing()) {
    errno = EIO;
    return -1;
  }
  int (*real)(int) = (int (*)(int)) real_dlsym(RTLD_NEXT, name);
  return real(fd);
}

int fsync(int fd) { return sync_or_fail("fsync", fd); }

int fdatasync(int fd) { return sync_or_fail("fdatasync", fd); }

void *dlsym(void *handle, const char *name) {
  if (strcmp(name, "fsync") == 0 && handle != RTLD_NEXT) {
    return (void *) fsync;
  }
  if (strcmp(name, "fdatasync") == 0 && handle != RTLD_NEXT) {
    return (void *) fdatasync;
  }
  return real_dlsym(handle, name);
}
