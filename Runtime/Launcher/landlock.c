// Landlock (landlock(7)): which files may be read, which ports connected to, and no signals or abstract sockets beyond the process.

#include "launcher.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_landlock_create_ruleset
// The same on every architecture.
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif

// The kernel's own numbers, here because the C library's headers may be older than the kernel.
enum { CREATE_RULESET_VERSION = 1, RULE_PATH_BENEATH = 1, RULE_NET_PORT = 2 };

#define FS_EXECUTE (1ULL << 0)
#define FS_READ_FILE (1ULL << 2)
#define FS_READ_DIR (1ULL << 3)
#define FS_REFER (1ULL << 13)
#define FS_TRUNCATE (1ULL << 14)
#define FS_IOCTL_DEV (1ULL << 15)
#define NET_BIND_TCP (1ULL << 0)
#define NET_CONNECT_TCP (1ULL << 1)
#define SCOPE_ABSTRACT_UNIX_SOCKET (1ULL << 0)
#define SCOPE_SIGNAL (1ULL << 1)

struct ruleset {
    uint64_t fs, net, scoped;
};

struct path_rule {
    uint64_t allowed;
    int32_t parent;
} __attribute__((packed));

struct port_rule {
    uint64_t allowed, port;
};

// Whichever of these the program's file names is opened by the kernel as an executable.
static const char *const loaders[] = {
    "/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1", "/lib/ld-musl-x86_64.so.1", "/lib/ld-musl-aarch64.so.1",
};

int landlock_abi(void) {
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, CREATE_RULESET_VERSION);
    return abi < 0 ? 0 : (int)abi;
}

/// Everything of that ABI is handled, and with it forbidden unless a rule allows it.
static struct ruleset handled(int abi) {
    struct ruleset set = {.fs = FS_REFER - 1};
    if (abi >= 2) set.fs |= FS_REFER;
    if (abi >= 3) set.fs |= FS_TRUNCATE;
    if (abi >= 4) set.net = NET_BIND_TCP | NET_CONNECT_TCP;
    if (abi >= 5) set.fs |= FS_IOCTL_DEV;
    if (abi >= 6) set.scoped = SCOPE_ABSTRACT_UNIX_SOCKET | SCOPE_SIGNAL;
    return set;
}

static void allow_descriptor(int rules, int file, uint64_t access, const char *path) {
    struct stat status;
    if (fstat(file, &status)) fail("look at", path);
    if (!S_ISDIR(status.st_mode)) access &= ~FS_READ_DIR;
    struct path_rule rule = {access, file};
    if (syscall(SYS_landlock_add_rule, rules, RULE_PATH_BENEATH, &rule, 0)) fail("allow (Landlock)", path);
}

/// What is not there needs no rule.
static void allow(int rules, const char *path, uint64_t access) {
    int file = open(path, O_PATH | O_CLOEXEC);
    if (file < 0) {
        if (errno == ENOENT || errno == ENOTDIR || errno == EACCES) return;
        fail("open", path);
    }
    allow_descriptor(rules, file, access, path);
    close(file);
}

void landlock_apply(const struct options *options, const struct executable *executable) {
    struct ruleset set = handled(options->landlock);
    size_t size = options->landlock >= 6 ? sizeof set : options->landlock >= 4 ? 16 : 8;
    int rules = (int)syscall(SYS_landlock_create_ruleset, &set, size, 0);
    if (rules < 0) fail("make", "Landlock's rules");

    for (int index = 0; index < options->readable_count; index++) allow(rules, options->readable[index], FS_READ_FILE | FS_READ_DIR);
    for (size_t index = 0; index < sizeof loaders / sizeof *loaders; index++) allow(rules, loaders[index], FS_READ_FILE | FS_EXECUTE);
    // A script names its interpreter itself, so that must be readable by a rule of the gateway's.
    bool is_script = executable->path != options->program[0];
    allow_descriptor(rules, executable->descriptor, is_script ? FS_EXECUTE : FS_EXECUTE | FS_READ_FILE, executable->path);
    if (is_script) allow(rules, options->program[0], FS_READ_FILE);

    if (set.net) {
        for (int index = 0; index < options->port_count; index++) {
            struct port_rule rule = {NET_CONNECT_TCP, options->ports[index]};
            if (syscall(SYS_landlock_add_rule, rules, RULE_NET_PORT, &rule, 0)) fail("allow (Landlock)", "a port");
        }
    }
    if (syscall(SYS_landlock_restrict_self, rules, 0)) fail("apply", "Landlock");
    close(rules);
}
