# What no compiler checks: rules of this repository, each with the reason.
# shellcheck shell=bash
# Sourced after common.sh. Every function prints the places that break a rule.

# Swift lines outside comments that match a pattern: pattern, folders.
swift_lines() {
    local pattern=$1
    shift
    (cd "$ROOT" && grep -rnE --include='*.swift' -e "$pattern" "$@" 2>/dev/null | grep -vE '^[^:]*:[0-9]*: *//') || true
}

rule() {
    local name=$1 places=$2
    [[ -n $places ]] || return 0
    printf '%s\n%s\n\n' "$name:" "$places" | sed '2,$s/^\(.\)/  \1/' >&2
    broken=$((broken + 1))
}

# A C module belongs to one target: what its pointers need is kept in one place.
c_modules_with_two_importers() {
    local module targets
    for module in CPostgres COpenSSL CEpoll CCurl CQRCode CPNG CZlib CExpat; do
        targets=$(cd "$ROOT" && grep -rlE --include='*.swift' "^[a-z@ ]*import $module\$" Runtime Handlers Tenants 2>/dev/null | cut -d/ -f1,2 | sort -u) || true
        if (($(grep -c . <<<"$targets") > 1)); then printf '%s is imported by %s\n' "$module" "${targets//$'\n'/, }"; fi
    done
}

# Reading is easy while a file is one subject.
long_files() {
    (cd "$ROOT" && git ls-files -z -- '*.swift' '*.sql' '*.sh' '*.py' 'infra/*' | xargs -0 wc -l 2>/dev/null) |
        awk '$2 != "total" && $1 > 400 && $2 !~ /\.csv$/ { print $2 ": " $1 " lines" }'
}

# Marks of unfinished work and paths of somebody's machine.
leftovers() {
    (cd "$ROOT" && git grep -nIE -e '\b(TODO|FIXME|XXX)\b' -e '(^|[^a-zA-Z0-9._/-])/(root|home|work)/[a-z]' -- . ':!infra/lib/rules.sh' ':!*.csv') || true
}

# Checks all rules; fails if one is broken.
check_rules() {
    local broken=0
    rule "Foundation is not used (start time and memory of every handler)" "$(swift_lines '^[a-z@ ]*import Foundation' Runtime Handlers Tenants)"
    rule "try! and as! end the process for every tenant in it" "$(swift_lines '(\btry!|\bas!)' Runtime Handlers Tenants)"
    rule "Task.detached loses deadline, priority and cancellation" "$(swift_lines '\bTask\.detached\b' Runtime Handlers Tenants)"
    rule "Only Host and CLI see Hummingbird" \
        "$(swift_lines '^[a-z@ ]*import Hummingbird' Runtime Handlers Tenants | grep -vE '^Runtime/(Host|CLI)/' || true)"
    rule "A handler imports neither Host nor the CLI" "$(swift_lines '^[a-z@ ]*import (Host|Tenants|tenantry)$' Handlers)"
    rule "A C module is imported by one target" "$(c_modules_with_two_importers)"
    rule "A file holds one subject, at most 400 lines" "$(long_files)"
    rule "Nothing unfinished, no path of one machine" "$(leftovers)"
    ((broken == 0))
}
