#define _GNU_SOURCE
#include "calls.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static long outcome(long result) { return result < 0 ? -errno : 0; }

long raw_call(long number, long a, long b, long c, long d, long e, long f) {
    long result = syscall(number, a, b, c, d, e, f);
    return result < 0 ? -errno : result;
}

long try_fork(void) {
    // Without flags that share anything: a new process. Past the C library, which would use clone3.
    long child = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    if (child == 0) _exit(0);
    if (child > 0) waitpid((pid_t)child, NULL, 0);
    return outcome(child);
}

long try_execute(const char *path) {
    char *arguments[] = {(char *)path, "-c", "exit 0", NULL};
    execve(path, arguments, environ);
    return -errno;
}

long try_execute_by_descriptor(const char *path) {
    int file = open(path, O_PATH);
    if (file < 0) return -errno;
    char *arguments[] = {(char *)path, NULL};
    // The launcher's own number, which the filter lets pass.
    int high = dup2(file, 300);
    syscall(SYS_execveat, high < 0 ? file : high, "", arguments, environ, AT_EMPTY_PATH);
    long result = -errno;
    close(file);
    return result;
}

long try_read_memory(pid_t process) {
    char byte;
    struct iovec local = {&byte, 1}, remote = {(void *)try_read_memory, 1};
    return outcome(process_vm_readv(process, &local, 1, &remote, 1, 0));
}

long try_write_memory(pid_t process) {
    char byte = 0;
    struct iovec local = {&byte, 1}, remote = {&byte, 1};
    return outcome(process_vm_writev(process, &local, 1, &remote, 1, 0));
}

long try_trace(pid_t process) { return outcome(ptrace(PTRACE_SEIZE, process, NULL, NULL)); }

long try_signal_by_input(pid_t process) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends)) return -errno;
    long result = outcome(fcntl(ends[0], F_SETOWN, process));
    close(ends[0]);
    close(ends[1]);
    return result;
}

long try_take_descriptor(pid_t process) {
    long file = syscall(434 /* pidfd_open */, process, 0);
    if (file < 0) return -errno;
    long result = outcome(syscall(438 /* pidfd_getfd */, file, 0, 0));
    close((int)file);
    return result;
}

long try_signal_thread(pid_t process) { return outcome(syscall(SYS_tgkill, process, process, 0)); }

const void *find_bytes(const void *memory, size_t length, const void *pattern, size_t pattern_length) {
    return memmem(memory, length, pattern, pattern_length);
}

long try_outlive(void) { return outcome(prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0)); }

long try_raise_limits(void) {
    struct rlimit limit = {4096, 4096};
    return outcome(setrlimit(RLIMIT_NOFILE, &limit));
}

long try_foreign_limits(pid_t process) {
    struct rlimit limit;
    return outcome(prlimit(process, RLIMIT_NOFILE, NULL, &limit));
}

long try_abstract_socket(const char *name) {
    int end = socket(AF_UNIX, SOCK_STREAM, 0);
    if (end < 0) return -errno;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strncpy(address.sun_path + 1, name, sizeof address.sun_path - 2);
    long result = outcome(connect(end, (struct sockaddr *)&address, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name))));
    close(end);
    return result;
}

long number_of(const char *name) {
    static const struct {
        const char *name;
        long number;
    } calls[] = {
        {"unshare", SYS_unshare}, {"setns", SYS_setns}, {"mount", SYS_mount}, {"umount2", SYS_umount2}, {"pivot_root", SYS_pivot_root},
        {"chroot", SYS_chroot}, {"bpf", SYS_bpf}, {"perf_event_open", SYS_perf_event_open}, {"userfaultfd", SYS_userfaultfd},
        {"io_uring_setup", 425}, {"keyctl", SYS_keyctl}, {"add_key", SYS_add_key}, {"memfd_create", SYS_memfd_create}, {"shmget", SYS_shmget},
        {"personality", SYS_personality}, {"setsid", SYS_setsid}, {"setpgid", SYS_setpgid}, {"init_module", SYS_init_module},
        {"kexec_load", SYS_kexec_load}, {"reboot", SYS_reboot}, {"settimeofday", SYS_settimeofday}, {"sethostname", SYS_sethostname},
        {"syslog", SYS_syslog}, {"quotactl", SYS_quotactl}, {"swapoff", SYS_swapoff}, {"open_by_handle_at", SYS_open_by_handle_at},
        {"fanotify_init", SYS_fanotify_init}, {"listen", SYS_listen}, {"accept4", SYS_accept4}, {"fchmod", SYS_fchmod}, {"fchown", SYS_fchown},
        {"ftruncate", SYS_ftruncate}, {"clone3", 435},
    };
    for (size_t index = 0; index < sizeof calls / sizeof *calls; index++) {
        if (!strcmp(calls[index].name, name)) return calls[index].number;
    }
    return -1;
}
