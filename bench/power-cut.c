// Cuts the power of a mounted ext4 or xfs file system: from now on nothing is written to its device any
// more, its journal included. What was not synced is gone at the next mount.
//
// usage: power-cut DIRECTORY
#include <fcntl.h>
#include <linux/types.h>
#include <stdio.h>
#include <sys/ioctl.h>

#define SHUTDOWN _IOR('X', 125, __u32)
#define WITHOUT_FLUSHING_THE_LOG 2

int main(int argc, char **argv) {
  __u32 flags = WITHOUT_FLUSHING_THE_LOG;
  int directory = argc == 2 ? open(argv[1], O_RDONLY | O_DIRECTORY) : -1;
  if (directory < 0 || ioctl(directory, SHUTDOWN, &flags) != 0) {
    perror("power-cut");
    return 1;
  }
  return 0;
}
