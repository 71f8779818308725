# The Debian packages that building and running need, and how to get the missing ones.
# shellcheck shell=bash
# Sourced after common.sh.

# One line each: package, tab, what for. The -dev packages are those that Package.swift names.
needed_packages() {
    local package
    grep -o '\.apt(\["[^"]*"\])' "$ROOT/Package.swift" | cut -d'"' -f2 | while read -r package; do
        printf '%s\t%s\n' "$package" "a C library that the build links"
    done
    if ! command -v pkg-config >/dev/null; then printf 'pkg-config\tthe build finds the C libraries with it\n'; fi
    if ! command -v curl >/dev/null; then printf 'curl\tinfra/run loads the sample with it\n'; fi
    if ! command -v openssl >/dev/null; then printf 'openssl\tthe tests make certificates with it\n'; fi
    if [[ ! -e /usr/share/zoneinfo/Europe/Berlin ]]; then printf 'tzdata\ttimers tell the time of tenants with it\n'; fi
    if ! command -v bwrap >/dev/null; then printf 'bubblewrap\tnamespaces of their own for handlers\n'; fi
    if ! iconv -f CP949 -t UTF-8 </dev/null >/dev/null 2>&1; then
        printf 'libc-gconv-modules-extra\ttables of the encodings of East Asia, part of libc6 on older systems\n'
    fi
    if [[ -z ${TENANTRY_DATABASE_URL:-} ]] && ! has_postgres_server; then
        printf 'postgresql\tthe private database (or set TENANTRY_DATABASE_URL)\n'
    fi
}

# Is a server of version 15 or newer here, whoever installed it?
has_postgres_server() {
    local programs
    for programs in /usr/lib/postgresql/*/bin "$(pg_config --bindir 2>/dev/null || true)"; do
        [[ -x $programs/initdb && -x $programs/postgres ]] || continue
        [[ $("$programs/postgres" --version) =~ \ ([0-9]+) ]] && ((BASH_REMATCH[1] >= 15)) && return
    done
    return 1
}

is_installed() { [[ $(dpkg-query --show --showformat='${db:Status-Abbrev}' "$1" 2>/dev/null) == ii* ]]; }

# The lines of needed_packages (and of the arguments: "package<tab>what for") whose package is missing.
missing_packages() {
    { needed_packages; if (($#)); then printf '%s\n' "$@"; fi; } | while IFS=$'\t' read -r package reason; do
        is_installed "$package" || printf '%s\t%s\n' "$package" "$reason"
    done
}

apt_install() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet=2 --no-install-recommends -o Dpkg::Use-Pty=0 "$@" </dev/null >&2 ||
        die "apt-get could not install: $*. Its message is above."
}

# Installs what is missing and says so; says nothing if all is there. Arguments: further "package<tab>what for" lines.
install_packages() {
    local missing names
    if ! command -v dpkg-query >/dev/null; then
        needed_packages | while IFS=$'\t' read -r package reason; do say "needed: $package ($reason)"; done
        die "this is not Debian; install the packages above by its own means, or run on Debian 12"
    fi
    missing=$(missing_packages "$@")
    [[ -n $missing ]] || return 0
    say "Installing Debian packages:"
    while IFS=$'\t' read -r package reason; do say "  $package: $reason"; done <<<"$missing"
    mapfile -t names < <(cut -f1 <<<"$missing")
    as_root apt-get update --quiet=2 </dev/null >&2 || die "apt-get update failed; is the network there?"
    if [[ " ${names[*]} " == *" postgresql "* ]]; then
        without_main_cluster apt_install "${names[@]}"
    else
        apt_install "${names[@]}"
    fi
}

# Debian makes and starts a cluster "main" when a server is installed. Nobody asked for that one, so it is left out.
without_main_cluster() {
    local directory=/etc/postgresql-common/createcluster.d status=0
    is_installed postgresql-common || apt_install postgresql-common
    as_root mkdir -p "$directory"
    as_root sh -c "echo 'create_main_cluster = false' >$directory/tenantry.conf"
    say "  (Debian's own database cluster 'main' is not made; ours is private to this directory.)"
    ("$@") || status=$?
    as_root rm -f "$directory/tenantry.conf"
    as_root rmdir --ignore-fail-on-non-empty "$directory"
    return $status
}

# Swift comes from its makers, not from Debian: only look.
require_swift() {
    command -v swift >/dev/null || die "swift is missing. Install Swift 6.2 or newer from https://www.swift.org/install and put it on PATH."
    local version
    version=$(swift --version 2>/dev/null | grep -o 'Swift version [0-9]*\.[0-9]*' | head -n 1 | grep -o '[0-9.]*$') || true
    if [[ ! $version =~ ^([0-9]+)\.([0-9]+)$ ]] || ((BASH_REMATCH[1] * 100 + BASH_REMATCH[2] < 602)); then
        die "swift ${version:-of unknown version} is on PATH; 6.2 or newer is needed (https://www.swift.org/install)."
    fi
}
