// What is taken away by prctl(2), setrlimit(2) and capset(2).

#include "launcher.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static void limit(int resource, rlim_t most, const char *what) {
    struct rlimit now;
    if (getrlimit(resource, &now)) fail("read the limit of", what);
    if (now.rlim_max < most) most = now.rlim_max;
    struct rlimit both = {most, most};
    if (setrlimit(resource, &both)) fail("limit", what);
}

/// Everything that root, or a file with capabilities, could give.
static void drop_capabilities(void) {
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2];
    if (syscall(SYS_capget, &header, data)) fail("read", "the capabilities");
    if (data[0].effective & (1U << CAP_SETPCAP)) {
        for (int capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; capability++) {
            if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)) fail("drop", "a capability");
        }
        // User 0 is a user like others from here on, after the exec too.
        unsigned long bits = SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP | SECBIT_NO_SETUID_FIXUP_LOCKED;
        if (prctl(PR_SET_SECUREBITS, bits, 0, 0, 0)) fail("drop", "the rights of root");
    }
    if (data[0].effective & (1U << CAP_SETGID)) {
        // In a user namespace of bubblewrap the groups are fixed already.
        if (setgroups(0, NULL) && errno != EPERM) fail("drop", "the groups");
    }
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    struct __user_cap_data_struct none[2] = {{0}};
    if (syscall(SYS_capset, &header, none)) fail("drop", "the capabilities");
}

void limits_apply(const struct options *options) {
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) fail("set", "no_new_privs");
    drop_capabilities();
    // After the capabilities: a change of credentials may clear it.
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0)) fail("end with", "the gateway");
    if (options->parent && getppid() != options->parent) raise(SIGKILL);

    limit(RLIMIT_CORE, 0, "core dumps");
    limit(RLIMIT_NOFILE, 256, "descriptors");
    limit(RLIMIT_MEMLOCK, 0, "locked memory");
    limit(RLIMIT_MSGQUEUE, 0, "message queues");
    limit(RLIMIT_RTPRIO, 0, "real-time priority");
    limit(RLIMIT_NICE, 0, "priority");
    // The gateway watches what is resident; this is the wall behind it. RLIMIT_FSIZE would cut off a log that goes to a file, and RLIMIT_NPROC
    // counts the gateway's threads too: writing and forking end at Landlock and the filter.
    if (options->memory) limit(RLIMIT_DATA, options->memory, "memory");
}
