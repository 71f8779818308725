#pragma once

#include <sys/types.h>

// A system call by its number, past the C library's checks. Minus the errno where it failed.
long raw_call(long number, long a, long b, long c, long d, long e, long f);

// Each tries what its name says; 0, or minus the errno.
long try_fork(void);
long try_execute(const char *path);
long try_execute_by_descriptor(const char *path);
long try_read_memory(pid_t process);
long try_write_memory(pid_t process);
long try_trace(pid_t process);
long try_signal_by_input(pid_t process);
long try_take_descriptor(pid_t process);
long try_outlive(void);
long try_raise_limits(void);
long try_foreign_limits(pid_t process);
long try_abstract_socket(const char *name);

long try_signal_thread(pid_t process);

// memmem(3), which Swift does not see.
const void *find_bytes(const void *memory, size_t length, const void *pattern, size_t pattern_length);

// The numbers of system calls that need nothing but arguments of 0.
long number_of(const char *name);
