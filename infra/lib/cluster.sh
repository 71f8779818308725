# A private Postgres cluster: Unix socket only, scram for all, never run as root.
# shellcheck shell=bash
# Sourced after common.sh. Every function takes the cluster's directory DIR, absolute, as its first argument.
#
# DIR/password   the superuser's password (0600)
# DIR/data       the data; if the server's user cannot reach DIR, DIR/data-path names another place
# DIR/socket     the socket; if it cannot be reached or its path is too long, DIR/socket-path names another place

readonly CLUSTER_PORT=5432
# sizeof(sockaddr_un.sun_path) is 108 on Linux, the last byte is NUL.
readonly SOCKET_PATH_BYTES=107

# The user the server runs as: oneself, or `postgres` if one is root.
cluster_user() {
    if ! is_root; then
        id -un
    elif id -u postgres >/dev/null 2>&1; then
        printf 'postgres\n'
    else
        die "there is no user 'postgres' and the server must not run as root; infra/install installs it with the package postgresql"
    fi
}

# Runs a command as the server's user, without extra privileges, in a directory that everybody can enter.
as_cluster_user() {
    if is_root; then
        setpriv --reuid="$(cluster_user)" --regid="$(id -g "$(cluster_user)")" --init-groups -- \
            env -C / -u PGPASSWORD HOME=/nonexistent "$@"
    else
        env -C / -u PGPASSWORD "$@"
    fi
}

