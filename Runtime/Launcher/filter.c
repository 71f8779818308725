// The filter of system calls (seccomp(2)): a list of what no handler needs. What other languages' runtimes ask for stays allowed.

#include "launcher.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

// System calls younger than libseccomp's tables; the numbers are the same on every architecture.
enum {
    NR_io_uring_setup = 425, NR_io_uring_enter, NR_io_uring_register, NR_open_tree, NR_move_mount, NR_fsopen, NR_fsconfig, NR_fsmount, NR_fspick,
    NR_pidfd_open = 434, NR_clone3 = 435, NR_pidfd_getfd = 438, NR_process_madvise = 440, NR_mount_setattr = 442, NR_memfd_secret = 447,
    NR_process_mrelease = 448, NR_fchmodat2 = 452, NR_setxattrat = 463, NR_removexattrat = 466, NR_open_tree_attr = 467, NR_file_setattr = 469,
};

static const int forbidden[] = {
    // Another process's memory, descriptors, signals, priority.
    SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev), SCMP_SYS(kcmp), NR_pidfd_open, NR_pidfd_getfd,
    SCMP_SYS(pidfd_send_signal), NR_process_madvise, NR_process_mrelease, SCMP_SYS(tkill), SCMP_SYS(rt_sigqueueinfo), SCMP_SYS(rt_tgsigqueueinfo),
    SCMP_SYS(ioprio_set), SCMP_SYS(migrate_pages), SCMP_SYS(move_pages), SCMP_SYS(perf_event_open), SCMP_SYS(bpf), SCMP_SYS(userfaultfd),
    // Other programs and processes.
    SCMP_SYS(execve), SCMP_SYS(fork), SCMP_SYS(vfork), SCMP_SYS(setsid), SCMP_SYS(setpgid), SCMP_SYS(personality),
    // Namespaces and mounts.
    SCMP_SYS(unshare), SCMP_SYS(setns), SCMP_SYS(mount), SCMP_SYS(umount), SCMP_SYS(umount2), SCMP_SYS(pivot_root), SCMP_SYS(chroot), NR_open_tree,
    NR_open_tree_attr, NR_move_mount, NR_fsopen, NR_fsconfig, NR_fsmount, NR_fspick, NR_mount_setattr, SCMP_SYS(open_by_handle_at),
    SCMP_SYS(name_to_handle_at), SCMP_SYS(fanotify_init), SCMP_SYS(inotify_add_watch), SCMP_SYS(quotactl), SCMP_SYS(swapon), SCMP_SYS(swapoff),
    // What Landlock does not cover: a file's rights, owner and times, and the length of what was inherited open, such as the log.
    SCMP_SYS(chmod), SCMP_SYS(fchmod), SCMP_SYS(fchmodat), NR_fchmodat2, SCMP_SYS(chown), SCMP_SYS(fchown), SCMP_SYS(lchown), SCMP_SYS(fchownat),
    SCMP_SYS(utime), SCMP_SYS(utimes), SCMP_SYS(futimesat), SCMP_SYS(utimensat), SCMP_SYS(setxattr), SCMP_SYS(lsetxattr), SCMP_SYS(fsetxattr),
    SCMP_SYS(removexattr), SCMP_SYS(lremovexattr), SCMP_SYS(fremovexattr), NR_setxattrat, NR_removexattrat, NR_file_setattr, SCMP_SYS(truncate),
    SCMP_SYS(ftruncate), SCMP_SYS(fallocate),
    // Memory that no limit counts, or that outlives the process.
    SCMP_SYS(memfd_create), NR_memfd_secret, SCMP_SYS(shmget), SCMP_SYS(shmat), SCMP_SYS(msgget), SCMP_SYS(semget), SCMP_SYS(mq_open),
    SCMP_SYS(add_key), SCMP_SYS(request_key), SCMP_SYS(keyctl),
    // Doors of the kernel that go around a filter, or are often broken.
    NR_io_uring_setup, NR_io_uring_enter, NR_io_uring_register, SCMP_SYS(modify_ldt), SCMP_SYS(iopl), SCMP_SYS(ioperm), SCMP_SYS(lookup_dcookie),
    SCMP_SYS(uselib), SCMP_SYS(vhangup), SCMP_SYS(syslog),
    // The machine.
    SCMP_SYS(kexec_load), SCMP_SYS(kexec_file_load), SCMP_SYS(init_module), SCMP_SYS(finit_module), SCMP_SYS(delete_module), SCMP_SYS(reboot),
    SCMP_SYS(acct), SCMP_SYS(settimeofday), SCMP_SYS(clock_settime), SCMP_SYS(clock_adjtime), SCMP_SYS(adjtimex), SCMP_SYS(sethostname),
    SCMP_SYS(setdomainname),
    // A handler serves its wire and nobody else.
    SCMP_SYS(listen), SCMP_SYS(accept), SCMP_SYS(accept4),
};

