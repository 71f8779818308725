// Stands between the gateway and bubblewrap. While bubblewrap makes its process, that waits for a word of bubblewrap's and has no tie to anybody's
// life: if the gateway died then, and bubblewrap with it, it would wait for ever. Whoever stands here ends the whole group instead.

#include "launcher.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void end_all(int number) {
    (void)number;
    kill(0, SIGKILL);
}

_Noreturn void guard(pid_t parent, char **command) {
    struct sigaction ending = {.sa_handler = end_all};
    if (sigaction(SIGTERM, &ending, NULL)) fail("watch over", command[0]);
    if (prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0)) fail("end with", "the gateway");
    if (getppid() != parent) end_all(0);
    pid_t child = fork();
    if (child < 0) fail("start", command[0]);
    if (child == 0) {
        execv(command[0], command);
        fail("execute", command[0]);
    }
    // The ends of the wire and of the report are the child's alone, so that its end is seen.
    close(0);
    syscall(SYS_close_range, 3, ~0U, 0);
    int status;
    while (waitpid(child, &status, 0) < 0) {}
    _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}
