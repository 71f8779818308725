// The launcher: it takes from itself what a handler's program does not need, then becomes that program.
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define MOST_PATHS 64
#define MOST_PORTS 16

/// Which sockets a program may make beside those of the Unix family.
enum internet { INTERNET_NONE, INTERNET_STREAM, INTERNET_ALL };

/// What the command line asked for.
struct options {
    /// Landlock of that ABI; 0: none.
    int landlock;
    bool seccomp;
    /// Whether it waits for a byte on the wire before it becomes the program.
    bool waits;
    /// Bytes of data that the program may hold at most; 0: no limit.
    uint64_t memory;
    /// The process that must still be the parent; 0: not known.
    pid_t parent;
    enum internet internet;
    /// Files, and folders with all below, that may be read.
    const char *readable[MOST_PATHS];
    int readable_count;
    /// TCP ports that may be connected to.
    uint16_t ports[MOST_PORTS];
    int port_count;
    /// The program and its arguments, NULL at the end.
    char **program;
};

/// The file to execute and what to pass it: a script's interpreter, or the program itself.
struct executable {
    int descriptor;
    char *path;
    char **arguments;
};

/// Says what could not be done, with the reason of `errno`, and ends: nothing runs with less protection than was asked for.
_Noreturn void fail(const char *what, const char *subject);

/// Runs a command and ends as it does, in the way of shells; when the parent ends, everything in the process group ends at once.
_Noreturn void guard(pid_t parent, char **command);

/// Opens the program; for a script its interpreter.
struct executable executable_open(char **program);

/// Signals, limits and capabilities.
void limits_apply(const struct options *options);

/// The newest Landlock ABI of this kernel; 0 where there is none.
int landlock_abi(void);
void landlock_apply(const struct options *options, const struct executable *executable);

/// Whether this kernel filters system calls.
bool filter_available(void);
/// Leaves the one `execveat` of the descriptor that no program can ever have again.
void filter_apply(const struct options *options, int executable);
