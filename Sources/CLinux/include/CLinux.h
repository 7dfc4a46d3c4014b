// What Linux offers and Swift's Glibc module does not, most of it inline.
#pragma once

#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/types.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>

// Declared rather than included: unistd.h and spawn.h show it only under _GNU_SOURCE, which would change types that
// Swift's Glibc module has as well.
extern long syscall(long number, ...);
extern int pipe2(int ends[2], int flags);
extern pid_t gettid(void);

// pidfd_open(2), Linux 5.3; a descriptor that becomes readable when the process ends.
static inline int clinux_pidfd_open(pid_t pid) { return (int)syscall(434, pid, 0); }

// pidfd_send_signal(2), Linux 5.1.
static inline int clinux_pidfd_send_signal(int pidfd, int signal) {
  return (int)syscall(424, pidfd, signal, (void *)0, 0);
}

// prctl(2), PR_SET_PDEATHSIG: the signal that this process gets when the thread that started it ends.
static inline int clinux_set_parent_death_signal(int signal) { return prctl(PR_SET_PDEATHSIG, signal); }

// sched_getaffinity(2): how many processors the calling thread may run on, or -1. The kernel wants room for all processors
// that it was built for.
static inline int clinux_allowed_processors(void) {
  unsigned char mask[8192]; // one bit each: the kernel's largest is 8192 processors
  long bytes = syscall(204, 0, sizeof mask, mask);
  int count = 0;
  for (long i = 0; i < bytes; i++) count += __builtin_popcount(mask[i]);
  return bytes > 0 ? count : -1;
}

// close_range(2), Linux 5.9; older kernels answer ENOSYS.
static inline int clinux_close_from(unsigned int first) { return (int)syscall(436, first, ~0U, 0); }

// A timer that sends this very thread a signal after FIRST seconds, and then every INTERVAL: timer_create(2) with
// SIGEV_THREAD_ID, for a signal to the process could reach any of its threads.
static inline int clinux_start_timer(timer_t *timer, int signal, double first, double interval) {
  struct sigevent event = {0};
  event.sigev_notify = 4; // SIGEV_THREAD_ID
  event.sigev_signo = signal;
  event._sigev_un._tid = gettid();
  struct itimerspec times = {
      .it_value = {(time_t)first, (long)((first - (double)(time_t)first) * 1e9)},
      .it_interval = {(time_t)interval, (long)((interval - (double)(time_t)interval) * 1e9)},
  };
  return timer_create(CLOCK_MONOTONIC, &event, timer) == 0 ? timer_settime(*timer, 0, &times, 0) : -1;
}

// ioctl_tty(2), TIOCGWINSZ: how many characters a terminal shows; -1 for what is none.
static inline int clinux_terminal_size(int descriptor, unsigned short *rows, unsigned short *columns) {
  struct winsize size = {0};
  int result = ioctl(descriptor, TIOCGWINSZ, &size);
  *rows = size.ws_row;
  *columns = size.ws_col;
  return result;
}

// statfs(2): the magic number of the file system that PATH lies on, or -1.
static inline long clinux_file_system_magic(const char *path) {
  struct statfs s;
  return statfs(path, &s) == 0 ? (long)s.f_type : -1;
}

// open(2) with O_TMPFILE: a file without a name in a folder, gone when it is closed; or -1.
int clinux_unnamed_file(const char *folder);

// fcntl(2), F_GETLK: the process that has a lock on a part of the file, -1 where another container has it, 0 for none.
pid_t clinux_record_lock_holder(int descriptor, long start, long length);

// prlimit(2): what this process may have of a resource, RLIM_INFINITY for all of it.
static inline int clinux_limit(int resource, unsigned long *soft, unsigned long *hard) {
  struct { unsigned long soft, hard; } limit;
  if (syscall(302, 0, resource, (void *)0, &limit) != 0) return -1;
  *soft = limit.soft;
  *hard = limit.hard;
  return 0;
}

// Whether an access control list gives others more than the mode shows: getxattr(2), acl(5).
static inline int clinux_has_acl(const char *path) {
  return getxattr(path, "system.posix_acl_access", (void *)0, 0) > 0;
}

// POSIX_SPAWN_SETSID, glibc 2.26.
static inline short clinux_spawn_setsid(void) { return 0x80; }

// The wait(2) macros, which Swift can't import.
static inline int clinux_exited(int status) { return WIFEXITED(status); }
static inline int clinux_exit_status(int status) { return WEXITSTATUS(status); }
static inline int clinux_term_signal(int status) { return WTERMSIG(status); }

// What main() was given. Swift's CommandLine.arguments reads /proc/self instead, and is empty where there is none.
int clinux_argument_count(void);
char **clinux_argument_values(void);
