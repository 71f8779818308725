#pragma once

#include <spawn.h>

// glibc 2.34 and later; <spawn.h> shows it only to programs that ask for GNU extensions before their first include.
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);

// Linux; <unistd.h> hides it likewise. Both ends are closed on exec.
extern int pipe2(int ends[2], int flags);

// POSIX_SPAWN_SETSID, for the same reason.
static const int spawn_setsid = 0x80;

// Swift takes the variable for one that others may change at any moment; nothing in this program does.
extern char **environ;
static inline char **process_environment(void) { return environ; }
