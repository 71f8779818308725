#!/usr/bin/env bash
# Tests of infra/postgres: places that the server's user or a socket address cannot take, and starts that were killed.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

WORK=$(mktemp -d /tmp/tenantry-cluster-test.XXXXXXXX)
chmod 0755 "$WORK"
passed=0
clusters=()

finish() {
    local status=$?
    trap - EXIT
    for cluster in "${clusters[@]}"; do "$ROOT/infra/postgres" remove "$cluster" || status=1; done
    rm -rf "$WORK"
    exit "$status"
}
trap finish EXIT

postgres() { "$ROOT/infra/postgres" "$@" 2>>"$WORK/log"; }

expect() {
    if [[ $2 != "$3" ]]; then die "$1: expected '$3', got '$2'"; fi
    passed=$((passed + 1))
}

# Starts a cluster and asks it a question over its URL.
expect_answers() {
    postgres start "$2"
    expect "$1" "$(psql "$(postgres url "$2")" -XAtc 'select current_user')" postgres
}

plain=$WORK/plain
clusters+=("$plain")
expect_answers "a new cluster answers" "$plain"
expect "the server does not run as root" "$(stat -c %U "$plain/data" | grep -cx root)" 0
expect "the password is readable by its owner alone" "$(stat -c %a "$plain/password")" 600
expect "it listens on no address" "$(psql "$(postgres url "$plain")" -XAtc 'show listen_addresses')" ""
expect "a wrong password is refused" "$(PGPASSWORD=wrong psql "host=$plain/socket user=postgres" -XAtc 'select 1' 2>&1 | grep -c 'password authentication failed')" 1

psql "$(postgres url "$plain")" -Xqc 'create table kept (n int)'
kill -KILL "$(postgres status "$plain" | cut -d' ' -f2)"
expect_answers "a killed server starts again" "$plain"
expect "and has its tables" "$(psql "$(postgres url "$plain")" -XAtc "select to_regclass('kept')")" kept

postgres stop "$plain"
printf '%s\n' "$$" >"$plain/data/postmaster.pid"
expect_answers "another process with the dead server's id does not matter" "$plain"
expect "starting what runs changes nothing" "$(postgres start "$plain" && postgres status "$plain" | cut -d' ' -f1)" running

long=$WORK/$(printf 'long%.0s' {1..25})
clusters+=("$long")
expect_answers "a path too long for a socket" "$long"

half=$WORK/half
clusters+=("$half")
mkdir -p "$half/data.new/base"
expect_answers "what a killed initdb left is made anew" "$half"

if is_root; then
    closed=$WORK/closed/inside
    clusters+=("$closed")
    mkdir -m 0700 "$WORK/closed"
    expect_answers "a directory that the server's user cannot enter" "$closed"
    outside=$(dirname "$(<"$closed/data-path")")
    postgres remove "$closed"
    expect "and nothing of it stays" "$(test -e "$outside" && echo there)" ""
fi
printf '%d passed\n' "$passed"
