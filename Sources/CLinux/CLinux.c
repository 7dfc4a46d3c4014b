#include "CLinux.h"
#include <fcntl.h>

static int argument_count;
static char **argument_values;

// glibc hands them to what runs before main(), as it does to main().
__attribute__((constructor)) static void keep_arguments(int count, char **values) {
  argument_count = count;
  argument_values = values;
}

int clinux_argument_count(void) { return argument_count; }
char **clinux_argument_values(void) { return argument_values; }

// Before main() Swift's runtime looks for the program that prints backtraces of crashes, beside the runtime: in a static
// executable beside /proc/self/exe, and where that can't be read it aborts. We ship no such program. This takes the place
// of the runtime's own search, in a static executable alone: being hidden, a shared runtime never sees it.
__attribute__((visibility("hidden"))) char *swift_copyAuxiliaryExecutablePath(const char *name) {
  (void)name;
  return NULL;
}

int clinux_unnamed_file(const char *folder) {
  // O_TMPFILE, which fcntl.h shows only under _GNU_SOURCE.
  return open(folder, 020000000 | O_DIRECTORY | O_RDWR | O_CLOEXEC, 0600);
}

pid_t clinux_record_lock_holder(int descriptor, long start, long length) {
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = start, .l_len = length};
  if (fcntl(descriptor, F_GETLK, &lock) != 0 || lock.l_type == F_UNLCK) return 0;
  return lock.l_pid > 0 ? lock.l_pid : -1;
}
