# Building, with the compiler's own progress on standard error.
# shellcheck shell=bash
# Sourced after common.sh.

# Builds everything of a configuration (debug | release) and prints where the programs lie. More arguments go to swift build.
build() {
    local configuration=$1
    shift
    (cd "$ROOT" && swift build --configuration "$configuration" "$@" </dev/null >&2) || return 1
    printf '%s\n' "$ROOT/.build/$configuration"
}
