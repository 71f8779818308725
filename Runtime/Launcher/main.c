// tenantry-launcher [restrictions] -- PROGRAM [ARGUMENT…]   restricts itself, then becomes the program
// tenantry-launcher --guard PARENT COMMAND [ARGUMENT…]      runs a command that ends with that parent, whatever it has begun
// tenantry-launcher --probe                                 says in JSON what this machine offers

#include "launcher.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

// As env(1) and the shells: found, but it could not be made to run.
enum { EXIT_CANNOT = 126, EXIT_USAGE = 64 };

_Noreturn void fail(const char *what, const char *subject) {
    int number = errno;
    fprintf(stderr, "tenantry-launcher: cannot %s%s%s: %s\n", what, *subject ? " " : "", subject, strerror(number));
    exit(EXIT_CANNOT);
}

static _Noreturn void misuse(const char *argument) {
    fprintf(stderr, "tenantry-launcher: unexpected argument %s; the gateway starts this program\n", argument ? argument : "(none)");
    exit(EXIT_USAGE);
}

static uint64_t number(const char *text, uint64_t most) {
    char *end;
    errno = 0;
    unsigned long long value = text && *text >= '0' && *text <= '9' ? strtoull(text, &end, 10) : (end = "?", 0);
    if (errno || *end || value > most) misuse(text);
    return value;
}

static struct options parse(char **arguments) {
    struct options options = {0};
    for (char **next = arguments + 1; *next; next++) {
        const char *name = *next;
        if (!strcmp(name, "--")) {
            options.program = next + 1;
            break;
        }
        if (!strcmp(name, "--seccomp")) {
            options.seccomp = true;
            continue;
        }
        if (!strcmp(name, "--wait")) {
            options.waits = true;
            continue;
        }
        const char *value = *++next;
        if (!value) misuse(name);
        if (!strcmp(name, "--landlock")) options.landlock = (int)number(value, 1000);
        else if (!strcmp(name, "--memory")) options.memory = number(value, INT64_MAX);
        else if (!strcmp(name, "--parent")) options.parent = (pid_t)number(value, INT32_MAX);
        else if (!strcmp(name, "--read") && options.readable_count < MOST_PATHS) options.readable[options.readable_count++] = value;
        else if (!strcmp(name, "--connect") && options.port_count < MOST_PORTS) options.ports[options.port_count++] = (uint16_t)number(value, 65535);
        else if (!strcmp(name, "--internet") && !strcmp(value, "stream")) options.internet = INTERNET_STREAM;
        else if (!strcmp(name, "--internet") && !strcmp(value, "all")) options.internet = INTERNET_ALL;
        else misuse(name);
    }
    if (!options.program || !options.program[0]) misuse(NULL);
    return options;
}

/// The word is one byte on the wire; the wire's end means that nobody needs the program.
static bool told_to_go_on(void) {
    char word;
    ssize_t count;
    do count = read(0, &word, 1);
    while (count < 0 && errno == EINTR);
    return count == 1;
}

int main(int count, char **arguments) {
    if (count == 2 && !strcmp(arguments[1], "--probe")) {
        printf("{\"landlock\":%d,\"seccomp\":%s,\"user\":%u}\n", landlock_abi(), filter_available() ? "true" : "false", geteuid());
        return 0;
    }
    if (count > 3 && !strcmp(arguments[1], "--guard")) guard((pid_t)number(arguments[2], INT32_MAX), arguments + 3);
    struct options options = parse(arguments);
    struct executable executable = executable_open(options.program);
    // What the gateway's descriptors left open is nobody's: the wire is 0, the log is 1 and 2.
    syscall(SYS_close_range, 3, executable.descriptor - 1, 0);
    syscall(SYS_close_range, executable.descriptor + 1, ~0U, 0);
    if (chdir("/")) fail("change to", "/");
    limits_apply(&options);
    if (options.landlock) landlock_apply(&options, &executable);
    if (options.seccomp) filter_apply(&options, executable.descriptor);
    if (options.waits && !told_to_go_on()) return 0;
    execveat(executable.descriptor, "", executable.arguments, environ, AT_EMPTY_PATH);
    fail("execute", executable.path);
}
