# Words that every script in infra/ shares: messages, the repository's root, a private directory.
# shellcheck shell=bash
# Sourced, never run. Callers have set -euo pipefail.

ROOT=$(cd -P "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
readonly ROOT

# One line about what happens now, on standard error: standard output belongs to results.
say() { printf '%s\n' "$*" >&2; }

# One line about what went wrong and what to do, then the end.
die() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

is_root() { [[ $(id -u) -eq 0 ]]; }

# Runs a command as root: directly, or by sudo.
as_root() {
    if is_root; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "root is needed for: $*. Run it as root, or install sudo."
    fi
}

# The directory for state of this checkout; never committed.
state_directory() {
    local state="$ROOT/.tenantry"
    mkdir -p "$state"
    printf '%s\n' "$state"
}

# Random letters and digits, 160 bits in 40 hexadecimal characters.
random_secret() { od -An -N20 -tx1 /dev/urandom | tr -d ' \n'; }

# Percent-encodes a text for use in a URL.
url_encode() {
    local text=$1 index character
    local LC_ALL=C
    for ((index = 0; index < ${#text}; index++)); do
        character=${text:index:1}
        case $character in
            [a-zA-Z0-9._~-]) printf '%s' "$character" ;;
            *) printf '%%%02X' "'$character" ;;
        esac
    done
}

# Waits until a process is gone: pid, seconds. Fails if it still runs then.
wait_gone() {
    local pid=$1 tries=$(($2 * 10))
    while kill -0 "$pid" 2>/dev/null; do
        ((tries-- > 0)) || return 1
        sleep 0.1
    done
}
