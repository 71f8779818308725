// The file to execute, opened before anything is taken away.

#include "launcher.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

// Above the limit of descriptors that the program gets: it can never have a descriptor of this number, and with it not what the filter lets pass.
enum { DESCRIPTOR = 300, LINE = 256 };

static int open_high(const char *path) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit)) fail("read", "the limit of descriptors");
    if (limit.rlim_cur <= DESCRIPTOR) {
        limit.rlim_cur = limit.rlim_max;
        if (setrlimit(RLIMIT_NOFILE, &limit)) fail("raise", "the limit of descriptors");
    }
    int low = open(path, O_PATH | O_CLOEXEC);
    if (low < 0) fail("open", path);
    int high = dup3(low, DESCRIPTOR, O_CLOEXEC);
    if (high < 0) fail("keep open", path);
    return high;
}

/// The path of `#!/usr/bin/env NAME`: what env would execute, since a second exec is not allowed.
static char *found(const char *name) {
    static const char *const folders[] = {"/usr/local/bin", "/usr/bin", "/bin"};
    for (size_t index = 0; index < sizeof folders / sizeof *folders; index++) {
        char *path = malloc(strlen(folders[index]) + strlen(name) + 2);
        if (!path) fail("hold", name);
        strcat(strcat(strcpy(path, folders[index]), "/"), name);
        if (!access(path, X_OK)) return path;
        free(path);
    }
    errno = ENOENT;
    fail("find the interpreter", name);
}

/// Reads `#!INTERPRETER [ARGUMENT]` as the kernel does; false for what is not a script.
static bool read_first_line(const char *path, char *line, char **interpreter, char **argument) {
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) fail("open", path);
    ssize_t length = read(file, line, LINE - 1);
    close(file);
    if (length < 2 || line[0] != '#' || line[1] != '!') return false;
    line[length] = 0;
    char *end = strchr(line, '\n');
    errno = ENOEXEC;
    if (!end) fail("read the first line of", path);
    *end = 0;
    char *rest;
    *interpreter = strtok_r(line + 2, " \t", &rest);
    if (!*interpreter || **interpreter != '/') fail("read the interpreter of", path);
    *argument = strtok_r(NULL, "", &rest);
    return true;
}

struct executable executable_open(char **program) {
    if (access(program[0], X_OK)) fail("execute", program[0]);
    static char line[LINE];
    char *interpreter = NULL, *argument = NULL;
    if (!read_first_line(program[0], line, &interpreter, &argument)) {
        return (struct executable){open_high(program[0]), program[0], program};
    }
    const char *name = strrchr(interpreter, '/') + 1;
    if (!strcmp(name, "env")) {
        errno = ENOEXEC;
        if (!argument || strpbrk(argument, " \t=-")) fail("run env with more than a program's name for", program[0]);
        interpreter = found(argument);
        argument = NULL;
    }
    int count = 0;
    while (program[count]) count++;
    char **arguments = calloc((size_t)count + 3, sizeof *arguments);
    if (!arguments) fail("hold", "the arguments");
    int next = 0;
    arguments[next++] = interpreter;
    if (argument) arguments[next++] = argument;
    for (int index = 0; index < count; index++) arguments[next++] = program[index];
    return (struct executable){open_high(interpreter), interpreter, arguments};
}
