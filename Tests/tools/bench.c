// What the benchmarks compare with: the least that the kernel lets anybody do. Linked statically.
//
//   bench true                              does nothing
//   bench spawn COUNT ATONCE PROGRAM ...    starts a program COUNT times, '%d' replaced by its number, and waits for all
//   bench waiter FOLDER NAME                waits until NAME is renamed into FOLDER, and opens it
//   bench wake FROM TO                      renames, and prints after how many nanoseconds somebody has opened the file
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static void fail(const char *what) {
  fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
  exit(1);
}

static int spawn_all(int count, int at_once, char **words) {
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  for (int number = 0; number < 3; number++) posix_spawn_file_actions_addopen(&files, number, "/dev/null", O_RDWR, 0);
  int failed = 0;
  for (int started = 0, running = 0; started < count || running > 0;) {
    if (started < count && running < at_once) {
      char number[16], *argv[16] = {0};
      snprintf(number, sizeof number, "gw%d", started++);
      for (int word = 0; word < 15 && words[word]; word++) argv[word] = strcmp(words[word], "%d") ? words[word] : number;
      pid_t child;
      if ((errno = posix_spawn(&child, argv[0], &files, NULL, argv, environ))) fail(argv[0]);
      running++;
    } else {
      int status;
      if (wait(&status) < 0) fail("wait");
      failed += status != 0;
      running--;
    }
  }
  if (failed) fprintf(stderr, "bench: %d of %d failed\n", failed, count);
  return failed != 0;
}

static int waiter(const char *folder, const char *name) {
  char buffer[4096], path[4096];
  int events = inotify_init1(IN_NONBLOCK);
  if (events < 0 || inotify_add_watch(events, folder, IN_MOVED_TO) < 0) fail(folder);
  snprintf(path, sizeof path, "%s/%s", folder, name);
  struct pollfd descriptor = {events, POLLIN, 0};
  while (access(path, F_OK) != 0) {
    poll(&descriptor, 1, -1);
    while (read(events, buffer, sizeof buffer) > 0) {}
  }
  if (open(path, O_RDONLY) < 0) fail(path);
  return 0;
}

static int wake(const char *from, const char *to) {
  char buffer[4096];
  struct timespec before, after;
  int events = inotify_init1(0);
  if (events < 0 || inotify_add_watch(events, from, IN_OPEN) < 0) fail(from);
  clock_gettime(CLOCK_MONOTONIC, &before);
  if (rename(from, to) != 0) fail(from);
  struct pollfd descriptor = {events, POLLIN, 0};
  if (poll(&descriptor, 1, 60000) != 1) fail("nobody opens it");
  clock_gettime(CLOCK_MONOTONIC, &after);
  if (read(events, buffer, sizeof buffer) < 0) fail("inotify");
  printf("%lld\n", (after.tv_sec - before.tv_sec) * 1000000000LL + after.tv_nsec - before.tv_nsec);
  return 0;
}

int main(int count, char **words) {
  const char *mode = count > 1 ? words[1] : "";
  if (!strcmp(mode, "true")) return 0;
  if (!strcmp(mode, "spawn") && count > 4) return spawn_all(atoi(words[2]), atoi(words[3]), words + 4);
  if (!strcmp(mode, "waiter") && count == 4) return waiter(words[2], words[3]);
  if (!strcmp(mode, "wake") && count == 4) return wake(words[2], words[3]);
  return 2;
}