#define COUNT(array) (sizeof(array) / sizeof *(array))
// The kernel looks at the lower half of an int's register only; so must what forbids a value.
#define INT_IS(argument, value) SCMP_CMP64(argument, SCMP_CMP_MASKED_EQ, 0xFFFFFFFFu, (uint32_t)(value))

static void check(int result) {
    if (result >= 0) return;
    errno = -result;
    fail("make", "the filter of system calls");
}

#define DENY(call, ...) check(seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), call, __VA_ARGS__))

/// Signals and scheduling reach the process itself; pid 0 means it too, but for kill(2), where it means the group.
static void keep_to_itself(scmp_filter_ctx filter) {
    DENY(SCMP_SYS(kill), 1, SCMP_A0_64(SCMP_CMP_NE, (uint64_t)getpid()));
    DENY(SCMP_SYS(tgkill), 1, SCMP_A0_64(SCMP_CMP_NE, (uint64_t)getpid()));
    const int of_process[] = {
        SCMP_SYS(prlimit64), SCMP_SYS(sched_setscheduler), SCMP_SYS(sched_setparam), SCMP_SYS(sched_setattr), SCMP_SYS(sched_setaffinity),
        SCMP_SYS(get_robust_list),
    };
    for (size_t index = 0; index < COUNT(of_process); index++) DENY(of_process[index], 1, SCMP_A0_64(SCMP_CMP_NE, 0));
    DENY(SCMP_SYS(setpriority), 1, SCMP_A1_64(SCMP_CMP_NE, 0));
    // A process must end with the gateway.
    DENY(SCMP_SYS(prctl), 2, INT_IS(0, PR_SET_PDEATHSIG), SCMP_A1_64(SCMP_CMP_NE, SIGKILL));
    // Input and output that sends a signal to whom one names.
    const int owners[] = {F_SETOWN, F_SETOWN_EX, F_SETSIG, F_SETLEASE, F_NOTIFY};
    for (size_t index = 0; index < COUNT(owners); index++) DENY(SCMP_SYS(fcntl), 1, INT_IS(1, owners[index]));
    const unsigned requests[] = {TIOCSTI, 0x541C /* TIOCLINUX */, 0x8901 /* FIOSETOWN */, 0x8902 /* SIOCSPGRP */};
    for (size_t index = 0; index < COUNT(requests); index++) DENY(SCMP_SYS(ioctl), 1, INT_IS(1, requests[index]));
}

/// Threads, but no processes. clone3(2) hides its flags from a filter; without it the C library uses clone(2).
static void keep_to_threads(scmp_filter_ctx filter, int executable) {
    DENY(SCMP_SYS(clone), 1, SCMP_A0_64(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0));
    check(seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), NR_clone3, 0));
    DENY(SCMP_SYS(execveat), 1, SCMP_A0_64(SCMP_CMP_NE, (uint64_t)executable));
}

static void keep_to_families(scmp_filter_ctx filter, enum internet internet) {
    if (internet == INTERNET_NONE) {
        DENY(SCMP_SYS(socket), 1, SCMP_A0_64(SCMP_CMP_NE, AF_UNIX));
        return;
    }
    DENY(SCMP_SYS(socket), 1, SCMP_A0_64(SCMP_CMP_GT, AF_INET6));
    for (int family = 0; family < AF_INET6; family++) {
        if (family != AF_UNIX && family != AF_INET) DENY(SCMP_SYS(socket), 1, SCMP_A0_64(SCMP_CMP_EQ, (uint64_t)family));
    }
    const int families[] = {AF_INET, AF_INET6};
    for (size_t index = 0; index < COUNT(families); index++) {
        for (uint64_t type = 0; type < 16; type++) {
            if (type == SOCK_STREAM || (type == SOCK_DGRAM && internet == INTERNET_ALL)) continue;
            DENY(SCMP_SYS(socket), 2, SCMP_A0_64(SCMP_CMP_EQ, (uint64_t)families[index]), SCMP_A1_64(SCMP_CMP_MASKED_EQ, 15, type));
        }
    }
}

bool filter_available(void) { return seccomp_api_get() >= 1 && prctl(PR_GET_SECCOMP, 0, 0, 0, 0) >= 0; }

void filter_apply(const struct options *options, int executable) {
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    if (!filter) check(-ENOMEM);
    for (size_t index = 0; index < COUNT(forbidden); index++) {
        int result = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), forbidden[index], 0);
        // Some are not there on every architecture.
        if (result != -EDOM && result != -EFAULT) check(result);
    }
    keep_to_itself(filter);
    keep_to_threads(filter, executable);
    keep_to_families(filter, options->internet);
    check(seccomp_load(filter));
    seccomp_release(filter);
}
