// What Linux offers and Swift's Glibc module does not: all of it inline, so that the target needs no code of its own.
#pragma once

#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/types.h>
#include <sys/vfs.h>
#include <sys/wait.h>

// Declared rather than included: unistd.h and spawn.h show it only under _GNU_SOURCE, which would change types that
// Swift's Glibc module has as well.
extern long syscall(long number, ...);
extern int pipe2(int ends[2], int flags);

// pidfd_open(2), Linux 5.3; a descriptor that becomes readable when the process ends.
static inline int clinux_pidfd_open(pid_t pid) { return (int)syscall(434, pid, 0); }

// pidfd_send_signal(2), Linux 5.1.
static inline int clinux_pidfd_send_signal(int pidfd, int signal) {
  return (int)syscall(424, pidfd, signal, (void *)0, 0);
}

// prctl(2), PR_SET_PDEATHSIG: the signal that this process gets when the thread that started it ends.
static inline int clinux_set_parent_death_signal(int signal) { return prctl(PR_SET_PDEATHSIG, signal); }

// close_range(2), Linux 5.9; older kernels answer ENOSYS.
static inline int clinux_close_from(unsigned int first) { return (int)syscall(436, first, ~0U, 0); }

// statfs(2): the magic number of the file system that PATH lies on, or -1.
static inline long clinux_file_system_magic(const char *path) {
  struct statfs s;
  return statfs(path, &s) == 0 ? (long)s.f_type : -1;
}

// POSIX_SPAWN_SETSID, glibc 2.26.
static inline short clinux_spawn_setsid(void) { return 0x80; }

// The wait(2) macros, which Swift can't import.
static inline int clinux_exited(int status) { return WIFEXITED(status); }
static inline int clinux_exit_status(int status) { return WEXITSTATUS(status); }
static inline int clinux_term_signal(int status) { return WTERMSIG(status); }