# The directory of the server's programs, of the version that wrote the data if there is some.
cluster_programs() {
    local dir=$1 wanted="" data found
    data=$(cluster_data "$dir")
    [[ -f $data/PG_VERSION ]] && wanted=$(<"$data/PG_VERSION")
    found=$(
        shopt -s nullglob
        printf '%s\n' /usr/lib/postgresql/*/bin "$(pg_config --bindir 2>/dev/null || true)" | sort -rV | while read -r programs; do
            [[ -x $programs/initdb && -x $programs/postgres ]] || continue
            [[ -z $wanted || $("$programs/postgres" --version) =~ \ ${wanted}[.\ ] ]] || continue
            printf '%s\n' "$programs"
            break
        done
    )
    [[ -n $found ]] || die "the Postgres server programs${wanted:+ of version $wanted} are missing; infra/install installs the package postgresql"
    printf '%s\n' "$found"
}

# Where the data lies, made or not.
cluster_data() {
    if [[ -f $1/data-path ]]; then cat "$1/data-path"; else printf '%s\n' "$1/data"; fi
}

# Where the socket lies, made or not.
cluster_socket() {
    if [[ -f $1/socket-path ]]; then cat "$1/socket-path"; else printf '%s\n' "$1/socket"; fi
}

# Can the server's user enter this directory?
cluster_reaches() { as_cluster_user test -x "$1" 2>/dev/null; }

# Makes a directory that only the server's user (and root) can enter.
cluster_make_private() {
    mkdir -p "$1"
    if is_root; then chown "$(cluster_user):" "$1"; fi
    chmod 0700 "$1"
}

# Chooses the place of the data. A place once taken stays: another one would look like lost data.
cluster_place_data() {
    local dir=$1 data
    data=$(cluster_data "$dir")
    cluster_reaches "$(dirname "$data")" && return
    if [[ -e $data ]]; then
        die "the user '$(cluster_user)' cannot enter $(dirname "$data"), where the data lies; give it the right to enter each directory above (chmod o+x)"
    fi
    # Only root comes here: others run the server as themselves.
    mkdir -p /var/lib/tenantry
    chmod 0755 /var/lib/tenantry
    data=$(mktemp -d /var/lib/tenantry/cluster.XXXXXXXX)/data
    chmod 0711 "$(dirname "$data")"
    printf '%s\n' "$data" >"$dir/data-path"
    say "The user '$(cluster_user)' cannot enter $dir, so the database's files lie in $(dirname "$data")."
}

# Chooses and makes the place of the socket.
cluster_place_socket() {
    local dir=$1 socket name=".s.PGSQL.$CLUSTER_PORT"
    socket=$(cluster_socket "$dir")
    if ((${#socket} + 1 + ${#name} > SOCKET_PATH_BYTES)) || ! cluster_reaches "$(dirname "$socket")" || ! cluster_owns "$socket"; then
        socket=$(mktemp -d /tmp/tenantry-socket.XXXXXXXX)
        printf '%s\n' "$socket" >"$dir/socket-path"
    fi
    cluster_make_private "$socket"
    # Handlers of a gateway that runs as root have no root's rights: they may pass through, scram asks who they are.
    if is_root; then chmod 0711 "$socket"; fi
}

# Is this path free, or a directory of the server's user? Under /tmp somebody else may have taken the name meanwhile.
cluster_owns() {
    [[ ! -e $1 && ! -L $1 ]] || [[ -d $1 && ! -L $1 && $(stat -c %u "$1") == "$(id -u "$(cluster_user)")" ]]
}

# The server's process id, if this cluster's server runs: the pid file alone may be a dead server's.
cluster_pid() {
    local dir=$1 data pid
    data=$(cluster_data "$dir")
    [[ -f $data/postmaster.pid ]] || return 1
    pid=$(head -n 1 "$data/postmaster.pid")
    [[ $pid =~ ^[0-9]+$ ]] || return 1
    [[ $(readlink "/proc/$pid/cwd" 2>/dev/null) == "$data" ]] || return 1
    printf '%s\n' "$pid"
}

# initdb beside the final place, then one rename: what a killed start leaves is thrown away by the next.
# initdb inherits the lock, so that the next start waits for one that outlived its script.
cluster_initialize() {
    local dir=$1 data=$2 programs=$3 fresh=$2.new
    rm -rf "$fresh"
    (
        umask 077
        random_secret >"$dir/password"
    )
    cluster_make_private "$fresh"
    # The server's user cannot read DIR/password, and initdb wants a file.
    local handed
    # shellcheck disable=SC2016
    handed=$(as_cluster_user bash -c 'umask 077; file=$(mktemp /tmp/tenantry-initdb.XXXXXXXX); cat >"$file"; echo "$file"' <"$dir/password")
    local status=0
    as_cluster_user "$programs/initdb" --pgdata="$fresh" --username=postgres --pwfile="$handed" --auth=scram-sha-256 \
        --encoding=UTF8 --locale=C.UTF-8 --no-instructions >"$dir/initdb.log" 2>&1 || status=$?
    rm -f "$handed"
    ((status == 0)) || die "initdb failed: $(tail -n 3 "$dir/initdb.log")"
    mv -T "$fresh" "$data"
}

# Settings, written at every start. `throwaway` gives up what only a crash would ask for.
cluster_settings() {
    local socket=$1 kind=$2
    cat <<SETTINGS
listen_addresses = ''
port = $CLUSTER_PORT
unix_socket_directories = '$socket'
password_encryption = 'scram-sha-256'
max_connections = 200
shared_buffers = '128MB'
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] %q%u@%d '
SETTINGS
    if [[ $kind == throwaway ]]; then
        printf '%s\n' "fsync = off" "synchronous_commit = off" "full_page_writes = off" "autovacuum = off"
    fi
}

# Starts the cluster, making it first if it is new. DIR, durable|throwaway. Nothing to do if it runs.
cluster_start() {
    local dir=$1 kind=${2:-durable} data socket programs
    mkdir -p "$dir"
    if [[ $dir == *[\'$'\n'\\]* ]]; then die "the path $dir holds a quote, a backslash or a line break; choose another directory"; fi
    exec 9>"$dir/lock"
    flock 9
    if cluster_pid "$dir" >/dev/null; then
        exec 9>&-
        return
    fi
    cluster_place_data "$dir"
    cluster_place_socket "$dir"
    data=$(cluster_data "$dir")
    socket=$(cluster_socket "$dir")
    programs=$(cluster_programs "$dir")
    if [[ ! -f $data/PG_VERSION ]]; then
        say "Making a private Postgres cluster in $data …"
        cluster_initialize "$dir" "$data" "$programs"
    fi
    # No server of ours runs (seen above), so these are a dead one's.
    rm -f "$data/postmaster.pid" "$socket/.s.PGSQL.$CLUSTER_PORT" "$socket/.s.PGSQL.$CLUSTER_PORT.lock"
    cluster_settings "$socket" "$kind" >"$data/tenantry.conf"
    grep -qx "include 'tenantry.conf'" "$data/postgresql.conf" || printf "%s\n" "include 'tenantry.conf'" >>"$data/postgresql.conf"
    if is_root; then chown "$(cluster_user):" "$data/tenantry.conf"; fi
    as_cluster_user "$programs/pg_ctl" start --silent --wait --timeout=60 --pgdata="$data" --log="$data/server.log" >/dev/null 2>&1 9>&- ||
        die "Postgres did not start; its log $data/server.log ends with: $(tail -n 3 "$data/server.log" 2>/dev/null)"
    exec 9>&-
}

# Stops the server, rolling back what runs. Nothing to do if it is stopped.
cluster_stop() {
    local dir=$1 data
    cluster_pid "$dir" >/dev/null || return 0
    data=$(cluster_data "$dir")
    as_cluster_user "$(cluster_programs "$dir")/pg_ctl" stop --silent --wait --timeout=60 --mode=fast --pgdata="$data" >/dev/null ||
        die "Postgres in $data did not stop within 60 s"
}

# The superuser's URL. Its password is a secret: to a variable, not to a terminal.
cluster_url() {
    local dir=$1 socket
    socket=$(cluster_socket "$dir")
    [[ -s $dir/password ]] || die "there is no cluster in $dir"
    printf 'postgres://postgres:%s@/postgres?host=%s&port=%s\n' "$(<"$dir/password")" "$(url_encode "$socket")" "$CLUSTER_PORT"
}

# Stops the server and removes everything of it, DIR included.
cluster_remove() {
    local dir=$1 data socket
    cluster_stop "$dir"
    data=$(cluster_data "$dir")
    socket=$(cluster_socket "$dir")
    if [[ $data == /var/lib/tenantry/cluster.*/data ]]; then rm -rf "$(dirname "$data")"; fi
    if [[ $socket == /tmp/tenantry-socket.* ]]; then rm -rf "$socket"; fi
    rm -rf "$dir"
}
